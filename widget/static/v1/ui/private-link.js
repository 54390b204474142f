/** A private link in the address of a full page: `#my=TOKEN`. Fragments stay in the browser. */

const MARK = "#my=";

/**
 * Take the token out of the address, so that it is in no bookmark, no history and no screenshot from here on. Kept for
 * this tab only, beside whatever this browser asked itself.
 *
 * @param {import("../lib/shelf.js").Shelf} shelf of this tab, for the questions behind the link
 * @returns {boolean} whether this tab shows what a link opened
 */
export function takeLink(shelf) {
  if (location.hash.startsWith(MARK)) {
    shelf.set("reader", { token: location.hash.slice(MARK.length) });
    shelf.remove("current");
    history.replaceState(null, "", location.pathname + location.search);
  }
  return shelf.get("reader") !== null;
}
