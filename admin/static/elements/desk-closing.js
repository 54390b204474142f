import { newClientId } from "/widget/v1/lib/outbox.js";
import { BLANK } from "../lib/canned.js";
import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { ClosingCodes } from "./closing-codes.js";
import { ClosingWords } from "./closing-words.js";
import { DeskElement } from "./desk-element.js";

const COMMON = "answered";

/**
 * The sheet at the end of a conversation: how it ended, what is still owed and by when, what it took, what it was about.
 * A canned reply that closes brings its last words and its choices; nothing goes out before the sheet is confirmed.
 */
export class DeskClosing extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "closing-head" });
  #form = make("form", { className: "sheet closing-sheet", method: "dialog" });
  #done = make("div", { className: "sheet", hidden: true });
  #drafted = make("a", { className: "button button-primary" });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  #hours = make("select", { name: "hours" });
  #expert = make("select", { name: "expert_desk_id" });
  #expertField = make("label", { className: "field" });
  #duty = make("div", { className: "closing-duty", hidden: true, role: "group" });
  #dutyText = make("p", { role: "status" });
  #subject = make("select", { name: "subject" });
  #draft = make("input", { type: "checkbox", name: "draft" });
  #subjectBefore = "";
  /** @type {any} */
  #codes = null;
  /** @type {any} */
  #words = null;
  /** @type {any} the canned reply that closes, or null */
  #macro = null;
  /** @type {string | null} */
  #id = null;

  build() {
    const { t, words, model } = this.desk;
    this.#codes = new ClosingCodes(this.desk);
    this.#words = new ClosingWords(this.desk);
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    const resolutions = Object.entries(words.resolutions).map(([code, name]) =>
      choice({ name: "resolution", value: code, label: name, note: words.resolution_notes[code] }),
    );
    const levels = Object.entries(words.read_levels).map(([level, note]) =>
      choice({ name: "read_level", value: level, label: level, note }),
    );
    const none = choice({ name: "read_level", value: "", label: "–", note: t("Not stated") });
    this.#fillDuty();
    this.#subject.append(option("", t("Not stated")), ...Object.entries(words.clc_classes).map(([code, name]) => option(code, `${code} ${name}`)));
    const subject = make("label", { className: "field" }, make("span", {}, t("Subject (CLC)")), this.#subject);
    const effort = make("fieldset", { className: "choices" }, make("legend", {}, t("What did it take? (READ scale)"), " ", make("small", {}, t("keys 1 to 6"))), ...levels, none);
    const draft = make("label", { className: "check" }, this.#draft, " ", t("Draft an article from this conversation"));
    this.#form.append(
      make("h2", { id: "closing-head" }, t("Close the conversation")),
      this.#words.farewell,
      make("fieldset", { className: "choices" }, make("legend", {}, t("How did it end?")), ...resolutions),
      make("div", { className: "closing-side" }, effort, subject),
      this.#duty,
      this.#codes.element,
      draft,
      make("div", { className: "sheet-end" }, this.#problem, make("small", { className: "sheet-keys" }, t("Ctrl+Enter closes")), cancel, this.#submit),
    );
    this.#form.addEventListener("change", () => this.#showDuty());
    this.#form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#press(event));
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#close(event));
    this.#buildDone();
    this.#dialog.append(this.#form, this.#done);
    this.append(this.#dialog);
    model.addEventListener("closing", (/** @type {any} */ event) => this.#open(event.detail), { signal: this.life });
  }

  show() {
    // Ended by the reader or on another screen: there is nothing left to close.
    const closing = this.#id ? this.desk.model.conversation(this.#id) : null;
    if (this.#dialog.open && !this.#form.hidden && !this.#submit.disabled && closing && !this.desk.model.isMine(closing)) this.#dialog.close();
  }

  #open(/** @type {{macro: any, words: string} | null} */ given) {
    const { model, t } = this.desk;
    if (!model.open || !model.isMine(model.open) || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#macro = given?.macro ?? null;
    const wanted = this.#macro?.macro;
    this.#form.reset();
    this.#form.hidden = false;
    this.#done.hidden = true;
    this.#choose("resolution", wanted?.resolution ?? COMMON);
    this.#choose("read_level", String(wanted?.read_level ?? ""));
    this.#subjectBefore = (model.passing.way(model.open.id)?.subject ?? model.open.subject)?.[0] ?? "";
    this.#subject.value = this.#subjectBefore || wanted?.subject?.[0] || "";
    this.#hours.value = String(wanted?.hours ?? this.desk.duties.usual_hours);
    this.#words.begin(given ? { words: given.words, language: given.macro.language } : null);
    this.#codes.clear();
    void this.#loadCodes(this.#id, wanted?.codes ?? []);
    this.#showDuty();
    setText(this.#problem, "");
    setText(this.#submit, given ? t("Send and close") : t("Close the conversation"));
    this.#dialog.showModal();
    if (!this.#words.focusBlank(BLANK)) this.#form.querySelector("input:checked").focus();
  }

  async #loadCodes(/** @type {string | null} */ id, /** @type {string[]} */ wanted) {
    try {
      const sheet = await this.desk.api.closing(id);
      if (id === this.#id) this.#codes.offer(sheet, wanted.length > 0 ? wanted : sheet.codes);
    } catch (error) {
      // Without the codes it can still be closed.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #close(/** @type {Event} */ event) {
    event.preventDefault();
    const { model, api, t } = this.desk;
    if (this.#submit.disabled) return;
    const id = /** @type {string} */ (this.#id);
    this.#submit.disabled = true;
    const isClosed = await model.claims.close(id, this.#sheet());
    setText(this.#problem, isClosed ? "" : model.claims.problem?.message || t("That did not work. Please try again."));
    if (isClosed && this.#macro) {
      model.dispatchEvent(new CustomEvent("farewell", { detail: id }));
      void api.noteReplyUse(id, this.#macro.id).catch(() => {});
    }
    // The sheet stays until the draft is there, though the end is told meanwhile.
    if (isClosed && this.#draft.checked) await this.#draftArticle(id);
    else if (isClosed) this.#dialog.close();
    this.#submit.disabled = false;
  }

  /** @returns {import("../lib/claims.js").Closing} */
  #sheet() {
    const sheet = new FormData(this.#form);
    const subject = String(sheet.get("subject") ?? "");
    const owed = this.#kind ? { hours: Number(this.#hours.value), expert_desk_id: this.#kind === "refer_expert" ? this.#expert.value || null : null } : {};
    return {
      resolution: String(sheet.get("resolution")),
      read_level: Number(sheet.get("read_level")) || null,
      codes: this.#codes.chosen,
      // A finer class that is known, such as TP3, stays unless another one is chosen.
      ...(subject === this.#subjectBefore ? {} : { subject: subject || null }),
      ...owed,
      ...this.#words.written(newClientId, this.#kind !== null),
    };
  }

  async #draftArticle(/** @type {string} */ id) {
    const { model } = this.desk;
    const articleId = await model.claims.draftArticle(id);
    if (articleId === null) {
      // It is closed already; why there is no draft is told where the conversation is shown.
      this.#dialog.close();
      return;
    }
    this.#drafted.href = `/console/articles/${articleId}/edit`;
    this.#form.hidden = true;
    this.#done.hidden = false;
    this.#drafted.focus();
  }

  #press(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.isComposing || event.altKey) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#form.requestSubmit();
    } else if (/^[0-6]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !target.matches("textarea, select")) {
      event.preventDefault();
      this.#choose("read_level", event.key === "0" ? "" : event.key);
    }
  }

  /** What the chosen code leaves to do, if anything. */
  get #kind() {
    const chosen = new FormData(this.#form).get("resolution");
    return this.desk.duties.of[String(chosen)] ?? null;
  }

  #fillDuty() {
    const { t, duties, expertDesks } = this.desk;
    this.#hours.append(...duties.hours.map((/** @type {number} */ hours) => option(String(hours), t("{hours} hours of working days", { hours }))));
    this.#expert.append(option("", t("The home library chooses")), ...expertDesks.map((/** @type {any} */ { id, name }) => option(id, name)));
    this.#expertField.append(make("span", {}, t("Expert desk")), this.#expert);
    const due = make("label", { className: "field" }, make("span", {}, t("Answer due within")), this.#hours);
    this.#duty.setAttribute("aria-label", t("What follows"));
    this.#duty.append(this.#dutyText, due, this.#expertField, this.#words.note);
  }

  #showDuty() {
    const { t } = this.desk;
    const kind = this.#kind;
    /** @type {Record<string, string>} */
    const told = {
      follow_up_home: t("It becomes a duty of the home library; the reader is told by when."),
      follow_up_me: t("It becomes your duty; the reader is told by when."),
      refer_expert: t("It becomes a duty of the expert desk; the reader is told by when."),
    };
    this.#duty.hidden = kind === null;
    this.#expertField.hidden = kind !== "refer_expert";
    setText(this.#dutyText, kind ? told[kind] : "");
  }

  #buildDone() {
    const { t } = this.desk;
    setText(this.#drafted, t("Open the draft"));
    const back = make("button", { type: "button", className: "button" }, t("Back to the desk"));
    back.addEventListener("click", () => this.#dialog.close());
    this.#done.append(make("p", { role: "status" }, t("The conversation is closed, and the draft is ready.")), make("div", { className: "sheet-end" }, back, this.#drafted));
  }

  #choose(/** @type {string} */ name, /** @type {string} */ value) {
    this.#form.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
  }
}

/** @param {{name: string, value: string, label: string, note: string}} one */
function choice({ name, value, label, note }) {
  const radio = make("input", { type: "radio", name });
  radio.setAttribute("value", value);
  return make("label", { className: "choice" }, radio, make("span", {}, label, " ", make("small", {}, note)));
}

/**
 * @param {string} value
 * @param {string} label
 */
function option(value, label) {
  return make("option", { value }, label);
}
