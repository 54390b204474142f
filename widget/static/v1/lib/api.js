/** @import { Answers, ConversationPage, Conversation, Language, Library, Message, ThreadPart, WidgetSettings } from "./wire.js" */
import { languageOf } from "./text.js";

const TIMEOUT_SECONDS = 15;

/** A refusal of the server, or `offline` when it could not be reached. The message is fit for the reader. */
export class ApiError extends Error {
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

  /** @returns {boolean} whether the same request may succeed later */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The reader's HTTP interface, one method per use case. Sends no cookies. */
export class Api {
  #base;
  #library;
  #language;
  #accepts;
  #fetch;
  #openRequest;
  /** @type {() => string | null} */
  #token;

  /**
   * @param {object} options
   * @param {string} options.base
   * @param {string} options.library
   * @param {Language} options.language
   * @param {string} [options.accepts] Accept-Language, where it says more than the language
   * @param {() => string | null} options.token
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {() => XMLHttpRequest} [options.openRequest] for uploads, whose progress fetch does not tell
   */
  constructor({ base, library, language, accepts = language, token, fetch: send = (input, init) => fetch(input, init), openRequest = () => new XMLHttpRequest() }) {
    this.#base = base;
    this.#library = library;
    this.#language = language;
    this.#accepts = accepts;
    this.#token = token;
    this.#fetch = send;
    this.#openRequest = openRequest;
  }

  /** @returns {Promise<Library>} */
  library() {
    return this.request("GET", this.ofLibrary);
  }

  /** @returns {Promise<WidgetSettings>} kept by the browser for a minute */
  settings() {
    return this.request("GET", `${this.ofLibrary}/widget`, { cache: "default" });
  }

  /**
   * @param {string} query
   * @param {AbortSignal} signal
   * @returns {Promise<Answers>}
   */
  answers(query, signal) {
    const search = new URLSearchParams({ q: query, language: languageOf(query, this.#language), limit: "5" });
    return this.request("GET", `${this.ofLibrary}/answers?${search}`, { signal });
  }

  /**
   * @param {string} query what the reader stayed on and nothing was close enough to
   * @param {string} clientId a repetition with the same one counts once
   * @returns {Promise<null>}
   */
  searchedInVain(query, clientId) {
    const body = { query, client_id: clientId, language: languageOf(query, this.#language) };
    return this.request("POST", `${this.ofLibrary}/unanswered-searches`, { body });
  }

  /**
   * @param {string} articleId
   * @param {{query: string, is_helpful: boolean}} verdict safe to repeat
   * @returns {Promise<null>}
   */
  judge(articleId, verdict) {
    return this.request("POST", `answers/${articleId}/verdict`, { body: verdict });
  }

  /** @returns {Promise<{token: string, reader_id: string}>} */
  createReader() {
    return this.request("POST", "readers", { body: { library: this.#library, language: this.#language } });
  }

  /**
   * @param {{question: string, client_id: string, page_url: string | null, fields?: Record<string, string>}} question safe to repeat with its client id
   * @returns {Promise<ThreadPart>}
   */
  askQuestion({ question, client_id, page_url, fields }) {
    const body = { question, client_id, language: this.#language, ...(page_url ? { page_url } : {}), ...(fields ? { fields } : {}) };
    return this.request("POST", "conversations", { body });
  }

  /**
   * @param {string | null} before `next` of the page before
   * @returns {Promise<ConversationPage>} newest first
   */
  conversations(before) {
    return this.request("GET", `conversations${before ? `?${new URLSearchParams({ before })}` : ""}`);
  }

  /**
   * @param {string} id
   * @param {number} afterSeq
   * @returns {Promise<ThreadPart>}
   */
  thread(id, afterSeq) {
    return this.request("GET", `conversations/${id}?after_seq=${afterSeq}`);
  }

  /**
   * @param {string} id
   * @param {{client_id: string, body: string}} message safe to repeat with its client id
   * @returns {Promise<Message>}
   */
  say(id, { client_id, body }) {
    return this.request("POST", `conversations/${id}/messages`, { body: { client_id, body } });
  }

  /**
   * @param {string} id
   * @param {number} seq
   * @returns {Promise<null>}
   */
  markSeen(id, seq) {
    return this.request("POST", `conversations/${id}/seen`, { body: { seq } });
  }

  /**
   * Withdraw a waiting question, or end an active conversation.
   *
   * @param {string} id
   * @returns {Promise<Conversation>}
   */
  withdraw(id) {
    return this.request("POST", `conversations/${id}/withdrawal`);
  }

  /**
   * @param {string} id
   * @param {{stars: number, comment?: string}} rating
   * @returns {Promise<Conversation>}
   */
  rate(id, rating) {
    return this.request("PUT", `conversations/${id}/rating`, { body: rating });
  }

  /**
   * Send a file as the next message.
   *
   * @param {string} id
   * @param {{file: Blob, name: string, client_id: string}} upload safe to repeat with its client id
   * @param {{signal: AbortSignal, onProgress: (share: number) => void}} options share: 0 to 1
   * @returns {Promise<Message>}
   */
  upload(id, { file, name, client_id }, { signal, onProgress }) {
    const request = this.#openRequest();
    request.open("POST", `${this.#base}conversations/${id}/attachments`);
    const headers = { "X-File-Name": encodeURIComponent(name), "X-Client-Id": client_id, ...this.#headers() };
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    return new Promise((resolve, reject) => {
      request.onload = () => {
        const answer = parsed(request.responseText);
        if (request.status === 200 || request.status === 201) resolve(answer);
        else reject(new ApiError(request.status, answer.error ?? {}));
      };
      request.onerror = request.onabort = () => reject(new ApiError(0, { code: "offline" }));
      request.send(file);
    });
  }

  /**
   * @param {string} id
   * @param {string} attachmentId
   * @returns {Promise<Blob>} the file, by a link that lives for minutes
   */
  async attachment(id, attachmentId) {
    const { url } = await this.request("GET", `conversations/${id}/attachments/${attachmentId}/link`);
    const address = new URL(url.replace(/^\//, ""), new URL("../../", this.#base)).href;
    const response = await this.#send(address, { credentials: "omit", headers: { "Accept-Language": this.#accepts } });
    if (response.ok) return response.blob();
    throw await refusalOf(response);
  }

  /**
   * @param {string} id
   * @returns {Promise<string>} the conversation as plain text
   */
  transcript(id) {
    return this.request("GET", `conversations/${id}/transcript?format=txt`);
  }

  /** @returns {string} the beginning of what is only about this library */
  get ofLibrary() {
    return `libraries/${encodeURIComponent(this.#library)}`;
  }

  /**
   * Any call, for parts that are loaded when they are needed.
   *
   * @param {string} method
   * @param {string} path
   * @param {{body?: object, signal?: AbortSignal, cache?: RequestCache}} [options]
   * @returns {Promise<any>}
   */
  async request(method, path, { body, signal, cache } = {}) {
    const headers = body && { "Content-Type": "application/json" };
    const response = await this.ask(method, path, { body: body && JSON.stringify(body), headers, signal, cache });
    if (response.ok) return contentOf(response);
    throw await refusalOf(response);
  }

  /**
   * Any call, answered with all there is.
   *
   * @param {string} method
   * @param {string} path
   * @param {{body?: BodyInit, headers?: Record<string, string>, signal?: AbortSignal, cache?: RequestCache, keepalive?: boolean}} options
   * @returns {Promise<Response>}
   */
  ask(method, path, { body, headers, signal, cache = "no-store", keepalive }) {
    return this.#send(this.#base + path, {
      method,
      headers: { ...this.#headers(), ...headers },
      body,
      credentials: "omit",
      cache,
      keepalive,
      signal: signal ?? AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
  }

  #headers() {
    const token = this.#token();
    /** @type {Record<string, string>} */
    const headers = { "Accept-Language": this.#accepts };
    if (token) headers.Authorization = `Bearer ${token}`;
    return headers;
  }

  /**
   * @param {string} address
   * @param {RequestInit} init
   */
  async #send(address, init) {
    try {
      return await this.#fetch(address, init);
    } catch (error) {
      if (init.signal?.aborted && /** @type {Error} */ (error).name === "AbortError") throw error;
      throw new ApiError(0, { code: "offline" });
    }
  }
}

/** @param {Response} response */
async function contentOf(response) {
  if (response.status === 204) return null;
  return response.headers.get("Content-Type")?.startsWith("text/plain") ? response.text() : response.json();
}

/** @param {Response} response @returns {Promise<ApiError>} */
export async function refusalOf(response) {
  return new ApiError(response.status, parsed(await response.text().catch(() => "")).error ?? {});
}

/**
 * @param {string} text
 * @returns {any} {} where something on the way answered with a page of its own
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
