import { make } from "../lib/dom.js";

/** What is written on a closing sheet: the last words to the reader, which a canned reply brings, and a note for the staff. */
export class ClosingWords {
  farewell = make("label", { className: "field", hidden: true });
  note = make("label", { className: "field" });
  #words = make("textarea", { name: "farewell", rows: 4 });
  #noteText = make("textarea", { name: "note", rows: 2 });

  /** @param {any} desk */
  constructor({ t, limit }) {
    this.farewell.append(make("span", {}, t("The reader gets"), " ", make("small", {}, t("before it closes"))), this.#words);
    this.note.append(make("span", {}, t("Note for whoever follows up"), " ", make("small", {}, t("staff only"))), this.#noteText);
    this.#words.maxLength = this.#noteText.maxLength = limit;
  }

  /** @param {{words: string, language: string} | null} given what a canned reply says, or null without one */
  begin(given) {
    this.farewell.hidden = given === null;
    this.#words.value = given?.words ?? "";
    this.#words.lang = given?.language ?? "";
    this.#noteText.value = "";
  }

  /** @param {string} blank select what has to be filled in, if anything */
  focusBlank(blank) {
    const place = this.#words.value.indexOf(blank);
    if (this.farewell.hidden || place < 0) return false;
    this.#words.focus();
    this.#words.setSelectionRange(place, place + blank.length);
    return true;
  }

  /**
   * @param {() => string} newClientId
   * @param {boolean} hasDuty
   * @returns {{farewell?: {client_id: string, body: string}, note?: {client_id: string, body: string}}}
   */
  written(newClientId, hasDuty) {
    const said = (/** @type {HTMLTextAreaElement} */ { value }) => ({ client_id: newClientId(), body: value.trim() });
    const { farewell, note } = { farewell: said(this.#words), note: said(this.#noteText) };
    return { ...(this.farewell.hidden || !farewell.body ? {} : { farewell }), ...(hasDuty && note.body ? { note } : {}) };
  }
}
