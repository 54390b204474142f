/** @import { Commission } from "../wire.js" */
/** @import { FieldDefinition, FormDefinition } from "../definition.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";

/**
 * What was handed in, to be read: every field that holds something, in the order of the form.
 *
 * @param {Visit} visit
 * @param {FormDefinition} definition
 * @param {Commission} commission
 */
export function filledIn(visit, definition, commission) {
  const { t } = visit;
  const rows = definition.fields
    .filter(({ key, by }) => by === "reader" && commission.form[key] !== undefined)
    .map((field) => row(visit.words(field.label), valueOf(visit, field, commission)));
  const { contact, invoice } = commission;
  const people = [
    [t("Your name"), contact.name],
    [t("E-mail"), contact.email],
    [t("Phone"), contact.phone],
    [t("Institution"), contact.organisation],
    [t("Title of the invoice"), invoice.title],
    [t("Tax number"), invoice.tax_number],
  ];
  rows.push(...people.filter(([, value]) => value).map(([name, value]) => row(String(name), [String(value)])));
  return el("details", { class: "card filled" }, el("summary", {}, t("What you handed in")), el("dl", { class: "facts stacked" }, ...rows));
}

/** @param {string} name @param {string[]} lines */
function row(name, lines) {
  return el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, ...lines.map((line) => el("span", {}, line))));
}

/** @param {Visit} visit @param {FieldDefinition} field @param {Commission} commission @returns {string[]} */
function valueOf(visit, field, { form, files }) {
  const value = form[field.key];
  const labelOf = (/** @type {string} */ key) => {
    const found = field.choices.find((each) => each.key === key);
    return found ? visit.words(found.label) : key;
  };
  if (field.kind === "boolean") return [value ? visit.t("Yes") : visit.t("No")];
  if (field.kind === "choice") return [labelOf(value)];
  if (field.kind === "choices") return [value.map(labelOf).join(visit.t(", "))];
  if (field.kind === "subject") return [`${value} ${visit.told.classes[value] ?? ""}`];
  if (field.kind === "years") return [`${value.from ?? ""}–${value.to ?? ""}`];
  if (field.kind === "terms") return value;
  if (field.kind === "files") return value.map((/** @type {string} */ id) => files.find((each) => each.id === id)?.name ?? "");
  if (field.kind === "papers") return value.map((/** @type {any} */ paper, /** @type {number} */ place) => `${place + 1}. ${[paper.title ?? paper.as_given, paper.journal, paper.year, paper.doi].filter(Boolean).join(", ")}`);
  return [String(value)];
}
