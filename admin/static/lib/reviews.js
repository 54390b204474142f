/** @import { ColleaguesApi } from "./colleagues-api.js" */
import { Refusal } from "./staff-api.js";

/**
 * Answers of trainees on their way by a mentor: those of the followed conversations, and what can be done with them.
 *
 * @typedef {object} Review
 * @property {string} id
 * @property {string} conversation_id
 * @property {string} librarian_id who wrote it
 * @property {string} name in the conversation's language; for the console `name_zh` and `name_en`, and so for the others
 * @property {string} body
 * @property {string} state pending, approved, edited, returned or withdrawn
 * @property {string | null} asked_name
 * @property {boolean} is_open
 * @property {boolean} is_unattended
 * @property {string} submitted_at
 * @property {string | null} answered_name
 * @property {string} comment
 */
export class Reviews extends EventTarget {
  /** The last refusal, for the review it is about. @type {{id: string, message: string} | null} */
  problem = null;
  #me;
  #mentorDesks;
  #api;
  #onSignedOut;
  /** @type {Map<string, Map<string, Review>>} by conversation */
  #known = new Map();
  /** @type {Set<string>} returned ones that were read */
  #read = new Set();

  /** @param {{me: {id: string}, mentorDesks: string[], api: ColleaguesApi, onSignedOut: () => void}} parts */
  constructor({ me, mentorDesks, api, onSignedOut }) {
    super();
    this.#me = me;
    this.#mentorDesks = new Set(mentorDesks);
    this.#api = api;
    this.#onSignedOut = onSignedOut;
  }

  /** @param {any} item a conversation @returns {boolean} whether this person is asked to read an answer in it now */
  asksMe(item) {
    const mark = item.review;
    return this.#mayReview(mark) && (mark.is_open || mark.asked_id === this.#me.id);
  }

  /** @param {any} item a conversation @returns {boolean} whether this person may send or give back an answer in it */
  mayReview(item) {
    return this.#mayReview(item.review);
  }

  /** @param {string} conversationId @returns {Review[]} what waits, oldest first */
  pending(conversationId) {
    return this.#all(conversationId).filter(({ state }) => state === "pending");
  }

  /** @param {string} conversationId @returns {Review[]} own answers that were given back and not read yet, oldest first */
  returned(conversationId) {
    return this.#all(conversationId).filter(({ id, state, librarian_id }) => state === "returned" && librarian_id === this.#me.id && !this.#read.has(id));
  }

  /** @param {any} frame from the server */
  take(frame) {
    if (frame.type !== "reviews") return;
    const known = this.#known.get(frame.conversation_id) ?? new Map();
    for (const review of frame.items) known.set(review.id, review);
    this.#known.set(frame.conversation_id, known);
  }

  /** @param {string} id an answer given back has been read */
  markRead(id) {
    this.#read.add(id);
    this.#tell();
  }

  /** @param {Review} review @param {string} body */
  approve(review, body) {
    return this.#try(review, this.#api.approve(review.id, body === review.body ? null : body));
  }

  /** @param {Review} review @param {string} comment */
  giveBack(review, comment) {
    return this.#try(review, this.#api.giveBack(review.id, comment));
  }

  /** @param {Review} review */
  takeBack(review) {
    return this.#try(review, this.#api.takeBack(review.id));
  }

  #mayReview(/** @type {any} */ mark) {
    return Boolean(mark) && mark.librarian_id !== this.#me.id && this.#mentorDesks.has(mark.desk_id);
  }

  #all(/** @type {string} */ conversationId) {
    return [...(this.#known.get(conversationId)?.values() ?? [])].sort((a, b) => Date.parse(a.submitted_at) - Date.parse(b.submitted_at));
  }

  /** @param {Review} review @param {Promise<Review>} asked @returns {Promise<boolean>} whether it was done; else `problem` says why */
  async #try(review, asked) {
    this.problem = null;
    try {
      const changed = await asked;
      this.take({ type: "reviews", conversation_id: review.conversation_id, items: [changed] });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.#onSignedOut();
      this.problem = { id: review.id, message: error.message };
      return false;
    } finally {
      this.#tell();
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
