/** Lets a curator go through proposed wordings without the mouse: arrows move, Alt+X rejects, Escape undoes typing. */

const fields = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".wording-words")]);

/**
 * @param {HTMLInputElement} field
 * @param {KeyboardEvent} event
 * @returns {(() => void) | null} what the key does in the field
 */
function actionOf(field, event) {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  // By its place on the keyboard: with Alt the key itself may be another character.
  if (event.altKey) return event.code === "KeyX" ? () => /** @type {HTMLElement} */ (field.form?.querySelector("[data-reject]")).click() : null;
  if (event.key === "ArrowDown") return () => goTo(fields.indexOf(field) + 1);
  if (event.key === "ArrowUp") return () => goTo(fields.indexOf(field) - 1);
  if (event.key === "Escape") return () => (field.value = field.defaultValue);
  return null;
}

/** @param {number} place stays where it is at either end */
function goTo(place) {
  fields[place]?.focus();
  fields[place]?.select();
}

for (const field of fields) {
  field.addEventListener("keydown", (event) => {
    const action = actionOf(field, event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
for (const hint of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-keys]"))) hint.hidden = fields.length === 0;
