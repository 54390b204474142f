/** @import { Locale } from "./lib/wire.js" */
/** @import { EventName } from "./ui/stage.js" */
/** @import { WindowOptions } from "./ui/chat-window.js" */
import { ChatWindow } from "./ui/chat-window.js";
import { adoptSheets } from "./ui/sheet.js";

/** @type {Map<Locale, Record<string, string>>} */
const messagesByLanguage = new Map([["en", {}]]);

/**
 * Read the translations, once for the page.
 *
 * @param {Locale} language
 */
export async function loadTexts(language) {
  if (messagesByLanguage.has(language)) return;
  const response = await fetch(new URL(`messages.${language}.json`, import.meta.url), { credentials: "omit" });
  if (!response.ok) throw new Error(`messages.${language}.json: ${response.status}`);
  messagesByLanguage.set(language, await response.json());
}

/** The element around the chat window: lifecycle and events, nothing else. The launcher registers its tag. */
export class WenjinPanel extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #attached = new AbortController();
  /** @type {ChatWindow | null} */
  #window = null;

  /** @param {Pick<WindowOptions, "server" | "library" | "language" | "isPage">} options */
  configure(options) {
    const paint = adoptSheets(this.#root, this.#attached.signal);
    this.toggleAttribute("page", options.isPage);
    const messages = messagesByLanguage.get(options.language) ?? {};
    this.#window = new ChatWindow({ ...options, messages, paint, tell: (name, detail) => this.#tell(name, detail) });
    this.#root.append(this.#window.root);
  }

  disconnectedCallback() {
    this.#attached.abort();
    this.#window?.stop();
  }

  get isOpen() {
    return this.#window?.isOpen ?? false;
  }

  /** @param {{takesFocus: boolean, question: string}} options */
  open(options) {
    this.#window?.open(options);
  }

  close() {
    this.#window?.close();
  }

  /** @param {{question?: string, fields?: Record<string, string>}} values */
  prefill(values) {
    this.#window?.prefill(values);
  }

  /** @param {string} token */
  async identify(token) {
    await this.#window?.identify(token);
  }

  /**
   * @param {EventName} name
   * @param {object} [detail]
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }
}
