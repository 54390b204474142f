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
   * @param {import("./claims.js").Closing} closing
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

  /** @param {string} id @returns {Promise<any>} the canned replies for a conversation, filled in for its reader */
  replies(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/replies`);
  }

  /** Count that a canned reply was used. @param {string} id @param {string} replyId */
  noteReplyUse(id, replyId) {
    return this.#change(`/api/v1/staff/conversations/${id}/replies/${replyId}/use`);
  }

  /** @param {string} id @returns {Promise<any>} what the closing sheet offers, and what it says already */
  closing(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/closing`);
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
   * Say that an article was sent to the reader.
   *
   * @param {string} id
   * @param {{article_id: string, words: string}} sent
   */
  noteSent(id, sent) {
    return this.#change(`/api/v1/staff/conversations/${id}/sent-articles`, sent);
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
   * @returns {Promise<{identity: any, fields: any[], answers: any[]}>} what the reader filled in and agreed to tell
   */
  readerCard(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/reader`);
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

  /** @param {string} id @returns {Promise<any>} why a question is where it is: decisions, hand-overs, supervision */
  way(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/way`);
  }

  /**
   * @param {string} id
   * @param {{kind: string, subject: string | null}} kind
   */
  correctKind(id, kind) {
    return this.#change(`/api/v1/staff/conversations/${id}/kind`, kind, "PUT");
  }

  /** @param {string} id @returns {Promise<any[]>} desks and people who are there */
  targets(id) {
    return this.#ask("GET", `/api/v1/staff/conversations/${id}/targets`);
  }

  /** @returns {Promise<any[]>} open hand-overs that concern the person */
  handOvers() {
    return this.#ask("GET", "/api/v1/staff/hand-overs");
  }

  /**
   * @param {string} id
   * @param {object} passing
   */
  handOver(id, passing) {
    return this.#change(`/api/v1/staff/conversations/${id}/hand-over`, passing);
  }

  /** @param {string} id @param {string} note */
  askBack(id, note) {
    return this.#change(`/api/v1/staff/conversations/${id}/ask-back`, { note });
  }

  /** @param {string} handOverId */
  acceptHandOver(handOverId) {
    return this.#change(`/api/v1/staff/hand-overs/${handOverId}/accept`);
  }

  /** @param {string} handOverId @param {string} note */
  declineHandOver(handOverId, note) {
    return this.#change(`/api/v1/staff/hand-overs/${handOverId}/decline`, { note });
  }

  /** @param {string} handOverId */
  withdrawHandOver(handOverId) {
    return this.#change(`/api/v1/staff/hand-overs/${handOverId}/withdraw`);
  }

  /** Say no to a question that one is offered before others. @param {string} id */
  declineOffer(id) {
    return this.#change(`/api/v1/staff/conversations/${id}/decline`);
  }

  /** @param {string} id */
  takeOver(id) {
    return this.#change(`/api/v1/staff/supervised/conversations/${id}/take-over`);
  }

  /** @param {string} id @param {{client_id: string, body: string}} note */
  whisper(id, note) {
    return this.#change(`/api/v1/staff/supervised/conversations/${id}/whisper`, note);
  }

  /** @returns {Promise<any>} what the person is to readers and colleagues now */
  workingDay() {
    return this.#ask("GET", "/api/v1/staff/working-day");
  }

  /** @param {string} choice @returns {Promise<any>} */
  chooseAvailability(choice) {
    return this.#change("/api/v1/staff/working-day/availability", { choice }, "PUT");
  }

  /** @param {number | null} maxChats @returns {Promise<any>} */
  setCapacity(maxChats) {
    return this.#change("/api/v1/staff/working-day/capacity", { max_chats: maxChats }, "PUT");
  }

  /** Say that something is done at this screen. @returns {Promise<any>} */
  noteActivity() {
    return this.#change("/api/v1/staff/working-day/activity");
  }

  /** @param {object} preferences all of them @returns {Promise<any>} */
  setPreferences(preferences) {
    return this.#change("/api/v1/staff/preferences", preferences, "PUT");
  }

  /** @returns {Promise<any[]>} who else serves at the person's desks, and what they are now */
  colleaguesNow() {
    return this.#ask("GET", "/api/v1/staff/working-day/colleagues");
  }

  /**
   * @param {string} text a number or the reader's words
   * @param {AbortSignal} signal
   * @returns {Promise<any[]>} conversations one may mean
   */
  jumps(text, signal) {
    return this.#ask("GET", `/api/v1/staff/jumps?${new URLSearchParams({ q: text })}`, { signal });
  }

  /** @returns {Promise<{conversation: any}>} */
  claimNext() {
    return this.#change("/api/v1/staff/claim-next");
  }

  /** @param {string} node @returns {Promise<any>} the desks below a node as they are now */
  board(node) {
    return this.#ask("GET", `/console/board.json?${new URLSearchParams({ node })}`);
  }

  /** @param {string} code */
  library(code) {
    return this.#ask("GET", `/console/libraries/${encodeURIComponent(code)}/card`);
  }

  /**
   * Ask for something of another part of the interface, with the session's token where something changes.
   *
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  call(method, path, body) {
    return method === "GET" ? this.#ask(method, path) : this.#change(path, body, method);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   * @param {string} [method]
   */
  #change(path, body, method = "POST") {
    return this.#withToken(() => this.#ask(method, path, { body }));
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
    const answer = await read(response);
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
      throw given(error);
    }
  }
}

/** @param {Response} response @returns {Promise<any>} what it says; nothing where it has no words, or those of something between */
async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    // The line broke, or the question was given up, while the answer came.
    throw given(error);
  }
}

/** @param {unknown} error @returns {Error} what is thrown for it */
function given(error) {
  return /** @type {Error} */ (error).name === "AbortError" ? /** @type {Error} */ (error) : new Refusal(0, { code: "offline" });
}
