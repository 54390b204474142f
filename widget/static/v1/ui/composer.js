/** @import { Stage } from "./stage.js" */
import { el, icon } from "./dom.js";
import { filesOf } from "./drop-zone.js";

// Offered by the file dialogue; the service looks at the content. With HEIC left out, phones hand over JPEG.
const OFFERED = "image/jpeg,image/png,image/gif,image/webp,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.csv,.tsv,.txt,.md,.bib,.ris,.enw,.nbib";

/**
 * A text field that grows with its text; Enter sends, Shift+Enter starts a line, and an input method's own Enter does
 * neither. Used for the question and for the messages.
 */
export class Field {
  #onEnter;
  #onInput;
  #mirror;

  /**
   * @param {{id: string, label: string, placeholder: string, onEnter: () => void, onInput: () => void}} options
   */
  constructor({ id, label, placeholder, onEnter, onInput }) {
    this.#onEnter = onEnter;
    this.#onInput = onInput;
    this.input = el("textarea", {
      id, placeholder, rows: 1, dir: "auto", autocomplete: "off",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#keyDown(event),
    });
    this.#mirror = el("div", { class: "grow" }, this.input);
    this.root = el("div", { class: "field" }, el("label", { for: id, class: "hidden" }, label), this.#mirror);
  }

  get text() {
    return this.input.value.trim();
  }

  /** @param {string} text */
  set text(text) {
    this.input.value = text;
    this.#changed();
  }

  focus() {
    this.input.focus();
  }

  #changed() {
    // The text behind the field, drawn by the style sheet, gives the field its height.
    this.#mirror.dataset.text = this.input.value;
    this.#onInput();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    // 229: Safari ends a composition before it reports the Enter that ended it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#onEnter();
  }
}

/** Where the reader writes during a conversation. */
export class Composer {
  #stage;
  #draftKey = "";
  #chooser;

  /** @param {Stage} stage */
  constructor(stage) {
    const { t } = stage.texts;
    this.#stage = stage;
    this.field = new Field({
      id: "message",
      label: t("Your message"),
      placeholder: t("Write a message"),
      onEnter: () => this.#send(),
      onInput: () => this.#typed(),
    });
    this.field.input.setAttribute("enterkeyhint", "send");
    const send = el("button", { type: "submit", class: "send", "aria-label": t("Send") }, icon("send"));
    this.#chooser = el("input", { type: "file", multiple: true, hidden: true, accept: OFFERED, onchange: () => this.#chosen() });
    const clip = el("button", { type: "button", class: "clip", "aria-label": t("Send a file"), onclick: () => this.#chooser.click() }, icon("clip"));
    this.root = el("form", { class: "composer", onsubmit: (event) => this.#submit(event) }, clip, this.#chooser, this.field.root, send);
    this.field.input.addEventListener("paste", (event) => this.#pasted(event));
  }

  /** @param {string} conversationId whose draft is shown */
  attach(conversationId) {
    const key = `draft.${conversationId}`;
    if (key === this.#draftKey) return;
    this.#draftKey = key;
    this.field.text = this.#stage.drafts.get(key) ?? "";
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    this.#send();
    this.field.focus();
  }

  #chosen() {
    this.#stage.chat.attach([...(this.#chooser.files ?? [])]);
    this.#chooser.value = "";
    this.field.focus();
  }

  /** @param {ClipboardEvent} event a table or a text often brings a picture of itself along: the text is meant then */
  #pasted(event) {
    const files = filesOf(event.clipboardData);
    if (!files.length || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    this.#stage.chat.attach(files);
  }

  #send() {
    const { text } = this.field;
    if (!text) return;
    this.field.text = "";
    this.#stage.chat.say(text);
  }

  #typed() {
    const { text } = this.field;
    if (text) {
      this.#stage.drafts.set(this.#draftKey, this.field.input.value);
      this.#stage.chat.typing();
    } else this.#stage.drafts.remove(this.#draftKey);
  }
}
