import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";

// "Open now" is asked for again after this time.
const FRESH_MILLISECONDS = 60_000;

/** The card of the reader's home library: open or not, faults first, sentences to put into the answer. */
export class DeskLibrary extends DeskElement {
  /** @type {Map<string, {card: Promise<any>, until: number}>} */
  #cards = new Map();
  /** @type {any} */
  #shown = null;

  async show() {
    const code = this.desk.model.open?.library ?? "";
    const card = code ? await this.#card(code) : null;
    // Another conversation may have been opened meanwhile; the same card is left as it is, with what is folded open.
    if (code !== (this.desk.model.open?.library ?? "")) return;
    if (card !== this.#shown) {
      const open = this.#opened(card);
      this.#shown = card;
      this.replaceChildren(...(card ? [this.#part(card, open)] : []));
    }
    this.#allow();
  }

  /** Sentences go into an answer only where one can be written. */
  #allow() {
    const { model } = this.desk;
    const isMine = Boolean(model.open) && model.isMine(model.open);
    for (const button of this.querySelectorAll("button")) button.disabled = !isMine;
  }

  async #card(/** @type {string} */ code) {
    const known = this.#cards.get(code);
    if (!known || known.until < Date.now()) {
      this.#cards.set(code, { card: this.desk.api.library(code), until: Date.now() + FRESH_MILLISECONDS });
    }
    try {
      return await this.#cards.get(code)?.card;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Asked for again with the next conversation of this library.
      this.#cards.delete(code);
      return known ? this.#shown : null;
    }
  }

  /** @returns {boolean} whether the facts of this library are folded open now */
  #opened(/** @type {any} */ card) {
    return card?.code === this.#shown?.code && (this.querySelector("details")?.open ?? false);
  }

  #part(/** @type {any} */ card, /** @type {boolean} */ isOpen) {
    const { t, language, words } = this.desk;
    const other = language === "zh" ? "en" : "zh";
    const tree = card.path.map((/** @type {any} */ names) => make("li", {}, names[language]));
    return make(
      "section",
      { className: "aside-part", "aria-label": t("Home library") },
      make("h2", { className: "aside-head" }, t("Home library"), make("a", { href: `/console/libraries/${card.code}`, target: "_blank" }, t("Whole card"))),
      make("p", {}, make("b", {}, card.names[language]), make("br"), make("span", { className: "quiet" }, card.names[other])),
      !card.is_usable && make("p", { className: "hit-why" }, t("This card is not approved or not fresh: ask the library before you rely on it.")),
      ...this.#lines(card, "fault"),
      make(
        "dl",
        { className: "facts" },
        fact(t("Today"), this.#today(card)),
        fact(t("Local time"), `${localTime(card.time_zone, language)} (${card.time_zone})`),
        ...this.#contacts(card.contacts),
      ),
      ...this.#lines(card, "paste"),
      make(
        "details",
        { open: isOpen },
        make("summary", {}, t("Facts about this library")),
        ...this.#lines(card, "fact"),
        make(
          "dl",
          { className: "facts" },
          fact(t("Level"), words.levels[card.level] ?? card.level),
          fact(t("In the network"), make("ol", { className: "tree" }, ...tree)),
          card.desk && fact(t("Desk"), card.desk[language]),
        ),
      ),
    );
  }

  #today(/** @type {any} */ card) {
    const { t, fullTime, clockTime } = this.desk;
    const { is_open: isOpen, opens_next: opens, closes_next: closes } = card.hours;
    const next = isOpen ? closes && t("closes {moment}", { moment: clockTime(closes) }) : opens && t("opens {moment}", { moment: fullTime(opens) });
    const state = make("span", { className: `state ${isOpen ? "state-published" : "state-waiting"}` }, isOpen ? t("open now") : t("closed now"));
    return make("span", {}, state, ` ${card.times_today || t("closed")}`, next ? make("span", { className: "quiet" }, ` · ${next}`) : "");
  }

  #contacts(/** @type {any} */ { phone, email, page }) {
    const { t } = this.desk;
    return [
      phone && fact(t("Telephone"), phone),
      email && fact(t("E-mail"), email),
      // Nothing but a web address becomes a link.
      /^https?:/.test(page) && fact(t("Page"), make("a", { href: page, target: "_blank", rel: "noreferrer" }, page)),
    ].map((each) => each || null);
  }

  /** @returns {Node[]} */
  #lines(/** @type {any} */ card, /** @type {string} */ kind) {
    return card.lines.filter((/** @type {any} */ line) => line.kind === kind).map((/** @type {any} */ line) => this.#line(line));
  }

  #line(/** @type {any} */ line) {
    const { t, language } = this.desk;
    const isStale = line.is_stale && make("span", { className: "state state-waiting" }, t("to be checked"));
    const body = make("p", {}, language === "zh" ? line.text_zh : line.text_en, isStale ? " " : "", isStale);
    const foot = make("p", { className: "hit-why" }, t("{name} answers for it", { name: language === "zh" ? line.owner_zh : line.owner_en }));
    if (line.kind !== "paste") return make("div", { className: `card-line card-line-${line.kind}` }, body, foot);
    return make("div", { className: "card-line" }, body, make("div", { className: "steps" }, this.#insert(line.text_zh, t("Insert the Chinese")), this.#insert(line.text_en, t("Insert the English"))));
  }

  #insert(/** @type {string} */ text, /** @type {string} */ label) {
    const insert = () => this.desk.model.dispatchEvent(new CustomEvent("insert", { detail: text }));
    return make("button", { type: "button", className: "button button-small", onclick: insert }, label);
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
