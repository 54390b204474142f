import { beginningOf, CannedReplies, found, put, selectionIn } from "../lib/canned.js";
import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { insertAt } from "../lib/suggestions.js";

// More are found by typing on.
const SHOWN = 50;

/**
 * Canned replies where something is written: typed with `/` or `;` and a few letters, or chosen from a list behind a
 * button. The focus stays in the field; arrows choose, Enter or Tab inserts. A reply that closes opens the closing sheet
 * first; in what only colleagues read there is none of those, and no use is counted.
 */
export class TalkCanned {
  element;
  button;
  #desk;
  #text;
  #known;
  #id = "";
  #isAllowed = false;
  #isForStaff = false;
  #listId = `canned-${Math.random().toString(36).slice(2)}`;
  /** Where the shortcut that is typed begins; null while the list was opened by the button. @type {number | null} */
  #start = null;
  /** The beginning that was left with Escape: it opens nothing until another one is typed. @type {number | null} */
  #left = null;
  /** @type {import("../lib/canned.js").Reply[]} */
  #shown = [];
  #active = 0;
  #search;
  #list;
  #whole = make("p", { className: "canned-whole" });
  #why = make("p", { className: "canned-why" });
  #none = make("p", { className: "quiet" });
  #count = make("p", { className: "visually-hidden", role: "status" });

  /**
   * @param {any} desk
   * @param {HTMLTextAreaElement} text where it is written
   */
  constructor(desk, text) {
    this.#desk = desk;
    this.#text = text;
    const { t, api, model } = desk;
    this.#known = new CannedReplies({ load: (id) => api.replies(id), clock: Date });
    const label = t("Canned replies");
    this.#list = make("ul", { id: this.#listId, className: "canned-list", role: "listbox", "aria-label": label });
    this.#search = make("input", {
      type: "search", className: "canned-search", role: "combobox", autocomplete: "off", placeholder: t("Find a reply"),
      "aria-label": t("Find a reply"), "aria-expanded": "true", "aria-controls": this.#listId, "aria-autocomplete": "list",
    });
    const keys = make("p", { className: "canned-keys" }, t("↑ ↓ choose, Enter inserts, Esc closes"));
    const mine = make("a", { href: "/console/replies", className: "canned-mine" }, t("My replies"));
    this.element = make("div", { className: "canned", hidden: true }, this.#search, this.#none, this.#list, this.#whole, this.#why, make("div", { className: "canned-foot" }, keys, mine), this.#count);
    this.button = make("button", { type: "button", className: "button button-small", title: `${label} (Alt+/)`, "aria-haspopup": "listbox", "aria-expanded": "false" }, t("Replies"));
    this.button.addEventListener("click", () => this.toggle());
    this.#search.addEventListener("input", () => this.#showFound());
    this.#search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.press(event));
    // The field keeps the focus, so that typing goes on.
    this.#list.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault());
    this.element.addEventListener("focusout", (/** @type {FocusEvent} */ event) => this.#focusWent(event));
    text.addEventListener("focusout", (event) => this.#focusWent(event));
    text.setAttribute("aria-autocomplete", "list");
    model.addEventListener("farewell", (/** @type {any} */ event) => this.#forgetDraft(event.detail));
  }

  /**
   * @param {string} id the conversation that is written in
   * @param {boolean} isAllowed whether something is written there
   * @param {{isForStaff?: boolean}} [what] a note or a whisper, which the reader does not get
   */
  show(id, isAllowed, { isForStaff = false } = {}) {
    if (id !== this.#id || !isAllowed || isForStaff !== this.#isForStaff) this.#close();
    this.#id = id;
    this.#isAllowed = isAllowed;
    this.#isForStaff = isForStaff;
    this.button.hidden = !isAllowed;
    // Before the first shortcut is typed, so that nobody waits for it.
    if (isAllowed && this.#known.known(id) === null) this.#known.of(id).catch(() => {});
  }

  /** Look whether a shortcut is being typed. */
  typed() {
    const beginning = this.#isAllowed ? beginningOf(this.#text.value, this.#text.selectionStart) : null;
    if (beginning === null) this.#left = null;
    if (beginning === null || beginning.start === this.#left) return this.#close();
    this.#start = beginning.start;
    this.#search.value = beginning.typed;
    this.#search.hidden = true;
    void this.#open();
  }

  /** Open the list for choosing without a shortcut, or close it. */
  toggle() {
    if (!this.element.hidden) return this.#closeTo(this.#text);
    if (!this.#isAllowed) return;
    this.#start = null;
    this.#search.value = "";
    this.#search.hidden = false;
    void this.#open();
    this.#search.focus();
  }

  /**
   * @param {KeyboardEvent} event a key in the field or in the search
   * @returns {boolean} whether it was for the list
   */
  press(event) {
    if (this.element.hidden || event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return false;
    if (!this.#act(event)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #act(/** @type {KeyboardEvent} */ { key, shiftKey }) {
    if (key === "ArrowDown") this.#choose(this.#active + 1);
    else if (key === "ArrowUp") this.#choose(this.#active - 1);
    else if (key === "Escape") this.#leave();
    // Enter would send the shortcut to the reader where nothing is found: it goes nowhere then.
    else if (key === "Enter" && !shiftKey) this.#take(this.#shown[this.#active]);
    else if (key === "Tab" && !shiftKey && this.#shown.length > 0) this.#take(this.#shown[this.#active]);
    else return false;
    return true;
  }

  async #open() {
    const id = this.#id;
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#text.setAttribute("aria-controls", this.#listId);
    this.#showFound();
    try {
      await this.#known.of(id);
      if (id === this.#id && !this.element.hidden) this.#showFound();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (this.#known.known(id) === null) setText(this.#none, error.message || this.#desk.t("The replies cannot be loaded just now."));
    }
  }

  #showFound() {
    const { t } = this.#desk;
    const replies = this.#known.known(this.#id);
    const usable = this.#isForStaff ? replies?.filter(({ macro }) => !macro) : replies;
    this.#shown = found(usable ?? [], this.#search.value).slice(0, SHOWN);
    this.#list.replaceChildren(...this.#shown.map((reply, place) => this.#option(reply, place)));
    this.#none.hidden = this.#list.hidden = false;
    if (replies === null) setText(this.#none, t("Loading …"));
    else if (replies.length === 0) setText(this.#none, t("There are no canned replies yet."));
    else if (this.#shown.length === 0) setText(this.#none, t("No reply is found by this. Esc closes the list."));
    else this.#none.hidden = true;
    this.#list.hidden = this.#shown.length === 0;
    setText(this.#count, this.#shown.length > 0 ? t("{count} replies found", { count: this.#shown.length }) : (this.#none.textContent ?? ""));
    this.#choose(0);
  }

  #option(/** @type {import("../lib/canned.js").Reply} */ reply, /** @type {number} */ place) {
    const { t, language } = this.#desk;
    const title = language === "zh" ? reply.title_zh || reply.title_en : reply.title_en || reply.title_zh;
    const signs = [
      reply.macro && make("span", { className: "canned-sign is-macro" }, t("closes")),
      reply.language !== this.#desk.model.open?.language && make("span", { className: "canned-sign" }, this.#desk.words.languages[reply.language]),
    ];
    const option = make(
      "li",
      { id: `${this.#listId}-${place}`, role: "option", className: "canned-option", "aria-selected": "false" },
      make("kbd", {}, reply.shortcut),
      make("span", { className: "canned-title" }, title, " ", ...signs),
      make("span", { className: "canned-from" }, this.#from(reply)),
      make("span", { className: "canned-text", lang: reply.language }, reply.text),
    );
    option.addEventListener("mousemove", () => this.#choose(place));
    option.addEventListener("click", () => this.#take(reply));
    return option;
  }

  #from(/** @type {import("../lib/canned.js").Reply} */ reply) {
    const { t, language } = this.#desk;
    if (reply.origin.level === "person") return t("My own");
    return language === "zh" ? reply.origin.name_zh : reply.origin.name_en;
  }

  #choose(/** @type {number} */ place) {
    const options = [...this.#list.children];
    this.#active = options.length === 0 ? 0 : (place + options.length) % options.length;
    for (const [each, option] of options.entries()) option.setAttribute("aria-selected", String(each === this.#active));
    const field = this.#start === null ? this.#search : this.#text;
    const chosen = options[this.#active];
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
    this.#explain(this.#shown[this.#active]);
  }

  /** Show the chosen one as the reader would get it, and what to look at before it is sent. */
  #explain(/** @type {import("../lib/canned.js").Reply | undefined} */ reply) {
    const { t, words } = this.#desk;
    setText(this.#whole, reply?.text ?? "");
    this.#whole.lang = reply?.language ?? "";
    const missing = reply?.missing.map((name) => words.reply_variables[name] ?? name).join(", ");
    const notes = reply
      ? [
          reply.macro && t("Closes: {how}", { how: words.resolutions[reply.macro.resolution] ?? reply.macro.resolution }),
          missing && t("Not known, to be filled in: {what}", { what: missing }),
          !reply.is_of_reader && t("From your own library: it may not hold for this reader."),
          reply.hides > 0 && t("Stands for {count} farther away with the same shortcut.", { count: reply.hides }),
        ]
      : [];
    setText(this.#why, notes.filter(Boolean).join(" "));
    this.#why.hidden = !this.#why.textContent;
    this.#whole.hidden = !reply;
  }

  #take(/** @type {import("../lib/canned.js").Reply | undefined} */ reply) {
    if (!reply) return;
    const cursor = this.#text.selectionStart;
    const place = this.#start === null ? { start: cursor, end: this.#text.selectionEnd } : { start: this.#start, end: cursor };
    if (reply.macro) this.#closeWith(reply, place);
    else {
      this.#insert(reply.text, place);
      if (!this.#isForStaff) void this.#desk.api.noteReplyUse(this.#id, reply.id).catch(() => {});
    }
  }

  #insert(/** @type {string} */ reply, /** @type {{start: number, end: number}} */ place) {
    if (this.#start === null) {
      const inserted = insertAt(this.#text.value, place, reply);
      this.#write(inserted.text, selectionIn(reply, inserted.cursor - reply.length));
    } else {
      const { text, ...selection } = put(this.#text.value, place, reply);
      this.#write(text, selection);
    }
  }

  #closeWith(/** @type {import("../lib/canned.js").Reply} */ reply, /** @type {{start: number, end: number}} */ place) {
    const rest = this.#start === null ? this.#text.value : put(this.#text.value, place, "").text;
    if (this.#start !== null) this.#write(rest, { start: place.start, end: place.start });
    else this.#closeTo(this.#text);
    const words = [rest.trim(), reply.text].filter(Boolean).join("\n\n");
    this.#desk.model.dispatchEvent(new CustomEvent("closing", { detail: { macro: reply, words } }));
  }

  #write(/** @type {string} */ text, /** @type {{start: number, end: number}} */ { start, end }) {
    this.#text.value = text;
    this.#text.focus();
    this.#text.setSelectionRange(start, end);
    // The composer keeps the draft, counts, and tells that somebody types.
    this.#text.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.#close();
  }

  #forgetDraft(/** @type {string} */ id) {
    this.#desk.shelf.remove(`draft.${id}`);
    if (id === this.#id && this.#isAllowed && !this.#isForStaff) this.#text.value = "";
  }

  #leave() {
    this.#left = this.#start;
    this.#closeTo(this.#text);
  }

  #closeTo(/** @type {HTMLElement} */ field) {
    this.#close();
    field.focus();
  }

  #close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    for (const name of ["aria-activedescendant", "aria-controls"]) this.#text.removeAttribute(name);
    this.#list.replaceChildren();
    this.#shown = [];
    this.#start = null;
  }

  #focusWent(/** @type {FocusEvent} */ { relatedTarget }) {
    const target = /** @type {Node | null} */ (relatedTarget);
    if (!target || target === this.#text || target === this.button || this.element.contains(target)) return;
    this.#close();
  }
}
