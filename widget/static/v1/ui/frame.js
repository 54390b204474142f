/** @import { Texts } from "../lib/texts.js" */
import { el, icon, setText } from "./dom.js";

/**
 * What surrounds the views: heading, buttons, the banner for old data, and the live region.
 *
 * @typedef {{title: string, state: string, isStaffed: boolean | null, hasBack: boolean, hasHistory: boolean}} Heading
 */
export class Frame {
  #back;
  #history;
  #logo = el("img", { class: "logo", alt: "", hidden: true, referrerpolicy: "no-referrer" });
  #title = el("h1", { id: "title" });
  #state = el("p", { class: "state" });
  #banner = el("div", { class: "banner", role: "status" });
  #live = el("div", { class: "hidden", "aria-live": "polite" });
  #views = el("div", { class: "views" });

  /**
   * @param {{texts: Texts, isPage: boolean, onBack: () => void, onHistory: () => void, onClose: () => void}} options
   */
  constructor({ texts, isPage, onBack, onHistory, onClose }) {
    const { t } = texts;
    this.#back = button("back", t("Back"), onBack);
    this.#history = button("history", t("Earlier questions"), onHistory);
    const close = isPage ? null : button("close", t("Close"), onClose);
    const heading = el("div", { class: "heading" }, this.#title, this.#state);
    const header = el("header", {}, this.#back, this.#logo, heading, this.#history, close);
    const role = isPage ? "region" : "dialog";
    this.root = el("section", { class: "panel", lang: texts.tag, dir: texts.direction, role, "aria-labelledby": "title", tabindex: -1 });
    this.root.append(header, this.#banner, this.#views, this.#live);
  }

  /** @param {HTMLElement[]} views to be added */
  hold(...views) {
    this.#views.append(...views);
  }

  /** @param {string | null} address of a picture, which a page's policy may keep out: then there is none */
  showLogo(address) {
    if (!address || this.#logo.src === address) return;
    this.#logo.onload = () => (this.#logo.hidden = false);
    this.#logo.src = address;
  }

  /** @param {Heading} heading */
  draw({ title, state, isStaffed, hasBack, hasHistory }) {
    setText(this.#title, title);
    setText(this.#state, state);
    this.#state.classList.toggle("on", isStaffed === true);
    this.#state.classList.toggle("off", isStaffed === false);
    this.#back.hidden = !hasBack;
    this.#history.hidden = !hasHistory;
  }

  /** @param {string} text "" hides it */
  warn(text) {
    setText(this.#banner, text);
  }

  /** @param {string} text */
  announce(text) {
    if (!text) return;
    // A few lines stay, so that two that come together are both spoken.
    this.#live.append(el("p", {}, text));
    while (this.#live.childElementCount > 5) this.#live.firstElementChild?.remove();
  }
}

/**
 * @param {"back" | "history" | "close"} name
 * @param {string} label
 * @param {() => void} onclick
 */
function button(name, label, onclick) {
  return el("button", { type: "button", class: "tool", "aria-label": label, onclick }, icon(name));
}
