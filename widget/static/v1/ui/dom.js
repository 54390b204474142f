/**
 * Building nodes without markup: every text is a text node, every attribute is set by name.
 *
 * @typedef {Node | string | null | undefined | false} Child
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} [attributes]
 *   a function listens to the event after "on"; true sets an empty attribute; false, null and undefined set none
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.filter(isChild));
  return element;
}

/**
 * Set a text only when it changed, so that live regions speak once.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
function isChild(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/** @type {Record<string, string[]>} */
const SHAPES = {
  back: ["m15 18-6-6 6-6"],
  close: ["M18 6 6 18", "m6 6 12 12"],
  history: ["M3.5 12a8.5 8.5 0 1 0 2.6-6.1L3.5 8.4", "M3.5 3.5v4.9h4.9", "M12 7.5V12l3 2"],
  send: ["M12 19V5", "m5.5 11.5 6.5-6.5 6.5 6.5"],
  search: ["M10.8 18a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4Z", "m20.5 20.5-4.6-4.6"],
  chevron: ["m6 9.5 6 6 6-6"],
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.5a7.5 7.5 0 0 1 15 0"],
  star: ["m12 3.6 2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.8-5.2 2.8 1-5.8L3.6 9.7l5.8-.8Z"],
  chat: ["M21 11.5a8.5 8.5 0 0 1-12.3 7.6L3 21l1.9-5.7A8.5 8.5 0 1 1 21 11.5Z"],
  clock: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 7.5V12l3 1.8"],
  file: ["M13.5 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8.5Z", "M13.5 3v5.5H19"],
  clip: ["m20.2 11.3-8.4 8.4a5.1 5.1 0 0 1-7.2-7.2l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4l7.9-7.9"],
  more: ["M5.5 12h.01M12 12h.01M18.5 12h.01"],
  check: ["m4.5 12.5 5 5 10-11"],
  checks: ["m2 12.5 5 5 9.5-11", "m11.5 16.5 1 1 9.5-11"],
  alert: ["M12 8.5v4.5M12 16.5h.01", "M10.3 4.2 2.7 17.5A2 2 0 0 0 4.4 20.5h15.2a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z"],
};

/**
 * @param {keyof typeof SHAPES} name
 * @returns {SVGSVGElement} decoration only: the text beside it carries the meaning
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/**
 * @param {import("../lib/markup.js").Piece[]} pieces
 * @returns {Node[]}
 */
export function nodesOf(pieces) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return document.createTextNode(piece);
    if (piece.src) return el("img", { src: piece.src, alt: piece.alt ?? "", loading: "lazy", class: "picture" });
    const link = piece.href ? linkAttributes(piece.href) : {};
    return el(/** @type {"p"} */ (piece.tag), link, ...nodesOf(piece.children));
  });
}

/**
 * @param {import("../lib/text.js").Part[]} parts
 * @returns {Node[]}
 */
export function nodesOfParts(parts) {
  return parts.map(({ text, href, isMarked }) => {
    if (href) return el("a", linkAttributes(href), text);
    return isMarked ? el("mark", {}, text) : document.createTextNode(text);
  });
}

/** @param {string} href */
function linkAttributes(href) {
  // The reader's page must not learn to steer the one it came from, and the address asked about stays private.
  return { href, target: "_blank", rel: "noopener noreferrer" };
}
