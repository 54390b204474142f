import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";

/** How the open conversation was closed: what its closing sheet says, once it has ended. */
export class TalkClosing {
  element = make("dl", { className: "facts facts-row talk-closing", hidden: true });
  #desk;
  #sign = "";

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /**
   * @param {any} conversation the one that is open
   * @param {boolean} hasEnded
   */
  show(conversation, hasEnded) {
    const sign = hasEnded ? `${conversation.id} ${conversation.last_seq}` : "";
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.element.hidden = true;
    if (sign) void this.#load(conversation.id, sign);
  }

  async #load(/** @type {string} */ id, /** @type {string} */ sign) {
    try {
      const { told } = await this.#desk.api.closing(id);
      if (sign !== this.#sign || !told) return;
      this.element.replaceChildren(...this.#facts(told));
      this.element.hidden = false;
    } catch (error) {
      // Somebody who only watches does not get it, and without it the conversation is read all the same.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #facts(/** @type {any} */ { subject, codes, note, by_zh, by_en, at }) {
    const { t, words, language, fullTime } = this.#desk;
    const isChinese = language === "zh";
    const named = codes.map((/** @type {any} */ each) => (isChinese ? each.name_zh : each.name_en)).join(isChinese ? "、" : ", ");
    const facts = [
      subject && fact(t("Subject (CLC)"), `${subject} ${words.clc_classes[subject[0]] ?? ""}`),
      named && fact(t("Descriptive codes"), named),
      fact(t("Closed by"), `${isChinese ? by_zh : by_en} · ${fullTime(at)}`),
      note && fact(t("Note at closing"), note),
    ];
    return facts.filter(Boolean);
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function fact(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}
