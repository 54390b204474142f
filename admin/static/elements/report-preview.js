import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";

const KEPT_MS = 60_000;

/**
 * The report as it will be printed, beside the editor, and its drafts as files. Attributes: `address` of the page,
 * `data-...` the words. Its frame may run nothing and reach nothing.
 */
export class ReportPreview extends HTMLElement {
  #section = "";

  /** @param {{t: import("../lib/words.js").Translate, api: import("../lib/report-api.js").ReportApi}} parts */
  start({ t, api }) {
    const toggle = /** @type {HTMLButtonElement | null} */ (this.querySelector(".preview-toggle"));
    toggle?.addEventListener("click", () => this.#toggle(toggle, t));
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll("a[data-format]"))) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.#download(link, t, api);
      });
    }
    document.addEventListener("report-saved", () => this.#refresh());
    document.addEventListener("report-section", (event) => (this.#section = /** @type {CustomEvent} */ (event).detail));
  }

  #toggle(/** @type {HTMLButtonElement} */ toggle, /** @type {import("../lib/words.js").Translate} */ t) {
    const isOpen = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(isOpen));
    setText(toggle, isOpen ? t("Close the preview") : t("Preview"));
    document.querySelector(".commission-columns")?.classList.toggle("has-preview", isOpen);
    const place = this.querySelector(".preview-place");
    if (!isOpen) return place?.replaceChildren();
    const frame = make("iframe", { title: t("Preview of the report"), sandbox: "", src: this.#address() });
    place?.replaceChildren(frame);
  }

  #refresh() {
    const frame = this.querySelector("iframe");
    // A frame with another address keeps nothing of the one before; the section is where one writes.
    if (frame) frame.replaceWith(make("iframe", { title: frame.title, sandbox: "", src: this.#address() }));
  }

  #address() {
    return `${this.getAttribute("address")}.html?at=${Date.now()}${this.#section ? `#${this.#section}` : ""}`;
  }

  async #download(/** @type {HTMLAnchorElement} */ link, /** @type {import("../lib/words.js").Translate} */ t, /** @type {import("../lib/report-api.js").ReportApi} */ api) {
    const state = /** @type {HTMLElement} */ (this.querySelector(".preview-state"));
    setText(state, t("The file is being drawn …"));
    try {
      const format = link.dataset.format === "pdf" ? "pdf" : "docx";
      const address = URL.createObjectURL(await api.drawn(format));
      make("a", { href: address, download: `${link.dataset.name}.${format}` }).click();
      // Once the browser has surely taken it over.
      setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
      setText(state, "");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setText(state, error.message || t("The server cannot be reached. Please try again."));
    }
  }
}
