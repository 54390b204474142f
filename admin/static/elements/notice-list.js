import { make, showList } from "../lib/dom.js";

/** What this person has not seen: mentions, answers given back, invitations to practise. Each goes when it is opened or ticked off. */
export class NoticeList {
  element = make("ul", { className: "notices", hidden: true });
  #desk;
  #onGo;

  /** @param {any} desk @param {() => void} onGo the person goes to what a notice is about */
  constructor(desk, onGo) {
    this.#desk = desk;
    this.#onGo = onGo;
    this.element.setAttribute("aria-label", desk.t("New for you"));
  }

  /** Show what is unseen now. Mentions in a room are seen by reading the room. */
  show() {
    const { notices } = this.#desk.rooms;
    this.element.hidden = notices.length === 0;
    showList(this.element, notices, ({ id }) => id, (notice) => this.#create(notice), () => {});
  }

  #create(/** @type {any} */ notice) {
    const { t, rooms } = this.#desk;
    const open = make("button", { type: "button", className: "link-button" }, this.#sentence(notice));
    open.addEventListener("click", () => this.#go(notice));
    const seen = make("button", { type: "button", className: "button button-small" }, t("Seen"));
    seen.addEventListener("click", () => rooms.seeNotice(notice));
    return make("li", {}, open, seen);
  }

  #sentence(/** @type {any} */ notice) {
    const { t, language } = this.#desk;
    const details = { name: notice[`from_${language}`], number: notice.number ?? "" };
    if (notice.kind === "note_mention") return t("{name} mentions you in a note to {number}", details);
    if (notice.kind === "talk_mention") return t("{name} mentions you in the talk", details);
    if (notice.kind === "review_returned") return t("{name} gave an answer back to you: {number}", details);
    return t("{name} asks you to play a reader", details);
  }

  async #go(/** @type {any} */ notice) {
    const { rooms, model } = this.#desk;
    if (notice.room_id) return rooms.openRoom(notice.room_id);
    await rooms.seeNotice(notice);
    this.#onGo();
    model.dispatchEvent(new CustomEvent("go", { detail: notice.conversation_id ?? notice.practice_id }));
  }
}
