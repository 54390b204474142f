/** Takes the words that are marked in an article's text into the field of what is to be masked. */

const text = /** @type {HTMLElement | null} */ (document.querySelector("[data-mask-text]"));
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-mask-form]"));
const words = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem("words"));

/** Keeps what is marked, if all of it lies inside the text. */
function takeUp() {
  const selection = document.getSelection();
  if (!selection || !text || !words || selection.isCollapsed) return;
  if (!text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return;
  const marked = selection.toString().trim();
  if (marked.length >= words.minLength && marked.length <= words.maxLength) words.value = marked;
}

document.addEventListener("selectionchange", takeUp);
