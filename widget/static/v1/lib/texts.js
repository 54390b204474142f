/** @import { Locale } from "./wire.js" */

/**
 * Sentences, numbers and times in the reader's language. English is written in the code and is the key of its
 * translation.
 */
export class Texts {
  #locale;
  /** @type {Record<string, string>} */
  #messages;
  /** The library's time zone; undefined: the browser's. @type {string | undefined} */
  timeZone;

  /** @param {{language: Locale, messages?: Record<string, string>}} options */
  constructor({ language, messages = {} }) {
    this.#locale = language;
    this.#messages = messages;
  }

  get isChinese() {
    return this.#locale !== "en";
  }

  /** @returns {string} the language tag for `lang` attributes */
  get tag() {
    return this.#locale === "zh" ? "zh-CN" : this.#locale;
  }

  /** @returns {"ltr" | "rtl"} where lines begin; every language spoken so far begins at the left */
  get direction() {
    return "ltr";
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
    return (this.isChinese ? name_zh || name_en : name_en || name_zh) ?? "";
  }

  /** @param {{label_zh: string, label_en: string}} thing */
  labelOf({ label_zh, label_en }) {
    return this.isChinese ? label_zh : label_en;
  }

  /** @param {string} moment ISO 8601 */
  time(moment) {
    return this.#format(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** @param {string} moment ISO 8601 */
  day(moment) {
    return this.#format(moment, { year: "numeric", month: "long", day: "numeric", weekday: "short" });
  }

  /**
   * @param {string} moment ISO 8601, to come
   * @returns {string} weekday and time; the date too where the weekday alone could be another week's
   */
  soon(moment) {
    const isNear = Date.parse(moment) - Date.now() < 6 * 86_400_000;
    const day = isNear ? {} : /** @type {const} */ ({ month: "long", day: "numeric" });
    return this.#format(moment, { weekday: "long", ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
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
    return new Intl.DateTimeFormat(this.isChinese ? this.tag : "en-GB", { ...options, timeZone }).format(new Date(moment));
  }
}

/**
 * Mark a sentence that is translated where it is used.
 *
 * @param {string} message
 */
export const msgid = (message) => message;
