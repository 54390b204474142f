/** @import { Api } from "./api.js" */
/** @import { Connection } from "./connection.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Entry, Outbox } from "./outbox.js" */
/** @import { Frame, Message, Refusal, ThreadPart } from "./wire.js" */
import { ApiError } from "./api.js";
import { Backoff } from "./backoff.js";

/**
 * Empties the outbox: over the connection when it is live, over HTTP for new questions and when no connection is wanted.
 * Repeats until the server took or refused each entry; the client id makes a repetition harmless.
 */

const TICK_SECONDS = 5;
// An acknowledgement that has not come by now is asked for by sending again.
const OVERDUE_SECONDS = 10;
const PASSING = new Set(["too_many_requests", "database_busy"]);

export class Sender {
  #outbox;
  #api;
  #connection;
  #clock;
  #ensureReader;
  #forgetReader;
  #onAsked;
  #onSaid;
  #onChange;
  #backoff;
  /** @type {Map<string, number>} */
  #sentAt = new Map();
  #pausedUntil = 0;
  #notice = "";
  #isPosting = false;
  /** @type {Record<"tick" | "retry", any>} */
  #timers = { tick: null, retry: null };

  /**
   * @param {object} options
   * @param {Outbox} options.outbox
   * @param {Api} options.api
   * @param {Connection} options.connection
   * @param {Clock} options.clock
   * @param {() => number} [options.random]
   * @param {() => Promise<void>} options.ensureReader
   * @param {() => void} options.forgetReader the server does not know the token any more
   * @param {(entry: Entry, part: ThreadPart) => void} options.onAsked
   * @param {(entry: Entry, message: Message) => void} options.onSaid
   * @param {() => void} options.onChange
   */
  constructor(options) {
    this.#outbox = options.outbox;
    this.#api = options.api;
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#ensureReader = options.ensureReader;
    this.#forgetReader = options.forgetReader;
    this.#onAsked = options.onAsked;
    this.#onSaid = options.onSaid;
    this.#onChange = options.onChange;
    this.#backoff = new Backoff({ baseSeconds: 1, random: options.random });
  }

  /** @returns {boolean} whether the last attempt failed and the next one is still to come */
  get isWaiting() {
    return this.#clock.now() < this.#pausedUntil;
  }

  /** @returns {string} why nothing is sent for now, when the server has said so and when to go on; otherwise empty */
  get notice() {
    return this.isWaiting ? this.#notice : "";
  }

  /** Send what is due now; safe to call at any time. */
  flush() {
    const entries = this.#outbox.sendable();
    this.#tickLater();
    if (this.isWaiting) return;
    for (const entry of entries) {
      if (entry.kind === "message") this.#sendNow(entry);
    }
    void this.#post();
  }

  /** Send everything again: the socket is fresh, acknowledgements may have been lost with the old one. */
  resend() {
    this.#sentAt.clear();
    this.flush();
  }

  /** @param {string} clientId */
  taken(clientId) {
    this.#sentAt.delete(clientId);
    this.#outbox.acknowledge(clientId);
  }

  /** @param {Frame} ack becomes the message at once, so that the bubble stays while the message itself travels */
  acknowledged({ client_id, seq, created_at }) {
    const entry = this.#outbox.all().find((each) => each.client_id === client_id);
    if (!entry) return;
    this.taken(client_id);
    this.#onSaid(entry, { seq, kind: "text", author: "reader", name: null, client_id, body: entry.body, created_at });
    this.#onChange();
  }

  /**
   * @param {string} clientId
   * @param {Refusal} refusal
   */
  refused(clientId, refusal) {
    this.#sentAt.delete(clientId);
    if (PASSING.has(refusal.code)) this.#pause(Number(refusal.details.retry_after_seconds ?? 2), refusal);
    else this.#outbox.fail(clientId, refusal);
    this.#onChange();
  }

  /** Send now rather than when the next attempt is due. */
  wake() {
    this.#clock.cancel(this.#timers.retry);
    this.#pausedUntil = 0;
    this.#outbox.adopt();
    this.flush();
  }

  stop() {
    for (const timer of Object.values(this.#timers)) this.#clock.cancel(timer);
  }

  /** @param {Entry} entry */
  #sendNow(entry) {
    const sentAt = this.#sentAt.get(entry.client_id);
    if (sentAt !== undefined && this.#clock.now() - sentAt < OVERDUE_SECONDS * 1000) return;
    const { conversation_id, client_id, body } = entry;
    const isOut = this.#connection.send({ type: "say", conversation_id, client_id, body });
    if (isOut) this.#sentAt.set(client_id, this.#clock.now());
  }

  /** Post one after the other, so that they are numbered in the order they were written. */
  async #post() {
    if (this.#isPosting) return;
    this.#isPosting = true;
    try {
      for (let entry = this.#nextToPost(); entry; entry = this.#nextToPost()) {
        if (!(await this.#postOne(entry))) break;
      }
    } finally {
      this.#isPosting = false;
    }
  }

  /** @returns {Entry | undefined} */
  #nextToPost() {
    const isOff = this.#connection.state === "off";
    return this.#outbox.sendable().find((entry) => entry.kind === "question" || isOff);
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<boolean>} whether to go on with the next one
   */
  async #postOne(entry) {
    try {
      await this.#deliver(entry);
      this.#backoff.reset();
      this.#onChange();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.#handle(entry, error);
    }
  }

  /** @param {Entry} entry */
  async #deliver(entry) {
    const { client_id, body, page_url, fields } = entry;
    if (entry.kind === "question") {
      await this.#ensureReader();
      const part = await this.#api.askQuestion({ question: body, client_id, page_url, fields });
      this.taken(client_id);
      this.#onAsked(entry, part);
    } else {
      const message = await this.#api.say(entry.conversation_id ?? "", { client_id, body });
      this.taken(client_id);
      this.#onSaid(entry, message);
    }
  }

  /**
   * @param {Entry} entry
   * @param {ApiError} error
   */
  #handle(entry, error) {
    if (error.code === "unauthenticated" && entry.kind === "question") this.#forgetReader();
    else if (!error.isPassing) {
      this.refused(entry.client_id, { code: error.code, message: error.message, details: error.details });
      return true;
    }
    this.#pause(Number(error.details.retry_after_seconds ?? this.#backoff.next()), error);
    this.#onChange();
    return false;
  }

  /**
   * @param {number} seconds
   * @param {{code: string, message: string}} refusal
   */
  #pause(seconds, { code, message }) {
    this.#notice = code === "too_many_requests" ? message : "";
    this.#pausedUntil = this.#clock.now() + seconds * 1000;
    this.#clock.cancel(this.#timers.retry);
    this.#timers.retry = this.#clock.after(() => {
      this.flush();
      this.#onChange();
    }, seconds * 1000);
  }

  #tickLater() {
    this.#clock.cancel(this.#timers.tick);
    if (this.#outbox.all().every((entry) => entry.failure)) return;
    this.#timers.tick = this.#clock.after(() => {
      this.#outbox.touch();
      this.#outbox.adopt();
      this.flush();
    }, TICK_SECONDS * 1000);
  }
}
