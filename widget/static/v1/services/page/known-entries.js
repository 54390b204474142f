/** @import { Commission, Entry } from "../wire.js" */
/** @import { CommissionCalls } from "../calls.js" */

/** The record of one commission as far as it was read: the newest comes with each reading, earlier pages on request. */
export class KnownEntries {
  /** @type {Map<number, Entry>} */
  #known = new Map();
  /** @type {number | null} */
  #earlier = null;
  #calls;

  /** @param {Pick<CommissionCalls, "entries">} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /** @template {Pick<Commission, "entries" | "earlier">} T @param {T} commission as it was read @returns {T} with all that is known */
  take(commission) {
    const isConnected = commission.earlier === null || commission.entries.some(({ seq }) => this.#known.has(seq));
    // After a long absence more may have come than one page holds: what lies between is fetched from there backwards.
    if (!isConnected) this.#known.clear();
    if (!this.#known.size) this.#earlier = commission.earlier;
    this.#add(commission.entries);
    return { ...commission, entries: this.#inOrder(), earlier: this.#earlier };
  }

  /** @param {string} id of the commission; does nothing at the beginning of its record */
  async readEarlier(id) {
    if (this.#earlier === null) return;
    const { entries, earlier } = await this.#calls.entries(id, this.#earlier);
    this.#add(entries);
    this.#earlier = earlier;
  }

  /** @param {Entry[]} entries */
  #add(entries) {
    for (const entry of entries) this.#known.set(entry.seq, entry);
  }

  #inOrder() {
    return [...this.#known.values()].sort((a, b) => a.seq - b.seq);
  }
}
