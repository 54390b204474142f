/** What librarians ask of one another over HTTP: reviews, the talk at a desk, notices, practice, what comes first. */

/** @import { StaffApi } from "./staff-api.js" */

const ROOT = "/api/v1/staff";

export class ColleaguesApi {
  #api;

  /** @param {StaffApi} api which knows the session */
  constructor(api) {
    this.#api = api;
  }

  /** @param {string} id @param {string | null} body the text to send instead, or null for the trainee's */
  approve(id, body) {
    return this.#api.call("POST", `${ROOT}/reviews/${id}/approve`, { body });
  }

  /** @param {string} id @param {string} comment */
  giveBack(id, comment) {
    return this.#api.call("POST", `${ROOT}/reviews/${id}/return`, { comment });
  }

  /** @param {string} id */
  takeBack(id) {
    return this.#api.call("POST", `${ROOT}/reviews/${id}/withdraw`);
  }

  /** @param {string} id @returns {Promise<any[]>} who may read a conversation */
  readersOf(id) {
    return this.#api.call("GET", `${ROOT}/conversations/${id}/colleagues`);
  }

  /** @returns {Promise<any[]>} */
  rooms() {
    return this.#api.call("GET", `${ROOT}/rooms`);
  }

  /** @param {string} librarianId @returns {Promise<any>} */
  roomWith(librarianId) {
    return this.#api.call("POST", `${ROOT}/colleagues/${librarianId}/room`);
  }

  /** @param {string} id @param {number | null} before @returns {Promise<any>} */
  room(id, before) {
    return this.#api.call("GET", `${ROOT}/rooms/${id}${before === null ? "" : `?before=${before}`}`);
  }

  /** @param {string} id @param {{client_id: string, body: string, mentions: string[]}} message safe to repeat */
  sayInRoom(id, message) {
    return this.#api.call("POST", `${ROOT}/rooms/${id}/messages`, message);
  }

  /** @param {string} id @param {number} seq @param {string} body */
  editInRoom(id, seq, body) {
    return this.#api.call("PUT", `${ROOT}/rooms/${id}/messages/${seq}`, { body });
  }

  /** @param {string} id @param {number} seq */
  deleteInRoom(id, seq) {
    return this.#api.call("DELETE", `${ROOT}/rooms/${id}/messages/${seq}`);
  }

  /** @param {string} id @param {number} seq */
  seeRoom(id, seq) {
    return this.#api.call("PUT", `${ROOT}/rooms/${id}/seen`, { seq });
  }

  /** @param {string[]} ids */
  seeNotices(ids) {
    return this.#api.call("POST", `${ROOT}/notices/seen`, { ids });
  }

  /** @param {string} id */
  endPractice(id) {
    return this.#api.call("POST", `${ROOT}/practice/${id}/end`);
  }

  /** @param {string} id @param {{priority: number, reason: string}} place */
  setPriority(id, place) {
    return this.#api.call("PUT", `${ROOT}/supervised/conversations/${id}/priority`, place);
  }
}
