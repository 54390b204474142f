import { make } from "../lib/dom.js";

const PAUSE_MILLISECONDS = 800;
const LEAST_CHARACTERS = 4;

/**
 * Names the articles nearest to the one that is being written, beside its form, so that nobody writes what is there.
 * Says why each is there; links open beside the form, so that nothing typed is lost.
 */
export class NearArticles extends HTMLElement {
  /** @type {HTMLFormElement | null} */
  #form = null;
  /** @type {any} */
  #timer = null;
  #asking = new AbortController();
  #leaving = new AbortController();
  #asked = "";
  #t = (/** @type {string} */ message, /** @type {Record<string, any>} */ _values = {}) => message;

  /**
   * @param {(message: string, values?: Record<string, any>) => string} t
   * @param {HTMLFormElement} form
   */
  start(t, form) {
    this.#t = t;
    this.#form = form;
    form.addEventListener("input", (event) => this.#typed(event), { signal: this.#leaving.signal });
    void this.#look();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#asking.abort();
    clearTimeout(this.#timer);
  }

  /** @param {Event} event */
  #typed(event) {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    if (!["question", "alternates", "language"].includes(name)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), PAUSE_MILLISECONDS);
  }

  get #text() {
    const fields = new FormData(/** @type {HTMLFormElement} */ (this.#form));
    const alternates = String(fields.get("alternates") ?? "").split("\n");
    return {
      question: String(fields.get("question") ?? "").trim().slice(0, 2000),
      alternates: alternates.map((line) => line.trim().slice(0, 2000)).filter(Boolean).slice(0, 20),
      language: this.dataset.language ?? String(fields.get("language") ?? "zh"),
      besides: this.dataset.article ?? null,
    };
  }

  async #look() {
    const text = this.#text;
    const body = JSON.stringify(text);
    if (body === this.#asked) return;
    this.#asked = body;
    this.#asking.abort();
    this.#asking = new AbortController();
    if (text.question.length < LEAST_CHARACTERS) return this.#show([]);
    const token = String(new FormData(/** @type {HTMLFormElement} */ (this.#form)).get("csrf_token"));
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
    try {
      const response = await fetch("/api/v1/staff/articles/near", { method: "POST", body, headers, signal: this.#asking.signal });
      if (response.ok) this.#show((await response.json()).items);
    } catch {
      // The next pause in typing tries again.
      this.#asked = "";
    }
  }

  /** @param {any[]} items */
  #show(items) {
    this.hidden = items.length === 0;
    const close = items.filter((item) => item.is_close).length;
    const head = close ? this.#t("Perhaps this is there already") : this.#t("Nearest articles");
    const list = make("ul", {}, ...items.map((item) => this.#item(item)));
    this.replaceChildren(make("h2", { className: "small-head", role: "status" }, head), list);
  }

  /** @param {any} item */
  #item(item) {
    const isChinese = document.documentElement.dataset.language === "zh";
    const why = [item.is_same ? this.#t("the same words") : this.#t("words in common: {share} %", { share: Math.round(item.text_closeness * 100) })];
    if (item.meaning_closeness !== null) why.push(this.#t("nearness of meaning {meaning}", { meaning: item.meaning_closeness.toFixed(2) }));
    const owner = isChinese ? item.library.name_zh : item.library.name_en;
    const link = make("a", { href: `/console/articles/${item.id}`, target: "_blank", rel: "noopener", lang: item.language }, item.question);
    const line = [owner, ...why].join(" · ");
    const besides = this.dataset.article;
    const compare = besides && make("a", { href: `/console/articles/duplicates/${besides}/${item.id}`, target: "_blank", rel: "noopener" }, this.#t("Compare"));
    return make("li", {}, link, make("span", { className: "row-sub" }, line, compare ? " · " : null, compare || null));
  }
}
