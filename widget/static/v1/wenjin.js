/**
 * The launcher, the one file a library's page names: a button, and everything else on the first click.
 *
 *     <script type="module" src="https://…/widget/v1/wenjin.js" data-library="CODE" data-lang="zh"></script>
 *
 * Registers <wenjin-chat>. Asks the network for nothing and stores nothing before the reader opens it.
 */

const HERE = import.meta.url;
/** Filled in by the service for `wenjin.js?library=CODE`: the button has its colour and side from the first moment. @type {Look} */
const LOOK = {};
/** @typedef {{side?: string, colours?: {accent: string, dark: string} | null}} Look */
/** @type {Record<string, Record<"ask" | "unread" | "failed" | "retry", string>>} */
const TEXTS = {
  en: { ask: "Ask a librarian", unread: "new", failed: "The chat could not be loaded.", retry: "Try again" },
  "zh-TW": { ask: "諮詢館員", unread: "則新訊息", failed: "諮詢視窗未能載入。", retry: "重試" },
  zh: { ask: "咨询馆员", unread: "条新消息", failed: "咨询窗口未能加载。", retry: "重试" },
};

// `!important` inside a shadow root wins over any `!important` of the host page.
const CSS = `
:host { all: initial !important; display: block !important; position: static !important; }
:host([display="page"]) { block-size: 100% !important; }
[hidden] { display: none !important; }
.dock {
  --size: clamp(15px, 1rem, 22px);
  position: fixed; inset: auto; inset-block-end: calc(16px + env(safe-area-inset-bottom));
  inset-inline-end: var(--wenjin-inset, 16px); z-index: 2147483000;
  margin: 0; padding: 0; border: 0; background: none; color: inherit; overflow: visible; inline-size: auto; block-size: auto;
  display: flex; flex-direction: column; align-items: flex-end; gap: 8px;
  font: 500 var(--size)/1.4 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif;
}
.start { inset-inline: var(--wenjin-inset, 16px) auto; align-items: flex-start; }
.page { block-size: 100%; }
button {
  --accent: var(--wenjin-accent, var(--look, #0d5c63)); --on-accent: var(--wenjin-on-accent, #fff);
  display: flex; align-items: center; gap: .5em; min-block-size: 3em; padding: 0 1.15em 0 .95em; margin: 0;
  border: 1px solid transparent; border-radius: 1.5em; background: var(--accent); color: var(--on-accent);
  font: inherit; cursor: pointer; touch-action: manipulation;
  box-shadow: 0 1px 2px rgb(9 30 32 / .2), 0 6px 20px rgb(9 30 32 / .22);
}
button:hover { background: color-mix(in srgb, var(--accent) 88%, #000); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
svg { inline-size: 1.35em; block-size: 1.35em; flex: none; }
.unread {
  min-inline-size: 1.5em; padding: 0 .4em; border-radius: .8em; box-sizing: border-box; text-align: center;
  background: #fff; color: #9b1c22; font-size: .85em; font-weight: 700; line-height: 1.55;
}
.busy svg { animation: breathe 1s ease-in-out infinite alternate; }
.failed {
  max-inline-size: 18em; padding: .6em .9em; border-radius: .6em; background: #fff; color: #8c1d22;
  border: 1px solid #d9a5a7; box-shadow: 0 6px 20px rgb(9 30 32 / .2);
}
@keyframes breathe { to { opacity: .35; } }
@media (prefers-reduced-motion: reduce) { .busy svg { animation: none; } }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) button { --accent: var(--wenjin-accent-dark, var(--look-dark, #7fd0cf)); --on-accent: #06282b; }
}
:host([theme="dark"]) button { --accent: var(--wenjin-accent-dark, var(--look-dark, #7fd0cf)); --on-accent: #06282b; }
@media (forced-colors: active) { button, .failed { border-color: ButtonText; } }
@media print { :host(:not([display="page"])) { display: none !important; } }
`;
const SHAPES = ["M21 11.5a8.5 8.5 0 0 1-12.3 7.6L3 21l1.9-5.7A8.5 8.5 0 1 1 21 11.5Z", "M8.5 11.5h.01M12.5 11.5h.01M16.5 11.5h.01"];

/** @type {CSSStyleSheet | undefined} */
let sheet;

export class WenjinChat extends HTMLElement {
  static observedAttributes = ["lang", "library"];

  #root = this.attachShadow({ mode: "open" });
  #dock = document.createElement("div");
  #button = document.createElement("button");
  #label = document.createElement("span");
  #unread = document.createElement("span");
  #failed = document.createElement("div");
  #attempts = 0;
  /** @type {AbortController | null} */
  #attached = null;
  /** @type {import("./panel.js").WenjinPanel | null} */
  #panel = null;
  /** @type {{question?: string, fields?: Record<string, string>}} */
  #prefilled = {};
  #token = "";
  #chosen = "";

  connectedCallback() {
    this.#attached = new AbortController();
    const { signal } = this.#attached;
    if (!this.#root.hasChildNodes()) this.#build();
    this.#button.addEventListener("click", () => void this.open(), { signal });
    addEventListener("storage", () => this.#showUnread(), { signal });
    this.addEventListener("wenjin-unread", () => this.#showUnread(), { signal });
    this.addEventListener("wenjin-close", () => this.#closed(), { signal });
    this.addEventListener("wenjin-settings", (event) => this.#wear(/** @type {CustomEvent} */ (event).detail), { signal });
    this.addEventListener("wenjin-language", (event) => this.#renew(/** @type {CustomEvent} */ (event).detail.language), { signal });
    this.#wear(LOOK);
    if (!this.#isPage) this.#rise();
    this.#label.textContent = this.#text.ask;
    this.#showUnread();
    if (this.#isPage || this.#wasOpen) void this.open({ takesFocus: false });
    // Later, so that whoever placed the element has had time to listen.
    queueMicrotask(() => this.isConnected && this.#tell("wenjin-ready"));
  }

  disconnectedCallback() {
    this.#attached?.abort();
    this.#discard();
  }

  attributeChangedCallback() {
    if (this.isConnected && this.#attached) this.#renew();
  }

  /** @param {string} [chosen] by the reader, who then stands in the window */
  #renew(chosen) {
    this.#chosen = chosen ?? this.#chosen;
    this.#label.textContent = this.#text.ask;
    const isOpen = this.#panel?.isOpen;
    this.#discard();
    this.#showUnread();
    if (isOpen) void this.open({ takesFocus: Boolean(chosen) });
  }

  /** @returns {string} code of the library */
  get library() {
    return this.getAttribute("library") ?? "";
  }

  /** @returns {"zh" | "zh-TW" | "en"} what the reader chose, else the attribute, else the page's language, else the browser's */
  get language() {
    const tag = this.#chosen || this.#read("localStorage", "language") || this.getAttribute("lang") || document.documentElement.lang || navigator.language;
    if (!/^zh/i.test(tag)) return "en";
    return /tw|hk|mo|hant/i.test(tag) ? "zh-TW" : "zh";
  }

  /** @param {string} language such as zh-CN, zh-TW or en; a conversation goes on */
  setLanguage(language) {
    this.setAttribute("lang", language);
  }

  /**
   * Put into the fields what the page knows already; nothing is sent.
   *
   * @param {{question?: string, fields?: Record<string, string>}} values
   */
  prefill(values) {
    this.#prefilled = values;
    this.#panel?.prefill(values);
  }

  /**
   * Say who the page's signed-in reader is. Looked at when the window is open; `wenjin-identity` or
   * `wenjin-identity-refused` tells what became of it. The librarian is told only what the reader agrees to.
   *
   * @param {string} token signed with the library's secret
   */
  identify(token) {
    this.#token = token;
    void this.#panel?.identify(token);
  }

  /**
   * Open the panel, loading it on the first call.
   *
   * @param {{takesFocus?: boolean, question?: string}} [options] question: text to put into the field
   */
  async open({ takesFocus = true, question = "" } = {}) {
    this.#button.classList.add("busy");
    this.#failed.hidden = true;
    const panel = this.#panel ?? (await this.#load().catch(() => null));
    this.#button.classList.remove("busy");
    if (!panel) return this.#showFailure();
    this.#panel = panel;
    this.#button.hidden = true;
    panel.open({ takesFocus, question });
    this.#tell("wenjin-open");
  }

  /** Close the panel; an unfinished conversation goes on. */
  close() {
    this.#panel?.close();
  }

  get #isPage() {
    return this.getAttribute("display") === "page";
  }

  get #text() {
    return TEXTS[this.language];
  }

  /** Whether the reader turned the page in the middle of a conversation; on a small screen the panel would hide the page. */
  get #wasOpen() {
    return this.#read("sessionStorage", "open") === true && matchMedia("(min-width: 640px)").matches;
  }

  #build() {
    sheet ??= new CSSStyleSheet();
    if (!sheet.cssRules.length) sheet.replaceSync(CSS);
    this.#root.adoptedStyleSheets = [sheet];
    this.#failed.className = "failed";
    this.#failed.setAttribute("role", "alert");
    this.#failed.hidden = true;
    this.#unread.className = "unread";
    this.#button.type = "button";
    this.#button.setAttribute("part", "button");
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.append(this.#icon(), this.#label, this.#unread);
    this.#button.hidden = this.#isPage;
    this.#dock.append(this.#failed, this.#button);
    this.#root.append(this.#dock);
  }

  /** Into the top layer where the browser has one: no stacking order, transform or clipping of the page reaches there. */
  #rise() {
    this.#dock.popover = "manual";
    this.#dock.showPopover?.();
  }

  /** @param {Look} look of the library, as its people set it */
  #wear({ side, colours }) {
    this.#dock.className = this.#isPage ? "page" : `dock ${side ?? ""}`;
    if (!colours) return;
    this.#dock.style.setProperty("--look", colours.accent);
    this.#dock.style.setProperty("--look-dark", colours.dark);
  }

  #icon() {
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const look = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.9" };
    for (const [name, value] of Object.entries(look)) icon.setAttribute(name, value);
    icon.setAttribute("stroke-linecap", "round");
    icon.setAttribute("aria-hidden", "true");
    for (const shape of SHAPES) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", shape);
      icon.append(path);
    }
    return icon;
  }

  async #load() {
    // `current` leads to the newest release, whose files are kept for a year. A new address repeats a failed attempt; after
    // a good one the address stays, or the same modules would be there twice.
    const address = new URL(`current/panel.js${this.#attempts ? `?attempt=${this.#attempts}` : ""}`, HERE);
    this.#attempts += 1;
    const { WenjinPanel, loadTexts } = await import(address.href);
    this.#attempts -= 1;
    await loadTexts(this.language);
    if (!customElements.get("wenjin-panel")) customElements.define("wenjin-panel", WenjinPanel);
    const panel = /** @type {import("./panel.js").WenjinPanel} */ (document.createElement("wenjin-panel"));
    panel.configure({ server: new URL("../../", HERE).href, library: this.library, language: this.language, isPage: this.#isPage });
    panel.setAttribute("theme", this.getAttribute("theme") ?? "");
    this.#dock.prepend(panel);
    panel.prefill(this.#prefilled);
    if (this.#token) void panel.identify(this.#token);
    this.#label.textContent = this.#text.ask;
    return panel;
  }

  #showFailure() {
    this.#button.hidden = false;
    this.#failed.hidden = false;
    this.#failed.textContent = this.#text.failed;
    this.#label.textContent = this.#text.retry;
    this.#button.setAttribute("aria-label", this.#text.retry);
  }

  #discard() {
    this.#panel?.remove();
    this.#panel = null;
    this.#button.hidden = this.#isPage;
  }

  #closed() {
    this.#button.hidden = false;
    // A page that closes the window, perhaps from around a frame, keeps the focus where its reader types.
    if (this.#root.activeElement && document.hasFocus()) this.#button.focus();
  }

  #showUnread() {
    const unread = Number(this.#read("localStorage", "current")?.unread ?? 0) + Number(this.#read("localStorage", "others") ?? 0);
    this.#unread.hidden = unread === 0;
    this.#unread.textContent = String(unread);
    const label = unread ? `${this.#text.ask} (${unread} ${this.#text.unread})` : this.#text.ask;
    this.#button.setAttribute("aria-label", label);
  }

  /**
   * @param {"localStorage" | "sessionStorage"} storage
   * @param {string} key
   * @returns {any} null where nothing is kept or storage is forbidden
   */
  #read(storage, key) {
    try {
      return JSON.parse(window[storage].getItem(`wenjin.v1.${this.library}.${key}`) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} name */
  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

/** `document.currentScript` is null in modules, so the script finds itself by its address. */
function placeForScripts() {
  for (const script of document.querySelectorAll("script[data-library]")) {
    const { src, dataset } = /** @type {HTMLScriptElement} */ (script);
    if (src.split("#")[0] !== HERE.split("#")[0]) continue;
    const chat = document.createElement("wenjin-chat");
    chat.setAttribute("library", dataset.library ?? "");
    if (dataset.lang) chat.setAttribute("lang", dataset.lang);
    if (dataset.theme) chat.setAttribute("theme", dataset.theme);
    document.body.append(chat);
  }
}

if (!customElements.get("wenjin-chat")) {
  customElements.define("wenjin-chat", WenjinChat);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", placeForScripts, { once: true });
  else placeForScripts();
}
