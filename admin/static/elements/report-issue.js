import { setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";

/**
 * Draws the files of a signed report, with a word on how it goes; it may be repeated as often as it broke off. With
 * `auto` it begins by itself: the person has just signed.
 */
export class ReportIssue extends HTMLElement {
  /** @param {{t: import("../lib/words.js").Translate, api: import("../lib/report-api.js").ReportApi}} parts */
  start({ t, api }) {
    const form = this.querySelector("form");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#issue(form, t, api);
    });
    if (this.hasAttribute("auto")) form?.requestSubmit();
  }

  async #issue(/** @type {HTMLFormElement} */ form, /** @type {import("../lib/words.js").Translate} */ t, /** @type {import("../lib/report-api.js").ReportApi} */ api) {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    const state = /** @type {HTMLElement} */ (this.querySelector("[role=status]"));
    button.disabled = true;
    this.setAttribute("aria-busy", "true");
    state.classList.remove("is-refused");
    setText(state, t("Number, seal and signatures are set and the files are drawn. This takes a few seconds …"));
    try {
      await api.issue();
      location.replace(`${location.pathname}?done=issued`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      state.classList.add("is-refused");
      setText(state, error.message || t("The server was not reached, or could not finish. Nothing is lost: press the button again."));
      button.disabled = false;
      this.removeAttribute("aria-busy");
    }
  }
}
