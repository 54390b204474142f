/** @import { Stage } from "./stage.js" */
import { el } from "./dom.js";
import { deskText } from "./desk-text.js";
import { FormFields } from "./form-fields.js";

/** What a library asks for before the question goes to its desk. Only libraries that want it have it. */
export class FormView {
  #stage;
  #question = el("p", { class: "asked-text", dir: "auto" });
  #desk = el("p", { class: "desk" });
  #place = el("div");
  /** @type {FormFields | null} */
  #fields = null;
  #drawn = "";

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    const { t } = stage.texts;
    const send = el("button", { type: "submit", class: "primary" }, t("Send the question"));
    const form = el("form", { class: "before", novalidate: true, onsubmit: (event) => this.#submit(event) });
    form.append(el("p", { class: "label" }, t("Your question")), this.#question, this.#place, this.#desk, send);
    this.root = el("div", { class: "view form" }, el("div", { class: "scroll" }, form));
  }

  focus() {
    this.#fields?.focus();
  }

  draw() {
    const { chat, texts, question } = this.#stage;
    this.#question.textContent = question();
    this.#desk.textContent = chat.library ? deskText(chat.library, texts) : "";
    const wanted = JSON.stringify(chat.fields);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const values = { ...this.#stage.prefilled, ...this.#fields?.values };
    this.#fields = new FormFields(chat.fields, { texts, values });
    this.#place.replaceChildren(this.#fields.root);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    if (this.#fields?.check()) this.#stage.send(this.#fields.values);
  }
}
