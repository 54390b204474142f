/** @import { Commission } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";

const STARS = [1, 2, 3, 4, 5];

/** The reader's judgement of what was delivered: one to five, and a word; it may be changed. */
export class RatingPanel {
  root;
  #visit;
  #onChange;
  #inputs;
  #comment;
  #said = el("p", { class: "said", role: "status" });
  #id = "";
  #isKnown = false;

  /** @param {{visit: Visit, onChange: (commission: Commission) => void}} options */
  constructor({ visit, onChange }) {
    this.#visit = visit;
    this.#onChange = onChange;
    const { t, texts } = visit;
    this.#inputs = STARS.map((value) => el("input", { type: "radio", name: "stars", value }));
    const rows = STARS.map((value, place) => el("label", { class: "tick" }, this.#inputs[place], el("span", {}, texts.count(value, "1 star", "{count} stars"))));
    this.#comment = el("textarea", { id: "rating-comment", rows: 2, maxlength: 2000, dir: "auto" });
    this.root = el(
      "section",
      { class: "card rating", hidden: true },
      el(
        "form",
        { onsubmit: (event) => void this.#send(event) },
        el("fieldset", {}, el("legend", {}, el("h2", {}, t("How was it?"))), el("div", { class: "ticks in-line" }, ...rows)),
        el("label", { for: "rating-comment" }, t("Comment (optional)")),
        this.#comment,
        el("p", {}, el("button", { type: "submit", class: "secondary" }, t("Send"))),
        this.#said,
      ),
    );
  }

  /** @param {Commission} commission */
  draw({ id, stars, comment, delivered_at, is_end, state }) {
    this.#id = id;
    this.root.hidden = delivered_at === null && !(is_end && state !== "cancelled");
    if (this.root.hidden || this.#isKnown) return;
    this.#isKnown = true;
    for (const input of this.#inputs) input.checked = Number(input.value) === stars;
    this.#comment.value = comment ?? "";
  }

  /** @param {Event} event */
  async #send(event) {
    event.preventDefault();
    const chosen = this.#inputs.find(({ checked }) => checked);
    const { t } = this.#visit;
    if (!chosen) return setText(this.#said, t("Please choose one to five stars."));
    try {
      this.#onChange(await this.#visit.calls.rate(this.#id, { stars: Number(chosen.value), comment: this.#comment.value.trim() || null }));
      setText(this.#said, t("Thank you. You can change this at any time."));
    } catch (error) {
      setText(this.#said, this.#visit.sentenceOf(error));
    }
  }
}
