/** @import { FieldDefinition } from "../definition.js" */
import { msgid } from "../../lib/texts.js";

/**
 * Who the reader is and to whom the invoice goes: the same for every service, and checked as the server checks it, so that
 * a half-written address never stands in the way of saving the rest.
 */

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;
const PHONE = /^\+?[0-9][0-9 ()-]{4,24}$/;
const TAX = /^[0-9A-Za-z]{15,20}$/;

/** @typedef {{key: string, label: string, kind: string, help?: string, required?: boolean, fits?: RegExp, wrong?: string, autocomplete?: string, choices?: [string, string][], when?: (values: Record<string, any>) => boolean}} PersonField */

/** @type {PersonField[]} */
export const CONTACT = [
  { key: "c.name", label: msgid("Your name"), kind: "text", required: true, autocomplete: "name" },
  { key: "c.email", label: msgid("E-mail"), kind: "email", help: msgid("An e-mail address or a phone number is needed."), fits: EMAIL, wrong: msgid("This is not an e-mail address."), autocomplete: "email" },
  { key: "c.phone", label: msgid("Phone"), kind: "phone", fits: PHONE, wrong: msgid("This is not a phone number."), autocomplete: "tel" },
  { key: "c.organisation", label: msgid("Institution"), kind: "text", autocomplete: "organization" },
];

/** @type {PersonField[]} */
export const INVOICE = [
  { key: "i.kind", label: msgid("Invoice"), kind: "choice", choices: [["none", msgid("None")], ["person", msgid("For a person")], ["organisation", msgid("For an institution")]] },
  { key: "i.title", label: msgid("Title of the invoice"), kind: "text", required: true, when: (values) => hasInvoice(values) },
  { key: "i.tax_number", label: msgid("Tax number"), kind: "text", help: msgid("15 to 20 letters and digits"), required: true, fits: TAX, wrong: msgid("A tax number has 15 to 20 letters and digits."), when: (values) => values["i.kind"] === "organisation" },
  { key: "i.email", label: msgid("E-mail for the invoice"), kind: "email", fits: EMAIL, wrong: msgid("This is not an e-mail address."), when: (values) => hasInvoice(values) },
  { key: "i.note", label: msgid("Bank, address and phone, if the invoice needs them"), kind: "text", when: (values) => values["i.kind"] === "organisation" },
];

/** @param {Record<string, any>} values */
function hasInvoice(values) {
  return values["i.kind"] === "person" || values["i.kind"] === "organisation";
}

/**
 * A field in the shape of a service's own, so that the same controls show it.
 *
 * @param {PersonField} field
 * @param {(message: string) => string} t
 * @returns {FieldDefinition}
 */
export function asField({ key, label, kind, help, required, choices }, t) {
  const both = (/** @type {string} */ text) => ({ zh: t(text), en: t(text) });
  return {
    key,
    kind: /** @type {"text"} */ (kind),
    label: both(label),
    section: "",
    help: help ? both(help) : null,
    example: null,
    required: required ?? false,
    when: null,
    choices: (choices ?? []).map(([each, name]) => ({ key: each, label: both(name) })),
    minimum: null,
    maximum: 200,
    by: "reader",
  };
}

/**
 * @param {PersonField} field
 * @param {unknown} value
 * @returns {boolean} whether it can be saved as it stands
 */
export function fits({ fits: pattern }, value) {
  return !pattern || !value || pattern.test(String(value));
}
