/**
 * Time and timers behind one object, so that tests move the clock instead of waiting.
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(run: () => void, milliseconds: number) => any} after starts a timer
 * @property {(timer: any) => void} cancel stops a timer; null is fine
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  after: (run, milliseconds) => setTimeout(run, milliseconds),
  cancel: (timer) => clearTimeout(timer),
};
