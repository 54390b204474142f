/** @import { Item } from "./desk-list.js" */
import { DeskList, together } from "./desk-list.js";
import { divide } from "./sections.js";

/**
 * The desks as a page beside the desk needs them: the person stays at the desk while reading an article, hears of new
 * questions and of what the readers write. Keeps numbers of messages, not their words.
 */
export class Line extends EventTarget {
  #me;
  #lists;
  #send;
  #passing;
  /** What nobody has seen yet of the own conversations. @type {Map<string, {seen: number, texts: Set<number>}>} */
  #unseen = new Map();

  /**
   * @param {object} parts
   * @param {{id: string}} parts.me
   * @param {{id: string, version: number, items: Item[]}[]} parts.lists as they were last known
   * @param {(frame: any) => boolean} parts.send
   * @param {import("./passing.js").Passing} parts.passing
   */
  constructor({ me, lists, send, passing }) {
    super();
    this.#me = me;
    this.#lists = new Map(lists.map((list) => [list.id, new DeskList(list)]));
    this.#send = send;
    this.#passing = passing;
    passing.addEventListener("change", () => this.#changed());
  }

  /** @returns {Iterable<DeskList>} */
  get lists() {
    return this.#lists.values();
  }

  /** @returns {{waiting: Item[], asked: Item[], mine: {id: string, unread: number}[]}} as alerts want it */
  get news() {
    const { waiting, forMe, mine } = this.#sections;
    return { waiting, asked: forMe, mine: mine.map(({ id }) => ({ id, unread: this.#unseen.get(id)?.texts.size ?? 0 })) };
  }

  /** @param {string} id @returns {any} the conversation, or null */
  conversation(id) {
    return together(this.#lists.values()).find((item) => item.id === id) ?? null;
  }

  /** The connection is there: ask for what changed. */
  resume() {
    this.#unseen.clear();
    this.#watch();
    this.#passing.lookAgain();
    this.#follow();
  }

  /** @param {any} frame */
  take(frame) {
    if (frame.type === "desk_list") this.#lists.get(frame.desk_id)?.takeList(frame);
    else if (frame.type === "desk_change") this.#takeChange(frame);
    else if (frame.type === "messages") this.#takeMessages(frame);
    else if (frame.type === "seen" && frame.side === "librarian") this.#see(frame.conversation_id, frame.seq);
    else return;
    this.#passing.take(frame);
    this.#follow();
    this.#changed();
  }

  get #sections() {
    return divide(together(this.#lists.values()), this.#me.id, (item) => this.#passing.isForMe(item));
  }

  #takeChange(/** @type {any} */ frame) {
    const list = this.#lists.get(frame.desk_id);
    list?.takeChange(frame);
    if (list?.isBehind) this.#watch();
  }

  #watch() {
    for (const list of this.#lists.values()) list.expectList();
    this.#send({ type: "watch", desks: Object.fromEntries([...this.#lists.values()].map(({ deskId, version }) => [deskId, version])) });
  }

  #follow() {
    const mine = this.#sections.mine;
    for (const id of [...this.#unseen.keys()]) {
      if (mine.some((item) => item.id === id)) continue;
      this.#unseen.delete(id);
      this.#send({ type: "unfollow", conversation_id: id });
    }
    for (const { id, staff_seen_seq: seen } of /** @type {any[]} */ (mine)) {
      if (this.#unseen.has(id)) continue;
      this.#unseen.set(id, { seen, texts: new Set() });
      this.#send({ type: "follow", conversation_id: id, after_seq: seen });
    }
  }

  #takeMessages(/** @type {any} */ { conversation_id: id, items }) {
    const known = this.#unseen.get(id);
    for (const { seq, kind, author } of items) if (known && kind === "text" && author === "reader" && seq > known.seen) known.texts.add(seq);
  }

  #see(/** @type {string} */ id, /** @type {number} */ seq) {
    const known = this.#unseen.get(id);
    if (!known) return;
    known.seen = Math.max(known.seen, seq);
    for (const each of known.texts) if (each <= seq) known.texts.delete(each);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
