import { make, sanitisedNodes, setText } from "../lib/dom.js";

const PAUSE_MILLISECONDS = 600;
const KEY = "wenjin.staff.article.";
// The server takes a form for closed after 70 seconds of silence.
const HERE_MILLISECONDS = 20_000;

/**
 * The form of an article: shows the answer as readers will see it, and keeps what is typed in this browser until it has
 * been saved, so that an ended session or a closed tab loses nothing.
 */
export class ArticleForm extends HTMLElement {
  #form = document.createElement("form");
  /** @type {any} */
  #timer = null;
  #asking = new AbortController();
  #gone = new AbortController();
  /** @type {any} */
  #hereTimer = null;
  #t = (/** @type {string} */ message) => message;

  /** @param {(message: string) => string} t */
  start(t) {
    this.#t = t;
    this.#form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    this.#restore();
    this.#form.addEventListener("input", () => this.#typed());
    this.#form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      // The button of the form's end: the first one would ask for a preview.
      this.#form.requestSubmit(/** @type {HTMLElement | null} */ (this.#form.querySelector(".form-end [type=submit]")));
    });
    // The preview is live: nobody needs to ask for it.
    /** @type {HTMLElement} */ (this.querySelector("[name=preview]")).hidden = true;
    void this.#preview();
    this.#tellThatItIsOpen();
    this.#offerImages();
  }

  disconnectedCallback() {
    clearInterval(this.#hereTimer);
    this.#gone.abort();
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

  /** Tell now and then that the form is open, and show who else has it open. */
  #tellThatItIsOpen() {
    const address = this.dataset.editor;
    if (!address) return;
    const token = () => String(new FormData(this.#form).get("csrf_token"));
    const tell = async () => {
      try {
        const response = await fetch(address, { method: "POST", body: new URLSearchParams({ csrf_token: token() }), redirect: "error" });
        if (response.ok) this.#showEditors((await response.json()).names);
      } catch {
        // The next turn tries again; the hint is only a hint.
      }
    };
    void tell();
    this.#hereTimer = setInterval(tell, HERE_MILLISECONDS);
    const leave = () => navigator.sendBeacon(address, new URLSearchParams({ csrf_token: token(), closed: "1" }));
    window.addEventListener("pagehide", leave, { signal: this.#gone.signal });
  }

  #showEditors(/** @type {string[]} */ names) {
    const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-editing]"));
    if (!place) return;
    place.hidden = names.length === 0;
    setText(place, names.map((name) => this.#t("{name} is editing this now.").replace("{name}", name)).join(" "));
  }

  /** A button that puts a picture into the answer where the cursor stands. */
  #offerImages() {
    const address = this.dataset.images;
    const answer = /** @type {HTMLTextAreaElement | null} */ (this.#form.elements.namedItem("answer"));
    if (!address || !answer) return;
    const said = make("span", { className: "quiet", role: "status" });
    const chosen = make("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", hidden: true });
    const button = make("button", { type: "button", className: "button button-small image-button" }, this.#t("Insert a picture"));
    button.addEventListener("click", () => chosen.click());
    chosen.addEventListener("change", async () => {
      const [file] = chosen.files;
      chosen.value = "";
      if (!file) return;
      setText(said, this.#t("The picture is being sent."));
      setText(said, await this.#send(address, file, answer));
    });
    answer.closest("label")?.after(make("div", { className: "steps" }, button, chosen, said));
  }

  /** @returns {Promise<string>} what to say of it */
  async #send(/** @type {string} */ address, /** @type {File} */ file, /** @type {HTMLTextAreaElement} */ answer) {
    const headers = { "X-CSRF-Token": String(new FormData(this.#form).get("csrf_token")), "X-File-Name": encodeURIComponent(file.name), "Accept-Language": document.documentElement.lang };
    try {
      const response = await fetch(address, { method: "POST", body: file, headers, redirect: "error" });
      const told = await response.json();
      if (!response.ok) return told.error.message;
      answer.setRangeText(told.markdown.replace("![]", `![${file.name.replace(/\.[^.]*$/, "").replace(/[[\]]/g, "")}]`), answer.selectionStart, answer.selectionEnd, "end");
      this.#typed();
      answer.focus();
      return this.#t("The picture stands in the answer. Write between the brackets what it shows.");
    } catch {
      return this.#t("The picture could not be sent. Try again.");
    }
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
