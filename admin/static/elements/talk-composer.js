import { make, setText } from "../lib/dom.js";
import { isSendKey } from "../lib/shortcuts.js";
import { insertAt } from "../lib/suggestions.js";
import { mentioned } from "../lib/mentions.js";
import { MentionList } from "./mention-list.js";
import { TalkCanned } from "./talk-canned.js";

// The count is shown when this many characters or fewer are left.
const COUNT_FROM = 500;

/**
 * Where answers and internal notes are written. What is begun of either is kept for each conversation until it has been
 * sent. Somebody who does not hold the question may only write notes.
 */
export class TalkComposer {
  element;
  /** Whether what is written now is a note. */
  isNote = false;
  #text;
  #note = make("span", { role: "status" });
  #keys = make("span", { className: "keys" });
  #switch;
  #send;
  #canned;
  #mentions;
  /** Who may read the conversation, and of which one that is. @type {{id: string, people: any[]}} */
  #readers = { id: "", people: [] };
  #desk;
  #id = "";
  #mayAnswer = false;

  /**
   * @param {any} desk
   * @param {Element} chooseFile the button for files
   */
  constructor(desk, chooseFile) {
    this.#desk = desk;
    const { t } = desk;
    this.#text = make("textarea", { rows: 3 });
    this.#send = make("button", { type: "submit", className: "button button-primary" }, t("Send"));
    this.#switch = make("button", { type: "button", className: "button button-small with-lock", "aria-pressed": "false", title: `${t("Write a note for colleagues")} (Alt+N)` }, t("Note"));
    this.#switch.addEventListener("click", () => this.toggleNote());
    this.#canned = new TalkCanned(desk, this.#text);
    this.#mentions = new MentionList(this.#text, { people: () => this.#readers.people, language: desk.language, label: t("Colleagues") });
    const tools = make("div", { className: "composer-tools" }, this.#canned.button, this.#switch, chooseFile);
    this.element = make("form", { className: "composer" }, this.#canned.element, this.#mentions.element, this.#text, this.#send, make("div", { className: "composer-note" }, tools, this.#keys, this.#note));
    this.element.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event));
    this.#text.addEventListener("input", () => this.#typed());
    this.#text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (this.#canned.press(event) || this.#mentions.press(event)) return;
      if (isSendKey(event)) this.#submit(event);
    });
    this.#showKind();
  }

  /**
   * @param {string} id the conversation that is written in
   * @param {boolean} mayAnswer
   */
  show(id, mayAnswer) {
    const hasChanged = id !== this.#id || mayAnswer !== this.#mayAnswer;
    this.#mayAnswer = mayAnswer;
    if (hasChanged) this.#begin(id, id === this.#id && this.isNote);
    this.element.hidden = !mayAnswer && !this.isNote;
    this.#switch.hidden = Boolean(this.#desk.model.open?.practice);
  }

  /** Open the list of canned replies, or close it. */
  toggleReplies() {
    this.#canned.toggle();
  }

  /** Go to the answer. */
  focusAnswer() {
    if (!this.#mayAnswer) return;
    if (this.isNote) this.#begin(this.#id, false);
    this.#text.focus();
  }

  /** Write a note instead of an answer, or an answer again. */
  toggleNote() {
    this.#begin(this.#id, !this.isNote);
    this.element.hidden = !this.#mayAnswer && !this.isNote;
    if (!this.element.hidden) this.#text.focus();
  }

  /** @param {string} text goes into the answer, at the cursor */
  insertAnswer(text) {
    if (this.isNote) this.#begin(this.#id, false);
    this.#insert(text);
  }

  /** @param {string} text goes into the note */
  insertNote(text) {
    if (!this.isNote) this.toggleNote();
    this.#insert(text);
  }

  get #key() {
    return `${this.isNote ? "note" : "draft"}.${this.#id}`;
  }

  #begin(/** @type {string} */ id, /** @type {boolean} */ isNote) {
    this.#id = id;
    this.isNote = isNote;
    this.#text.value = this.#desk.shelf.get(this.#key) ?? "";
    this.#showKind();
    this.#count();
    this.#canned.show(id, isNote || this.#mayAnswer, { isForStaff: isNote });
    this.#mentions.close();
    if (isNote && this.#readers.id !== id) void this.#findReaders(id);
    // A file would go to the reader: where a note is written, none can be chosen.
    this.#desk.model.changed();
  }

  /** Without the names a note can be written all the same. */
  async #findReaders(/** @type {string} */ id) {
    try {
      this.#readers = { id, people: await this.#desk.colleagues.readersOf(id) };
      // A name may have been begun meanwhile.
      if (this.isNote && this.#id === id && document.activeElement === this.#text) this.#mentions.typed();
    } catch {
      this.#readers = { id: "", people: [] };
    }
  }

  #showKind() {
    const { t } = this.#desk;
    const label = this.isNote ? t("Note for colleagues; the reader does not see it. @ names somebody") : t("Your answer");
    this.#text.placeholder = label;
    this.#text.setAttribute("aria-label", label);
    this.element.classList.toggle("is-note", this.isNote);
    this.#switch.setAttribute("aria-pressed", String(this.isNote));
    setText(this.#send, this.isNote ? t("Keep the note") : t("Send"));
    setText(this.#keys, this.isNote ? t("Staff only") : t("Enter sends, Shift+Enter starts a new line"));
  }

  #insert(/** @type {string} */ text) {
    const cursor = { start: this.#text.selectionStart, end: this.#text.selectionEnd };
    const inserted = insertAt(this.#text.value, cursor, text);
    this.#text.value = inserted.text;
    this.#text.setSelectionRange(inserted.cursor, inserted.cursor);
    this.#text.focus();
    this.#keep();
  }

  #typed() {
    this.#keep();
    this.#canned.typed();
    if (this.isNote) this.#mentions.typed();
    // A note is no sign for the reader.
    if (!this.isNote && this.#text.value.trim()) this.#desk.model.typed(this.#id);
  }

  #keep() {
    const { shelf } = this.#desk;
    if (this.#text.value) shelf.set(this.#key, this.#text.value);
    else shelf.remove(this.#key);
    this.#count();
  }

  #submit(/** @type {Event} */ event) {
    event.preventDefault();
    const body = this.#text.value.trim();
    if (!body || this.#left < 0) return;
    // From here the outbox keeps the text until the server has acknowledged it.
    const { model, sentArticles } = this.#desk;
    if (this.isNote) {
      model.outgoing.note(this.#id, body, this.#readers.id === this.#id ? mentioned(body, this.#readers.people) : []);
    } else {
      model.outgoing.say(this.#id, body);
      sentArticles.send(this.#id, body);
    }
    this.#text.value = "";
    this.#keep();
    this.#text.focus();
  }

  get #left() {
    return this.#desk.limit - [...this.#text.value.trim()].length;
  }

  #count() {
    const left = this.#left;
    this.#send.disabled = left < 0;
    this.#note.classList.toggle("is-over", left < 0);
    setText(this.#note, left <= COUNT_FROM ? this.#desk.t("{count} characters left", { count: left }) : "");
  }
}
