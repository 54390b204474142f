import { make, setText } from "../lib/dom.js";
import { DeskElement } from "./desk-element.js";

const COMMON = "answered";

/** The sheet at the end of a conversation: how it ended, what is still owed and by when, what it took, its subject. */
export class DeskClosing extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "closing-head" });
  #form = make("form", { className: "sheet", method: "dialog" });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  #hours = make("select", { name: "hours" });
  #expert = make("select", { name: "expert_desk_id" });
  #expertField = make("label", { className: "field" });
  #duty = make("div", { className: "closing-duty", hidden: true, role: "group" });
  #dutyText = make("p", { role: "status" });
  #subject = make("select", { name: "subject" });
  #subjectBefore = "";
  /** @type {string | null} */
  #id = null;

  build() {
    const { t, words } = this.desk;
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    this.#submit.textContent = t("Close the conversation");
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
    this.#form.append(
      make("h2", { id: "closing-head" }, t("Close the conversation")),
      make("fieldset", { className: "choices" }, make("legend", {}, t("How did it end?")), ...resolutions),
      this.#duty,
      subject,
      make("fieldset", { className: "choices" }, make("legend", {}, t("What did it take? (READ scale)")), ...levels, none),
      make("div", { className: "sheet-end" }, this.#problem, cancel, this.#submit),
    );
    this.#form.addEventListener("change", () => this.#showDuty());
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#close(event));
    this.#dialog.append(this.#form);
    this.append(this.#dialog);
    this.desk.model.addEventListener("closing", () => this.#open(), { signal: this.life });
  }

  #open() {
    const { model } = this.desk;
    if (!model.open || !model.isMine(model.open) || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#form.reset();
    this.#choose("resolution", COMMON);
    this.#choose("read_level", "");
    this.#subjectBefore = model.passing.way(model.open.id)?.subject?.[0] ?? "";
    this.#subject.value = this.#subjectBefore;
    this.#hours.value = String(this.desk.duties.usual_hours);
    this.#showDuty();
    setText(this.#problem, "");
    this.#dialog.showModal();
    this.#form.querySelector("input:checked").focus();
  }

  async #close(/** @type {Event} */ event) {
    event.preventDefault();
    const { model } = this.desk;
    const sheet = new FormData(this.#form);
    const level = Number(sheet.get("read_level")) || null;
    this.#submit.disabled = true;
    const way = model.passing.way(this.#id ?? "");
    const subject = String(sheet.get("subject") ?? "");
    // Said before the end: afterwards the way is closed. Without a way, as for an old question, there is none to correct.
    if (way && subject !== this.#subjectBefore) await model.passing.correct(this.#id, { kind: way.kind, subject: subject || null });
    const owed = this.#kind ? { hours: Number(this.#hours.value), expert_desk_id: this.#kind === "refer_expert" ? this.#expert.value || null : null } : {};
    const isClosed = await model.claims.close(this.#id, { resolution: String(sheet.get("resolution")), read_level: level, ...owed });
    this.#submit.disabled = false;
    setText(this.#problem, isClosed ? "" : model.claims.problem?.message || this.desk.t("That did not work. Please try again."));
    if (isClosed) this.#dialog.close();
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
    this.#duty.append(this.#dutyText, due, this.#expertField);
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
