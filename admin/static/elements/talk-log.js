import { corrected } from "../lib/corrections.js";
import { make, showList } from "../lib/dom.js";
import { withNotes } from "../lib/notes.js";
import { eventSentence, nameIn } from "../lib/words.js";
import { TalkSaid } from "./talk-said.js";

// Within this distance of the end, in pixels, the log counts as being read at its end.
const NEAR_END = 40;

/** The messages and notes of the open conversation, those under way at the end. Stays at the end unless the person scrolled up. */
export class TalkLog {
  element;
  #log;
  #toNewest;
  #desk;
  #id = "";
  /** @type {WeakMap<Element, TalkSaid>} */
  #said = new WeakMap();

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-label": desk.t("Messages") });
    this.#toNewest = make("button", { type: "button", className: "button button-small to-newest", hidden: true }, desk.t("New messages ↓"));
    this.#toNewest.addEventListener("click", () => this.toEnd());
    this.#log.addEventListener("scroll", () => this.#scrolled());
    this.element = make("div", { className: "log-frame" }, this.#log, this.#toNewest);
    // The end stays in view when the composer grows or a phone shows its keyboard.
    new ResizeObserver(() => this.#wasAtEnd && this.toEnd()).observe(this.#log);
  }

  #wasAtEnd = true;

  /** @param {any} conversation the one that is open */
  show(conversation) {
    const { model } = this.#desk;
    const isOther = conversation.id !== this.#id;
    if (isOther) this.#begin(conversation);
    const before = this.#log.childElementCount;
    const said = withNotes(corrected(model.messages(conversation.id)), model.notes(conversation.id));
    const entries = [...said, ...this.#underWay(conversation.id)];
    const update = (/** @type {Element} */ element, /** @type {any} */ entry) => this.#said.get(element)?.show(entry, conversation);
    showList(this.#log, entries, keyOf, (entry) => this.#create(entry, conversation), update);
    this.#log.setAttribute("aria-live", model.signs(conversation.id).isWhole ? "polite" : "off");
    if (isOther || this.#wasAtEnd) this.toEnd();
    else if (this.#log.childElementCount > before) this.#toNewest.hidden = false;
    this.#see();
  }

  /** Show the newest message. */
  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#wasAtEnd = true;
    this.#toNewest.hidden = true;
    this.#see();
  }

  focus() {
    this.#log.focus();
  }

  #begin(/** @type {any} */ conversation) {
    this.#id = conversation.id;
    this.#log.replaceChildren();
    this.#wasAtEnd = true;
  }

  #underWay(/** @type {string} */ id) {
    const { model } = this.#desk;
    const taken = new Set([...model.messages(id), ...model.notes(id)].map((/** @type {any} */ each) => each.client_id));
    return model.outgoing.of(id).filter((/** @type {any} */ entry) => !taken.has(entry.client_id));
  }

  #scrolled() {
    this.#wasAtEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_END;
    if (!this.#wasAtEnd) return;
    this.#toNewest.hidden = true;
    this.#see();
  }

  #see() {
    if (this.#wasAtEnd && !document.hidden && this.#id) this.#desk.model.see(this.#id);
  }

  #create(/** @type {any} */ entry, /** @type {any} */ conversation) {
    if (entry.kind === "event") return this.#event(entry);
    const said = new TalkSaid(this.#desk, conversation);
    this.#said.set(said.element, said);
    return said.element;
  }

  #event(/** @type {any} */ entry) {
    const { words, language, clockTime, fullTime } = this.#desk;
    const sentence = eventSentence({ ...entry, name: nameIn(entry, "", language) }, words.events);
    return make("p", { className: "event" }, `${sentence} · `, make("time", { datetime: entry.created_at, title: fullTime(entry.created_at) }, clockTime(entry.created_at)));
  }
}

/** @param {any} entry a message or a note, or one under way: the same element serves both */
function keyOf({ kind, seq, author, client_id }) {
  if (kind === "event") return `event-${seq}`;
  return `${kind === "note" ? "note" : (author ?? "librarian")}-${client_id}`;
}
