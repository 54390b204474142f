/** @import { StaffApi } from "./staff-api.js" */
import { Refusal } from "./staff-api.js";

/**
 * How a conversation ends. Without `subject` the one known so far stays.
 *
 * @typedef {object} Closing
 * @property {string} resolution
 * @property {number | null} read_level
 * @property {number} [hours]
 * @property {string | null} [expert_desk_id]
 * @property {string | null} [subject]
 * @property {string[]} [codes]
 * @property {{client_id: string, body: string}} [farewell] the reader gets it before the end
 * @property {{client_id: string, body: string}} [note] stays with the staff
 */

/** What a librarian does with a question: claim, give back, close, draft an article. Keeps why the last one was refused. */
export class Claims extends EventTarget {
  /** The last refusal, for the conversation it is about. @type {{id: string, message: string} | null} */
  problem = null;
  #api;
  #onTaken;
  #onSignedOut;

  /** @param {{api: StaffApi, onTaken: (conversation: any) => void, onSignedOut: () => void}} parts */
  constructor({ api, onTaken, onSignedOut }) {
    super();
    this.#api = api;
    this.#onTaken = onTaken;
    this.#onSignedOut = onSignedOut;
  }

  /**
   * @param {string} id
   * @returns {Promise<boolean>} whether it was done; else `problem` says why, such as who was quicker
   */
  claim(id) {
    return this.#change(id, this.#api.claim(id));
  }

  /** @param {string} id */
  giveBack(id) {
    return this.#change(id, this.#api.giveBack(id));
  }

  /**
   * @param {string} id
   * @param {Closing} closing
   */
  close(id, closing) {
    return this.#change(id, this.#api.close(id, closing));
  }

  /**
   * @param {string} id
   * @returns {Promise<string | null>} the id of the article, or null when it was refused
   */
  async draftArticle(id) {
    const drafted = await this.#try(id, this.#api.draftArticle(id));
    return drafted?.article_id ?? null;
  }

  /** @returns {Promise<any>} the question that came first and is the person's now; null where nobody waits */
  async claimNext() {
    const answer = await this.#try("", this.#api.claimNext());
    if (answer?.conversation) this.#onTaken(answer.conversation);
    return answer?.conversation ?? null;
  }

  forgetProblem() {
    this.problem = null;
  }

  async #change(/** @type {string} */ id, /** @type {Promise<any>} */ asked) {
    const conversation = await this.#try(id, asked);
    if (conversation) this.#onTaken(conversation);
    return conversation !== null;
  }

  async #try(/** @type {string} */ id, /** @type {Promise<any>} */ asked) {
    this.problem = null;
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.#onSignedOut();
      this.problem = { id, message: error.message };
      return null;
    } finally {
      this.dispatchEvent(new Event("change"));
    }
  }
}
