/** @import { Locale } from "../lib/wire.js" */
import { Api } from "../lib/api.js";
import { Reader } from "../lib/reader.js";
import { openStorage, Shelf, shelfPrefix } from "../lib/shelf.js";
import { Texts } from "../lib/texts.js";
import { takeLink } from "../ui/private-link.js";
import { CommissionCalls } from "./calls.js";

// The way in which amounts are written, as the browser's formats call it.
const MONEY = "currency";

/**
 * What the server tells the modules of a page. Nothing in it is the reader's.
 *
 * @typedef {object} Told
 * @property {"form" | "mine" | "commission"} view
 * @property {string} library
 * @property {string} tag
 * @property {string} base path of the service, with a slash at the end
 * @property {string} home path of the library's services
 * @property {string} time_zone
 * @property {number} max_file_bytes
 * @property {string[]} sendable endings of names
 * @property {Record<string, string>} classes of the Chinese Library Classification
 * @property {string} [service]
 * @property {import("./definition.js").FormDefinition} [definition]
 * @property {string} [commission]
 */

/** Somebody at the counter of a library: who they are, what the page knows, how it speaks. */
export class Visit {
  /**
   * @param {Told} told
   * @param {{messages: Record<string, string>}} options
   */
  constructor(told, { messages }) {
    this.told = told;
    const locale = /** @type {Locale} */ (told.tag === "zh-CN" ? "zh" : told.tag);
    this.texts = new Texts({ language: locale, messages });
    this.texts.timeZone = told.time_zone;
    this.t = this.texts.t;
    const linked = new Shelf(openStorage(() => window.sessionStorage), shelfPrefix(`${told.library}.link`));
    this.isLinked = takeLink(linked);
    this.shelf = this.isLinked ? linked : new Shelf(openStorage(() => window.localStorage), shelfPrefix(told.library));
    const server = new URL(told.base, location.href).href;
    const accepts = told.tag === "zh-TW" ? "zh-TW,zh;q=0.9" : locale;
    const token = () => this.reader.token;
    const api = new Api({ base: `${server}api/v1/`, library: told.library, language: locale === "en" ? "en" : "zh", accepts, token });
    this.reader = new Reader({ shelf: this.shelf, create: () => api.createReader() });
    this.calls = new CommissionCalls({ api, base: `${server}api/v1/`, accepts, token });
  }

  /**
   * A text of the library in the language of the page.
   *
   * @param {{zh: string, en: string} | null | undefined} words
   */
  words(words) {
    if (!words) return "";
    return this.texts.isChinese ? words.zh : words.en;
  }

  /**
   * @param {string} amount
   * @param {string} currency
   */
  money(amount, currency) {
    return new Intl.NumberFormat(this.texts.isChinese ? "zh-CN" : "en-GB", { currency, style: MONEY }).format(Number(amount));
  }

  /** @param {number} days */
  days(days) {
    return this.texts.count(days, "1 working day", "{count} working days");
  }

  /** @param {string} moment */
  moment(moment) {
    return `${this.texts.date(moment)} ${this.texts.time(moment)}`;
  }

  /** @param {string} id */
  pageOf(id) {
    return `${this.told.home}/c/${id}?lang=${this.told.tag}`;
  }

  /** @param {unknown} error what a call ended with; anything but a refusal is a fault and is thrown on */
  sentenceOf(error) {
    if (!(error instanceof Error) || !("status" in error)) throw error;
    return error.message || this.t("The service is out of reach. Please try again in a moment.");
  }
}
