/** @import { Api } from "./api.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Answers } from "./wire.js" */
import { ApiError } from "./api.js";
import { newClientId } from "./outbox.js";

const DEBOUNCE_SECONDS = 0.2;
// Who leaves a search standing for so long has said what was meant; what is typed in passing is nobody's question.
const STAY_SECONDS = 5;
// One Chinese character says too little to search for.
const MIN_CHARACTERS = 2;

/**
 * Finds published answers while the reader types. A newer query aborts the older one, so that answers never come in the
 * wrong order.
 */
export class Finder {
  #api;
  #clock;
  #onChange;
  #timer = null;
  /** @type {AbortController | null} */
  #running = null;
  #query = "";
  #stay = null;
  /** @type {Set<string>} */
  #told = new Set();
  /** @type {Answers | null} */
  answers = null;
  isBusy = false;
  hasFailed = false;

  /** @param {{api: Api, clock: Clock, onChange: () => void}} options */
  constructor({ api, clock, onChange }) {
    this.#api = api;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** @param {string} text what stands in the field */
  look(text) {
    const query = text.trim().replace(/\s+/g, " ");
    if (query === this.#query && !this.hasFailed) return;
    this.#query = query;
    this.#clock.cancel(this.#stay);
    this.#clock.cancel(this.#timer);
    this.#running?.abort();
    if (query.length < MIN_CHARACTERS) this.#settle(null);
    else this.#timer = this.#clock.after(() => void this.#find(query), DEBOUNCE_SECONDS * 1000);
  }

  stop() {
    this.#clock.cancel(this.#stay);
    this.#clock.cancel(this.#timer);
    this.#running?.abort();
  }

  /** @param {string} query */
  async #find(query) {
    const running = new AbortController();
    this.#running = running;
    this.isBusy = true;
    this.#onChange();
    try {
      const answers = await this.#api.answers(query, running.signal);
      if (running.signal.aborted) return;
      this.#settle(answers);
      if (answers.outcome === "nothing") this.#stay = this.#clock.after(() => void this.#tell(query), STAY_SECONDS * 1000);
    } catch (error) {
      if (running.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#settle(null);
      this.hasFailed = true;
      this.#onChange();
    }
  }

  /**
   * Tell the librarians what was searched for in vain, once.
   *
   * @param {string} query
   */
  async #tell(query) {
    if (this.#told.has(query)) return;
    this.#told.add(query);
    try {
      await this.#api.searchedInVain(query, newClientId());
    } catch (error) {
      // The reader misses nothing by it.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** @param {Answers | null} answers */
  #settle(answers) {
    this.answers = answers;
    this.isBusy = false;
    this.hasFailed = false;
    this.#onChange();
  }
}
