/** @import { FieldProblem } from "../wire.js" */
/** @import { Control } from "./control.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";

// The server names the part, the form has a field where it is mended.
const MENDED_AT = /** @type {Record<string, string>} */ ({ contact: "c.name", invoice: "i.title" });

/** What is still wrong, above the form: one line each, that leads to its field. */
export class ProblemSummary {
  root = el("div", { class: "summary", role: "group", tabindex: -1, hidden: true });
  #visit;

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
  }

  /**
   * @param {FieldProblem[]} problems in the order of the form
   * @param {Map<string, Control>} controls
   */
  show(problems, controls) {
    this.root.hidden = problems.length === 0;
    if (this.root.hidden) return;
    const { t, texts } = this.#visit;
    const title = texts.count(problems.length, "1 field still needs your attention", "{count} fields still need your attention");
    this.root.setAttribute("aria-label", title);
    this.root.replaceChildren(el("h2", {}, title), el("ul", {}, ...problems.map((problem) => this.#line(problem, controls))), el("p", { class: "quiet" }, t("Everything you wrote is saved.")));
  }

  focus() {
    this.root.focus();
  }

  /** @param {FieldProblem} problem @param {Map<string, Control>} controls */
  #line({ field, message }, controls) {
    const control = controls.get(controlKey(field));
    if (!control) return el("li", {}, message);
    const go = (/** @type {Event} */ event) => {
      event.preventDefault();
      control.root.scrollIntoView({ block: "center" });
      control.focus();
    };
    return el("li", {}, el("a", { href: `#${control.id}`, onclick: go }, `${control.label}: ${message}`));
  }
}

/** @param {string} field as the server names it, or the key of a control @returns {string} the key of its control */
export function controlKey(field) {
  if (field[1] === ".") return field;
  return MENDED_AT[field] ?? `v.${field}`;
}
