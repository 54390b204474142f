/** @import { Language } from "./wire.js" */

/**
 * Sentences, numbers and times in the reader's language. English is written in the code and is the key of its
 * translation.
 */
export class Texts {
  #language;
  /** @type {Record<string, string>} */
  #messages;
  /** The library's time zone; undefined: the browser's. @type {string | undefined} */
  timeZone;

  /** @param {{language: Language, messages?: Record<string, string>}} options */
  constructor({ language, messages = {} }) {
    this.#language = language;
    this.#messages = messages;
  }

  get language() {
    return this.#language;
  }

  /** @returns {string} the language tag for `lang` attributes */
  get tag() {
    return this.#language === "zh" ? "zh-CN" : "en";
  }

  /**
   * Bound, so that views may take it apart from the rest.
   *
   * @param {string} message English
   * @param {Record<string, unknown>} [values] for {placeholders}
   */
  t = (message, values = {}) => {
    const text = this.#messages[message] ?? message;
    return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  };

  /**
   * @param {number} count
   * @param {string} one English for 1
   * @param {string} many English with {count}
   */
  count(count, one, many) {
    return this.t(count === 1 ? one : many, { count });
  }

  /** @param {{name_zh: string, name_en: string}} thing */
  nameOf({ name_zh, name_en }) {
    return (this.#language === "zh" ? name_zh || name_en : name_en || name_zh) ?? "";
  }

  /** @param {string} moment ISO 8601 */
  time(moment) {
    return this.#format(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** @param {string} moment ISO 8601 */
  day(moment) {
    return this.#format(moment, { year: "numeric", month: "long", day: "numeric", weekday: "short" });
  }

  /** @param {string} moment ISO 8601 */
  date(moment) {
    // A plain date has no zone: shown as it is, never shifted by one.
    if (moment.length === 10) return this.#format(`${moment}T12:00:00Z`, { dateStyle: "medium", timeZone: "UTC" });
    return this.#format(moment, { dateStyle: "medium" });
  }

  /**
   * @param {string} moment
   * @param {Intl.DateTimeFormatOptions} options
   */
  #format(moment, options) {
    const timeZone = options.timeZone ?? this.timeZone;
    return new Intl.DateTimeFormat(this.#language === "zh" ? "zh-CN" : "en-GB", { ...options, timeZone }).format(new Date(moment));
  }
}

/**
 * Mark a sentence that is translated where it is used.
 *
 * @param {string} message
 */
export const msgid = (message) => message;
