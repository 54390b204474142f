/** @import { FieldDefinition } from "../definition.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";

/**
 * What a kind of field has of its own.
 *
 * @typedef {object} Part
 * @property {HTMLElement} root what is written into, or what holds it
 * @property {() => any} read null when nothing is filled in
 * @property {(value: any) => void} write
 * @property {HTMLElement} [focus] where the focus goes; the root without one
 * @property {boolean} [isGroup] several inputs under one legend
 * @property {(value: any) => string} [words] the value as a person reads it
 */

/** One field of a form: its label, help, what is written, what is wrong, and what another tab wrote. */
export class Control {
  root;
  #visit;
  #part;
  #problem;
  #other = el("div", { class: "other", hidden: true });

  /**
   * @param {Pick<FieldDefinition, "key" | "label" | "help" | "example" | "required">} field
   * @param {{visit: Visit, part: Part, id: string, onSettle: (takesTheirs: boolean) => void}} options
   */
  constructor(field, { visit, part, id, onSettle }) {
    this.#visit = visit;
    this.#part = part;
    this.onSettle = onSettle;
    this.id = id;
    this.label = visit.words(field.label);
    this.#problem = el("p", { class: "problem", id: `${id}-problem`, hidden: true });
    const helpText = [visit.words(field.help), exampleOf(field, visit)].filter(Boolean).join(visit.texts.isChinese ? "" : " ");
    const help = helpText ? el("p", { class: "help", id: `${id}-help` }, helpText) : null;
    const optional = field.required ? null : el("span", { class: "optional" }, ` ${visit.t("(optional)")}`);
    const described = `${help ? `${id}-help ` : ""}${id}-problem`;
    if (part.isGroup) {
      part.root.id = id;
      this.root = el("fieldset", { class: "field", "data-key": field.key, "aria-describedby": described }, el("legend", {}, this.label, optional), help, part.root, this.#problem, this.#other);
    } else {
      (part.focus ?? part.root).id = id;
      (part.focus ?? part.root).setAttribute("aria-describedby", described);
      this.root = el("div", { class: "field", "data-key": field.key }, el("label", { for: id }, this.label, optional), help, part.root, this.#problem, this.#other);
    }
  }

  get value() {
    return this.#part.read();
  }

  set value(value) {
    this.#part.write(value);
  }

  focus() {
    const target = this.#part.focus ?? (this.#part.isGroup ? this.#part.root.querySelector("input, select, textarea, button") : this.#part.root);
    /** @type {HTMLElement | null} */ (target)?.focus();
  }

  /** @param {string} message empty when nothing is wrong */
  judge(message) {
    this.#problem.hidden = !message;
    setText(this.#problem, message);
    const marked = this.#part.isGroup ? [this.root] : [this.#part.focus ?? this.#part.root];
    this.root.classList.toggle("wrong", Boolean(message));
    for (const each of marked) {
      if (this.#part.isGroup) continue;
      if (message) each.setAttribute("aria-invalid", "true");
      else each.removeAttribute("aria-invalid");
    }
  }

  get isWrong() {
    return !this.#problem.hidden;
  }

  /** @param {{theirs: unknown} | null} dispute what another tab wrote while something else stood here */
  dispute(dispute) {
    this.#other.hidden = !dispute;
    if (!dispute) return this.#other.replaceChildren();
    const { t } = this.#visit;
    const words = this.wordsOf(dispute.theirs);
    if (this.#other.dataset.words === words && this.#other.childElementCount) return;
    this.#other.dataset.words = words;
    this.#other.replaceChildren(
      el("p", {}, el("b", {}, t("In another window this was written here:"))),
      el("blockquote", {}, words || t("(nothing)")),
      el(
        "p",
        { class: "choose" },
        el("button", { type: "button", class: "secondary", onclick: () => this.onSettle(false) }, t("Keep what stands here")),
        el("button", { type: "button", class: "secondary", onclick: () => this.onSettle(true) }, t("Take the other text")),
      ),
    );
  }

  /** @param {any} value @returns {string} */
  wordsOf(value) {
    if (value === null || value === undefined || value === "") return "";
    return this.#part.words ? this.#part.words(value) : String(value);
  }
}

/**
 * @param {Pick<FieldDefinition, "example">} field
 * @param {Visit} visit
 */
function exampleOf({ example }, visit) {
  return example ? visit.t("For example: {example}", { example: visit.words(example) }) : "";
}
