import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";

/** The card of the reader's home library. */
export class DeskLibrary extends DeskElement {
  /** @type {Map<string, Promise<any>>} */
  #cards = new Map();
  #shown = "";

  async show() {
    const code = this.desk.model.open?.library ?? "";
    if (code === this.#shown) return;
    this.#shown = code;
    const card = code ? await this.#card(code) : null;
    if (this.#shown === code) this.replaceChildren(...(card ? [this.#part(card)] : []));
  }

  async #card(/** @type {string} */ code) {
    if (!this.#cards.has(code)) this.#cards.set(code, this.desk.api.library(code));
    try {
      return await this.#cards.get(code);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Asked for again with the next conversation of this library.
      this.#cards.delete(code);
      return null;
    }
  }

  #part(/** @type {any} */ card) {
    const { t, language, words } = this.desk;
    const other = language === "zh" ? "en" : "zh";
    const tree = card.path.map((/** @type {any} */ names) => make("li", {}, names[language]));
    return make(
      "section",
      { className: "aside-part", "aria-label": t("Home library") },
      make("h2", { className: "aside-head" }, t("Home library"), make("span", { className: "quiet" }, card.code)),
      make("p", {}, make("b", {}, card.names[language]), make("br"), make("span", { className: "quiet" }, card.names[other])),
      make(
        "dl",
        { className: "facts" },
        fact(t("Level"), words.levels[card.level] ?? card.level),
        fact(t("In the network"), make("ol", { className: "tree" }, ...tree)),
        fact(t("Local time"), `${localTime(card.time_zone, language)} (${card.time_zone})`),
        card.desk && fact(t("Desk"), card.desk[language]),
      ),
    );
  }
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
function fact(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}

/**
 * @param {string} timeZone
 * @param {string} language
 */
function localTime(timeZone, language) {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", weekday: "short", timeZone }).format();
}
