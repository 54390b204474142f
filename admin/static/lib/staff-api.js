/** The staff's HTTP interface, one method per use case. The cookie says who asks; changes carry the page's own token. */

/** @import { Upload } from "./uploads.js" */

const TIMEOUT_SECONDS = 15;

/** A refusal of the server, or `offline` when it could not be reached. */
export class Refusal extends Error {
  /**
   * @param {number} status 0 when there was no answer
   * @param {{code?: string, message?: string, details?: Record<string, any>}} error
   */
  constructor(status, { code = "unexpected", message = "", details = {} }) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export class StaffApi {
  #csrfToken;
  #language;
  #fetch;
  #upload;

  /**
   * @param {object} options
   * @param {string} options.csrfToken
   * @param {string} options.language
   * @param {(path: string, options: any) => Promise<any>} [options.upload] sends a file
   * @param {typeof fetch} [options.fetch]
   */
  constructor({ csrfToken, language, upload = () => Promise.reject(new Refusal(0, {})), fetch: send = (input, init) => fetch(input, init) }) {
    this.#csrfToken = csrfToken;
    this.#language = language;
    this.#upload = upload;
    this.#fetch = send;
  }

  /** Learn who is signed in now, and take over the token of that session. */
  async introduce() {
    const me = await this.#ask("GET", "/api/v1/staff/me");
    this.#csrfToken = me.csrf_token;
    return me;
  }

  /** @param {string} id */
  claim(id) {
    return this.#change(`/api/v1/staff/conversations/${id}/claim`);
  }

  /** @param {string} id */
  giveBack(id) {
    return this.#change(`/api/v1/staff/conversations/${id}/release`);
  }

  /**
   * @param {string} id
   * @param {{resolution: string, read_level: number | null}} closing
   */
  close(id, closing) {
    return this.#change(`/api/v1/staff/conversations/${id}/close`, closing);
  }

  /**
   * @param {string} id
   * @returns {Promise<{article_id: string}>}
   */
  draftArticle(id) {
    return this.#change(`/api/v1/staff/conversations/${id}/draft`);
  }

  /**
   * @param {{query: string, library: string, language: string}} question
   * @param {AbortSignal} signal
   */
  answers({ query, library, language }, signal) {
    const search = new URLSearchParams({ q: query, library, language });
    return this.#ask("GET", `/api/v1/staff/answers?${search}`, { signal });
  }

  /**
   * @param {string} id
   * @returns {Promise<any[]>} what the same reader asked before at the person's desks, newest first
   */
  earlier(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/earlier`);
  }

  /**
   * @param {string} id
   * @param {string} attachmentId
   * @returns {Promise<string>} an address that opens the file for some minutes
   */
  async attachmentAddress(id, attachmentId) {
    const { url } = await this.#ask("GET", `/api/v1/staff/conversations/${id}/attachments/${attachmentId}/link`);
    return url;
  }

  /**
   * @param {Upload} file safe to repeat with its client id
   * @param {{signal: AbortSignal, onProgress: (part: number) => void}} ways
   * @returns {Promise<any>} the message that shows the file
   */
  attach({ conversation_id, client_id, file }, ways) {
    return this.#withToken((token) => {
      const headers = {
        "Accept-Language": this.#language,
        "X-CSRF-Token": token,
        "X-Client-Id": client_id,
        "X-File-Name": encodeURIComponent(file.name),
        "Content-Type": "application/octet-stream",
      };
      return this.#upload(`/api/v1/staff/conversations/${conversation_id}/attachments`, { file, headers, ...ways });
    });
  }

  /**
   * Send a long poll with the page's token; one of an older session gets the newer token with the next try.
   *
   * @param {string} path
   * @param {RequestInit} init
   */
  async poll(path, init) {
    const response = await this.#fetch(path, { ...init, headers: { ...init.headers, "X-CSRF-Token": this.#csrfToken } });
    if (response.status === 403) await this.introduce();
    return response;
  }

  /** @param {string} code */
  library(code) {
    return this.#ask("GET", `/console/libraries/${encodeURIComponent(code)}`);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   */
  #change(path, body) {
    return this.#withToken(() => this.#ask("POST", path, { body }));
  }

  /** @param {(token: string) => Promise<any>} act */
  async #withToken(act) {
    try {
      return await act(this.#csrfToken);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "csrf_refused") throw error;
      // The person signed in again in another tab: the session is a new one.
      await this.introduce();
      return act(this.#csrfToken);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{body?: object, signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   */
  async #ask(method, path, { body, signal } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "Accept-Language": this.#language };
    if (method !== "GET") headers["X-CSRF-Token"] = this.#csrfToken;
    if (body) headers["Content-Type"] = "application/json";
    const timeout = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
    const response = await this.#send(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new Refusal(response.status, answer.error ?? {});
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   */
  async #send(path, init) {
    try {
      return await this.#fetch(path, init);
    } catch (error) {
      if (/** @type {Error} */ (error).name === "AbortError") throw error;
      throw new Refusal(0, { code: "offline" });
    }
  }
}
