/**
 * Reads the little HTML that the server's sanitiser lets through, without the browser's parser: pages that enforce
 * Trusted Types forbid every way of turning text into markup. Whatever is not on the list becomes its text or nothing.
 *
 * Pictures are those of the service's own articles alone.
 *
 * @typedef {{tag: string, href: string | null, src?: string, alt?: string, children: Piece[]}} Element
 * @typedef {string | Element} Piece
 */

const TAGS = new Set([
  "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
  "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
]);
const VOID = new Set(["br", "hr", "img"]);
// With these the content goes too.
const SILENT = new Set(["script", "style", "template", "iframe", "object", "svg", "math", "title"]);
const ENTITIES = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"], ["nbsp", "\u00a0"]]);
const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>|[^<]+|</g;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const SRC = /(?:^|\s)src\s*=\s*"([^"]*)"/i;
const ALT = /(?:^|\s)alt\s*=\s*"([^"]*)"/i;
const PICTURE = /^\/api\/v1\/article-images\/[0-9a-f-]{36}(?:\?[\w=&-]*)?$/;
const SAFE_ADDRESS = /^(?:https?:\/\/|mailto:|tel:)/i;

/**
 * @param {string} html
 * @returns {Piece[]}
 */
export function readMarkup(html) {
  /** @type {Element} */
  const root = { tag: "", href: null, children: [] };
  const open = [root];
  let silent = "";
  for (const [token, slash, name, attributes] of html.matchAll(TOKEN)) {
    const tag = name?.toLowerCase() ?? "";
    if (silent) {
      if (slash && tag === silent) silent = "";
    } else if (!tag) {
      if (!token.startsWith("<!--")) open[open.length - 1].children.push(decode(token));
    } else if (slash) {
      closeTag(open, tag);
    } else if (SILENT.has(tag)) {
      silent = tag;
    } else if (TAGS.has(tag)) {
      openTag(open, tag, attributes);
    }
  }
  return root.children;
}

/**
 * @param {string} text with character references
 * @returns {string}
 */
export function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES.get(name) ?? whole;
    const code = hex ? parseInt(hex, 16) : parseInt(decimal, 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

/**
 * @param {Element[]} open
 * @param {string} tag
 * @param {string} attributes
 */
function openTag(open, tag, attributes) {
  if (tag === "img") return addPicture(open[open.length - 1], attributes);
  /** @type {Element} */
  const piece = { tag, href: tag === "a" ? address(attributes) : null, children: [] };
  open[open.length - 1].children.push(piece);
  if (!VOID.has(tag)) open.push(piece);
}

/**
 * @param {Element} parent
 * @param {string} attributes
 */
function addPicture(parent, attributes) {
  const path = decode(SRC.exec(attributes)?.[1] ?? "");
  if (!PICTURE.test(path)) return;
  // The page is another library's; the picture lies where this module came from.
  const src = new URL(path, import.meta.url).href;
  parent.children.push({ tag: "img", href: null, src, alt: decode(ALT.exec(attributes)?.[1] ?? ""), children: [] });
}

/**
 * @param {{tag: string}[]} open
 * @param {string} tag closed together with what was left open inside it; ignored when it is not open
 */
function closeTag(open, tag) {
  const index = open.findLastIndex((piece) => piece.tag === tag);
  if (index > 0) open.length = index;
}

/**
 * @param {string} attributes
 * @returns {string | null}
 */
function address(attributes) {
  const found = HREF.exec(attributes);
  const href = found ? decode(found[1] ?? found[2] ?? found[3] ?? "").trim() : "";
  return SAFE_ADDRESS.test(href) ? href : null;
}
