import { make } from "../lib/dom.js";
import { DeskElement } from "./desk-element.js";

/** What is known of the reader's situation: the page, the language, the time. */
export class DeskReader extends DeskElement {
  #shown = "";

  show() {
    const open = this.desk.model.open;
    const key = open ? `${open.id} ${open.rating}` : "";
    if (key === this.#shown) return;
    this.#shown = key;
    this.replaceChildren(...(open ? [this.#part(open)] : []));
  }

  #part(/** @type {any} */ open) {
    const { t, words, fullTime } = this.desk;
    const stars = open.rating ? t("{stars} of 5", { stars: open.rating }) : null;
    return make(
      "section",
      { className: "aside-part", "aria-label": t("Reader") },
      make("h2", { className: "aside-head" }, t("Reader"), make("span", { className: "quiet" }, t("Anonymous"))),
      make(
        "dl",
        { className: "facts" },
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
