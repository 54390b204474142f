/** @import { Stage } from "./stage.js" */
/** @import { Conversation, FormField } from "../lib/wire.js" */
import { ApiError } from "../lib/api.js";
import { el, setText } from "./dom.js";
import { FormFields } from "./form-fields.js";
import { Rating } from "./rating.js";
import { Reuse } from "./reuse.js";

/** After a conversation: the rating, the library's questions if it has any, and whether the exchange may help others. */
export class After {
  #stage;
  #rating;
  root = el("div", { class: "after" });
  #said = el("p", { class: "said", role: "status" });

  /**
   * @param {Stage} stage
   * @param {Conversation} conversation
   */
  constructor(stage, { id }) {
    this.#stage = stage;
    this.#rating = new Rating(stage);
    this.root.append(this.#rating.root);
    const questions = stage.chat.settings?.questionnaire ?? [];
    if (questions.length) this.root.append(this.#questionnaire(id, questions));
    this.root.append(new Reuse(stage, id).root);
  }

  /** @param {Conversation} conversation */
  draw({ rating }) {
    this.#rating.draw(rating);
  }

  /**
   * @param {string} id
   * @param {FormField[]} questions
   */
  #questionnaire(id, questions) {
    const { texts } = this.#stage;
    const { t } = texts;
    const fields = new FormFields(questions, { texts, isLong: true });
    const send = el("button", { type: "submit", class: "secondary" }, t("Send answers"));
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (fields.check()) void this.#send(id, fields.values);
    };
    const title = el("h3", {}, t("A few questions of your library"));
    return el("form", { class: "questionnaire", novalidate: true, onsubmit: submit }, title, fields.root, send, this.#said);
  }

  /**
   * @param {string} id
   * @param {Record<string, string>} answers
   */
  async #send(id, answers) {
    const { chat, texts } = this.#stage;
    try {
      await chat.api.request("PUT", `conversations/${id}/questionnaire`, { body: { answers } });
      setText(this.#said, texts.t("Thank you. Your answers have arrived."));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(this.#said, error.message || texts.t("This could not be sent. Please try again."));
    }
  }
}
