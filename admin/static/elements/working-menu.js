import { make, setText } from "../lib/dom.js";

/**
 * The menu in the bar where somebody chooses what to be to others. The server has written it; this keeps it right while
 * the page is open, and asks before somebody goes offline with conversations in hand.
 */
export class WorkingMenu {
  #day;
  #t;
  #words;
  #root;
  #word;
  #summary;
  #dialog = make("dialog", { "aria-labelledby": "offline-head" });
  #warning = make("p");
  #problem = make("p", { className: "is-problem working-problem", role: "alert", hidden: true });

  /**
   * @param {object} parts
   * @param {import("../lib/working.js").WorkingDay} parts.day
   * @param {import("../lib/words.js").Translate} parts.t
   * @param {Record<string, string>} parts.words names of what one may be
   * @param {HTMLDetailsElement} parts.root
   */
  constructor({ day, t, words, root }) {
    this.#day = day;
    this.#t = t;
    this.#words = words;
    this.#root = root;
    this.#word = /** @type {HTMLElement} */ (root.querySelector(".working-word"));
    this.#summary = /** @type {HTMLElement} */ (root.querySelector("summary"));
    root.querySelector(".working-choices")?.addEventListener("submit", (event) => this.#choose(/** @type {SubmitEvent} */ (event)));
    const capacity = /** @type {HTMLFormElement} */ (root.querySelector(".working-capacity"));
    const select = /** @type {HTMLSelectElement} */ (capacity.querySelector("select"));
    // A choice counts at once; without scripts the button sends it.
    /** @type {HTMLElement} */ (capacity.querySelector("button")).hidden = true;
    select.addEventListener("change", () => day.setCapacity(Number(select.value) || null));
    capacity.addEventListener("submit", (event) => event.preventDefault());
    capacity.after(this.#problem);
    this.#buildDialog();
    day.addEventListener("change", () => this.#show());
    this.#show();
  }

  /** @param {string} choice asks first where something would be lost */
  async choose(choice) {
    await this.#day.lookAgain();
    if (choice === "offline" && this.#day.now.held > 0 && this.#day.now.choice !== "offline") return this.#warn();
    await this.#day.choose(choice);
  }

  #choose(/** @type {SubmitEvent} */ event) {
    const chosen = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value;
    if (!chosen) return;
    event.preventDefault();
    this.#root.open = false;
    this.#summary.focus();
    void this.choose(chosen);
  }

  #buildDialog() {
    const t = this.#t;
    const button = (/** @type {string} */ text, /** @type {string} */ choice, className = "") =>
      make("button", { type: "submit", className: `button ${className}`, onclick: () => choice && this.#day.choose(choice) }, text);
    this.#dialog.append(
      make(
        "form",
        { className: "sheet", method: "dialog" },
        make("h2", { id: "offline-head" }, t("Go offline?")),
        this.#warning,
        make("div", { className: "sheet-end" }, button(t("Cancel"), "", "button-quiet"), button(t("Go offline"), "offline"), button(t("Be away and keep them"), "away", "button-primary")),
      ),
    );
    document.body.append(this.#dialog);
  }

  #warn() {
    const { held, returns_after_seconds: seconds } = this.#day.now;
    setText(this.#warning, this.#t("You hold {held} conversations. Offline they go back to the queue after {seconds} seconds, for somebody else. Close them or hand them over first, or be away: then they stay yours.", { held, seconds }));
    this.#dialog.showModal();
  }

  #show() {
    const { availability, isIdle, now, problem } = this.#day;
    const word = isIdle ? this.#t("Away: nothing done for a while") : this.#words[availability];
    this.#root.dataset.availability = availability;
    setText(this.#word, this.#words[availability]);
    this.#summary.title = word;
    this.#summary.setAttribute("aria-label", `${this.#t("What you are to readers and colleagues")}: ${word}`);
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.#root.querySelectorAll(".working-choice"))) {
      button.setAttribute("aria-pressed", String(button.value === now.choice));
    }
    const select = /** @type {HTMLSelectElement} */ (this.#root.querySelector(".working-capacity select"));
    if (select !== document.activeElement) select.value = String(now.max_chats ?? "");
    setText(this.#problem, problem);
    this.#problem.hidden = !problem;
  }
}
