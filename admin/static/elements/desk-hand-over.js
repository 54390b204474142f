import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { choicesOf } from "../lib/whereabouts.js";
import { DeskElement } from "./desk-element.js";

// More than this many choices are narrowed down by searching, not by scrolling.
const SHOWN = 60;

/** The sheet to pass a question on: to whom of those who are there, why, with a note, alone or together. */
export class DeskHandOver extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "hand-over-head" });
  #form = make("form", { className: "sheet", method: "dialog" });
  #search = make("input", { type: "search", maxLength: 60, autocomplete: "off" });
  #list = make("div", { className: "targets" });
  #note = make("textarea", { rows: 2, maxLength: 2000, name: "note" });
  #warm = make("input", { type: "checkbox", name: "is_warm" });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  /** @type {any[]} */
  #targets = [];
  /** @type {Map<string, any>} */
  #values = new Map();
  #chosen = "";
  /** @type {string} */
  #id = "";

  build() {
    const { t, words } = this.desk;
    this.#submit.textContent = t("Hand over");
    this.#search.setAttribute("aria-label", t("Search desks and people"));
    this.#search.placeholder = t("Search desks and people");
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    const reasons = Object.entries(words.hand_over_reasons).map(([code, name]) => make("option", { value: code }, name));
    const reason = make("select", { name: "reason" }, ...reasons);
    this.#form.append(
      make("h2", { id: "hand-over-head" }, t("Hand the question over")),
      make("fieldset", { className: "choices" }, make("legend", {}, t("To whom? Only those who are there are shown.")), this.#search, this.#list),
      make("label", { className: "field" }, make("span", {}, t("Why")), reason),
      make("label", { className: "field" }, make("span", {}, t("Note; the reader does not see it")), this.#note),
      make("label", { className: "check" }, this.#warm, " ", t("Stay together in the chat until it is accepted"), " ", make("small", {}, t("for one person"))),
      make("div", { className: "sheet-end" }, this.#problem, make("small", { className: "sheet-keys" }, t("↓ chooses, Ctrl+Enter hands over")), cancel, this.#submit),
    );
    this.#search.addEventListener("input", () => this.#fill());
    this.#form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#press(event));
    this.#list.addEventListener("change", (/** @type {any} */ event) => this.#choose(event.target.value));
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#send(event));
    this.#dialog.append(this.#form);
    this.append(this.#dialog);
    this.desk.model.addEventListener("hand-over", () => this.#open(), { signal: this.life });
  }

  async #open() {
    const { model, t } = this.desk;
    if (!model.open || !model.isMine(model.open) || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#form.reset();
    this.#targets = [];
    this.#choose("");
    setText(this.#problem, "");
    this.#list.replaceChildren(make("p", { className: "quiet" }, t("Looking who is there …")));
    this.#dialog.showModal();
    this.#search.focus();
    try {
      this.#targets = await this.desk.api.targets(this.#id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setText(this.#problem, error.message || t("That did not work. Please try again."));
    }
    this.#fill();
  }

  #fill() {
    const { t, words, language } = this.desk;
    const groups = choicesOf(this.#targets, language, this.#search.value);
    const up = this.#targets.some(({ relation }) => relation === "up") && !this.#search.value;
    this.#values.clear();
    const parts = up ? [this.#group(t("Up the cascade"), [{ value: { kind: "up", desk_id: null, librarian_id: null }, name: t("The next desk up that is staffed"), note: "", people: 0 }])] : [];
    parts.push(...groups.map(({ relation, choices }) => this.#group(words.relations[relation] ?? relation, choices.slice(0, SHOWN))));
    this.#list.replaceChildren(...(parts.length > 0 ? parts : [make("p", { className: "quiet" }, this.#targets.length > 0 ? t("Nobody there matches.") : t("Nobody else is there right now. Close with a follow-up instead."))]));
    if (!this.#values.has(this.#chosen)) this.#choose("");
  }

  #group(/** @type {string} */ head, /** @type {any[]} */ choices) {
    return make("div", { className: "target-group", role: "group", "aria-label": head }, make("p", { className: "quiet" }, head), ...choices.map((choice) => this.#choice(choice)));
  }

  #choice(/** @type {any} */ { value, name, note, people }) {
    const { t } = this.desk;
    const key = [value.kind, value.desk_id, value.librarian_id].join(" ");
    this.#values.set(key, value);
    const radio = make("input", { type: "radio", name: "target", checked: key === this.#chosen });
    radio.setAttribute("value", key);
    const facts = people > 0 ? `${note} · ${t("{count} there", { count: people })}` : note;
    return make("label", { className: `choice ${value.librarian_id ? "choice-person" : ""}` }, radio, make("span", {}, name, " ", make("small", {}, facts)));
  }

  #choose(/** @type {string} */ key) {
    this.#chosen = key;
    const value = this.#values.get(key);
    this.#submit.disabled = !value;
    this.#warm.disabled = !value?.librarian_id;
    if (this.#warm.disabled) this.#warm.checked = false;
  }

  #press(/** @type {KeyboardEvent} */ event) {
    const isInSearch = event.target === this.#search;
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit();
    else if (event.key === "ArrowDown" && isInSearch) this.#chooseFirst();
    // Enter alone in the search chooses nothing and sends nothing.
    else if (event.key !== "Enter" || !isInSearch) return;
    event.preventDefault();
  }

  #chooseFirst() {
    const first = this.#list.querySelector("input");
    first?.focus();
    first?.click();
  }

  async #send(/** @type {Event} */ event) {
    event.preventDefault();
    const { model, t } = this.desk;
    const value = this.#values.get(this.#chosen);
    if (!value) return;
    const sheet = new FormData(this.#form);
    this.#submit.disabled = true;
    const passing = { ...value, reason: String(sheet.get("reason")), note: this.#note.value.trim(), is_warm: this.#warm.checked };
    const isDone = await model.passing.handOver(this.#id, passing);
    this.#submit.disabled = false;
    setText(this.#problem, isDone ? "" : model.passing.problem?.message || t("That did not work. Please try again."));
    if (isDone) this.#dialog.close();
    else model.passing.forgetProblem();
  }
}
