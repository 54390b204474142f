import { make, setText } from "../lib/dom.js";
import { rank } from "../lib/palette.js";

// After this pause in typing the service is asked as well.
const PAUSE_MILLISECONDS = 200;

/**
 * One field for everything: pages, what one is to others, conversations, actions on the open one. Opens with Ctrl+K or
 * Cmd+K on every page.
 *
 * @typedef {import("../lib/palette.js").Command} Command
 */
export class CommandPalette {
  #t;
  #dialog = make("dialog", { className: "palette" });
  #field = make("input", { type: "text", role: "combobox", autocomplete: "off", spellcheck: false, "aria-autocomplete": "list", "aria-expanded": "true", "aria-controls": "palette-list" });
  #list = make("ul", { id: "palette-list", role: "listbox" });
  #none = make("p", { className: "quiet", role: "status" });
  /** @type {(() => Command[])[]} */
  #sources = [];
  /** @type {((text: string, signal: AbortSignal) => Promise<Command[]>)[]} */
  #searches = [];
  /** @type {Command[]} */
  #found = [];
  /** @type {Command[]} */
  #shown = [];
  #chosen = 0;
  #asking = new AbortController();
  /** @type {any} */
  #timer = null;

  /** @param {{t: import("../lib/words.js").Translate}} parts */
  constructor({ t }) {
    this.#t = t;
    this.#field.setAttribute("aria-label", t("Go to a page, open a conversation, do something"));
    this.#field.placeholder = t("Go to a page, open a conversation, do something");
    this.#list.setAttribute("aria-label", t("Commands"));
    this.#dialog.setAttribute("aria-label", t("Commands"));
    this.#dialog.append(this.#field, this.#list, this.#none);
    document.body.append(this.#dialog);
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#press(event));
    this.#dialog.addEventListener("click", (/** @type {MouseEvent} */ event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#asking.abort());
    document.addEventListener("keydown", (event) => this.#openBy(event));
  }

  /** @param {() => Command[]} source returns what can be done now, each time the palette opens; the newest comes first */
  add(source) {
    this.#sources.unshift(source);
  }

  /** @param {(text: string, signal: AbortSignal) => Promise<Command[]>} search finds more by what was typed */
  addSearch(search) {
    this.#searches.push(search);
  }

  open() {
    if (this.#dialog.open || document.querySelector("dialog[open]")) return;
    this.#field.value = "";
    this.#found = [];
    this.#dialog.showModal();
    this.#show();
  }

  #openBy(/** @type {KeyboardEvent} */ event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing || event.code !== "KeyK") return;
    event.preventDefault();
    if (this.#dialog.open) this.#dialog.close();
    else this.open();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#found = [];
    this.#show();
    if (this.#field.value.trim()) this.#timer = setTimeout(() => this.#search(), PAUSE_MILLISECONDS);
  }

  async #search() {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const text = this.#field.value.trim();
    const found = await Promise.all(this.#searches.map((search) => search(text, signal).catch(() => [])));
    if (signal.aborted) return;
    this.#found = found.flat();
    this.#show();
  }

  #show() {
    const commands = [...this.#sources.flatMap((source) => source()), ...this.#found];
    const first = new Map(commands.toReversed().map((command) => [command.id, command]));
    this.#shown = rank(commands.filter((command) => first.get(command.id) === command), this.#field.value);
    this.#chosen = 0;
    this.#list.replaceChildren(...this.#shown.map((command, place) => this.#entry(command, place)));
    setText(this.#none, this.#shown.length === 0 ? this.#t("Nothing fits.") : "");
    this.#mark();
  }

  #entry(/** @type {Command} */ { title, note, keys }, /** @type {number} */ place) {
    const entry = make(
      "li",
      { id: `palette-${place}`, role: "option" },
      make("span", { className: "palette-title" }, title),
      note ? make("span", { className: "palette-note" }, note) : null,
      keys ? make("kbd", {}, keys) : null,
    );
    entry.addEventListener("click", () => this.#run(place));
    entry.addEventListener("pointermove", () => {
      if (this.#chosen === place) return;
      this.#chosen = place;
      this.#mark();
    });
    return entry;
  }

  #press(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing || event.keyCode === 229) return;
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (event.key in steps && this.#shown.length > 0) {
      event.preventDefault();
      this.#chosen = (this.#chosen + steps[event.key] + this.#shown.length) % this.#shown.length;
      this.#mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#run(this.#chosen);
    }
  }

  #mark() {
    [...this.#list.children].forEach((entry, place) => entry.setAttribute("aria-selected", String(place === this.#chosen)));
    const chosen = this.#list.children[this.#chosen];
    this.#field.setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  #run(/** @type {number} */ place) {
    const command = this.#shown[place];
    if (!command) return;
    this.#dialog.close();
    void command.run();
  }
}
