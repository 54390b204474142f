/**
 * Naming colleagues in a text by `@name`. Pure.
 *
 * @typedef {{id: string, name_zh: string, name_en: string}} Person
 */

// A name being typed is at most so long; further back nobody means it any more.
const MAX_QUERY = 30;
// As many are offered at once as one sees at a glance.
export const MAX_OFFERED = 6;

/**
 * @param {string} text
 * @param {number} cursor
 * @returns {{start: number, query: string} | null} the name that is being typed before the cursor, from its @
 */
export function nameAtCursor(text, cursor) {
  const start = text.lastIndexOf("@", cursor - 1);
  if (start === -1 || cursor - start > MAX_QUERY) return null;
  // An e-mail address is no name.
  if (start > 0 && /[\w.]/.test(text[start - 1])) return null;
  const query = text.slice(start + 1, cursor);
  return /[\n@，。,;；]/.test(query) ? null : { start, query };
}

/**
 * @param {Person[]} people
 * @param {string} query
 * @returns {Person[]} whose Chinese or English name holds it; those that begin with it first
 */
export function peopleNamed(people, query) {
  const wanted = query.trim().toLowerCase();
  const names = (/** @type {Person} */ { name_zh, name_en }) => [name_zh.toLowerCase(), name_en.toLowerCase()];
  // A blank after a whole name ends it.
  if (query !== query.trimEnd() && people.some((person) => names(person).includes(wanted))) return [];
  const found = people.filter((person) => names(person).some((name) => name.includes(wanted)));
  const begins = (/** @type {Person} */ person) => (names(person).some((name) => name.startsWith(wanted)) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b)).slice(0, MAX_OFFERED);
}

/**
 * @param {string} text
 * @param {Person[]} people
 * @returns {string[]} ids of those whom the text names, each once. Of two names that begin alike the longer one is meant.
 */
export function mentioned(text, people) {
  const names = people.flatMap((person) => [person.name_zh, person.name_en].map((name) => ({ id: person.id, name })));
  names.sort((a, b) => b.name.length - a.name.length);
  const found = new Set();
  let left = text;
  for (const { id, name } of names) {
    if (!name || !left.includes(`@${name}`)) continue;
    found.add(id);
    left = left.split(`@${name}`).join(" ");
  }
  return [...found];
}

/**
 * Cut a text at the numbers of conversations, so that they can become links.
 *
 * @param {string} text
 * @returns {{text: string, isNumber: boolean}[]}
 */
export function withNumbers(text) {
  return text
    .split(/\b([A-Z0-9]{2,8}-\d{4}-\d{6})\b/)
    .map((part, place) => ({ text: part, isNumber: place % 2 === 1 }))
    .filter((part) => part.text !== "");
}
