/**
 * What a desk has in hand, by the version of its list. A snapshot with every change after it is a fresh snapshot; a
 * change that runs ahead is not applied, and `isBehind` says that the list has to be asked for again.
 *
 * @typedef {object} Item a conversation as staff see it
 * @property {string} id
 * @property {string} state
 * @property {string | null} holder_id
 * @property {string} queued_at
 * @property {number} [priority] 0 to 9, 9 first
 * @property {number} last_seq
 */

const ENDED = new Set(["closed", "withdrawn", "rejected", "lost"]);

export class DeskList {
  deskId;
  version;
  isBehind = false;
  /** @type {Map<string, Item>} */
  #items = new Map();
  #mayGoBack = false;

  /** @param {{id: string, version: number, items: Item[]}} listing */
  constructor({ id, version, items }) {
    this.deskId = id;
    this.version = version;
    this.#fill(items);
  }

  /** @returns {Item[]} */
  get items() {
    return [...this.#items.values()];
  }

  /**
   * @param {string} id
   * @returns {Item | undefined}
   */
  find(id) {
    return this.#items.get(id);
  }

  /** Say that the list is being asked for: the answer counts even if the server's version has gone back. */
  expectList() {
    this.#mayGoBack = true;
  }

  /** @param {{version: number, items: Item[]}} list the whole list */
  takeList({ version, items }) {
    if (version < this.version && !this.#mayGoBack) return;
    this.version = version;
    this.isBehind = false;
    this.#mayGoBack = false;
    this.#fill(items);
  }

  /** @param {{version: number, item: Item, is_listed?: boolean}} change known ones are ignored */
  takeChange({ version, item, is_listed: isListed = true }) {
    if (version <= this.version) return;
    if (version > this.version + 1) {
      this.isBehind = true;
      return;
    }
    this.version = version;
    if (isListed) this.#put(item);
    else this.#items.delete(item.id);
  }

  /**
   * Show what an own action brought before its change arrives under a version.
   *
   * @param {Item} item
   */
  foresee(item) {
    const known = this.#items.get(item.id);
    if (known && known.last_seq <= item.last_seq) this.#put(item);
  }

  /** @param {Item[]} items */
  #fill(items) {
    this.#items.clear();
    for (const item of items) this.#put(item);
  }

  /** @param {Item} item */
  #put(item) {
    if (ENDED.has(item.state)) this.#items.delete(item.id);
    else this.#items.set(item.id, item);
  }
}

/**
 * Put several lists together. A conversation that stands in two of them, as in its own queue and at a desk it reached,
 * comes once, as the list that knows more of it has it.
 *
 * @param {Iterable<DeskList>} lists
 * @returns {Item[]}
 */
export function together(lists) {
  /** @type {Map<string, Item>} */
  const found = new Map();
  for (const list of lists) {
    for (const item of list.items) {
      const known = found.get(item.id);
      if (!known || known.last_seq <= item.last_seq) found.set(item.id, item);
    }
  }
  return [...found.values()];
}
