/** The report of one commission over HTTP. */

import { Refusal } from "./staff-api.js";

const TIMEOUT_SECONDS = 20;
// A long report as PDF takes some seconds of a busy machine, and its turn.
const DRAWING_SECONDS = 120;

export class ReportApi {
  #path;
  #csrfToken;
  #language;

  /** @param {{commission: string, csrfToken: string, language: string}} options */
  constructor({ commission, csrfToken, language }) {
    this.#path = `/api/v1/staff/commissions/${commission}/report`;
    this.#csrfToken = csrfToken;
    this.#language = language;
  }

  /** Learn who is signed in now, and take over the token of that session. */
  async introduce() {
    const me = await (await this.#send("GET", "/api/v1/staff/me")).json();
    this.#csrfToken = me.csrf_token;
    return me;
  }

  /** @returns {Promise<any>} the report that holds */
  async read() {
    return (await this.#send("GET", this.#path)).json();
  }

  /** @param {import("./report-model.js").Content} content @param {number} revision @returns {Promise<any>} */
  async save(content, revision) {
    return (await this.#send("PUT", this.#path, { content, revision })).json();
  }

  /** @param {string} remark @returns {Promise<any>} */
  async settle(remark) {
    return (await this.#send("POST", `${this.#path}/remarks/${remark}/settled`)).json();
  }

  /** Draw the files. @returns {Promise<any>} */
  async issue() {
    return (await this.#send("POST", `${this.#path}/issue`, undefined, DRAWING_SECONDS)).json();
  }

  /** @param {"pdf" | "docx"} format @returns {Promise<Blob>} */
  async drawn(format) {
    return (await this.#send("GET", `${this.#path}.${format}`, undefined, DRAWING_SECONDS)).blob();
  }

  /**
   * @param {string} method @param {string} path @param {object} [body] @param {number} [seconds]
   * @returns {Promise<Response>}
   */
  async #send(method, path, body, seconds = TIMEOUT_SECONDS) {
    /** @type {Record<string, string>} */
    const headers = { "Accept-Language": this.#language, Accept: "application/json" };
    if (method !== "GET") headers["X-CSRF-Token"] = this.#csrfToken;
    if (body) headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(seconds * 1000);
    let answer;
    try {
      answer = await fetch(path, { method, headers, signal, body: body && JSON.stringify(body) });
    } catch {
      throw new Refusal(0, { code: "offline" });
    }
    if (answer.ok) return answer;
    const said = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, said.error ?? {});
  }
}
