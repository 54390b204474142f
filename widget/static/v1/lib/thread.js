/** @import { Conversation, Message, ThreadPart } from "./wire.js" */

/**
 * One conversation as this browser knows it: numbered messages without gap, and the newest state.
 *
 * The rule that makes reconnecting safe: a snapshot with any later events, repeated or out of order, is the same as a
 * fresh snapshot. Messages that run ahead are held until the ones before them came.
 */
export class Thread {
  /** @type {Conversation} */
  conversation;
  /** @type {Message[]} */
  messages = [];
  /** @type {Map<number, Message>} */
  #ahead = new Map();
  // The last_seq of the newest state taken: states are ordered among themselves, whatever messages came meanwhile.
  #stateSeq = 0;

  /** @param {ThreadPart} part from message 1 on */
  constructor(part) {
    this.conversation = part.conversation;
    this.merge(part);
  }

  /** @returns {number} the last number up to which nothing is missing */
  get lastSeq() {
    return this.messages.length;
  }

  /** @returns {Message[]} everything that can be shown, also what runs ahead of a gap */
  get shown() {
    return [...this.messages, ...[...this.#ahead.values()].sort((a, b) => a.seq - b.seq)];
  }

  /** @returns {boolean} whether messages are known to exist that are not here yet */
  get isBehind() {
    return this.#ahead.size > 0 || this.conversation.last_seq > this.lastSeq;
  }

  /** @param {ThreadPart} part a snapshot, or what came after a number */
  merge(part) {
    this.add(part.messages);
    this.update(part.conversation);
  }

  /** @param {Message[]} messages in any order; known ones are ignored */
  add(messages) {
    for (const message of messages) {
      if (message.seq > this.lastSeq) this.#ahead.set(message.seq, message);
    }
    for (let next = this.#ahead.get(this.lastSeq + 1); next; next = this.#ahead.get(this.lastSeq + 1)) {
      this.#ahead.delete(next.seq);
      this.messages.push(next);
      this.#change(next);
    }
    if (this.lastSeq > this.conversation.last_seq) {
      this.conversation = { ...this.conversation, last_seq: this.lastSeq };
    }
  }

  /** @param {Conversation} state taken unless it is older than what is known; numbers of what was read never go back */
  update(state) {
    const known = this.conversation;
    const newest = state.last_seq >= this.#stateSeq ? state : known;
    this.#stateSeq = Math.max(this.#stateSeq, state.last_seq);
    this.conversation = {
      ...newest,
      last_seq: Math.max(state.last_seq, known.last_seq),
      reader_seen_seq: Math.max(state.reader_seen_seq, known.reader_seen_seq),
      staff_seen_seq: Math.max(state.staff_seen_seq, known.staff_seen_seq),
    };
  }

  /**
   * @param {"reader" | "librarian"} side
   * @param {number} seq
   */
  markSeen(side, seq) {
    const key = side === "reader" ? "reader_seen_seq" : "staff_seen_seq";
    if (seq > this.conversation[key]) this.conversation = { ...this.conversation, [key]: seq };
  }

  /** @param {number} position the place in the queue, from 1 */
  moveTo(position) {
    if (this.conversation.state === "waiting") this.conversation = { ...this.conversation, position };
  }

  /** @param {Message} event one that changes an earlier message; any other changes nothing */
  #change({ event, details = {}, created_at }) {
    const index = Number(details.seq) - 1;
    const message = this.messages[index];
    if (!message || message.is_deleted) return;
    if (event === "edited") this.messages[index] = { ...message, body: String(details.body ?? ""), edited_at: created_at };
    else if (event === "deleted") this.messages[index] = { ...message, body: "", is_deleted: true };
  }

  /** @returns {number} how many texts of others the reader has not seen */
  get unread() {
    const seen = this.conversation.reader_seen_seq;
    return this.messages.filter(({ seq, kind, author }) => seq > seen && kind === "text" && author !== "reader").length;
  }
}
