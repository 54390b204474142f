/**
 * The desks' lists as the last page of this tab knew them, for the next one: with their versions at hand the service
 * sends what has changed since, and nothing where nothing has.
 */

const KEY = "lists";
// Beyond this a list is quicker sent again than kept, in characters.
const LARGEST = 1_000_000;

/**
 * @param {{get: (key: string) => any}} shelf of this tab alone
 * @param {string[]} deskIds
 * @returns {{id: string, version: number, items: any[]}[]} one for each desk, empty at version 0 where nothing is kept
 */
export function keptLists(shelf, deskIds) {
  const kept = shelf.get(KEY) ?? [];
  return deskIds.map((id) => kept.find((/** @type {any} */ each) => each.id === id) ?? { id, version: 0, items: [] });
}

/**
 * @param {{set: (key: string, value: unknown) => void, remove: (key: string) => void}} shelf
 * @param {Iterable<import("./desk-list.js").DeskList>} lists
 */
export function keepLists(shelf, lists) {
  const kept = [...lists].map(({ deskId, version, items }) => ({ id: deskId, version, items }));
  if (JSON.stringify(kept).length > LARGEST) shelf.remove(KEY);
  else shelf.set(KEY, kept);
}
