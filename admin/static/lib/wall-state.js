/** When a wall screen looks again, and when what it shows is old. No browser needed. */

const PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** Three looks may fail before the room is told. */
const STALE_MILLISECONDS = 20_000;
const TOKEN = /^#([A-Za-z0-9_-]{43})$/;

/**
 * @param {number} failures looks in a row that failed
 * @returns {number} milliseconds until the next look, longer and longer
 */
export function nextPause(failures) {
  return Math.min(PAUSE_MILLISECONDS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MILLISECONDS);
}

/**
 * @param {number} age milliseconds since the last answer
 * @returns {boolean}
 */
export function isStale(age) {
  return age > STALE_MILLISECONDS;
}

/**
 * @param {string} hash of the address
 * @returns {string} the token in it, empty where there is none
 */
export function tokenOf(hash) {
  return TOKEN.exec(hash)?.[1] ?? "";
}
