import { make } from "../lib/dom.js";

const FORMATS = ["txt", "html", "json"];

/** The menu that saves the transcript of the open conversation, without internal notes. */
export class TalkMenu {
  element;
  #links;

  /** @param {any} desk */
  constructor({ t }) {
    const names = { txt: t("Plain text"), html: t("Web page"), json: "JSON" };
    this.#links = FORMATS.map((form) => make("a", { download: "" }, names[/** @type {keyof typeof names} */ (form)]));
    const list = make("ul", { className: "menu-list" }, ...this.#links.map((link) => make("li", {}, link)));
    const summary = make("summary", { className: "button button-small" }, t("Transcript"));
    this.element = make("details", { className: "menu" }, summary, make("div", { className: "menu-body" }, list));
    list.addEventListener("click", () => (this.element.open = false));
  }

  /** @param {string} id */
  show(id) {
    FORMATS.forEach((form, place) => {
      const address = `/api/v1/staff/conversations/${id}/transcript?format=${form}`;
      if (this.#links[place].getAttribute("href") !== address) this.#links[place].href = address;
    });
  }
}
