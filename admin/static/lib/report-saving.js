/** Keeps a report that is being written: in this tab at once, on the server a moment later, together with what others wrote. */

import { merge, same, sendable } from "./report-model.js";
import { Refusal } from "./staff-api.js";

// Long enough for a sentence to be finished, short enough that nobody thinks of saving.
const PAUSE_MS = 1_200;
const AGAIN_MS = 8_000;

/**
 * @typedef {"saved" | "unsaved" | "saving" | "offline" | "signed_out" | "refused"} State
 * @typedef {import("./report-model.js").Content} Content
 */

export class ReportSaving {
  /** Called with each state, and why it was refused. @type {(state: State, message?: string) => void} */
  onState = () => {};
  /** Called when others wrote meanwhile: the text as it is now, and where both wrote. @type {(content: Content, clashes: import("./report-model.js").Clash[]) => void} */
  onMerged = () => {};
  /** Called with what the server says of the report. @type {(sheet: any) => void} */
  onSaved = () => {};
  #api;
  #shelf;
  #name;
  #content;
  #base;
  #revision;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<boolean> | null} */
  #running = null;

  /**
   * @param {object} parts
   * @param {{save: (content: Content, revision: number) => Promise<any>, read: () => Promise<any>}} parts.api
   * @param {{get: (key: string) => any, set: (key: string, value: unknown) => void, remove: (key: string) => void}} parts.shelf
   * @param {string} parts.name under which the tab keeps what is not saved
   * @param {Content} parts.content
   * @param {number} parts.revision
   */
  constructor({ api, shelf, name, content, revision }) {
    this.#api = api;
    this.#shelf = shelf;
    this.#name = name;
    this.#content = content;
    this.#base = structuredClone(content);
    this.#revision = revision;
  }

  get content() {
    return this.#content;
  }

  get isDirty() {
    return !same(sendable(this.#content), sendable(this.#base));
  }

  /** Take up what this tab kept of an earlier visit; others may have written meanwhile. */
  restore() {
    const kept = this.#shelf.get(this.#name);
    if (!kept) return;
    const { content, clashes } = merge(kept.base, kept.content, this.#base);
    this.#take(content, clashes);
  }

  /** Say that something was written. */
  touch() {
    this.#shelf.set(this.#name, { base: this.#base, content: this.#content });
    this.onState("unsaved");
    this.#later(PAUSE_MS);
  }

  /** Save now. @returns {Promise<boolean>} whether everything is on the server */
  async flush() {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    if (!this.isDirty) return true;
    this.#running = this.#save();
    const saved = await this.#running;
    this.#running = null;
    return saved;
  }

  /** Take over a sheet that came another way, such as after log and form were brought in. @param {any} sheet */
  adopt(sheet) {
    const { content, clashes } = merge(this.#base, this.#content, sheet.content);
    this.#base = structuredClone(sheet.content);
    this.#revision = sheet.revision;
    this.#take(content, clashes);
    this.onSaved(sheet);
  }

  async #save() {
    this.onState("saving");
    const sent = structuredClone(sendable(this.#content));
    try {
      const sheet = await this.#api.save(sent, this.#revision);
      const { language } = this.#base;
      this.#base = sent;
      this.#revision = sheet.revision;
      // In another language the headings are others.
      if (sheet.content.language !== language) this.adopt(sheet);
      else if (this.isDirty) this.touch();
      else this.#rest();
      this.onSaved(sheet);
      return !this.isDirty;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#refused(error);
    }
  }

  /** @param {Refusal} error */
  async #refused(error) {
    if (error.code === "commission_changed") {
      const sheet = await this.#api.read().catch(() => null);
      if (sheet?.may_edit) {
        this.adopt(sheet);
        return false;
      }
    }
    if (error.status === 401) this.onState("signed_out");
    else if (error.status === 0 || error.status >= 500) {
      this.onState("offline");
      this.#later(AGAIN_MS);
    } else this.onState("refused", error.message);
    return false;
  }

  /** @param {Content} content @param {import("./report-model.js").Clash[]} clashes */
  #take(content, clashes) {
    this.#content = content;
    this.onMerged(content, clashes);
    if (this.isDirty) this.touch();
    else this.#rest();
  }

  #rest() {
    this.#shelf.remove(this.#name);
    this.onState("saved");
  }

  /** @param {number} ms */
  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }
}
