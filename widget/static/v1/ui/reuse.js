/** @import { Stage } from "./stage.js" */
import { ApiError } from "../lib/api.js";
import { el, setText } from "./dom.js";

/**
 * Whether the exchange may help others: one tick, as the library has it until the reader says otherwise. Stays away
 * where the library makes no answers of conversations, and where the service could not be asked.
 */
export class Reuse {
  #stage;
  #id;
  #tick;
  #said = el("p", { class: "said", role: "status" });
  root = el("div", { class: "reuse", hidden: true });

  /**
   * @param {Stage} stage
   * @param {string} id of the conversation
   */
  constructor(stage, id) {
    this.#stage = stage;
    this.#id = id;
    const { t } = stage.texts;
    this.#tick = el("input", { type: "checkbox", id: "reuse", "aria-describedby": "reuse-how", onchange: () => this.#send() });
    this.root.append(
      el("label", { for: "reuse" }, this.#tick, el("span", {}, t("This answer may help other readers"))),
      el("p", { id: "reuse-how" }, t("Everything personal is taken out and a librarian checks it. You can change this here.")),
      this.#said,
    );
    void this.#ask();
  }

  get #path() {
    return `conversations/${this.#id}/reuse`;
  }

  async #ask() {
    try {
      const { is_allowed, rule } = await this.#stage.chat.api.request("GET", this.#path);
      this.#tick.checked = is_allowed ?? rule === "masked";
      this.root.hidden = rule === "never";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #send() {
    const { chat, texts } = this.#stage;
    const wish = this.#tick.checked;
    try {
      await chat.api.request("PUT", this.#path, { body: { is_allowed: wish } });
      const { t } = texts;
      setText(this.#said, wish ? t("Thank you.") : t("Noted: this conversation stays between you and the library."));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#tick.checked = !wish;
      setText(this.#said, error.message || texts.t("This could not be sent. Please try again."));
    }
  }
}
