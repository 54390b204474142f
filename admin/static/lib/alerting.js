/** @import { Item } from "./desk-list.js" */
import { News } from "./news.js";

/**
 * Decides what deserves a sound and a notification: what is new, for somebody who takes it, and who is not to be left in
 * peace. Pure but for what it remembers of the lists.
 *
 * @typedef {object} Preferences as the server keeps them
 * @property {string} question_sound
 * @property {string} message_sound
 * @property {number} volume
 * @property {number} repeat_seconds
 * @property {boolean} notifies
 * @property {boolean} is_quiet_when_away
 *
 * @typedef {object} Lists
 * @property {Item[]} waiting
 * @property {Item[]} asked what this person is asked to take
 * @property {{id: string, unread: number}[]} mine
 *
 * @typedef {object} Where
 * @property {string} availability
 * @property {Preferences} preferences
 * @property {string | null} openId the conversation that is open
 * @property {boolean} isInFront whether the page is before the person's eyes
 *
 * @typedef {{kind: "question" | "asked" | "text", id: string}} Note
 */

export class Alerting {
  #questions = new News();
  #asked = new News();
  /** What was announced and nobody has claimed yet. @type {Set<string>} */
  #ringing = new Set();

  /** @returns {boolean} whether the sound of a question may come again */
  get isRinging() {
    return this.#ringing.size > 0;
  }

  /**
   * @param {Lists} lists as they are now
   * @param {Where} where
   * @returns {{sound: string | null, notes: Note[]}} one sound at most: the one that asks for more
   */
  take({ waiting, asked, mine }, where) {
    const { questions, texts } = this.#questions.take(waiting, mine);
    const handed = this.#asked.take(asked, []).questions;
    this.#forget(waiting, asked);
    if (isQuiet(where)) {
      this.#ringing.clear();
      return { sound: null, notes: [] };
    }
    // Who takes no questions of readers is not called to them.
    const open = where.availability === "online" ? questions : [];
    const calls = [...handed.map(({ id }) => note("asked", id)), ...open.map(({ id }) => note("question", id))];
    const written = texts.filter((id) => !(where.isInFront && id === where.openId)).map((id) => note("text", id));
    for (const { id } of calls) this.#ringing.add(id);
    return { sound: soundOf(calls, written, where.preferences), notes: [...calls, ...written] };
  }

  #forget(/** @type {Item[]} */ waiting, /** @type {Item[]} */ asked) {
    const still = new Set([...waiting, ...asked].map(({ id }) => id));
    for (const id of this.#ringing) if (!still.has(id)) this.#ringing.delete(id);
  }
}

/** @param {{availability: string, preferences: Preferences}} where */
export function isQuiet({ availability, preferences }) {
  return preferences.is_quiet_when_away && (availability === "away" || availability === "offline");
}

/**
 * @param {Note[]} calls
 * @param {Note[]} written
 * @param {Preferences} preferences
 */
function soundOf(calls, written, preferences) {
  if (calls.length > 0) return preferences.question_sound;
  return written.length > 0 ? preferences.message_sound : null;
}

/** @param {Note["kind"]} kind @param {string} id @returns {Note} */
function note(kind, id) {
  return { kind, id };
}
