import { mayChange } from "../lib/changes.js";
import { make, setText } from "../lib/dom.js";
import { isSendKey } from "../lib/shortcuts.js";
import { nameIn } from "../lib/words.js";
import { hasEnded } from "/widget/v1/lib/wire.js";
import { fileButton } from "./talk-file.js";

/** One text of a conversation: a message, an internal note, or either of them under way; and what can be done with it. */
export class TalkSaid {
  element;
  #desk;
  #name = make("b");
  #kind = make("span", { className: "said-kind with-lock" });
  #time = make("time");
  #state = make("span", { className: "said-state" });
  #body;
  #file = make("div", { className: "said-file", hidden: true });
  #actions = make("div", { className: "said-actions", hidden: true });
  #refusal = make("div", { className: "said-refusal", role: "alert", hidden: true });
  #refused = "";
  /** @type {any} */
  #editor = null;
  /** @type {any} */
  #entry = null;
  /** @type {any} */
  #conversation = null;

  /**
   * @param {any} desk
   * @param {any} conversation
   */
  constructor(desk, conversation) {
    this.#desk = desk;
    const head = make("p", { className: "said-head" }, this.#name, this.#kind, this.#time, this.#state);
    this.#body = make("p", { className: "said-body", lang: conversation.language });
    this.element = make("div", { className: "said" }, head, this.#body, this.#file, this.#actions, this.#refusal);
    this.#fillActions();
  }

  /**
   * @param {any} entry
   * @param {any} conversation
   */
  show(entry, conversation) {
    this.#entry = entry;
    this.#conversation = conversation;
    this.#showClass();
    setText(this.#name, this.#whose());
    setText(this.#kind, entry.kind === "note" ? this.#kindOfNote() : "");
    if (entry.created_at && !this.#isUnderWay) this.#showTime();
    setText(this.#state, this.#stateText());
    this.#showBody();
    this.#showFile();
    this.#actions.hidden = this.#editor !== null || this.#change?.failure === null || !this.#mayChange();
    this.#showRefusal();
  }

  get #isUnderWay() {
    return this.#entry.seq === undefined && this.#entry.id === undefined;
  }

  get #author() {
    return this.#entry.author ?? "librarian";
  }

  get #change() {
    return this.#entry.seq === undefined ? null : this.#desk.model.changes.of(this.#conversation.id, this.#entry.seq);
  }

  get #attachment() {
    return this.#entry.is_deleted ? null : (this.#entry.details?.attachment ?? null);
  }

  #kindOfNote() {
    const { t } = this.#desk;
    return this.#entry.is_whisper ? t("Whisper of a supervisor") : t("Staff only");
  }

  #mayChange() {
    const { model, editMinutes } = this.#desk;
    const about = { conversation: this.#conversation, hasEnded: hasEnded(this.#conversation), names: model.me.names, minutes: editMinutes, now: Date.now() };
    return mayChange(this.#entry, about);
  }

  #showClass() {
    const { kind, failure } = this.#entry;
    const side = kind === "note" ? "note" : this.#author;
    const classes = ["said", `said-${side}`, this.#isUnderWay && "is-pending", failure && "is-refused"];
    this.element.className = classes.filter(Boolean).join(" ");
  }

  #showTime() {
    const { clockTime, fullTime } = this.#desk;
    setText(this.#time, clockTime(this.#entry.created_at));
    this.#time.title = fullTime(this.#entry.created_at);
  }

  #showBody() {
    const { t } = this.#desk;
    const { body, is_deleted, edited_at } = this.#entry;
    setText(this.#body, is_deleted ? t("This message was taken back.") : body);
    this.#body.classList.toggle("quiet", Boolean(is_deleted));
    this.#body.classList.toggle("is-edited", Boolean(edited_at) && !is_deleted);
    this.#body.dataset.edited = t("(changed)");
    this.#body.hidden = this.#editor !== null || this.#attachment !== null;
  }

  #showFile() {
    const attachment = this.#attachment;
    this.#file.hidden = attachment === null;
    if (attachment && !this.#file.firstElementChild) this.#file.append(fileButton(attachment, this.#conversation.id, this.#desk));
  }

  #whose() {
    const { t, model, language } = this.#desk;
    if (this.#isUnderWay) return model.me.name;
    return nameIn(this.#entry, "", language) ?? (this.#author === "reader" ? t("Reader") : t("Librarian"));
  }

  #stateText() {
    const { t, model } = this.#desk;
    const { failure, is_deleted, kind, seq } = this.#entry;
    if (this.#author !== "librarian" || is_deleted) return "";
    if (failure) return t("Not sent");
    const change = this.#change;
    if (this.#isUnderWay || (change && !change.failure)) return model.connectionState === "live" ? t("Sending") : t("Waits for the connection");
    if (kind === "note") return "";
    return this.#conversation.reader_seen_seq >= seq ? `✓✓ ${t("Read")}` : `✓ ${t("Sent")}`;
  }

  #fillActions() {
    const { t, model } = this.#desk;
    const edit = action(t("Edit"), () => this.#edit(this.#entry.body));
    const takeBack = action(t("Take back"), () => model.changes.takeBack(this.#conversation.id, this.#entry.seq));
    edit.classList.add("only-text");
    this.#actions.append(edit, takeBack);
  }

  #edit(/** @type {string} */ text) {
    const { t, model, limit } = this.#desk;
    const field = make("textarea", { value: text, rows: 2, "aria-label": t("Edit the message"), lang: this.#conversation.language });
    const save = make("button", { type: "submit", className: "button button-small button-primary" }, t("Save"));
    const form = make("form", { className: "said-editor" }, field, make("div", {}, save, action(t("Cancel"), () => this.#closeEditor())));
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const body = field.value.trim();
      if (!body || [...body].length > limit) return field.setAttribute("aria-invalid", "true");
      if (body !== this.#entry.body) model.changes.edit(this.#conversation.id, this.#entry.seq, body);
      this.#closeEditor();
    };
    form.addEventListener("submit", submit);
    field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (isSendKey(event)) submit(event);
      else if (event.key === "Escape") this.#closeEditor();
    });
    this.#editor = form;
    this.#body.after(form);
    this.show(this.#entry, this.#conversation);
    field.focus();
  }

  #closeEditor() {
    this.#editor?.remove();
    this.#editor = null;
    this.show(this.#entry, this.#conversation);
  }

  #showRefusal() {
    const change = this.#change;
    const { failure, client_id } = this.#entry;
    const key = failure ? client_id : change?.failure ? change.client_id : "";
    if (key === this.#refused) return;
    this.#refused = key;
    this.#refusal.hidden = key === "";
    this.#refusal.replaceChildren(...(failure ? this.#refusedMessage() : change?.failure ? this.#refusedChange(change) : []));
  }

  #refusedMessage() {
    const { t, model } = this.#desk;
    const { failure, client_id, kind, body } = this.#entry;
    const discard = action(t("Take back into the text field"), () => {
      model.outgoing.discard(client_id);
      model.dispatchEvent(new CustomEvent(kind === "note" ? "insert-note" : "insert", { detail: body }));
    });
    return [failure.message, action(t("Send again"), () => model.outgoing.retry(client_id)), discard];
  }

  #refusedChange(/** @type {any} */ change) {
    const { t, model } = this.#desk;
    const dismiss = action(t("Leave it as it is"), () => model.changes.dismiss(change.client_id));
    return [change.failure.message || t("That did not work. Please try again."), dismiss];
  }
}

/**
 * @param {string} label
 * @param {() => void} act
 */
function action(label, act) {
  const button = make("button", { type: "button", className: "button button-small" }, label);
  button.addEventListener("click", act);
  return button;
}
