/** @import { Shelf } from "./shelf.js" */

const KEY = "reader";

/**
 * The reader's anonymous token: made when the reader first asks, kept in this browser, sent as a bearer token only.
 */
export class Reader {
  #shelf;
  #create;
  /** @type {Promise<void> | null} */
  #creating = null;

  /** @param {{shelf: Shelf, create: () => Promise<{token: string}>}} options */
  constructor({ shelf, create }) {
    this.#shelf = shelf;
    this.#create = create;
  }

  /** @returns {string | null} */
  get token() {
    return this.#shelf.get(KEY)?.token ?? null;
  }

  /** Make sure that there is a token; two callers at once make one. */
  ensure() {
    if (this.token) return Promise.resolve();
    this.#creating ??= this.#make().finally(() => {
      this.#creating = null;
    });
    return this.#creating;
  }

  forget() {
    this.#shelf.remove(KEY);
  }

  async #make() {
    const { token } = await this.#create();
    this.#shelf.set(KEY, { token });
  }
}
