/** @import { FieldDefinition } from "../definition.js" */
/** @import { Part } from "./control.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";

/** The plain kinds of fields: one function each, that makes what is written into. */

// More choices than these stand in a menu.
const MAX_RADIOS = 8;
// The last stretch before a limit, where the count is shown.
const NEAR_LIMIT = 0.8;
const MAX_LINE = 300;
const MAX_PARAGRAPH = 5_000;

/**
 * @param {FieldDefinition} field
 * @param {{visit: Visit, id: string, onChange: () => void}} options
 * @returns {Part}
 */
export function plainPart(field, options) {
  const make = MAKERS[field.kind] ?? line;
  return make(field, options);
}

/** @typedef {(field: FieldDefinition, options: {visit: Visit, id: string, onChange: () => void}) => Part} Maker */

/** @type {Record<string, Maker>} */
const MAKERS = { paragraph, integer, date, years, choice, choices, boolean: yes, subject, terms };

/** @type {Maker} */
function line(field, { onChange, visit }) {
  const type = { email: "email", phone: "tel" }[/** @type {"email"} */ (field.kind)] ?? "text";
  const autocomplete = { email: "email", phone: "tel" }[/** @type {"email"} */ (field.kind)] ?? "off";
  const input = el("input", { type, autocomplete, dir: "auto", oninput: onChange });
  const counted = withCount(input, field.maximum ?? MAX_LINE, visit);
  return { root: counted, focus: input, read: () => input.value.trim() || null, write: (value) => writeText(input, value) };
}

/** @type {Maker} */
function paragraph(field, { onChange, visit }) {
  const area = el("textarea", { rows: 4, dir: "auto", oninput: onChange });
  const counted = withCount(area, field.maximum ?? MAX_PARAGRAPH, visit);
  return { root: counted, focus: area, read: () => area.value.trim() || null, write: (value) => writeText(area, value) };
}

/** @type {Maker} */
function integer(field, { onChange }) {
  const input = el("input", { type: "text", inputmode: "numeric", class: "short", autocomplete: "off", oninput: onChange });
  const read = () => {
    const text = input.value.trim();
    return /^-?\d{1,9}$/.test(text) ? Number(text) : text || null;
  };
  return { root: input, read, write: (value) => writeText(input, value) };
}

/** @type {Maker} */
function date(field, { onChange }) {
  const input = el("input", { type: "date", class: "short", oninput: onChange });
  return { root: input, read: () => input.value || null, write: (value) => writeText(input, value) };
}

/** @type {Maker} */
function years(field, { visit, id, onChange }) {
  const year = (/** @type {string} */ end) => el("input", { type: "text", inputmode: "numeric", maxlength: 4, class: "year", id: `${id}-${end}`, autocomplete: "off", oninput: onChange });
  const [from, to] = [year("from"), year("to")];
  const root = el("div", { class: "years" }, el("label", { for: `${id}-from` }, visit.t("From year")), from, el("label", { for: `${id}-to` }, visit.t("To year")), to);
  const read = () => {
    /** @type {Record<string, unknown>} */
    const found = {};
    if (from.value.trim()) found.from = numberOf(from.value);
    if (to.value.trim()) found.to = numberOf(to.value);
    return Object.keys(found).length ? found : null;
  };
  const write = (/** @type {any} */ value) => {
    writeText(from, value?.from);
    writeText(to, value?.to);
  };
  return { root, read, write, isGroup: true, words: (value) => `${value.from ?? ""}–${value.to ?? ""}` };
}

/** @type {Maker} */
function choice(field, options) {
  return field.choices.length > MAX_RADIOS ? menu(field, options) : radios(field, options);
}

/** @type {Maker} */
function menu(field, { visit, onChange }) {
  const select = el("select", { onchange: onChange }, el("option", { value: "" }, visit.t("Please choose")));
  select.append(...field.choices.map(({ key, label }) => el("option", { value: key }, visit.words(label))));
  return { root: select, read: () => select.value || null, write: (value) => void (select.value = value ?? ""), words: (value) => labelOf(field, value, visit) };
}

/** @type {Maker} */
function radios(field, { visit, id, onChange }) {
  const inputs = field.choices.map(({ key }) => el("input", { type: "radio", name: id, value: key, onchange: onChange }));
  const rows = field.choices.map(({ label }, place) => el("label", { class: "tick" }, inputs[place], el("span", {}, visit.words(label))));
  const read = () => inputs.find(({ checked }) => checked)?.value ?? null;
  const write = (/** @type {any} */ value) => {
    for (const input of inputs) input.checked = input.value === value;
  };
  return { root: el("div", { class: "ticks" }, ...rows), read, write, isGroup: true, words: (value) => labelOf(field, value, visit) };
}

/** @type {Maker} */
function choices(field, { visit, onChange }) {
  const inputs = field.choices.map(({ key }) => el("input", { type: "checkbox", value: key, onchange: onChange }));
  const rows = field.choices.map(({ label }, place) => el("label", { class: "tick" }, inputs[place], el("span", {}, visit.words(label))));
  const read = () => {
    const found = inputs.filter(({ checked }) => checked).map(({ value }) => value);
    return found.length ? found : null;
  };
  const write = (/** @type {any} */ value) => {
    for (const input of inputs) input.checked = (value ?? []).includes(input.value);
  };
  const words = (/** @type {string[]} */ value) => value.map((each) => labelOf(field, each, visit)).join(visit.t(", "));
  return { root: el("div", { class: "ticks" }, ...rows), read, write, isGroup: true, words };
}

/** @type {Maker} */
function yes(field, { visit, onChange }) {
  const input = el("input", { type: "checkbox", onchange: onChange });
  const root = el("label", { class: "tick" }, input, el("span", {}, visit.t("Yes")));
  return { root: el("div", { class: "ticks" }, root), read: () => input.checked || null, write: (value) => void (input.checked = value === true), isGroup: true, words: (value) => (value ? visit.t("Yes") : visit.t("No")) };
}

/** @type {Maker} */
function subject(field, { visit, onChange }) {
  const select = el("select", { onchange: onChange }, el("option", { value: "" }, visit.t("Please choose")));
  const { classes } = visit.told;
  select.append(...Object.entries(classes).map(([key, name]) => el("option", { value: key }, `${key} ${name}`)));
  return { root: select, read: () => select.value || null, write: (value) => void (select.value = value ?? ""), words: (value) => `${value} ${classes[value] ?? ""}` };
}

/** @type {Maker} */
function terms(field, { visit, onChange }) {
  const area = el("textarea", { rows: 3, dir: "auto", oninput: onChange, placeholder: visit.t("One per line") });
  const read = () => {
    const found = area.value.split(/[\n;；]/).map((each) => each.trim()).filter(Boolean);
    return found.length ? found : null;
  };
  const write = (/** @type {any} */ value) => {
    const text = (value ?? []).join("\n");
    // What is being written keeps its blanks and empty lines.
    if (JSON.stringify(read() ?? []) !== JSON.stringify(value ?? [])) area.value = text;
  };
  return { root: area, read, write, words: (value) => value.join("\n") };
}

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {number} most characters; more are not cut off, so that nothing pasted is lost unseen
 * @param {Visit} visit
 */
function withCount(input, most, visit) {
  const count = el("small", { class: "count", hidden: true });
  const show = () => {
    const { length } = input.value.trim();
    count.hidden = length < most * NEAR_LIMIT;
    count.classList.toggle("over", length > most);
    count.textContent = visit.t("{count} of {most} characters", { count: length, most });
  };
  input.addEventListener("input", show);
  return el("div", { class: "counted" }, input, count);
}

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} input
 * @param {unknown} value
 */
function writeText(input, value) {
  const text = value === null || value === undefined ? "" : String(value);
  if (input.value.trim() !== text) input.value = text;
}

/** @param {string} text */
function numberOf(text) {
  return /^\d{1,4}$/.test(text.trim()) ? Number(text) : text.trim();
}

/**
 * @param {FieldDefinition} field
 * @param {string} key
 * @param {Visit} visit
 */
function labelOf(field, key, visit) {
  const found = field.choices.find((each) => each.key === key);
  return found ? visit.words(found.label) : key;
}
