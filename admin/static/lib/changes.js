/**
 * Changes of own messages on their way: a new text, or taken back. Sent again after every new connection until the server
 * has acknowledged them; one that was refused stays, with the reason, until it is dismissed.
 *
 * @typedef {object} Change
 * @property {string} client_id
 * @property {string} conversation_id
 * @property {number} seq of the message
 * @property {string | null} body the new text; null: taken back
 * @property {{code: string, message: string} | null} failure
 */

export class Changes {
  #newClientId;
  #send;
  #onChange;
  /** @type {Map<string, Change>} by client id */
  #changes = new Map();

  /** @param {{newClientId: () => string, send: (frame: any) => boolean, onChange: () => void}} options */
  constructor({ newClientId, send, onChange }) {
    this.#newClientId = newClientId;
    this.#send = send;
    this.#onChange = onChange;
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   * @param {string} body
   */
  edit(conversationId, seq, body) {
    this.#put({ conversation_id: conversationId, seq, body });
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   */
  takeBack(conversationId, seq) {
    this.#put({ conversation_id: conversationId, seq, body: null });
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   * @returns {Change | null} the last change of a message that is under way or was refused
   */
  of(conversationId, seq) {
    const found = [...this.#changes.values()].filter((each) => each.conversation_id === conversationId && each.seq === seq);
    return found.at(-1) ?? null;
  }

  /** @returns {boolean} whether a change is under way that would be lost with the page */
  get areUnderWay() {
    return [...this.#changes.values()].some(({ failure }) => failure === null);
  }

  /** The connection is fresh: acknowledgements may have been lost with the old one. */
  resume() {
    for (const change of this.#changes.values()) if (!change.failure) this.#sendOne(change);
  }

  /** @param {any} frame an ack, numbered messages, or an error about a change */
  take(frame) {
    if (frame.type === "ack") this.#forget([frame.client_id]);
    else if (frame.type === "messages") this.#forget(frame.items.map((/** @type {any} */ { client_id }) => client_id));
    else if (frame.type === "error" && this.#changes.has(frame.ref)) this.#refused(frame);
  }

  /** @param {string} clientId the reason has been read */
  dismiss(clientId) {
    this.#forget([clientId]);
  }

  #put(/** @type {any} */ words) {
    const known = this.of(words.conversation_id, words.seq);
    // A new attempt takes the place of one that was refused.
    if (known?.failure) this.#changes.delete(known.client_id);
    const change = { ...words, client_id: this.#newClientId(), failure: null };
    this.#changes.set(change.client_id, change);
    this.#sendOne(change);
    this.#onChange();
  }

  #sendOne(/** @type {Change} */ { client_id, conversation_id, seq, body }) {
    const about = { conversation_id, client_id, seq };
    this.#send(body === null ? { type: "delete", ...about } : { type: "edit", ...about, body });
  }

  #forget(/** @type {string[]} */ clientIds) {
    const before = this.#changes.size;
    for (const clientId of clientIds) this.#changes.delete(clientId);
    if (this.#changes.size < before) this.#onChange();
  }

  #refused(/** @type {any} */ { ref, code, message }) {
    const change = this.#changes.get(ref);
    if (change) this.#changes.set(ref, { ...change, failure: { code, message } });
    this.#onChange();
  }
}

/**
 * Whether the person may still change a message: an own one, not too old, in a conversation that goes on.
 *
 * @param {any} message
 * @param {{conversation: {language: string}, hasEnded: boolean, names: Record<string, string>, minutes: number, now: number}} about
 */
export function mayChange(message, { conversation, hasEnded, names, minutes, now }) {
  if (hasEnded || message.seq === undefined || message.is_deleted || message.kind !== "text") return false;
  // Messages name their librarian in the language of the conversation; the server knows for sure.
  if (message.author !== "librarian" || message.name !== names[conversation.language]) return false;
  return now - Date.parse(message.created_at) < minutes * 60_000;
}
