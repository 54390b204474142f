/**
 * Messages and internal notes on their way: kept in the widget's outbox until the server has acknowledged them, sent again after every new
 * connection. The client id makes a repetition harmless.
 */

// An acknowledgement that has not come by now is asked for by sending again.
const OVERDUE_SECONDS = 10;
const TICK_SECONDS = 5;
const PASSING = new Set(["too_many_requests", "database_busy"]);

export class Outgoing {
  #outbox;
  #newClientId;
  #send;
  #clock;
  #onChange;
  /** @type {Map<string, number>} */
  #sentAt = new Map();
  /** @type {any} */
  #tick = null;

  /**
   * @param {object} options
   * @param {any} options.outbox
   * @param {() => string} options.newClientId
   * @param {(frame: any) => boolean} options.send says whether the frame went out
   * @param {{now: () => number, after: (run: () => void, milliseconds: number) => any, cancel: (timer: any) => void}} options.clock
   * @param {() => void} options.onChange
   */
  constructor({ outbox, newClientId, send, clock, onChange }) {
    this.#outbox = outbox;
    this.#newClientId = newClientId;
    this.#send = send;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /**
   * @param {string} conversationId
   * @param {string} body
   */
  say(conversationId, body) {
    this.#put("message", conversationId, body);
  }

  /**
   * Write an internal note, which the reader never sees.
   *
   * @param {string} conversationId
   * @param {string} body
   * @param {string[]} [mentions] ids of the colleagues it names
   */
  note(conversationId, body, mentions = []) {
    this.#put("note", conversationId, body, mentions);
  }

  /**
   * @param {string} conversationId
   * @returns {any[]} what the server has not acknowledged, oldest first
   */
  of(conversationId) {
    return this.#outbox.all().filter((/** @type {any} */ entry) => entry.conversation_id === conversationId);
  }

  /** Send what is due, and take over what another tab has left behind. */
  flush() {
    this.#outbox.touch();
    this.#outbox.adopt();
    for (const entry of this.#outbox.sendable()) this.#sendOne(entry);
    this.#tickLater();
  }

  /** Send everything again: acknowledgements may have been lost with the old connection. */
  resume() {
    this.#sentAt.clear();
    this.flush();
  }

  /** @param {any} frame an ack, numbered messages, notes, answers kept for review, or an error about one of them */
  take(frame) {
    if (frame.type === "ack") this.#taken(frame.client_id);
    else if (frame.type === "notes" || frame.type === "reviews") this.#takenAll(frame.items);
    else if (frame.type === "messages") this.#takenAll(frame.items);
    else if (frame.type === "error" && this.#sentAt.has(frame.ref)) this.#refused(frame);
  }

  /** @param {string} clientId try a refused message again */
  retry(clientId) {
    this.#outbox.fail(clientId, null);
    this.flush();
    this.#onChange();
  }

  /** @param {string} clientId give up a refused message */
  discard(clientId) {
    this.#taken(clientId);
  }

  /** The page is being left: another tab may send at once. */
  release() {
    this.#outbox.release();
  }

  #put(/** @type {"message" | "note"} */ kind, /** @type {string} */ conversationId, /** @type {string} */ body, /** @type {string[]} */ mentions = []) {
    const more = kind === "note" ? { mentions } : {};
    this.#outbox.put({ client_id: this.#newClientId(), kind, body, conversation_id: conversationId, ...more });
    this.flush();
    this.#onChange();
  }

  #sendOne(/** @type {any} */ { client_id, kind, conversation_id, body, mentions = [] }) {
    const sentAt = this.#sentAt.get(client_id);
    if (sentAt !== undefined && this.#clock.now() - sentAt < OVERDUE_SECONDS * 1000) return;
    const type = kind === "note" ? "note" : "say";
    const more = type === "note" ? { mentions } : {};
    if (this.#send({ type, conversation_id, client_id, body, ...more })) this.#sentAt.set(client_id, this.#clock.now());
  }

  #takenAll(/** @type {any[]} */ items) {
    for (const { author, client_id } of items) if (author !== "reader") this.#taken(client_id);
  }

  #taken(/** @type {string} */ clientId) {
    this.#sentAt.delete(clientId);
    this.#outbox.acknowledge(clientId);
    this.#onChange();
  }

  #refused(/** @type {any} */ { ref, code, message, details }) {
    if (PASSING.has(code)) return;
    this.#sentAt.delete(ref);
    this.#outbox.fail(ref, { code, message, details });
    this.#onChange();
  }

  #tickLater() {
    this.#clock.cancel(this.#tick);
    this.#tick = null;
    if (this.#outbox.all().every((/** @type {any} */ entry) => entry.failure)) return;
    this.#tick = this.#clock.after(() => this.flush(), TICK_SECONDS * 1000);
  }
}
