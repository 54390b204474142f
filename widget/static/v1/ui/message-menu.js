/** @import { Stage } from "./stage.js" */
/** @import { Message } from "../lib/wire.js" */
import { Field } from "./composer.js";
import { el, icon, setText } from "./dom.js";

/**
 * What the reader can do with an own message: give it a new text, or take it back. It stays open until the server has
 * agreed; a refusal is told beside the message, and the text is still there.
 */
export class MessageMenu {
  #stage;
  #bubble;
  #seq = 0;
  #body = "";
  #isOnWay = false;
  /** @type {Field | null} */
  #field = null;
  #edit;
  #takeBack;
  #choices;
  #form;
  #hint = el("p", { class: "hint", role: "alert", hidden: true });

  /**
   * @param {Stage} stage
   * @param {HTMLElement} bubble which an editor takes the place of
   */
  constructor(stage, bubble) {
    this.#stage = stage;
    this.#bubble = bubble;
    const { t } = stage.texts;
    const label = t("Change or take back");
    this.toggle = el("button", { type: "button", class: "dots-button", "aria-label": label, onclick: () => this.#turn() }, icon("more"));
    this.#edit = el("button", { type: "button", class: "secondary", onclick: () => this.#startEditing() }, t("Edit"));
    this.#takeBack = el("button", { type: "button", class: "secondary", onclick: () => this.#send(null) }, t("Take back"));
    this.#choices = el("div", { class: "choices", role: "group", "aria-label": label, hidden: true }, this.#edit, this.#takeBack);
    this.#form = el("form", { class: "editor", hidden: true, onsubmit: (event) => this.#submit(event) });
    this.root = el("div", { class: "own" }, this.#form, this.#choices, this.#hint);
    this.#drawToggle();
  }

  get #isOpen() {
    return !this.#choices.hidden || !this.#form.hidden;
  }

  /**
   * @param {Message} message
   * @param {boolean} isChangeable
   */
  draw({ seq, body, is_deleted, details }, isChangeable) {
    const { chat } = this.#stage;
    this.#seq = seq;
    this.#body = body;
    this.#edit.hidden = details?.attachment !== undefined;
    // A question is withdrawn as a whole.
    this.#takeBack.hidden = seq === 1;
    const change = chat.corrections.of(chat.thread?.conversation.id ?? "", seq);
    const wasOnWay = this.#isOnWay;
    this.#isOnWay = change !== null && change.failure === null;
    // Not disabled: the focus would be lost with it.
    for (const button of this.root.querySelectorAll("button")) button.setAttribute("aria-disabled", String(this.#isOnWay));
    this.#tell(this.#isOnWay ? "" : this.#refusal(change));
    if (wasOnWay && !change) this.#done(is_deleted ?? false);
    else if (!isChangeable && !change) this.#close();
    this.toggle.hidden = is_deleted || (!isChangeable && !this.#isOpen);
  }

  /** @returns {boolean} whether it was open; the focus returns to its button */
  dismiss() {
    if (!this.#isOpen) return false;
    this.#close();
    this.toggle.focus();
    return true;
  }

  /** @param {import("../lib/corrections.js").Correction | null} change */
  #refusal(change) {
    return change?.failure ? change.failure.message || this.#stage.texts.t("The service did not take this.") : "";
  }

  /** @param {string} text */
  #tell(text) {
    this.#hint.hidden = text === "";
    setText(this.#hint, text);
  }

  #turn() {
    if (this.dismiss()) return;
    this.#choices.hidden = false;
    this.#drawToggle();
    (this.#edit.hidden ? this.#takeBack : this.#edit).focus();
    this.root.scrollIntoView({ block: "nearest" });
  }

  #startEditing() {
    const { t } = this.#stage.texts;
    const label = t("Your message");
    this.#field ??= new Field({ id: `edit-${this.#seq}`, label, placeholder: label, onEnter: () => this.#save(), onInput: () => {} });
    const cancel = el("button", { type: "button", class: "secondary", onclick: () => this.dismiss() }, t("Cancel"));
    const save = el("button", { type: "submit", class: "primary" }, t("Save"));
    this.#form.replaceChildren(this.#field.root, el("div", {}, cancel, save));
    this.#field.text = this.#body;
    this.#form.hidden = false;
    this.#choices.hidden = true;
    this.#bubble.hidden = true;
    this.#field.focus();
    this.root.scrollIntoView({ block: "nearest" });
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    this.#save();
  }

  #save() {
    const text = this.#field?.text ?? "";
    if (text === this.#body) this.dismiss();
    else if (text) this.#send(text);
  }

  /** @param {string | null} body */
  #send(body) {
    if (!this.#isOnWay) this.#stage.chat.correct(this.#seq, body);
  }

  /** @param {boolean} isDeleted */
  #done(isDeleted) {
    const { announce, texts } = this.#stage;
    const hadFocus = this.root.contains(/** @type {ShadowRoot} */ (this.root.getRootNode()).activeElement);
    announce(isDeleted ? texts.t("This message was taken back.") : texts.t("edited"));
    this.#close();
    if (hadFocus && !isDeleted) this.toggle.focus();
    else if (hadFocus) this.#stage.focus();
  }

  #close() {
    const { chat } = this.#stage;
    chat.corrections.drop(chat.thread?.conversation.id ?? "", this.#seq);
    this.#choices.hidden = true;
    this.#form.hidden = true;
    this.#bubble.hidden = false;
    this.#tell("");
    this.#drawToggle();
  }

  #drawToggle() {
    this.toggle.setAttribute("aria-expanded", String(this.#isOpen));
  }
}
