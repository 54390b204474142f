/** What a page without other scripts may offer where scripts run: copy a text with one press, print. */

const SHOWN_MILLISECONDS = 2000;

for (const button of document.querySelectorAll("button[data-copy]")) offerToCopy(/** @type {HTMLButtonElement} */ (button));
for (const button of document.querySelectorAll("button[data-print]")) {
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  button.addEventListener("click", () => print());
}

/** @param {HTMLButtonElement} button */
function offerToCopy(button) {
  // The clipboard is there only on a page that came safely.
  if (!navigator.clipboard) return;
  const label = button.textContent ?? "";
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = `✓ ${label.trim()}`;
    setTimeout(() => (button.textContent = label), SHOWN_MILLISECONDS);
  });
}
