import { make } from "../lib/dom.js";

const FORMATS = ["txt", "html", "json"];

/** What can be made of the open conversation: a transcript without internal notes, a commission. */
export class TalkMenu {
  element;
  #links;
  #commission;

  /** @param {any} desk */
  constructor({ t }) {
    const names = { txt: t("Plain text"), html: t("Web page"), json: "JSON" };
    this.#links = FORMATS.map((form) => make("a", { download: "" }, `${t("Transcript")}: ${names[/** @type {keyof typeof names} */ (form)]}`));
    this.#commission = make("a", {}, t("Make this a commission …"));
    const list = make("ul", { className: "menu-list" }, ...this.#links.map((link) => make("li", {}, link)), make("li", {}, this.#commission));
    const summary = make("summary", { className: "button button-small" }, t("More"));
    this.element = make("details", { className: "menu" }, summary, make("div", { className: "menu-body" }, list));
    list.addEventListener("click", () => (this.element.open = false));
  }

  /** @param {string} id */
  show(id) {
    this.#commission.href = `/console/conversations/${id}/commission`;
    FORMATS.forEach((form, place) => {
      const address = `/api/v1/staff/conversations/${id}/transcript?format=${form}`;
      if (this.#links[place].getAttribute("href") !== address) this.#links[place].href = address;
    });
  }
}
