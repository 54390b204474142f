/** Closes an open menu by Escape and by a press elsewhere; without scripts it closes by its own name. */

document.addEventListener("pointerdown", (event) => {
  for (const menu of menus()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.open = false;
  }
});

/** @returns {NodeListOf<HTMLDetailsElement>} */
function menus() {
  return document.querySelectorAll("details.menu");
}
