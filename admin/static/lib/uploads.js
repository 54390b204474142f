import { Refusal } from "./staff-api.js";

/**
 * Files on their way, one after the other. A file that was refused stays, with the reason, until it is sent again or put
 * away. The client id makes a repetition harmless.
 *
 * @typedef {object} Upload
 * @property {string} client_id
 * @property {string} conversation_id
 * @property {File} file
 * @property {number} progress from 0 to 1
 * @property {string | null} problem why it was not sent; empty: no answer
 */

export class Uploads {
  #send;
  #newClientId;
  #limitBytes;
  #tooLarge;
  #onTaken;
  #onChange;
  /** @type {Upload[]} */
  #uploads = [];
  /** @type {{clientId: string, life: AbortController} | null} */
  #running = null;

  /**
   * @param {object} options
   * @param {(upload: Upload, ways: {signal: AbortSignal, onProgress: (part: number) => void}) => Promise<any>} options.send
   *   gives the message
   * @param {() => string} options.newClientId
   * @param {number} options.limitBytes largest file that is taken
   * @param {string} options.tooLarge the sentence for a larger one
   * @param {(conversationId: string, message: any) => void} options.onTaken
   * @param {() => void} options.onChange
   */
  constructor({ send, newClientId, limitBytes, tooLarge, onTaken, onChange }) {
    this.#send = send;
    this.#newClientId = newClientId;
    this.#limitBytes = limitBytes;
    this.#tooLarge = tooLarge;
    this.#onTaken = onTaken;
    this.#onChange = onChange;
  }

  /**
   * @param {string} conversationId
   * @param {File[]} files
   */
  add(conversationId, files) {
    for (const file of files) {
      const problem = file.size > this.#limitBytes ? this.#tooLarge : null;
      this.#uploads.push({ client_id: this.#newClientId(), conversation_id: conversationId, file, progress: 0, problem });
    }
    this.#go();
  }

  /**
   * @param {string} conversationId
   * @returns {Upload[]}
   */
  of(conversationId) {
    return this.#uploads.filter(({ conversation_id }) => conversation_id === conversationId);
  }

  /** @returns {boolean} whether files would be lost with the page */
  get areUnderWay() {
    return this.#uploads.some(({ problem }) => problem === null);
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.#update(clientId, { problem: null, progress: 0 });
    this.#go();
  }

  /** @param {string} clientId stop it, or put it away */
  cancel(clientId) {
    if (this.#running?.clientId === clientId) this.#running.life.abort();
    this.#remove(clientId);
    this.#onChange();
  }

  #go() {
    this.#onChange();
    const next = this.#uploads.find(({ problem }) => problem === null);
    if (next && !this.#running) void this.#run(next);
  }

  async #run(/** @type {Upload} */ upload) {
    const life = new AbortController();
    const { client_id, conversation_id } = upload;
    this.#running = { clientId: client_id, life };
    try {
      const onProgress = (/** @type {number} */ progress) => this.#update(client_id, { progress });
      const message = await this.#send(upload, { signal: life.signal, onProgress });
      this.#remove(client_id);
      this.#onTaken(conversation_id, message);
    } catch (error) {
      if (!life.signal.aborted && !(error instanceof Refusal)) throw error;
      if (!life.signal.aborted) this.#update(client_id, { problem: /** @type {Error} */ (error).message });
    } finally {
      this.#running = null;
      this.#go();
    }
  }

  #update(/** @type {string} */ clientId, /** @type {Partial<Upload>} */ values) {
    this.#uploads = this.#uploads.map((each) => (each.client_id === clientId ? { ...each, ...values } : each));
    this.#onChange();
  }

  #remove(/** @type {string} */ clientId) {
    this.#uploads = this.#uploads.filter(({ client_id }) => client_id !== clientId);
  }
}

const UNITS = ["B", "KB", "MB", "GB"];

/**
 * @param {number} bytes
 * @returns {string} such as "1.4 MB"
 */
export function sizeText(bytes) {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${UNITS[power]}`;
}
