/** @import { Item } from "./desk-list.js" */

/**
 * Divide what the desks have in hand by who holds it, in each part what comes first and then the oldest question first.
 *
 * @param {Item[]} items of all desks
 * @param {string} personId
 * @param {(item: Item) => boolean} [isForMe] whether the person is asked to take it: those stand apart
 * @returns {{forMe: Item[], mine: Item[], waiting: Item[], colleagues: Item[]}}
 */
export function divide(items, personId, isForMe = () => false) {
  const since = new Map(items.map(({ id, queued_at }) => [id, Date.parse(queued_at)]));
  const sorted = [...items].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0) || Number(since.get(a.id)) - Number(since.get(b.id)) || (a.id < b.id ? -1 : 1));
  const others = sorted.filter((item) => item.holder_id !== personId && !isForMe(item));
  return {
    forMe: sorted.filter((item) => item.holder_id !== personId && isForMe(item)),
    mine: sorted.filter((item) => item.holder_id === personId),
    waiting: others.filter((item) => item.holder_id === null),
    colleagues: others.filter((item) => item.holder_id !== null),
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
