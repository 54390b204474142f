/**
 * Canned replies as the composer finds them: what begins a shortcut, which replies it may mean, what is put in its place.
 *
 * @typedef {object} Reply as the service fills it in for one conversation
 * @property {string} id
 * @property {string} shortcut
 * @property {string} title_zh
 * @property {string} title_en
 * @property {string} text
 * @property {string} language
 * @property {string[]} missing variables of which nothing is known; a blank stands there
 * @property {string} category
 * @property {string[]} tags
 * @property {string} initials first letters of the title's pinyin
 * @property {{level: string, name_zh: string, name_en: string}} origin
 * @property {boolean} is_of_reader
 * @property {number} hides
 * @property {any} macro
 * @property {number} use_count
 */

/** Stands where nothing is known; the service writes it. */
export const BLANK = "____";

// Chinese keyboards give ； for ; and 、 or ／ for the slash.
const BEGINS = /(?:^|\s)[/;；、／]([^\s/;；、／]{0,32})$/u;
// What was loaded is good for so long: opening hours and names change, and so does the set.
const FRESH_MILLISECONDS = 60_000;
const CATEGORIES = ["greeting", "holding", "clarifying", "answer", "referring", "closing", "other"];

/**
 * Find the shortcut that is being typed before the cursor.
 *
 * @param {string} text
 * @param {number} cursor
 * @returns {{start: number, typed: string} | null} where it begins, with its key, and what stands behind the key
 */
export function beginningOf(text, cursor) {
  const found = BEGINS.exec(text.slice(0, cursor));
  return found ? { start: cursor - found[1].length - 1, typed: found[1] } : null;
}

/**
 * Find what somebody may mean, the best first: by shortcut, by titles in either language or their first letters, by tag,
 * by words of the text. Nothing typed finds everything, the most used first.
 *
 * @param {Reply[]} replies
 * @param {string} typed
 * @returns {Reply[]}
 */
export function found(replies, typed) {
  const wanted = typed.trim().toLowerCase();
  const ranked = replies.map((reply) => ({ reply, rank: rankOf(reply, wanted) })).filter(({ rank }) => rank < NOWHERE);
  ranked.sort((one, other) => one.rank - other.rank || byUse(one.reply, other.reply));
  return ranked.map(({ reply }) => reply);
}

/**
 * Put a reply in the place of what was typed for it.
 *
 * @param {string} text
 * @param {{start: number, end: number}} place
 * @param {string} reply
 * @returns {{text: string, start: number, end: number}} with what is to be selected: the first blank, or the end
 */
export function put(text, { start, end }, reply) {
  const whole = text.slice(0, start) + reply + text.slice(end);
  return { text: whole, ...selectionIn(reply, start) };
}

/**
 * Find the first blank of a reply that was put somewhere.
 *
 * @param {string} reply
 * @param {number} start where it begins
 */
export function selectionIn(reply, start) {
  const blank = reply.indexOf(BLANK);
  const place = start + (blank < 0 ? reply.length : blank);
  return { start: place, end: blank < 0 ? place : place + BLANK.length };
}

/** The replies of each conversation, loaded when they are first asked for and again when they have grown old. */
export class CannedReplies {
  #load;
  #clock;
  /** @type {Map<string, {replies: Reply[], loadedAt: number}>} */
  #known = new Map();
  /** @type {Map<string, Promise<Reply[]>>} */
  #loading = new Map();

  /** @param {{load: (id: string) => Promise<{items: Reply[]}>, clock: {now: () => number}}} parts */
  constructor({ load, clock }) {
    this.#load = load;
    this.#clock = clock;
  }

  /**
   * @param {string} id
   * @returns {Reply[] | null} what is known now, old or not
   */
  known(id) {
    return this.#known.get(id)?.replies ?? null;
  }

  /**
   * @param {string} id
   * @returns {Promise<Reply[]>} fails as the loading does
   */
  of(id) {
    const known = this.#known.get(id);
    if (known && this.#clock.now() - known.loadedAt < FRESH_MILLISECONDS) return Promise.resolve(known.replies);
    const loading = this.#loading.get(id) ?? this.#begin(id);
    this.#loading.set(id, loading);
    return loading;
  }

  async #begin(/** @type {string} */ id) {
    try {
      const { items } = await this.#load(id);
      this.#known.set(id, { replies: items, loadedAt: this.#clock.now() });
      return items;
    } finally {
      this.#loading.delete(id);
    }
  }
}

const NOWHERE = 9;

function rankOf(/** @type {Reply} */ reply, /** @type {string} */ wanted) {
  if (!wanted) return 0;
  const titles = [reply.title_zh, reply.title_en].map((title) => title.toLowerCase());
  const tests = [
    reply.shortcut === wanted,
    reply.shortcut.startsWith(wanted),
    titles.some((title) => title.startsWith(wanted)) || reply.initials.startsWith(wanted),
    [reply.shortcut, ...titles, ...reply.tags].some((text) => text.toLowerCase().includes(wanted)),
    reply.initials.includes(wanted),
    contains(reply, wanted),
  ];
  const rank = tests.indexOf(true);
  return rank < 0 ? NOWHERE : rank;
}

function contains(/** @type {Reply} */ reply, /** @type {string} */ wanted) {
  const all = [reply.shortcut, reply.title_zh, reply.title_en, reply.text, ...reply.tags].join("\n").toLowerCase();
  return wanted.split(/\s+/).every((word) => all.includes(word));
}

function byUse(/** @type {Reply} */ one, /** @type {Reply} */ other) {
  const place = (/** @type {Reply} */ reply) => CATEGORIES.indexOf(reply.category);
  return other.use_count - one.use_count || place(one) - place(other) || one.shortcut.localeCompare(other.shortcut);
}
