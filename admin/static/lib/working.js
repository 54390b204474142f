/** @import { StaffApi } from "./staff-api.js" */
import { Refusal } from "./staff-api.js";

// All tabs together say this often that something is done.
const ACTIVE_EVERY_MILLISECONDS = 60_000;
const ACTIVE_KEY = "active";

/**
 * What this person is to readers and colleagues now. The server keeps it; this follows what it announces. Tells by
 * `change`, and by `colleague` what a colleague is.
 *
 * @typedef {object} Day
 * @property {string} choice online, away, internal or offline
 * @property {string} availability what it comes to
 * @property {number | null} max_chats
 * @property {number} limit
 * @property {number} held
 * @property {number} away_after_minutes
 * @property {number} returns_after_seconds
 */
export class WorkingDay extends EventTarget {
  /** @type {Day} */
  now;
  /** @type {import("./alerting.js").Preferences & {letter_keys: boolean}} */
  preferences;
  /** Why the last choice was not kept; empty when it was. */
  problem = "";
  #me;
  #api;
  #clock;
  #shelf;

  /**
   * @param {object} parts
   * @param {{me: {id: string}, day: Day, preferences: any}} parts.state what the page came with
   * @param {StaffApi} parts.api
   * @param {{now: () => number}} parts.clock
   * @param {{get: (key: string) => any, set: (key: string, value: unknown) => void}} parts.shelf shared by the tabs
   */
  constructor({ state, api, clock, shelf }) {
    super();
    this.now = state.day;
    this.preferences = state.preferences;
    this.#me = state.me;
    this.#api = api;
    this.#clock = clock;
    this.#shelf = shelf;
  }

  /** @returns {string} what the person is; whoever looks at this page has not left, whatever the connection does */
  get availability() {
    const { choice, availability } = this.now;
    return availability === "offline" ? choice : availability;
  }

  /** @returns {boolean} whether the person is away only because nothing was done for a while */
  get isIdle() {
    return this.now.choice === "online" && this.availability === "away";
  }

  /** @param {string} choice */
  choose(choice) {
    return this.#change(this.#api.chooseAvailability(choice));
  }

  /** @param {number | null} maxChats */
  setCapacity(maxChats) {
    return this.#change(this.#api.setCapacity(maxChats));
  }

  /** Something is done at this screen. Told at once by somebody who counts as away, else once a minute. */
  async active() {
    const now = this.#clock.now();
    const told = this.#shelf.get(ACTIVE_KEY);
    // A clock that was set back must not silence it.
    const isFresh = typeof told === "number" && now >= told && now - told < ACTIVE_EVERY_MILLISECONDS;
    if (isFresh && !this.isIdle) return;
    this.#shelf.set(ACTIVE_KEY, now);
    try {
      this.#be(await this.#api.noteActivity());
    } catch (error) {
      // The next movement says it again; a line that is away is told elsewhere.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** @param {object} change some of the preferences, for every machine */
  async prefer(change) {
    this.preferences = { ...this.preferences, ...change };
    await this.#api.setPreferences(this.preferences).catch((/** @type {unknown} */ error) => {
      // It holds for this page; the next change sends it again.
      if (!(error instanceof Refusal)) throw error;
    });
  }

  /** Read again what the person is: this page was out of sight, or the connection away. */
  async lookAgain() {
    await this.#change(this.#api.workingDay());
  }

  /** @param {any} frame */
  take(frame) {
    if (frame.type !== "working") return;
    const { librarian_id: id, choice, availability, max_chats } = frame;
    if (id === this.#me.id) this.#be({ ...this.now, choice, availability, max_chats });
    else this.dispatchEvent(new CustomEvent("colleague", { detail: { id, availability } }));
  }

  async #change(/** @type {Promise<Day>} */ asked) {
    try {
      this.problem = "";
      this.#be(await asked);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.problem = error.message;
      this.dispatchEvent(new Event("change"));
      return false;
    }
  }

  #be(/** @type {Day} */ now) {
    this.now = now;
    this.dispatchEvent(new Event("change"));
  }
}
