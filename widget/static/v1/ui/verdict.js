/** @import { Texts } from "../lib/texts.js" */
import { ApiError } from "../lib/api.js";
import { el, icon, setText } from "./dom.js";

/** "Did this answer your question?" under an opened answer: yes or no, taken at once, and changed by the other one. */
export class Verdict {
  #texts;
  #send;
  #said = el("span", { class: "said", role: "status" });
  #yes;
  #no;

  /** @param {{texts: Texts, send: (isHelpful: boolean) => Promise<void>}} options */
  constructor({ texts, send }) {
    this.#texts = texts;
    this.#send = send;
    const { t } = texts;
    this.#yes = this.#choice(true, icon("check"), t("Yes"));
    this.#no = this.#choice(false, icon("close"), t("No"));
    const asked = t("Did this answer your question?");
    const choices = el("span", { role: "group", "aria-label": asked }, this.#yes, this.#no);
    this.root = el("div", { class: "verdict" }, el("span", {}, asked), choices, this.#said);
  }

  /**
   * @param {boolean} isHelpful
   * @param {Node} sign
   * @param {string} text
   */
  #choice(isHelpful, sign, text) {
    return el("button", { type: "button", "aria-pressed": "false", onclick: () => void this.#choose(isHelpful) }, sign, text);
  }

  /** @param {boolean | null} isHelpful */
  #press(isHelpful) {
    this.#yes.setAttribute("aria-pressed", String(isHelpful === true));
    this.#no.setAttribute("aria-pressed", String(isHelpful === false));
  }

  /** @param {boolean} isHelpful */
  async #choose(isHelpful) {
    const { t } = this.#texts;
    this.#press(isHelpful);
    setText(this.#said, "");
    try {
      await this.#send(isHelpful);
      setText(this.#said, isHelpful ? t("Thank you. Your words help others to find it.") : t("Thank you. A librarian can help you with this."));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#press(null);
      setText(this.#said, error.message || t("This could not be sent. Please try again."));
    }
  }
}
