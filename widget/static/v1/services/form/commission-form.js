/** @import { FormDefinition } from "../definition.js" */
/** @import { Flat } from "../merging.js" */
/** @import { Commission, FieldProblem } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
/** @import { KeeperState } from "../keeper.js" */
import { ApiError } from "../../lib/api.js";
import { newClientId } from "../../lib/outbox.js";
import { el, setText } from "../../ui/dom.js";
import { shownFields } from "../definition.js";
import { Keeper } from "../keeper.js";
import { Control } from "./control.js";
import { EstimatePanel } from "./estimate.js";
import { filesPart } from "./files-part.js";
import { papersPart } from "./papers-part.js";
import { plainPart } from "./parts.js";
import { asField, CONTACT, fits, INVOICE } from "./people-parts.js";
import { controlKey, ProblemSummary } from "./problems.js";

/** The form of a commission, made from its definition. It saves itself; handing it in is one button. */
export class CommissionForm {
  root;
  keeper;
  #visit;
  #definition;
  #onSubmitted;
  /** @type {Map<string, Control>} */
  #controls = new Map();
  /** @type {Map<string, {know: (files: any[]) => void}>} */
  #files = new Map();
  /** @type {Map<string, HTMLElement>} */
  #sections = new Map();
  #summary;
  #estimate;
  #state = el("p", { class: "keeping", role: "status" });
  #problem = el("p", { class: "problem", role: "alert", hidden: true });
  #submit;
  #attached = new AbortController();
  #isFilling = false;
  /** @type {FieldProblem[]} */
  #problems = [];

  /**
   * @param {FormDefinition} definition
   * @param {{visit: Visit, onBegun: (commission: Commission) => void, onSubmitted: (commission: Commission) => void, onClosed: () => void}} options
   */
  constructor(definition, { visit, onBegun, onSubmitted, onClosed }) {
    this.#visit = visit;
    this.#definition = definition;
    this.#onSubmitted = onSubmitted;
    this.#summary = new ProblemSummary(visit);
    this.#estimate = new EstimatePanel(visit);
    this.keeper = new Keeper({
      visit,
      service: definition.code,
      form: {
        read: () => this.#read(),
        fill: (values) => this.#fill(values),
        dispute: (disputed) => this.#dispute(disputed),
        judge: (problems) => this.#judge(problems),
        saved: (commission) => {
          onBegun(commission);
          this.#know(commission);
          void this.#estimate.reckon(commission.id);
        },
        tell: (state) => this.#tell(state),
        closed: onClosed,
      },
    });
    const { t } = visit;
    this.#submit = el("button", { type: "submit" }, t("Submit the commission"));
    const form = el(
      "form",
      { class: "commission-form", novalidate: true, "aria-label": visit.words(definition.name), onsubmit: (event) => void this.#hand(event) },
      this.#summary.root,
      ...this.#sectionNodes(),
      el("p", { class: "quiet" }, t("By submitting you ask the library for a quote. You are not bound by it.")),
      this.#problem,
      el("div", { class: "submit-row" }, this.#submit, this.#state),
    );
    this.root = el("div", { class: "with-aside" }, form, this.#estimate.root);
    this.#listen(form);
    this.#showFields();
  }

  /** @param {Commission | null} commission whose form goes on; null begins a new one */
  begin(commission) {
    if (commission) {
      this.#know(commission);
      this.keeper.open(commission);
      void this.#estimate.reckon(commission.id);
    } else {
      this.#fill({});
      this.keeper.beginNew();
    }
  }

  stop() {
    this.#attached.abort();
  }

  #sectionNodes() {
    const { words, t } = { words: this.#visit.words.bind(this.#visit), t: this.#visit.t };
    const own = this.#definition.sections.map(({ key, label, help }) => {
      const fields = this.#definition.fields.filter(({ by, section }) => by === "reader" && section === key);
      if (!fields.length) return null;
      const node = el("section", { class: "card" }, el("h2", {}, words(label)), help ? el("p", { class: "help" }, words(help)) : null, ...fields.map((field) => this.#control(`v.${field.key}`, field)));
      this.#sections.set(key, node);
      return node;
    });
    const contact = el("section", { class: "card" }, el("h2", {}, t("How the library reaches you")), ...CONTACT.map((field) => this.#person(field)));
    const invoice = el("section", { class: "card" }, el("h2", {}, t("Invoice")), ...INVOICE.map((field) => this.#person(field)));
    return [...own, contact, invoice].filter((node) => node !== null);
  }

  /** @param {import("./people-parts.js").PersonField} field */
  #person(field) {
    const root = this.#control(field.key, asField(field, this.#visit.t));
    const input = root.querySelector("input");
    if (field.autocomplete && input) input.setAttribute("autocomplete", field.autocomplete);
    root.addEventListener("focusout", () => this.#judgePerson(field));
    return root;
  }

  /**
   * @param {string} key
   * @param {import("../definition.js").FieldDefinition} field
   */
  #control(key, field) {
    const visit = this.#visit;
    const id = `f-${key.replace(".", "-")}`;
    const part = this.#part(field, id);
    const control = new Control(field, { visit, part, id, onSettle: (takesTheirs) => this.keeper.settle(key, takesTheirs) });
    this.#controls.set(key, control);
    return control.root;
  }

  /**
   * @param {import("../definition.js").FieldDefinition} field
   * @param {string} id
   */
  #part(field, id) {
    const visit = this.#visit;
    const onChange = () => this.#changed();
    if (field.kind === "papers") return papersPart({ visit, id, onChange, begin: () => visit.reader.ensure() });
    if (field.kind !== "files") return plainPart(field, { visit, id, onChange });
    const part = filesPart({ visit, id, purpose: "material", onChange, label: visit.t("Choose files"), commission: () => this.keeper.ensure() });
    this.#files.set(id, part);
    return part;
  }

  /** @param {Commission} commission */
  #know({ files }) {
    for (const part of this.#files.values()) part.know(files);
  }

  /** @param {HTMLElement} form */
  #listen(form) {
    const { signal } = this.#attached;
    form.addEventListener("focusout", () => this.keeper.touch(), { signal });
    window.addEventListener("pagehide", () => this.keeper.leave(), { signal });
    window.addEventListener("online", () => void this.keeper.save(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.keeper.leave();
      else this.keeper.look().catch((error) => this.#visit.sentenceOf(error));
    }, { signal });
  }

  #changed() {
    if (this.#isFilling) return;
    this.#showFields();
    this.keeper.touch();
  }

  #showFields() {
    const values = Object.fromEntries([...this.#controls].filter(([key]) => key.startsWith("v.")).map(([key, control]) => [key.slice(2), control.value]));
    const shown = shownFields(this.#definition, values);
    for (const [key, control] of this.#controls) if (key.startsWith("v.")) control.root.hidden = !shown.has(key.slice(2));
    for (const section of this.#sections.values()) section.hidden = !section.querySelector(".field:not([hidden])");
    const people = Object.fromEntries(INVOICE.map(({ key }) => [key, this.#controls.get(key)?.value]));
    for (const { key, when } of INVOICE) {
      const control = this.#controls.get(key);
      if (control && when) control.root.hidden = !when(people);
    }
  }

  /** @returns {Flat} what can be saved of what is asked for */
  #read() {
    /** @type {Flat} */
    const found = {};
    for (const [key, control] of this.#controls) if (!control.root.hidden && control.value !== null) found[key] = control.value;
    for (const field of [...CONTACT, ...INVOICE]) if (!fits(field, found[field.key])) delete found[field.key];
    if (found["i.kind"] === "none") delete found["i.kind"];
    return found;
  }

  /** @param {Flat} values */
  #fill(values) {
    this.#isFilling = true;
    for (const [key, value] of Object.entries(values)) {
      const control = this.#controls.get(key);
      if (control) control.value = value;
    }
    const kind = this.#controls.get("i.kind");
    if (kind && !kind.value) kind.value = "none";
    this.#isFilling = false;
    this.#showFields();
  }

  /** @param {Map<string, unknown>} disputed */
  #dispute(disputed) {
    for (const [key, control] of this.#controls) control.dispute(disputed.has(key) ? { theirs: disputed.get(key) } : null);
    if (disputed.size) {
      this.#tell({ name: "refused", message: this.#visit.t("This form was also changed in another window. Please choose at the marked fields; both texts are kept.") });
    }
  }

  /** @param {FieldProblem[]} problems what is wrong with what was written; what is missing is told when it is handed in */
  #judge(problems) {
    const found = new Map(problems.map(({ field, message }) => [controlKey(field), message]));
    const before = new Set(this.#problems.map(({ field }) => controlKey(field)));
    for (const [key, control] of this.#controls) {
      if (found.has(key)) control.judge(found.get(key) ?? "");
      // What was missing and is filled in now is no longer wrong.
      else if (key.startsWith("v.") && (control.value !== null || !before.has(key))) control.judge("");
    }
    this.#problems = this.#problems.filter(({ field }) => this.#controls.get(controlKey(field))?.isWrong);
    if (!this.#summary.root.hidden) this.#summary.show(this.#problems, this.#controls);
  }

  /** @param {import("./people-parts.js").PersonField} field */
  #judgePerson(field) {
    const control = this.#controls.get(field.key);
    if (!control) return;
    const wrong = !fits(field, control.value);
    if (wrong) control.judge(this.#visit.t(field.wrong ?? ""));
    else if (control.value !== null) control.judge("");
  }

  /** @param {Event} event */
  async #hand(event) {
    event.preventDefault();
    if (this.#submit.disabled) return;
    this.#submit.disabled = true;
    this.#showProblem("");
    try {
      if (await this.keeper.save()) await this.#handIn();
    } catch (error) {
      this.#refused(error);
    }
    this.#submit.disabled = false;
  }

  async #handIn() {
    const { shelf, calls, t } = this.#visit;
    const { id } = await this.keeper.ensure();
    if (this.keeper.isDisputed) return this.#showProblem(t("Please first choose between the two texts at the marked fields."));
    const wrong = [...CONTACT, ...INVOICE].filter((field) => !fits(field, this.#controls.get(field.key)?.value));
    if (wrong.length) {
      for (const field of wrong) this.#judgePerson(field);
      return this.#showProblems(wrong.map(({ key, wrong: message }) => ({ field: key, message: t(message ?? "") })));
    }
    // The same try again after a cut keeps its number, so that it is handed in once.
    const key = `services.submit.${id}`;
    const client_id = shelf.get(key) ?? newClientId();
    shelf.set(key, client_id);
    const commission = await calls.submit(id, { .../** @type {any} */ (this.keeper.whole), client_id });
    shelf.remove(key);
    this.keeper.stop();
    this.stop();
    this.#onSubmitted(commission);
  }

  /** @param {unknown} error */
  #refused(error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "form_incomplete") return this.#showProblems(error.details.problems ?? []);
    if (error.code === "commission_changed") void this.keeper.look();
    this.#showProblem(this.#visit.sentenceOf(error));
  }

  /** @param {FieldProblem[]} problems */
  #showProblems(problems) {
    this.#problems = problems;
    for (const control of this.#controls.values()) control.judge("");
    for (const { field, message } of problems) this.#controls.get(controlKey(field))?.judge(message);
    this.#summary.show(problems, this.#controls);
    this.#summary.focus();
  }

  /** @param {string} text */
  #showProblem(text) {
    this.#problem.hidden = !text;
    setText(this.#problem, text);
  }

  /** @param {KeeperState} state */
  #tell({ name, at, message }) {
    const { t, texts } = this.#visit;
    const sentences = {
      new: "",
      unsaved: t("Not saved yet"),
      saving: t("Saving…"),
      saved: at ? t("Saved {time}", { time: texts.time(at) }) : "",
      kept: t("No connection. What you wrote is kept in this browser and saved as soon as it is back."),
      stranger: t("The library no longer knows this browser, perhaps because it was away for long. What you wrote is kept here."),
      refused: message ?? "",
    };
    this.#state.dataset.state = name;
    setText(this.#state, sentences[name]);
    if (name === "stranger" && !this.#state.nextElementSibling) {
      const again = el("button", { type: "button", class: "secondary", onclick: () => void this.#again(again) }, t("Go on with a new draft"));
      this.#state.after(again);
    }
  }

  /** @param {HTMLElement} button */
  async #again(button) {
    button.remove();
    await this.keeper.startAgain();
  }
}
