/**
 * The form of a service, as its definition has it. Types only, and the one rule that the browser has to know.
 *
 * @typedef {{zh: string, en: string}} Words
 * @typedef {{field: string, one_of: (boolean | number | string)[]}} Condition
 * @typedef {{key: string, label: Words}} Choice
 *
 * @typedef {object} FieldDefinition
 * @property {string} key
 * @property {"text" | "paragraph" | "integer" | "date" | "years" | "choice" | "choices" | "boolean" | "email" | "phone" | "subject" | "terms" | "papers" | "files"} kind
 * @property {Words} label
 * @property {string} section
 * @property {Words | null} help
 * @property {Words | null} example
 * @property {boolean} required
 * @property {Condition | null} when
 * @property {Choice[]} choices
 * @property {number | null} minimum
 * @property {number | null} maximum
 * @property {"reader" | "staff"} by
 *
 * @typedef {object} FormDefinition
 * @property {string} code
 * @property {Words} name
 * @property {{key: string, label: Words, help: Words | null}[]} sections
 * @property {FieldDefinition[]} fields
 * @property {string} title_field
 */

/**
 * @param {Condition | null} condition
 * @param {Record<string, unknown>} values
 * @returns {boolean} whether it holds: the value, or one of several, is one of those named; none holds always
 */
export function holds(condition, values) {
  if (!condition) return true;
  const value = values[condition.field];
  const found = Array.isArray(value) ? value : [value];
  return found.some((each) => condition.one_of.some((wanted) => wanted === each));
}

/**
 * @param {FormDefinition} definition
 * @param {Record<string, unknown>} values
 * @returns {Set<string>} the keys of the fields that are asked for, each after the one that its condition asks for
 */
export function shownFields(definition, values) {
  const fields = new Map(definition.fields.filter(({ by }) => by === "reader").map((field) => [field.key, field]));
  const shown = new Set();
  /** @param {FieldDefinition} field @param {number} depth */
  const isShown = (field, depth) => {
    if (!field.when) return true;
    const asked = fields.get(field.when.field);
    // A circle of conditions is refused when a definition is published; here it only must not hang.
    if (asked && (depth > fields.size || !isShown(asked, depth + 1))) return false;
    return holds(field.when, values);
  };
  for (const field of fields.values()) if (isShown(field, 0)) shown.add(field.key);
  return shown;
}
