/** @import { Item } from "./desk-list.js" */

/**
 * Divide what the desks have in hand by who holds it, oldest question first in each part.
 *
 * @param {Item[]} items of all desks
 * @param {string} personId
 * @returns {{mine: Item[], waiting: Item[], colleagues: Item[]}}
 */
export function divide(items, personId) {
  const sorted = [...items].sort(byAge);
  return {
    mine: sorted.filter((item) => item.holder_id === personId),
    waiting: sorted.filter((item) => item.holder_id === null),
    colleagues: sorted.filter((item) => item.holder_id !== null && item.holder_id !== personId),
  };
}

/**
 * @param {Item[]} items in the order shown
 * @param {string | null} id the one that is open
 * @param {1 | -1} step
 * @returns {string | null} the neighbour, or the first or last where none is open
 */
export function neighbour(items, id, step) {
  const place = items.findIndex((item) => item.id === id);
  if (place === -1) return (step === 1 ? items[0] : items.at(-1))?.id ?? null;
  return items[place + step]?.id ?? id;
}

/**
 * @param {Item} a
 * @param {Item} b
 */
function byAge(a, b) {
  return Date.parse(a.queued_at) - Date.parse(b.queued_at) || (a.id < b.id ? -1 : 1);
}
