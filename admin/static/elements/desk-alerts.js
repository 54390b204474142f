import { DeskElement } from "./desk-element.js";

/** Hands the desk's lists on to what draws attention: title and icon of the page, sounds, notifications. */
export class DeskAlerts extends DeskElement {
  build() {
    this.desk.day.addEventListener("change", () => this.show(), { signal: this.life });
  }

  show() {
    const { model, attention } = this.desk;
    const { waiting, mine, forMe } = model.sections;
    const lists = { waiting, asked: forMe, mine: mine.map((/** @type {any} */ { id }) => ({ id, unread: model.unread(id) })) };
    attention.show(lists, { openId: model.openId, find: (/** @type {string} */ id) => model.conversation(id) });
  }
}
