/** @import { Shelf } from "./shelf.js" */
/** @import { Thread } from "./thread.js" */

const KEY = "current";

/**
 * The conversation that all tabs of this browser agree on, with what the launcher shows of it.
 *
 * @typedef {{id: string, state: string, seen: number, unread: number}} Current
 */
export class CurrentConversation {
  #shelf;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  /** @returns {Current | null} */
  get value() {
    return this.#shelf.get(KEY);
  }

  /** @param {Thread} thread becomes the current conversation */
  take({ conversation, unread }) {
    const next = { id: conversation.id, state: conversation.state, seen: conversation.reader_seen_seq, unread };
    if (JSON.stringify(next) !== JSON.stringify(this.value)) this.#shelf.set(KEY, next);
  }

  /** @param {Thread} thread brings the record up to date when it is about this thread */
  follow(thread) {
    if (this.value?.id === thread.conversation.id) this.take(thread);
  }

  /** @param {string} [id] forget it only when it is this one */
  forget(id) {
    if (id === undefined || this.value?.id === id) this.#shelf.remove(KEY);
  }
}
