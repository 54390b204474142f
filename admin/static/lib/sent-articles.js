import { plainText } from "./suggestions.js";

const KEY = "inserted.";

/**
 * Tells the service which articles went to a reader: those put into the answer that are still in it when it is sent. A
 * lost note loses nothing but a proposed wording, so it is not repeated.
 */
export class SentArticles {
  #shelf;
  #note;

  /**
   * @param {object} options
   * @param {any} options.shelf keeps what was inserted beside the draft
   * @param {(conversationId: string, sent: {article_id: string, words: string}) => Promise<any>} options.note
   */
  constructor({ shelf, note }) {
    this.#shelf = shelf;
    this.#note = note;
  }

  /**
   * @param {string} conversationId
   * @param {{article_id: string, question: string, answer: string}} hit
   * @param {string} words those of the reader that it was found with; empty where the librarian chose the words
   */
  insert(conversationId, { article_id, question, answer }, words) {
    const others = this.#inserted(conversationId).filter((each) => each.article_id !== article_id);
    const signs = [question, plainText(answer).split("\n")[0]];
    this.#shelf.set(KEY + conversationId, [...others, { article_id, words, signs }]);
  }

  /**
   * @param {string} conversationId
   * @param {string} body what is sent
   */
  send(conversationId, body) {
    const inserted = this.#inserted(conversationId);
    this.#shelf.remove(KEY + conversationId);
    for (const { article_id, words, signs } of inserted) {
      const isThere = signs.some((/** @type {string} */ sign) => sign !== "" && body.includes(sign));
      if (isThere) this.#note(conversationId, { article_id, words }).catch(() => {});
    }
  }

  /** @param {string} conversationId @returns {any[]} */
  #inserted(conversationId) {
    return this.#shelf.get(KEY + conversationId) ?? [];
  }
}
