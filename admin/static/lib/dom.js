/** Making and updating elements. All text goes in as text. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] set on the element; `data-`, `aria-`, `role`, `for`, `lang`, `datetime` as attributes,
 *   `on...` as listeners
 * @param {...(Node | string | null | false)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setOne(element, name, value);
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== false)));
  return element;
}

/**
 * Set the text of an element only when it differs, so that screen readers and selections are left in peace.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show a list: keep elements of known keys, in the order of the items, and move only what is out of place.
 *
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => Element} create
 * @param {(element: any, item: T) => void} update
 */
export function showList(parent, items, keyOf, create, update) {
  /** @type {Map<string, Element>} */
  const known = new Map([...parent.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.key ?? "", child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const element = known.get(key) ?? create(item);
    /** @type {HTMLElement} */ (element).dataset.key = key;
    known.delete(key);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    update(element, item);
  }
  for (const left of known.values()) left.remove();
}

/**
 * Turn HTML that the server has sanitised into nodes. Nothing in it runs: the parser makes an inert document, and the
 * page's policy allows no inline script.
 *
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function sanitisedNodes(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  fragment.append(...parsed.body.childNodes);
  return fragment;
}

function setOne(/** @type {any} */ element, /** @type {string} */ name, /** @type {any} */ value) {
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name.includes("-") || !(name in element)) element.setAttribute(name, String(value));
  else element[name] = value;
}
