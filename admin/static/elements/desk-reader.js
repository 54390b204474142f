import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";

const NOBODY = { identity: null, fields: [], answers: [] };

/** What is known of the reader: the page, the language, the time; who it is, if the reader agreed to tell; the form. */
export class DeskReader extends DeskElement {
  #shown = "";

  async show() {
    const open = this.desk.model.open;
    // Both may change while it is open: an address left while waiting, a rating after the end.
    const key = open ? `${open.id} ${open.state} ${open.rating}` : "";
    if (key === this.#shown) return;
    this.#shown = key;
    this.replaceChildren(...(open ? [this.#part(open, NOBODY)] : []));
    // A supervisor watches the conversation; who the reader is, only its desks are told.
    const card = open && !open.practice && !this.desk.model.isWatched(open) ? await this.#ask(open.id) : NOBODY;
    if (this.#shown === key && card !== NOBODY) this.replaceChildren(this.#part(open, card));
  }

  async #ask(/** @type {string} */ id) {
    try {
      return await this.desk.api.readerCard(id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Asked for again when the conversation is opened again.
      this.#shown = "";
      return NOBODY;
    }
  }

  /**
   * @param {any} open
   * @param {{identity: any, fields: any[], answers: any[]}} card
   */
  #part(open, { identity, fields, answers }) {
    const { t, words, language, fullTime } = this.desk;
    const stars = open.rating ? t("{stars} of 5", { stars: open.rating }) : null;
    return make(
      "section",
      { className: "aside-part", "aria-label": t("Reader") },
      make("h2", { className: "aside-head" }, t("Reader"), make("span", { className: "quiet" }, identity ? t("Signed in") : t("Anonymous"))),
      make(
        "dl",
        { className: "facts" },
        identity && fact(t("Name"), identity.name),
        identity && fact(t("Reader number"), identity.subject),
        identity && fact(t("Said by the library"), Object.values(identity.details).join(" · ") || "–"),
        ...[...fields, ...answers].map((each) => fact(language === "zh" ? each.label_zh : each.label_en, each.value)),
        open.page_url && fact(t("Asked on"), make("span", { className: "address" }, open.page_url)),
        fact(t("Language"), words.languages[open.language]),
        fact(t("Came in"), fullTime(open.created_at)),
        fact(t("Number"), open.number),
        stars && fact(t("Rating"), [stars, open.rating_comment].filter(Boolean).join(" · ")),
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
