/** How long ago something was, in the words of the page, and how urgent that is. */

const JUST_NOW = 10_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// A reader at the screen waits gladly for a minute and leaves after a few.
const LONG = MINUTE;
const OVERDUE = 3 * MINUTE;

/**
 * @param {number} milliseconds
 * @param {(message: string, details?: Record<string, unknown>) => string} t
 * @returns {string} at most two units, such as "1 h 20 min"
 */
export function ageText(milliseconds, t) {
  if (milliseconds < JUST_NOW) return t("just now");
  if (milliseconds < MINUTE) return t("{seconds} s", { seconds: 10 * Math.floor(milliseconds / JUST_NOW) });
  if (milliseconds < HOUR) return t("{minutes} min", { minutes: Math.floor(milliseconds / MINUTE) });
  if (milliseconds < DAY) {
    const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
    return t("{hours} h {minutes} min", { hours: Math.floor(milliseconds / HOUR), minutes });
  }
  return t("{days} d", { days: Math.floor(milliseconds / DAY) });
}

/**
 * @param {number} milliseconds waited
 * @returns {"" | "is-long" | "is-overdue"}
 */
export function urgency(milliseconds) {
  if (milliseconds >= OVERDUE) return "is-overdue";
  return milliseconds >= LONG ? "is-long" : "";
}
