/**
 * Closes an open menu by Escape and by a press elsewhere; without scripts it closes by its own name. Brings the page one is
 * on into sight where a row of pages is wider than the window.
 */

for (const row of document.querySelectorAll(".bar-nav, .tabs")) {
  const here = row.querySelector("[aria-current]");
  if (!here || !row.firstElementChild) continue;
  // The first link grows once it counts questions, and moves the others.
  const sizes = new ResizeObserver(() => centre(row, here));
  for (const part of [row, row.firstElementChild]) sizes.observe(part);
}
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

/** @param {Element} row @param {Element} part */
function centre(row, part) {
  const [all, place] = [row.getBoundingClientRect(), part.getBoundingClientRect()];
  row.scrollLeft += place.left + place.width / 2 - (all.left + all.width / 2);
}

/** @returns {NodeListOf<HTMLDetailsElement>} */
function menus() {
  return document.querySelectorAll("details.menu");
}
