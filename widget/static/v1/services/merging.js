/** @import { FormParts } from "./wire.js" */

/**
 * A form as one flat map, so that two versions of it can be put together field by field: fields of the service under
 * "v.", those of the contact under "c.", those of the invoice under "i.".
 *
 * @typedef {Record<string, any>} Flat
 */

const PARTS = /** @type {const} */ ({ v: "values", c: "contact", i: "invoice" });

/** @param {{values?: object, form?: object, contact?: object, invoice?: object}} form a form, or a commission @returns {Flat} */
export function flat({ values, form, contact, invoice }) {
  /** @type {Flat} */
  const found = {};
  for (const [start, part] of Object.entries({ v: values ?? form, c: contact, i: invoice })) {
    for (const [key, value] of Object.entries(part ?? {})) if (!isEmpty(value)) found[`${start}.${key}`] = value;
  }
  return found;
}

/** @param {Flat} form @returns {FormParts} */
export function partsOf(form) {
  /** @type {any} */
  const parts = { values: {}, contact: {}, invoice: {} };
  for (const [key, value] of Object.entries(form)) {
    if (!isEmpty(value)) parts[PARTS[/** @type {"v"} */ (key[0])]][key.slice(2)] = value;
  }
  return parts;
}

/**
 * What the other side changed since both were the same, and whether this side changed it too.
 *
 * @param {object} versions
 * @param {Flat} versions.mine what stands in the form now
 * @param {Flat} versions.sent what this side last sent
 * @param {Flat} versions.known what the server then held
 * @param {Flat} versions.theirs what it holds now
 * @returns {{taken: string[], disputed: string[]}} keys to take over, and keys where both differ
 */
export function compare({ mine, sent, known, theirs }) {
  const keys = new Set([...Object.keys(mine), ...Object.keys(sent), ...Object.keys(known), ...Object.keys(theirs)]);
  const changed = [...keys].filter((key) => !isSame(theirs[key], known[key]) && !isSame(mine[key], theirs[key]));
  return {
    taken: changed.filter((key) => isSame(mine[key], sent[key])),
    disputed: changed.filter((key) => !isSame(mine[key], sent[key])),
  };
}

/** @param {Flat} one @param {Flat} other */
export function areSame(one, other) {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => isSame(one[key], other[key]));
}

/**
 * Blanks around a text and empty values do not count: the server tidies them away.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
export function isSame(one, other) {
  return JSON.stringify(tidied(one)) === JSON.stringify(tidied(other));
}

/** @param {unknown} value @returns {unknown} */
function tidied(value) {
  if (isEmpty(value)) return null;
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim();
  if (Array.isArray(value)) return value.map(tidied);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => !isEmpty(each));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, tidied(each)]));
}

/** @param {unknown} value */
function isEmpty(value) {
  if (value === null || value === undefined || value === false) return true;
  if (typeof value === "string") return value.trim() === "";
  return typeof value === "object" && Object.keys(value).length === 0;
}
