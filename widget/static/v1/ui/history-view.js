/** @import { Stage } from "./stage.js" */
/** @import { Conversation } from "../lib/wire.js" */
import { ApiError } from "../lib/api.js";
import { el, icon } from "./dom.js";
import { stateText } from "./event-texts.js";

/** The questions this browser has asked before, newest first. */
export class HistoryView {
  #stage;
  #list = el("ol", { class: "past" });
  #note = el("p", { class: "note", role: "status" });
  #more;
  /** @type {string | null} */
  #next = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    const { t } = stage.texts;
    this.#more = el("button", { type: "button", class: "secondary", hidden: true, onclick: () => void this.#read() }, t("Show more"));
    const touch = el("button", { type: "button", class: "secondary", onclick: () => stage.show("touch") }, t("Go on with another device"));
    const mine = el("button", { type: "button", class: "secondary", onclick: () => void this.#openCommissions() }, t("My commissions"));
    const foot = el("div", { class: "foot ends" }, mine, stage.isLinked ? null : touch);
    this.root = el("div", { class: "view history" }, el("div", { class: "scroll" }, this.#list, this.#note, this.#more), foot);
  }

  focus() {
    (this.#list.querySelector("button") ?? this.#more).focus();
  }

  /** Read the list afresh. */
  async load() {
    this.#next = null;
    this.#list.replaceChildren();
    await this.#read();
  }

  async #read() {
    const { t } = this.#stage.texts;
    this.#note.replaceChildren(t("Loading…"));
    try {
      const { items, next } = await this.#stage.chat.conversations(this.#next);
      this.#next = next;
      this.#list.append(...items.map((item) => el("li", {}, this.#item(item))));
      this.#note.replaceChildren(this.#list.childElementCount ? "" : t("You have not asked anything yet."));
      this.#more.hidden = next === null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isClosed = error.status === 401 && this.#stage.isLinked;
      const closed = t("This private link does not work any more. Make a new one where you asked your question.");
      this.#note.replaceChildren(isClosed ? closed : error.message || t("The service is out of reach. Please try again in a moment."));
      this.#more.hidden = isClosed;
    }
  }

  /** @param {Conversation} conversation */
  #item({ id, number, question, state, created_at }) {
    const { texts } = this.#stage;
    return el(
      "button",
      { type: "button", onclick: () => void this.#open(id) },
      el("span", { class: "asked", dir: "auto" }, question),
      el("span", { class: "facts" }, el("span", { class: `state ${state}` }, stateText(state, texts)), texts.date(created_at), el("span", {}, number)),
      icon("chevron"),
    );
  }

  /** The pages of the services lie on the service's own site. */
  async #openCommissions() {
    const page = window.open("", "_blank");
    try {
      const { serviceAddress } = await import("./commission-offer.js");
      const address = await serviceAddress(this.#stage, "mine");
      if (page) {
        page.opener = null;
        page.location.replace(address);
      } else location.assign(address);
    } catch (error) {
      page?.close();
      const { t } = this.#stage.texts;
      this.#note.replaceChildren((error instanceof ApiError && error.message) || t("The service is out of reach. Please try again in a moment."));
    }
  }

  /** @param {string} id */
  async #open(id) {
    try {
      await this.#stage.chat.open(id);
      this.#stage.show("thread");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { t } = this.#stage.texts;
      this.#note.replaceChildren(error.message || t("The service is out of reach. Please try again in a moment."));
    }
  }
}
