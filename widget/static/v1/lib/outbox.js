/** @import { Shelf } from "./shelf.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Refusal } from "./wire.js" */

/**
 * What the reader sent and the server has not acknowledged. Survives reloads; each entry has a key of its own, so that
 * tabs never overwrite one another.
 *
 * An entry is sent by the tab that wrote it. It passes to another tab when its own one let go of it (page left) or has
 * not touched it for ORPHAN_SECONDS (crashed, frozen). A double that slips through is harmless: the server knows the
 * client id.
 *
 * @typedef {object} Entry
 * @property {string} client_id
 * @property {"question" | "message"} kind
 * @property {string | null} conversation_id null for a question, which has none yet
 * @property {string} body
 * @property {string | null} page_url
 * @property {Record<string, string>} [fields] what the library asks for before a question
 * @property {number} created_at milliseconds; unique and rising within a tab
 * @property {string} tab
 * @property {number} touched_at milliseconds
 * @property {Refusal | null} failure why the server will not take it
 */

export const ORPHAN_SECONDS = 15;
const KEY = "outbox.";

export class Outbox {
  #shelf;
  #clock;
  #tab;
  #newest = 0;

  /** @param {{shelf: Shelf, clock: Clock, tab: string}} options */
  constructor({ shelf, clock, tab }) {
    this.#shelf = shelf;
    this.#clock = clock;
    this.#tab = tab;
  }

  /**
   * Keep an entry until it is acknowledged.
   *
   * @param {{client_id: string, kind: "question" | "message", body: string, conversation_id?: string, page_url?: string,
   *   fields?: Record<string, string>}} words
   * @returns {Entry}
   */
  put({ client_id, kind, body, conversation_id, page_url, fields }) {
    this.#newest = Math.max(this.#clock.now(), this.#newest + 1);
    const entry = {
      client_id,
      kind,
      conversation_id: conversation_id ?? null,
      body,
      page_url: page_url ?? null,
      ...(fields ? { fields } : {}),
      created_at: this.#newest,
      tab: this.#tab,
      touched_at: this.#clock.now(),
      failure: null,
    };
    this.#write(entry);
    return entry;
  }

  /** @returns {Entry[]} every entry of every tab, oldest first */
  all() {
    /** @type {Entry[]} */
    const entries = [];
    for (const key of this.#shelf.keys(KEY)) {
      const entry = this.#shelf.get(key);
      if (entry && typeof entry.client_id === "string" && typeof entry.body === "string") entries.push(entry);
    }
    return entries.sort((a, b) => a.created_at - b.created_at || a.client_id.localeCompare(b.client_id));
  }

  /** @returns {Entry[]} what this tab has to send, oldest first */
  sendable() {
    return this.all().filter((entry) => entry.tab === this.#tab && !entry.failure);
  }

  /** Tell the other tabs that this one is alive and takes care of its entries. */
  touch() {
    for (const entry of this.sendable()) this.#write({ ...entry, touched_at: this.#clock.now() });
  }

  /** @returns {number} how many entries without a living tab this one has taken over */
  adopt() {
    const limit = this.#clock.now() - ORPHAN_SECONDS * 1000;
    const orphans = this.all().filter((entry) => entry.tab !== this.#tab && entry.touched_at < limit);
    for (const entry of orphans) this.#write({ ...entry, tab: this.#tab, touched_at: this.#clock.now() });
    return orphans.length;
  }

  /** Let go of this tab's entries: the page is being left and the next page shall send them at once. */
  release() {
    for (const entry of this.sendable()) this.#write({ ...entry, tab: "", touched_at: 0 });
  }

  /** @param {string} clientId */
  acknowledge(clientId) {
    this.#shelf.remove(KEY + clientId);
  }

  /**
   * @param {string} clientId
   * @param {Refusal | null} failure null to try again
   */
  fail(clientId, failure) {
    const entry = this.#shelf.get(KEY + clientId);
    if (entry) this.#write({ ...entry, failure, tab: this.#tab, touched_at: this.#clock.now() });
  }

  /** @param {Entry} entry */
  #write(entry) {
    this.#shelf.set(KEY + entry.client_id, entry);
  }
}

/** @returns {string} a new client id */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
