import { make, setText } from "../lib/dom.js";

/** The line that says that the open conversation is practice and nobody's question, and ends it. */
export class TalkPractice {
  element;
  #desk;
  #text = make("p", { role: "status" });
  #end;
  #result;
  #id = "";

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    const { t } = desk;
    this.#end = make("button", { type: "button", className: "button button-small" }, t("End the practice"));
    this.#end.addEventListener("click", () => this.#finish());
    this.#result = make("a", { className: "button button-small button-primary" }, t("Model answer and feedback"));
    this.element = make("section", { className: "practice-line", "aria-label": t("Practice"), hidden: true }, this.#text, make("div", { className: "passing-steps" }, this.#end, this.#result));
  }

  /** @param {any} open the conversation that is open */
  show(open) {
    const { t, model } = this.#desk;
    const { practice } = open;
    this.element.hidden = !practice;
    if (!practice) return;
    this.#id = open.id;
    const isOver = open.ended_at !== null;
    const isPlayer = practice.player_id === model.me.id;
    const what = isPlayer ? t("Practice: you play the reader.") : t("Practice: no reader is there, nothing is counted.");
    setText(this.#text, practice.case_title ? `${what} ${practice.case_title}` : what);
    this.#end.hidden = isOver || (practice.librarian_id !== model.me.id && !isPlayer);
    this.#result.hidden = !isOver;
    this.#result.href = `/console/practice/${open.id}`;
  }

  async #finish() {
    this.#end.disabled = true;
    try {
      await this.#desk.colleagues.endPractice(this.#id);
      location.assign(`/console/practice/${this.#id}`);
    } finally {
      this.#end.disabled = false;
    }
  }
}
