/** @import { Texts } from "../lib/texts.js" */
import { ApiError } from "../lib/api.js";
import { el, icon, setText } from "./dom.js";

/** Shown when not even the library could be read: what happened, and what to do. */
export class ProblemView {
  #texts;
  #title = el("h2", {});
  #text = el("p", {});
  #retry;

  /** @param {{texts: Texts, onRetry: () => void}} options */
  constructor({ texts, onRetry }) {
    this.#texts = texts;
    this.#retry = el("button", { type: "button", class: "primary", onclick: onRetry }, texts.t("Try again"));
    const notice = el("div", { class: "notice", role: "alert" }, icon("alert"), this.#title, this.#text, this.#retry);
    this.root = el("div", { class: "view problem", hidden: true }, el("div", { class: "scroll" }, notice));
  }

  /** @param {ApiError | null} problem */
  draw(problem) {
    this.root.hidden = problem === null;
    if (!problem) return;
    const { t } = this.#texts;
    const isUnknown = problem.status === 404;
    this.#retry.hidden = isUnknown;
    setText(this.#title, isUnknown ? t("This library is not here") : t("The service is out of reach"));
    const text = isUnknown ? t("The address may be misspelt. Your library's website leads to the right one.") : problem.message;
    setText(this.#text, text || t("Please try again in a moment, or call your library."));
  }
}
