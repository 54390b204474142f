/** @import { FormField } from "../lib/wire.js" */
/** @import { Texts } from "../lib/texts.js" */
import { el } from "./dom.js";

/** Fields that a library asks for: shown, checked, read. Used before a question and after a conversation. */
export class FormFields {
  root = el("div", { class: "fields" });
  #texts;
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>} */
  #inputs = new Map();

  /**
   * @param {FormField[]} fields
   * @param {{texts: Texts, values?: Record<string, string>, isLong?: boolean}} options isLong: texts of several lines
   */
  constructor(fields, { texts, values = {}, isLong = false }) {
    this.#texts = texts;
    this.root.append(...fields.map((field) => this.#field(field, { value: values[field.key] ?? "", isLong })));
  }

  /** @returns {Record<string, string>} what is filled in, without the empty ones */
  get values() {
    const filled = [...this.#inputs].map(([key, input]) => [key, input.value.trim()]);
    return Object.fromEntries(filled.filter(([, value]) => value));
  }

  /** @returns {boolean} whether everything fits; else the first field that does not has the focus and says why */
  check() {
    const wrong = [...this.#inputs.values()].filter((input) => !this.#judge(input));
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  focus() {
    this.#inputs.values().next().value?.focus();
  }

  /** @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} input */
  #judge(input) {
    const { t } = this.#texts;
    const isEmpty = input.required && !input.value.trim();
    const problem = isEmpty ? t("Please fill this in.") : input.validity.valid ? "" : t("This is not an e-mail address.");
    const hint = /** @type {HTMLElement} */ (input.parentElement?.querySelector(".hint"));
    hint.textContent = problem;
    hint.hidden = !problem;
    input.setAttribute("aria-invalid", String(problem !== ""));
    return !problem;
  }

  /**
   * @param {FormField} field
   * @param {{value: string, isLong: boolean}} options
   */
  #field(field, { value, isLong }) {
    const id = `field-${field.key}`;
    const { t } = this.#texts;
    const input = this.#input(field, id, isLong);
    input.value = value;
    input.required = field.is_required;
    input.setAttribute("aria-describedby", `${id}-hint`);
    input.addEventListener("change", () => this.#judge(input));
    this.#inputs.set(field.key, input);
    const note = field.is_required ? null : el("span", { class: "optional" }, ` ${t("(optional)")}`);
    const label = el("label", { for: id }, this.#texts.labelOf(field), note);
    return el("div", {}, label, input, el("p", { class: "hint", id: `${id}-hint`, hidden: true }));
  }

  /**
   * @param {FormField} field
   * @param {string} id
   * @param {boolean} isLong
   */
  #input({ kind, key, choices }, id, isLong) {
    if (kind === "choice") {
      const words = choices.map(({ zh, en }) => (this.#texts.isChinese ? zh : en));
      return el("select", { id }, el("option", { value: "" }, this.#texts.t("Please choose")), ...words.map((word) => el("option", { value: word }, word)));
    }
    if (isLong) return el("textarea", { id, rows: 2, maxlength: 1000, dir: "auto" });
    const autocomplete = { email: "email", name: "name" }[kind === "email" ? "email" : key] ?? "off";
    return el("input", { id, type: kind, maxlength: kind === "email" ? 254 : 1000, autocomplete, dir: "auto" });
  }
}
