import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";

const SHOWN = 8;

/** What the same reader asked before at the person's desks; each opens its transcript. */
export class DeskEarlier extends DeskElement {
  #shown = "";

  async show() {
    const { model } = this.desk;
    const id = model.open && !model.open.practice && !model.isWatched(model.open) ? model.open.id : "";
    if (id === this.#shown) return;
    this.#shown = id;
    this.replaceChildren();
    const earlier = id ? await this.#ask(id) : [];
    if (this.#shown === id && earlier.length > 0) this.replaceChildren(this.#part(earlier));
  }

  async #ask(/** @type {string} */ id) {
    try {
      return await this.desk.api.earlier(id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Asked for again when the conversation is opened again.
      this.#shown = "";
      return [];
    }
  }

  #part(/** @type {any[]} */ earlier) {
    const { t } = this.desk;
    const title = t("Asked before");
    const count = make("span", { className: "quiet" }, String(earlier.length));
    const list = make("ul", { className: "earlier" }, ...earlier.slice(0, SHOWN).map((each) => this.#entry(each)));
    return make("section", { className: "aside-part", "aria-label": title }, make("h2", { className: "aside-head" }, title, count), list);
  }

  #entry(/** @type {any} */ { id, language, question, resolution, state, created_at }) {
    const { words, clockTime, fullTime } = this.desk;
    const how = resolution ? words.resolutions[resolution] : words.states[state];
    const time = make("time", { datetime: created_at, title: fullTime(created_at) }, clockTime(created_at));
    const facts = make("span", { className: "row-sub" }, time, ` · ${how ?? state}`);
    return make("li", {}, make("a", { href: `/console/history/${id}`, lang: language }, question), facts);
  }
}
