import { make, setText, showList } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";

// Colleagues are asked for again this often while the list is shown; changes in between are announced.
const AGAIN_MILLISECONDS = 60_000;
const GATHER_MILLISECONDS = 300;

/** What the desk shows while no conversation is open: whether questions come, my shifts today, who else is there. */
export class DeskDay {
  element;
  #desk;
  #notice = make("p", { className: "day-notice", role: "status", hidden: true });
  #noticeText = make("span");
  #shifts = make("ul");
  #colleagues = make("ul");
  #none = make("p", { className: "quiet", hidden: true });
  #lookedAt = -Infinity;
  /** @type {any} */
  #timer = null;

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    const { t, day } = desk;
    const back = make("button", { type: "button", className: "button button-small" }, t("Be online"));
    back.addEventListener("click", () => day.choose("online"));
    this.#notice.append(this.#noticeText, back);
    const bar = JSON.parse(document.getElementById("bar-state")?.textContent ?? "{}");
    this.#fillShifts(bar.shifts ?? []);
    setText(this.#none, t("Nobody else serves at your desks."));
    this.element = make(
      "div",
      { className: "day" },
      make("h1", { className: "visually-hidden" }, t("Desk")),
      this.#notice,
      make("p", { className: "quiet" }, t("Choose a question on the left.")),
      make("section", { "aria-labelledby": "day-shifts" }, make("h2", { id: "day-shifts" }, t("My shifts today")), this.#shifts, make("p", {}, make("a", { href: "/console/shifts" }, t("Swap or hand back a shift")))),
      make("section", { "aria-labelledby": "day-colleagues" }, make("h2", { id: "day-colleagues" }, t("Colleagues at my desks")), this.#colleagues, this.#none),
    );
    day.addEventListener("change", () => this.#showNotice());
    day.addEventListener("colleague", () => this.#lookSoon());
    this.#showNotice();
  }

  /** It is before the eyes. */
  show() {
    if (performance.now() - this.#lookedAt > AGAIN_MILLISECONDS) void this.#look();
  }

  #showNotice() {
    const { t, day } = this.#desk;
    const sentences = /** @type {Record<string, string>} */ ({
      away: t("You are away: no questions come to you."),
      internal: t("Only colleagues reach you: no questions of readers come to you."),
      offline: t("You are offline: nothing comes to you."),
    });
    const sentence = day.isIdle ? t("You count as away because nothing was done for a while.") : (sentences[day.availability] ?? "");
    setText(this.#noticeText, sentence);
    this.#notice.hidden = !sentence;
  }

  #fillShifts(/** @type {{desk: string, times: string, is_now: boolean}[]} */ shifts) {
    const { t } = this.#desk;
    const rows = shifts.map(({ desk, times, is_now: isNow }) => make("li", { className: isNow ? "is-now" : "" }, make("span", { className: "time" }, times), desk, isNow ? make("span", { className: "quiet" }, t("now")) : null));
    this.#shifts.append(...(rows.length > 0 ? rows : [make("li", {}, t("No shift left today."))]));
  }

  #lookSoon() {
    if (!this.element.isConnected) {
      this.#lookedAt = -Infinity;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), GATHER_MILLISECONDS);
  }

  async #look() {
    this.#lookedAt = performance.now();
    try {
      const found = await this.#desk.api.colleaguesNow();
      showList(this.#colleagues, found, ({ id }) => id, () => make("li", {}, make("span", { className: "working-dot" }), make("span"), make("span", { className: "quiet" })), (element, each) => this.#update(element, each));
      this.#none.hidden = found.length > 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #update(/** @type {any} */ element, /** @type {any} */ { name_zh: zh, name_en: en, availability, load, max_chats: most }) {
    const { language, words, t } = this.#desk;
    const [dot, name, note] = element.children;
    dot.dataset.availability = availability;
    setText(name, language === "zh" ? zh : en);
    setText(note, availability === "offline" ? words.availabilities[availability] : `${words.availabilities[availability]} · ${t("{load} of {most} in hand", { load, most })}`);
  }
}
