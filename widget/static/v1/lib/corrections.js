/** @import { Connection } from "./connection.js" */
/** @import { Frame, Message, Refusal } from "./wire.js" */
import { newClientId } from "./outbox.js";

/**
 * Changes of own messages on their way: a new text, or taking one back. Sent again over each fresh connection until the
 * server took or refused them; they do not outlive the page.
 *
 * @typedef {{client_id: string, conversation_id: string, seq: number, body: string | null, failure: Refusal | null}} Correction
 *   body: null takes the message back
 */
export class Corrections {
  #connection;
  #onChange;
  /** The newest one of each message, by its client id. @type {Map<string, Correction>} */
  #corrections = new Map();

  /** @param {{connection: Connection, onChange: () => void}} options */
  constructor({ connection, onChange }) {
    this.#connection = connection;
    this.#onChange = onChange;
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   * @returns {Correction | null} what is on its way for a message, or was refused
   */
  of(conversationId, seq) {
    const found = [...this.#corrections.values()].find((each) => each.conversation_id === conversationId && each.seq === seq);
    return found ?? null;
  }

  /**
   * @param {{conversation_id: string, seq: number, body: string | null}} change
   */
  make(change) {
    this.drop(change.conversation_id, change.seq);
    const correction = { client_id: newClientId(), failure: null, ...change };
    this.#corrections.set(correction.client_id, correction);
    this.#send(correction);
    this.#onChange();
  }

  /**
   * Forget what was refused.
   *
   * @param {string} conversationId
   * @param {number} seq
   */
  drop(conversationId, seq) {
    const correction = this.of(conversationId, seq);
    if (correction) this.#corrections.delete(correction.client_id);
  }

  /** Send everything again: acknowledgements may have been lost with the old connection. */
  resend() {
    for (const correction of this.#corrections.values()) if (!correction.failure) this.#send(correction);
  }

  /** @param {string} clientId */
  taken(clientId) {
    this.#corrections.delete(clientId);
  }

  /**
   * @param {Frame} ack
   * @returns {{conversationId: string, event: Message} | null} the numbered change, which travels on its own as well
   */
  acknowledged({ client_id, seq, created_at }) {
    const correction = this.#corrections.get(client_id);
    if (!correction) return null;
    this.taken(client_id);
    const { body } = correction;
    const details = { seq: correction.seq, ...(body === null ? {} : { body }) };
    const event = body === null ? "deleted" : "edited";
    const author = /** @type {const} */ ("reader");
    const words = { kind: /** @type {const} */ ("event"), author, name: null, body: "", event, details };
    return { conversationId: correction.conversation_id, event: { seq, client_id, created_at, ...words } };
  }

  /**
   * @param {string} clientId
   * @param {Refusal} failure
   * @returns {boolean} whether it was about one of these
   */
  refused(clientId, failure) {
    const correction = this.#corrections.get(clientId);
    if (correction) this.#corrections.set(clientId, { ...correction, failure });
    return correction !== undefined;
  }

  /** @param {Correction} correction */
  #send({ conversation_id, client_id, seq, body }) {
    const frame = { conversation_id, client_id, seq };
    this.#connection.send(body === null ? { type: "delete", ...frame } : { type: "edit", ...frame, body });
  }
}
