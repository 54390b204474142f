/**
 * Small JSON values under one prefix of a browser storage. Never throws: where storage is forbidden or full (private
 * windows, sandboxed frames) values live in memory for this page.
 */
export class Shelf {
  #storage;
  #prefix;
  /** @type {Map<string, string>} */
  #memory = new Map();

  /**
   * @param {Storage | null} storage
   * @param {string} prefix
   */
  constructor(storage, prefix) {
    this.#storage = storage;
    this.#prefix = prefix;
  }

  /**
   * @param {string} key
   * @returns {any} the value, or null
   */
  get(key) {
    try {
      return JSON.parse(this.#read(this.#prefix + key) ?? "null");
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (!this.#storage) throw new Error("no storage");
      this.#storage.setItem(this.#prefix + key, text);
      this.#memory.delete(this.#prefix + key);
    } catch {
      this.#memory.set(this.#prefix + key, text);
    }
  }

  /** @param {string} key */
  remove(key) {
    this.#memory.delete(this.#prefix + key);
    try {
      this.#storage?.removeItem(this.#prefix + key);
    } catch {
      // Storage was switched off meanwhile: there is nothing to remove.
    }
  }

  /**
   * @param {string} start
   * @returns {string[]} the keys that begin so, in no order
   */
  keys(start) {
    const found = new Set(this.#memory.keys());
    try {
      for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
        found.add(this.#storage?.key(index) ?? "");
      }
    } catch {
      // As above.
    }
    const full = this.#prefix + start;
    return [...found].filter((key) => key.startsWith(full)).map((key) => key.slice(this.#prefix.length));
  }

  /**
   * @param {string | null} fullKey the key of a storage event; null means that everything was cleared
   * @returns {string | null} the key on this shelf, "" when all may have changed, null when it is another's
   */
  ownKey(fullKey) {
    if (fullKey === null) return "";
    return fullKey.startsWith(this.#prefix) ? fullKey.slice(this.#prefix.length) : null;
  }

  /** @param {string} fullKey */
  #read(fullKey) {
    try {
      return this.#memory.get(fullKey) ?? this.#storage?.getItem(fullKey) ?? null;
    } catch {
      return null;
    }
  }
}

/**
 * @param {() => Storage} open reads `window.localStorage` or `window.sessionStorage`, which may throw
 * @returns {Storage | null}
 */
export function openStorage(open) {
  try {
    return open();
  } catch {
    return null;
  }
}

/**
 * @param {string} library
 * @returns {string} the prefix of everything kept for a library
 */
export function shelfPrefix(library) {
  return `wenjin.v1.${library}.`;
}
