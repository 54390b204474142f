/** @import { Commission, Estimate, PaperList, PaperRemark, SavedForm, FileOfCommission, FormParts } from "./wire.js" */
import { ApiError, refusalOf } from "../lib/api.js";

/** The commissions' HTTP interface, one method per use case. */
export class CommissionCalls {
  #api;
  #base;
  #accepts;
  #token;

  /** @param {{api: import("../lib/api.js").Api, base: string, accepts: string, token: () => string | null}} options */
  constructor({ api, base, accepts, token }) {
    this.#api = api;
    this.#base = base;
    this.#accepts = accepts;
    this.#token = token;
  }

  /** @returns {Promise<Commission>} @param {{service: string, client_id: string}} wanted safe to repeat */
  begin(wanted) {
    return this.#api.request("POST", "commissions", { body: wanted });
  }

  /** @param {string | null} before @returns {Promise<{items: Commission[], next: string | null}>} newest first */
  mine(before) {
    return this.#api.request("GET", `commissions${before ? `?${new URLSearchParams({ before })}` : ""}`);
  }

  /**
   * @param {string} id
   * @param {string} [etag] of what is known already
   * @returns {Promise<{commission: Commission | null, etag: string}>} null when nothing has changed since
   */
  async read(id, etag = "") {
    const response = await this.#api.ask("GET", `commissions/${id}`, { headers: etag ? { "If-None-Match": etag } : {} });
    if (response.status === 304) return { commission: null, etag };
    if (!response.ok) throw await refusalOf(response);
    return { commission: await response.json(), etag: response.headers.get("ETag") ?? "" };
  }

  /** @param {string} id @param {number} before @returns {Promise<{entries: import("./wire.js").Entry[], earlier: number | null}>} in order */
  entries(id, before) {
    return this.#api.request("GET", `commissions/${id}/entries?${new URLSearchParams({ before: String(before) })}`);
  }

  /** @param {string} id @returns {Promise<import("./definition.js").FormDefinition>} */
  definition(id) {
    return this.#api.request("GET", `commissions/${id}/definition`);
  }

  /** @param {string} id @param {FormParts & {revision: number}} form @returns {Promise<SavedForm>} */
  save(id, form) {
    return this.#api.request("PUT", `commissions/${id}/form`, { body: form });
  }

  /**
   * Send the form on the way out of the page; the answer is not waited for. What is too long for that lies on the shelf.
   *
   * @param {string} id
   * @param {FormParts & {revision: number}} form
   */
  saveInPassing(id, form) {
    const headers = { "Content-Type": "application/json" };
    this.#api.ask("PUT", `commissions/${id}/form`, { body: JSON.stringify(form), headers, keepalive: true }).catch(() => {});
  }

  /** @param {string} id @param {FormParts & {revision: number, client_id: string, reason?: string}} form @returns {Promise<Commission>} */
  submit(id, form) {
    return this.#api.request("POST", `commissions/${id}/submission`, { body: form });
  }

  /** @param {string} id */
  remove(id) {
    return this.#api.request("DELETE", `commissions/${id}`);
  }

  /** @param {string} id @returns {Promise<Estimate>} */
  estimate(id) {
    return this.#api.request("GET", `commissions/${id}/estimate`);
  }

  /** @param {string} id @returns {Promise<{currency: string, fee: string, percent: string, agreed: string}>} */
  cancellation(id) {
    return this.#api.request("GET", `commissions/${id}/cancellation`);
  }

  /**
   * @param {string} id
   * @param {string} operation
   * @param {{client_id: string, revision: number, reason?: string, quote_id?: string}} step safe to repeat
   * @returns {Promise<Commission>}
   */
  step(id, operation, step) {
    return this.#api.request("POST", `commissions/${id}/steps/${operation}`, { body: step });
  }

  /** @param {string} id @param {{client_id: string, body: string}} message @returns {Promise<Commission>} */
  say(id, message) {
    return this.#api.request("POST", `commissions/${id}/messages`, { body: message });
  }

  /** @param {string} id @param {number} seq */
  see(id, seq) {
    return this.#api.request("POST", `commissions/${id}/seen`, { body: { seq } });
  }

  /** @param {string} id @param {{stars: number, comment: string | null}} rating @returns {Promise<Commission>} */
  rate(id, rating) {
    return this.#api.request("PUT", `commissions/${id}/rating`, { body: rating });
  }

  /** @param {string} id @returns {Promise<import("./wire.js").Payment | null>} how the money stands, null where nothing is known of it */
  async payment(id) {
    try {
      return await this.#api.request("GET", `commissions/${id}/payment`);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return null;
      throw error;
    }
  }

  /** @param {Blob | string} content @param {string} name @returns {Promise<PaperList>} */
  async readPapers(content, name) {
    const headers = { "Content-Type": "application/octet-stream", ...(name ? { "X-File-Name": encodeURIComponent(name) } : {}) };
    const response = await this.#api.ask("POST", "paper-lists", { body: content, headers, signal: AbortSignal.timeout(60_000) });
    if (response.ok) return response.json();
    throw await refusalOf(response);
  }

  /** @param {object[]} papers @returns {Promise<PaperRemark[]>} */
  lookThrough(papers) {
    return this.#api.request("POST", "paper-lists/remarks", { body: { papers } });
  }

  /** @param {string} id @param {string} fileId */
  removeFile(id, fileId) {
    return this.#api.request("DELETE", `commissions/${id}/files/${fileId}`);
  }

  /** @param {string} id @param {string} fileId @returns {Promise<Blob>} by a link that lives for minutes */
  async file(id, fileId) {
    const { url } = await this.#api.request("POST", `commissions/${id}/files/${fileId}/link`);
    const address = new URL(url.replace(/^\//, ""), new URL("../../", this.#base)).href;
    const response = await fetch(address, { credentials: "omit" }).catch(() => null);
    if (!response) throw new ApiError(0, { code: "offline" });
    if (response.ok) return response.blob();
    throw await refusalOf(response);
  }

  /**
   * @param {string} id
   * @param {{file: File, client_id: string, purpose: "material" | "message" | "payment_proof"}} upload safe to repeat
   * @param {{signal: AbortSignal, onProgress: (share: number) => void}} options share: 0 to 1
   * @returns {Promise<FileOfCommission>}
   */
  upload(id, { file, client_id, purpose }, { signal, onProgress }) {
    const request = new XMLHttpRequest();
    request.open("POST", `${this.#base}commissions/${id}/files?purpose=${purpose}`);
    const headers = { "X-File-Name": encodeURIComponent(file.name), "X-Client-Id": client_id, "Accept-Language": this.#accepts, Authorization: `Bearer ${this.#token()}` };
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    return new Promise((resolve, reject) => {
      request.onload = () => {
        const answer = answerOf(request.responseText);
        if (request.status === 200 || request.status === 201) resolve(answer);
        else reject(new ApiError(request.status, answer.error ?? {}));
      };
      request.onerror = request.onabort = () => reject(new ApiError(0, { code: "offline" }));
      request.send(file);
    });
  }
}

/** @param {string} text @returns {any} */
function answerOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
