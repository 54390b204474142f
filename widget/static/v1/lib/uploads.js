/** @import { Api } from "./api.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Message, Refusal } from "./wire.js" */
import { ApiError } from "./api.js";
import { newClientId } from "./outbox.js";

/**
 * Files on their way, one after the other, so that they are numbered in the order they were chosen. A file cannot be kept
 * beyond the page, as a text can: what is left with it has to be chosen again.
 *
 * @typedef {object} Upload
 * @property {string} client_id
 * @property {string} conversation_id
 * @property {File} file
 * @property {number} created_at milliseconds
 * @property {number} share how much of it has gone out, 0 to 1
 * @property {Refusal | null} failure
 * @property {boolean} isPassing whether the same file may be taken later
 */
export class Uploads {
  #api;
  #clock;
  #onStored;
  #onChange;
  /** @type {Upload[]} */
  #uploads = [];
  /** @type {AbortController | null} */
  #running = null;
  #runningId = "";

  /**
   * @param {object} options
   * @param {Pick<Api, "upload">} options.api
   * @param {Clock} options.clock
   * @param {(conversationId: string, message: Message) => void} options.onStored
   * @param {() => void} options.onChange
   */
  constructor({ api, clock, onStored, onChange }) {
    this.#api = api;
    this.#clock = clock;
    this.#onStored = onStored;
    this.#onChange = onChange;
  }

  /**
   * @param {string} conversationId
   * @returns {Upload[]} in the order they were chosen
   */
  of(conversationId) {
    return this.#uploads.filter((upload) => upload.conversation_id === conversationId);
  }

  /**
   * @param {string} conversationId
   * @param {File[]} files
   */
  add(conversationId, files) {
    const start = { conversation_id: conversationId, created_at: this.#clock.now(), share: 0, failure: null, isPassing: false };
    this.#uploads.push(...files.map((file) => ({ client_id: newClientId(), file, ...start })));
    this.#onChange();
    void this.#work();
  }

  /** @param {string} clientId whose message has come, before or after the answer to the upload */
  taken(clientId) {
    this.#uploads = this.#uploads.filter((upload) => upload.client_id !== clientId);
  }

  /** @param {string} clientId which is broken off, or given up after a refusal */
  cancel(clientId) {
    this.taken(clientId);
    if (clientId === this.#runningId) this.#running?.abort();
    this.#onChange();
  }

  /** @param {string} [clientId] without it everything that may be taken now */
  retry(clientId) {
    const isMeant = (/** @type {Upload} */ upload) => (clientId ? upload.client_id === clientId : upload.isPassing);
    for (const upload of this.#uploads.filter(isMeant)) this.#change(upload.client_id, { failure: null, share: 0 });
    void this.#work();
  }

  stop() {
    this.#uploads = [];
    this.#running?.abort();
  }

  async #work() {
    if (this.#running) return;
    const next = this.#uploads.find(({ failure }) => failure === null);
    if (!next) return;
    this.#running = new AbortController();
    this.#runningId = next.client_id;
    await this.#send(next, this.#running.signal);
    this.#running = null;
    void this.#work();
  }

  /**
   * @param {Upload} upload
   * @param {AbortSignal} signal
   */
  async #send({ client_id, conversation_id, file }, signal) {
    const onProgress = (/** @type {number} */ share) => this.#change(client_id, { share });
    try {
      const message = await this.#api.upload(conversation_id, { file, name: file.name, client_id }, { signal, onProgress });
      this.taken(client_id);
      this.#onStored(conversation_id, message);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      const { code, message, details, isPassing } = error;
      this.#change(client_id, { failure: { code, message, details }, isPassing });
    }
  }

  /**
   * @param {string} clientId
   * @param {Partial<Upload>} change
   */
  #change(clientId, change) {
    this.#uploads = this.#uploads.map((upload) => (upload.client_id === clientId ? { ...upload, ...change } : upload));
    this.#onChange();
  }
}
