/** @import { StaffApi } from "./staff-api.js" */
import { Refusal } from "./staff-api.js";

/**
 * Questions on their way from one person to another: open hand-overs that concern this person, and why the open question
 * is where it is. Both are read again when something says that they have changed.
 *
 * @typedef {object} HandOver
 * @property {string} id
 * @property {string} conversation_id
 * @property {string} kind person, desk, library, expert, up, home or asked_back
 * @property {string} from_librarian_id
 * @property {string | null} to_librarian_id
 * @property {boolean} is_warm
 * @property {string} state
 * @property {string} expires_at
 */

// Several changes that come at once are looked at once.
const LOOK_AGAIN_MILLISECONDS = 250;

export class Passing extends EventTarget {
  /** Open hand-overs that this person sent or may answer, oldest first. @type {HandOver[]} */
  standing = [];
  /** The last refusal, for the conversation it is about. @type {{id: string, message: string} | null} */
  problem = null;
  #me;
  #api;
  #clock;
  #onTaken;
  #onSignedOut;
  /** @type {any} */
  #timer = null;
  /** @type {{id: string, sign: string, way: any}} */
  #looked = { id: "", sign: "", way: null };
  /** @type {Set<string>} hand-overs whose outcome was read */
  #read = new Set();

  /**
   * @param {{me: {id: string}, api: StaffApi, clock: any, onTaken: (conversation: any) => void, onSignedOut: () => void}} parts
   */
  constructor({ me, api, clock, onTaken, onSignedOut }) {
    super();
    this.#me = me;
    this.#api = api;
    this.#clock = clock;
    this.#onTaken = onTaken;
    this.#onSignedOut = onSignedOut;
  }

  /** @param {string} id @returns {HandOver | null} the open hand-over of a conversation, as far as it concerns this person */
  of(id) {
    return this.standing.find(({ conversation_id }) => conversation_id === id) ?? null;
  }

  /** @param {HandOver | null} offered whether this person may answer it */
  asksMe(offered) {
    if (!offered) return false;
    if (offered.kind === "asked_back") return offered.from_librarian_id === this.#me.id;
    if (offered.to_librarian_id !== null) return offered.to_librarian_id === this.#me.id;
    return offered.from_librarian_id !== this.#me.id;
  }

  /** @param {any} item a conversation @returns {boolean} whether this person is asked to take it, before others or at all */
  isForMe(item) {
    return this.asksMe(this.of(item.id)) || (item.offered ?? []).some((/** @type {any} */ each) => each.librarian_id === this.#me.id);
  }

  /** @param {string} id whether this person writes beside the holder until the hand-over is answered */
  isGuest(id) {
    const offered = this.of(id);
    return Boolean(offered?.is_warm) && offered?.to_librarian_id === this.#me.id && offered?.kind !== "asked_back";
  }

  /** @param {string} id @returns {any} why a conversation is where it is, null while that is not known */
  way(id) {
    return this.#looked.id === id ? this.#looked.way : null;
  }

  /** @param {string} id @returns {any} this person's last hand-over of it when it came to nothing and was not read yet */
  failed(id) {
    const last = this.way(id)?.hand_overs.at(-1);
    // Of one asked back this person is who would have got it.
    const asker = last?.kind === "asked_back" ? last.to_librarian_id : last?.from_librarian_id;
    if (!last || asker !== this.#me.id || this.#read.has(last.id) || this.of(id)) return null;
    return ["declined", "expired"].includes(last.state) ? last : null;
  }

  /** @param {string} handOverId its outcome was read */
  markRead(handOverId) {
    this.#read.add(handOverId);
    this.#tell();
  }

  /** @param {any} frame from the server: may it be about a hand-over? Only held questions are handed over. */
  take(frame) {
    const isAbout = frame.type === "desk_change" && (frame.item.holder_id !== null || this.of(frame.item.id) !== null);
    if (isAbout || frame.type === "desk_list") this.lookAgain();
  }

  /** Read the open hand-overs again, soon. */
  lookAgain() {
    if (this.#timer !== null) return;
    this.#timer = this.#clock.after(() => {
      this.#timer = null;
      void this.#readStanding();
    }, LOOK_AGAIN_MILLISECONDS);
  }

  /** Keep up with the conversation that is open. @param {any} open */
  async lookAt(open) {
    const sign = open ? this.#signOf(open) : "";
    if (sign === this.#looked.sign && (open?.id ?? "") === this.#looked.id) return;
    const way = this.way(open?.id ?? "");
    const looked = { id: open?.id ?? "", sign, way };
    this.#looked = looked;
    const found = open ? await this.#try("", this.#api.way(open.id)) : null;
    if (this.#looked !== looked || !found) return;
    looked.way = found;
    this.#tell();
  }

  /**
   * @param {string} id
   * @param {object} passing to whom and why
   * @returns {Promise<boolean>} whether it was done; else `problem` says why
   */
  handOver(id, passing) {
    return this.#offer(id, this.#api.handOver(id, passing));
  }

  /** @param {string} id @param {string} note */
  askBack(id, note) {
    return this.#offer(id, this.#api.askBack(id, note));
  }

  /** @param {HandOver} offered */
  async accept(offered) {
    const conversation = await this.#try(offered.conversation_id, this.#api.acceptHandOver(offered.id));
    if (conversation) this.#onTaken(conversation);
    return this.#lookAfter(conversation);
  }

  /** @param {HandOver} offered @param {string} note */
  async decline(offered, note) {
    return this.#lookAfter(await this.#try(offered.conversation_id, this.#api.declineHandOver(offered.id, note)));
  }

  /** @param {HandOver} offered */
  async takeBack(offered) {
    return this.#lookAfter(await this.#try(offered.conversation_id, this.#api.withdrawHandOver(offered.id)));
  }

  /** Say no to a question that this person is offered before others. @param {string} id */
  async declineOffer(id) {
    const conversation = await this.#try(id, this.#api.declineOffer(id));
    if (conversation) this.#onTaken(conversation);
    return conversation !== null;
  }

  /** Take a question over as a supervisor. @param {string} id */
  async takeOver(id) {
    const conversation = await this.#try(id, this.#api.takeOver(id));
    if (conversation) this.#onTaken(conversation);
    return this.#lookAfter(conversation);
  }

  /**
   * Say what a question really is.
   *
   * @param {string} id
   * @param {{kind: string, subject: string | null}} kind
   */
  async correct(id, kind) {
    const way = await this.#try(id, this.#api.correctKind(id, kind));
    if (way && this.#looked.id === id) this.#looked.way = way;
    this.#tell();
    return way !== null;
  }

  forgetProblem() {
    this.problem = null;
  }

  async #offer(/** @type {string} */ id, /** @type {Promise<any>} */ asked) {
    const offered = await this.#try(id, asked);
    if (offered) this.standing = [...this.standing.filter((each) => each.id !== offered.id), offered];
    this.#tell();
    return offered !== null;
  }

  async #lookAfter(/** @type {any} */ answer) {
    await this.#readStanding();
    return answer !== null;
  }

  async #readStanding() {
    const found = await this.#try("", this.#api.handOvers());
    if (found) this.standing = found;
    this.#tell();
  }

  /** What a way depends on; every message would be too often. */
  #signOf(/** @type {any} */ open) {
    const { id, state, holder_id, reached, offered, priority, promised_at } = open;
    return JSON.stringify([id, state, holder_id, reached, offered, priority, promised_at, this.of(id)?.id]);
  }

  async #try(/** @type {string} */ id, /** @type {Promise<any>} */ asked) {
    if (id) this.problem = null;
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.#onSignedOut();
      if (id) this.problem = { id, message: error.message };
      return null;
    } finally {
      if (id) this.#tell();
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
