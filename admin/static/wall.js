/** A wall screen: a node's numbers in large type, kept right for days, and plainly marked while they are old. */

import { ageText } from "./lib/age.js";
import { make } from "./lib/dom.js";
import { isStale, nextPause, tokenOf } from "./lib/wall-state.js";
import { timeTexts } from "./lib/timing.js";
import { translator } from "./lib/words.js";

const TIMEOUT_MILLISECONDS = 8_000;
/** A display runs for weeks: now and then it takes the newest version of this page. */
const RENEW_MILLISECONDS = 6 * 3_600_000;
const KEY = "wenjin.wall.token";

const state = JSON.parse(document.getElementById("wall-state")?.textContent ?? "{}");
const t = translator(await (await fetch(new URL(`messages.${state.language}.json`, import.meta.url))).json());
const started = Date.now();
const token = state.isLinked ? kept(tokenOf(location.hash)) : "";
let failures = 0;
/** @type {any} */
let shown = null;
let seenAt = 0;
let zone = "UTC";
let clock = timeTexts(state.language, zone);

/** Keep the token in this browser and take it out of the address, where anybody in the room could read it. */
function kept(/** @type {string} */ given) {
  try {
    if (given) localStorage.setItem(KEY, given);
    if (given) history.replaceState(null, "", location.pathname);
    return given || localStorage.getItem(KEY) || "";
  } catch {
    // Storage is forbidden: the address has to keep it.
    return given;
  }
}

function element(/** @type {string} */ id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

const name = (/** @type {any} */ each, /** @type {string} */ what) => each[`${what}_${state.language}`];
const wait = (/** @type {number | null} */ seconds) => (seconds === null ? "–" : ageText(seconds * 1000, t));

function sum(/** @type {string} */ label, /** @type {string} */ value, /** @type {string} */ kind) {
  return make("div", { className: `wall-sum ${kind}` }, make("dt", {}, label), make("dd", {}, value));
}

function show(/** @type {any} */ wall) {
  const { totals } = wall;
  element("wall-name").textContent = name(wall, "name");
  element("wall-sums").replaceChildren(
    sum(t("Waiting"), String(totals.waiting), totals.waiting ? "is-waiting" : ""),
    sum(t("Longest wait"), wait(totals.longest_wait_seconds), totals.waiting ? "is-waiting" : ""),
    sum(t("In hand"), String(totals.active), ""),
    sum(t("Staff here"), String(totals.staff), totals.staff ? "" : "is-waiting"),
    sum(t("Answered today"), String(totals.answered_today), ""),
  );
  const rows = /** @type {HTMLElement} */ (document.querySelector("#wall-desks tbody"));
  element("wall-desks").hidden = wall.desks.length < 2;
  rows.replaceChildren(...wall.desks.map(row));
  element("wall-foot").textContent = wall.left_off ? t("{count} more desks with less to do are not listed.", { count: wall.left_off }) : "";
}

function row(/** @type {any} */ desk) {
  const head = make("th", { scope: "row" }, name(desk, "name"), make("span", {}, name(desk, "library")));
  const cells = [String(desk.waiting), wait(desk.longest_wait_seconds), String(desk.active), String(desk.staff), String(desk.answered_today)];
  return make("tr", { className: desk.waiting ? "is-waiting" : "" }, head, ...cells.map((text) => make("td", {}, text)));
}

function tick() {
  const { clockTime } = clock;
  if (shown) element("wall-clock").textContent = clockTime(new Date().toISOString());
  const isOld = shown !== null && isStale(Date.now() - seenAt);
  document.body.classList.toggle("is-stale", isOld);
  if (isOld) tell(t("Stale since {moment}: no connection to the service.", { moment: clockTime(new Date(seenAt).toISOString()) }));
  else if (shown) element("wall-stale").hidden = true;
}

function tell(/** @type {string} */ text) {
  const line = element("wall-stale");
  line.hidden = false;
  if (line.textContent !== text) line.textContent = text;
}

async function look() {
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : undefined;
    const answer = await fetch(state.source, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    if (answer.status === 401 || answer.status === 403) return refuse();
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    shown = await answer.json();
    if (zone !== shown.time_zone) clock = timeTexts(state.language, (zone = shown.time_zone));
    seenAt = Date.now();
    failures = 0;
    show(shown);
    if (seenAt - started > RENEW_MILLISECONDS) return location.reload();
  } catch {
    failures += 1;
    if (shown === null) tell(t("No connection to the service yet."));
  }
  tick();
  setTimeout(look, nextPause(failures));
}

/** Nobody looks at a wall to sign in: what is shown goes, and the screen asks again now and then. */
function refuse() {
  shown = null;
  element("wall-sums").replaceChildren();
  element("wall-desks").hidden = true;
  element("wall-foot").textContent = "";
  element("wall-clock").textContent = "";
  tell(state.isLinked ? t("This screen is not linked any more. Somebody who administers the library can make a new link.") : t("You are signed out."));
  setTimeout(look, nextPause(10));
}

setInterval(tick, 1_000);
await look();
