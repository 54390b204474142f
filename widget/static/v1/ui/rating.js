/** @import { Stage } from "./stage.js" */
import { ApiError } from "../lib/api.js";
import { el, icon, setText } from "./dom.js";

// Arrow keys walk through the stars one by one: only the one the reader rests on is sent.
const SETTLE_MILLISECONDS = 700;

/** One to five stars, taken at once, and a comment for those who have one. Both can be changed. */
export class Rating {
  #stage;
  #stars = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #word = el("p", { class: "word", "aria-hidden": "true" });
  #said = el("p", { class: "said", role: "status" });
  #comment;
  #more;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    const { t } = stage.texts;
    const words = [t("Not helpful"), t("Hardly helpful"), t("In part"), t("Helpful"), t("Very helpful")];
    const stars = words.map((word, index) => this.#star(index + 1, word));
    this.#comment = el("textarea", { id: "comment", rows: 2, maxlength: 2000, placeholder: t("What was good, what was missing?") });
    this.#more = el(
      "div",
      { class: "more", hidden: true },
      el("label", { for: "comment" }, t("Comment (optional)")),
      this.#comment,
      el("button", { type: "button", class: "secondary", onclick: () => this.#send() }, t("Send comment")),
    );
    this.root = el(
      "div",
      { class: "rating" },
      el("fieldset", {}, el("legend", {}, t("Did this help you?")), el("div", { class: "stars" }, ...stars), this.#word),
      this.#more,
      this.#said,
    );
  }

  /** @param {number | null} rating what the server has */
  draw(rating) {
    if (rating && !this.#stars) this.#choose(rating);
  }

  /**
   * @param {number} stars
   * @param {string} word
   */
  #star(stars, word) {
    const chosen = () => {
      this.#choose(stars);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#send(), SETTLE_MILLISECONDS);
    };
    const input = el("input", { type: "radio", name: "stars", value: stars, onchange: chosen, "data-word": word });
    const label = this.#stage.texts.count(stars, "1 star", "{count} stars");
    return el("label", {}, input, icon("star"), el("span", { class: "hidden" }, `${label}: ${word}`));
  }

  /** @param {number} stars */
  #choose(stars) {
    this.#stars = stars;
    this.#more.hidden = false;
    this.#more.scrollIntoView({ block: "nearest" });
    for (const input of this.root.querySelectorAll("input")) {
      const value = Number(input.value);
      input.checked = value === stars;
      input.parentElement?.classList.toggle("full", value <= stars);
      if (input.checked) setText(this.#word, input.dataset.word ?? "");
    }
  }

  async #send() {
    clearTimeout(this.#timer);
    const { chat, texts, tell } = this.#stage;
    const comment = this.#comment.value.trim();
    try {
      await chat.rate({ stars: this.#stars, ...(comment ? { comment } : {}) });
      tell("wenjin-rating", { stars: this.#stars, hasComment: comment !== "" });
      setText(this.#said, comment ? texts.t("Thank you. Your comment has arrived.") : texts.t("Thank you."));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(this.#said, error.message || texts.t("This could not be sent. Please try again."));
    }
  }
}
