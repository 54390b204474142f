/** Puts a variable into the text that was written in last, at the cursor, with one press. */

export {};

/** @type {HTMLTextAreaElement | null} */
let last = document.querySelector(document.documentElement.lang === "en" ? "textarea[name=text_en]" : "textarea[name=text_zh]");
for (const text of document.querySelectorAll("textarea")) text.addEventListener("focus", () => (last = text));
for (const code of document.querySelectorAll("[data-variable]")) offer(/** @type {HTMLElement} */ (code));

/** @param {HTMLElement} code */
function offer(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.append(code.cloneNode(true));
  button.addEventListener("click", () => {
    if (!last) return;
    last.setRangeText(code.dataset.variable ?? "", last.selectionStart, last.selectionEnd, "end");
    last.focus();
  });
  code.replaceWith(button);
}
