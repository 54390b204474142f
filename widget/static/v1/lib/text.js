/**
 * Plain text cut into parts for showing: addresses that become links, words that become marks.
 *
 * @typedef {{text: string, href?: string, isMarked?: boolean}} Part
 */

// Chinese sentences put full-width punctuation or characters directly behind an address: they end it.
const ADDRESS = /https?:\/\/[^\s<>"'，。；：！？、（）【】《》「」“”‘’\u3400-\u9fff]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const MIN_ENGLISH_WORDS = 3;
const TRAILING = /[.,;:!?)\]}]+$/;

/**
 * @param {string} text
 * @returns {Part[]} in order; together they are the text again
 */
export function linkify(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trim(match[0]);
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: found, href: found.includes("://") ? found : `mailto:${found}` });
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/**
 * @param {string} text
 * @param {string[]} words to mark wherever they stand, in any case; longer ones first
 * @returns {Part[]} in order; together they are the text again
 */
export function markWords(text, words) {
  const wanted = words.filter(Boolean).sort((a, b) => b.length - a.length).map(escape);
  if (!wanted.length) return [{ text }];
  const pieces = text.split(new RegExp(`(${wanted.join("|")})`, "gi"));
  return pieces.map((piece, index) => ({ text: piece, isMarked: index % 2 === 1 })).filter((part) => part.text);
}

/**
 * @param {string} text a question
 * @param {import("./wire.js").Language} own the language of the page
 * @returns {import("./wire.js").Language} the language to look for answers in; a term such as VPN says nothing about it
 */
export function languageOf(text, own) {
  if (/[\u3400-\u9fff]/.test(text)) return "zh";
  return (text.match(/[a-z]+/gi) ?? []).length >= MIN_ENGLISH_WORDS ? "en" : own;
}

/** @param {string} address @returns {string} without the punctuation of the sentence; a bracket that it opened stays */
function trim(address) {
  const short = address.replace(TRAILING, "");
  const rest = address.slice(short.length);
  return rest.startsWith(")") && short.includes("(") ? `${short})` : short;
}

/** @param {string} word */
function escape(word) {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
