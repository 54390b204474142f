/** @import { Piece } from "./markup.js" */
import { linkify } from "./text.js";

/**
 * The little Markdown that librarians write in a message: lists, quotations, blocks of code, bold, `call numbers` and
 * links. Makes pieces, never HTML: what is not understood stays the text it was.
 */

const FENCE = /^\s*```/;
const BULLET = /^\s*[-*•]\s+(?=\S)/;
const NUMBER = /^\s*(\d{1,2})(?:[.)]\s+|、\s*)(?=\S)/;
const QUOTE = /^\s*>\s?/;
const INLINE = /`([^`\n]+)`|\*\*(?=\S)([^\n]+?)(?<=\S)\*\*|\[([^\]\n]+)\]\((https?:\/\/[^\s()<>"]+)\)/g;

/**
 * @param {string} text
 * @returns {Piece[] | null} null for a text without any of it
 */
export function readFormatted(text) {
  const pieces = readBlocks(text.split("\n"));
  const isPlain = (/** @type {Piece} */ piece) => typeof piece !== "string" && piece.tag === "p" && piece.children.every(isPlainText);
  return pieces.every(isPlain) ? null : pieces;
}

/** @param {Piece} piece */
function isPlainText(piece) {
  return typeof piece === "string" || piece.tag === "br" || (piece.tag === "a" && piece.href?.endsWith(String(piece.children[0])));
}

/**
 * @param {string[]} lines
 * @returns {Piece[]}
 */
function readBlocks(lines) {
  /** @type {Piece[]} */
  const blocks = [];
  for (let at = 0; at < lines.length; ) {
    const kind = kindOf(lines[at]);
    let end = at + 1;
    if (kind === "pre") end = endOfFence(lines, at);
    else while (end < lines.length && kindOf(lines[end]) === kind && !(kind === "p" && !lines[end].trim())) end += 1;
    const block = blockOf(kind, lines.slice(at, end));
    if (block) blocks.push(block);
    at = end;
  }
  return blocks;
}

/** @param {string} line */
function kindOf(line) {
  if (FENCE.test(line)) return "pre";
  if (BULLET.test(line)) return "ul";
  if (NUMBER.test(line)) return "ol";
  return QUOTE.test(line) ? "blockquote" : "p";
}

/**
 * @param {string[]} lines
 * @param {number} at where the block of code begins
 */
function endOfFence(lines, at) {
  const close = lines.findIndex((line, index) => index > at && FENCE.test(line));
  return close < 0 ? lines.length : close + 1;
}

/**
 * @param {string} kind
 * @param {string[]} lines
 * @returns {Piece | null} null for empty lines
 */
function blockOf(kind, lines) {
  if (kind === "pre") return piece("pre", [lines.slice(1).filter((line) => !FENCE.test(line)).join("\n")]);
  if (kind === "ul") return piece("ul", lines.map((line) => piece("li", inline(line.replace(BULLET, "")))));
  if (kind === "blockquote") return piece("blockquote", joined(lines.map((line) => line.replace(QUOTE, ""))));
  // Numbers that do not count up from 1 mean something by themselves: "3. floor".
  const isCounted = kind === "ol" && lines.every((line, index) => Number(NUMBER.exec(line)?.[1]) === index + 1);
  if (isCounted) return piece("ol", lines.map((line) => piece("li", inline(line.replace(NUMBER, "")))));
  return lines.some((line) => line.trim()) ? piece("p", joined(lines)) : null;
}

/**
 * @param {string[]} lines
 * @returns {Piece[]}
 */
function joined(lines) {
  const kept = lines.join("\n").trim().split("\n");
  return kept.flatMap((line, index) => [...(index ? [piece("br", [])] : []), ...inline(line)]);
}

/**
 * @param {string} text
 * @returns {Piece[]}
 */
function inline(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, label, href] = match;
    pieces.push(...linked(text.slice(end, match.index)));
    if (code) pieces.push(piece("code", [code]));
    else if (bold) pieces.push(piece("strong", linked(bold)));
    else pieces.push(piece("a", [label], href));
    end = match.index + whole.length;
  }
  return [...pieces, ...linked(text.slice(end))];
}

/**
 * @param {string} text
 * @returns {Piece[]}
 */
function linked(text) {
  return linkify(text).map((part) => (part.href ? piece("a", [part.text], part.href) : part.text));
}

/**
 * @param {string} tag
 * @param {Piece[]} children
 * @param {string | null} [href]
 * @returns {Piece}
 */
function piece(tag, children, href = null) {
  return { tag, href, children };
}
