/** @import { Item } from "./desk-list.js" */

/**
 * Tells what is worth a sound or a notification: questions that began to wait, and texts of readers in own
 * conversations. What was there at the start is no news.
 */
export class News {
  /** @type {Set<string> | null} */
  #waiting = null;
  /** @type {Map<string, number>} */
  #unread = new Map();

  /**
   * @param {Item[]} waiting
   * @param {{id: string, unread: number}[]} mine
   * @returns {{questions: Item[], texts: string[]}} new questions, and the own conversations with new texts
   */
  take(waiting, mine) {
    const known = this.#waiting;
    const questions = known ? waiting.filter(({ id }) => !known.has(id)) : [];
    const texts = known ? mine.filter(({ id, unread }) => unread > (this.#unread.get(id) ?? 0)).map(({ id }) => id) : [];
    this.#waiting = new Set(waiting.map(({ id }) => id));
    this.#unread = new Map(mine.map(({ id, unread }) => [id, unread]));
    return { questions, texts };
  }
}

/**
 * @param {string} name
 * @param {number} count of what waits for the person
 * @returns {string} the title of the page
 */
export function titleWith(name, count) {
  return count > 0 ? `(${count}) ${name}` : name;
}
