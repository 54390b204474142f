/** Keeps the live board right without loading the page again. */

import { ageText } from "./lib/age.js";
import { make, setText, showList } from "./lib/dom.js";
import { Refusal, StaffApi } from "./lib/staff-api.js";
import { timeTexts } from "./lib/timing.js";
import { translator } from "./lib/words.js";

const AGAIN_MILLISECONDS = 5_000;

const state = JSON.parse(document.getElementById("board-state")?.textContent ?? "{}");
const api = new StaffApi({ csrfToken: "", language: state.language });
const t = translator(await (await fetch(new URL(`messages.${state.language}.json`, import.meta.url))).json());
const { clockTime } = timeTexts(state.language, state.time_zone);
const rows = document.querySelector("#board tbody");
const nodes = document.querySelector("#board-below tbody");
const sums = [...document.querySelectorAll("#board-sums dd")];
const told = document.getElementById("board-told");
const name = (/** @type {any} */ each, /** @type {string} */ what) => each[`${what}_${state.language}`];

function number(/** @type {string} */ label, /** @type {string} */ text) {
  return make("td", { className: "number", "data-label": label }, text);
}

function cells(/** @type {any} */ desk) {
  const library = make("span", { className: "row-sub" }, `${name(desk, "library")} · ${desk.library_code}`);
  const questions = desk.questions.flatMap((/** @type {any} */ each) => [
    make("a", { className: "board-open", href: `/console/conversations/${each.id}`, lang: each.language }, [...each.question].slice(0, 40).join("")),
    make("span", { className: "row-sub" }, name(each, "holder") ?? state.states.waiting),
  ]);
  return [
    make("td", { className: "row-main" }, name(desk, "name"), library),
    ...numbers(desk),
    make("td", {}, ...(questions.length > 0 ? questions : ["–"])),
  ];
}

function update(/** @type {any} */ row, /** @type {any} */ desk) {
  const shown = JSON.stringify(desk);
  // A row that says the same stays as it is: the focus in it, too.
  if (row.dataset.shown === shown) return;
  const focused = row.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  row.dataset.shown = shown;
  row.replaceChildren(...cells(desk));
  if (focused) row.querySelector(`a[href="${focused}"]`)?.focus();
}

function numbers(/** @type {any} */ each) {
  const longest = each.longest_wait_seconds === null ? "–" : ageText(each.longest_wait_seconds * 1000, t);
  return [
    number(t("Waiting"), String(each.waiting)),
    number(t("Longest wait"), longest),
    number(t("In hand"), String(each.active)),
    number(t("Staff here"), String(each.staff)),
    number(t("Answered today"), String(each.answered_today)),
  ];
}

function updateNode(/** @type {any} */ row, /** @type {any} */ node) {
  const shown = JSON.stringify(node);
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  // The link stays where it is: it may have the focus.
  if (row.childElementCount > 0) return row.replaceChildren(row.firstElementChild, ...numbers(node));
  const link = make("a", { href: `/console/board?node=${node.code}` }, name(node, "name"));
  const told = make("span", { className: "row-sub" }, `${node.code} · ${t("{count} desks", { count: node.desks })}`);
  row.replaceChildren(make("td", { className: "row-main" }, link, told), ...numbers(node));
}

function show(/** @type {any} */ board) {
  if (rows) showList(rows, board.desks, ({ desk_id }) => desk_id, () => make("tr"), update);
  if (nodes) showList(nodes, board.below, ({ code }) => code, () => make("tr"), updateNode);
  const values = numbers(board.totals).map((cell) => cell.textContent ?? "");
  sums.forEach((sum, place) => setText(sum, values[place]));
}

async function again() {
  try {
    const board = await api.board(state.node);
    show(board);
    if (told) told.textContent = t("As of {moment}.", { moment: clockTime(board.as_of) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (told) told.textContent = t("No connection: what you see is old.");
  } finally {
    setTimeout(again, AGAIN_MILLISECONDS);
  }
}

rows?.replaceChildren();
nodes?.replaceChildren();
show(state.board);
setTimeout(again, AGAIN_MILLISECONDS);
