import { make, sanitisedNodes } from "../lib/dom.js";

const PAUSE_MILLISECONDS = 600;
const KEY = "wenjin.staff.article.";

/**
 * The form of an article: shows the answer as readers will see it, and keeps what is typed in this browser until it has
 * been saved, so that an ended session or a closed tab loses nothing.
 */
export class ArticleForm extends HTMLElement {
  #form = document.createElement("form");
  /** @type {any} */
  #timer = null;
  #asking = new AbortController();
  #t = (/** @type {string} */ message) => message;

  /** @param {(message: string) => string} t */
  start(t) {
    this.#t = t;
    this.#form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    this.#restore();
    this.#form.addEventListener("input", () => this.#typed());
    // The preview is live: nobody needs to ask for it.
    /** @type {HTMLElement} */ (this.querySelector("[name=preview]")).hidden = true;
    void this.#preview();
  }

  get #key() {
    return KEY + this.dataset.article;
  }

  get #fields() {
    const kept = new FormData(this.#form);
    kept.delete("csrf_token");
    return Object.fromEntries(kept);
  }

  #restore() {
    const kept = read(this.#key);
    // What came back from the server with a reason is newer than what was kept.
    const isSentBack = document.querySelector('[role="alert"], .conflict') !== null;
    if (!kept || isSentBack || JSON.stringify(kept) === JSON.stringify(this.#fields)) return;
    const discard = make("button", { type: "button", className: "button button-small" }, this.#t("Discard it"));
    discard.addEventListener("click", () => {
      localStorage.removeItem(this.#key);
      location.reload();
    });
    for (const [name, value] of Object.entries(kept)) {
      const field = /** @type {any} */ (this.#form.elements.namedItem(name));
      if (field) field.value = value;
    }
    this.prepend(make("p", { className: "notice restored", role: "status" }, this.#t("Your text from before, not yet saved, is back."), discard));
  }

  #typed() {
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#fields));
    } catch {
      // Storage is full or switched off: the form still works, only without a safety net.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), PAUSE_MILLISECONDS);
  }

  async #preview() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const fields = new FormData(this.#form);
    const body = new URLSearchParams({ answer: String(fields.get("answer")) });
    const headers = { "X-CSRF-Token": String(fields.get("csrf_token")), Accept: "text/html" };
    try {
      const response = await fetch("/console/articles/preview", { method: "POST", body, headers, redirect: "error", signal: this.#asking.signal });
      if (response.ok) this.querySelector("[data-preview]")?.replaceChildren(sanitisedNodes(await response.text()));
    } catch {
      // The next key press tries again, and the button works without.
    }
  }
}

/** @param {string} articleId what was kept of it has been saved; `new` for a first text */
export function forget(articleId) {
  try {
    localStorage.removeItem(KEY + articleId);
  } catch {
    // Storage is switched off: nothing was kept.
  }
}

/** @param {string} key */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
