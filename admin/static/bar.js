/**
 * What every page of the console does for its person: keeps the line to the desks open, shows and tells what the person
 * is, draws attention, and opens the command palette. The desk has a line of its own and takes the rest from here.
 */

import { systemClock } from "/widget/v1/lib/clock.js";
import { openStorage, Shelf } from "/widget/v1/lib/shelf.js";
import { Attention } from "./elements/attention.js";
import { CommandPalette } from "./elements/command-palette.js";
import { SessionNotice } from "./elements/session-notice.js";
import { WorkingMenu } from "./elements/working-menu.js";
import { keepLists, keptLists } from "./lib/kept-lists.js";
import { Line } from "./lib/line.js";
import { pageCommands, jumpCommands } from "./elements/page-commands.js";
import { Passing } from "./lib/passing.js";
import { StaffApi } from "./lib/staff-api.js";
import { staffConnection } from "./lib/staff-connection.js";
import { translator } from "./lib/words.js";
import { WorkingDay } from "./lib/working.js";

// Movements come in hundreds a second; one look at the clock in this time is enough.
const LOOK_MILLISECONDS = 5_000;

const state = JSON.parse(document.getElementById("bar-state")?.textContent ?? "{}");
const csrfToken = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
const messages = await (await fetch(new URL(`messages.${state.language}.json`, import.meta.url))).json();
const owner = `wenjin.staff.${state.me.id}.`;
const api = new StaffApi({ csrfToken, language: state.language });

export const t = translator(messages);
export const day = new WorkingDay({ state, api, clock: systemClock, shelf: new Shelf(openStorage(() => localStorage), owner) });
/** What this tab keeps from one page to the next. */
export const tabShelf = new Shelf(openStorage(() => sessionStorage), owner);
export const attention = new Attention({ day, t, language: state.language, go: goTo });
export const palette = new CommandPalette({ t });
/** The lists of the desks as the last page of this tab knew them. */
export const lists = keptLists(tabShelf, state.desks);

const menu = new WorkingMenu({ day, t, words: state.availabilities, root: /** @type {HTMLDetailsElement} */ (document.querySelector("details.working")) });
palette.add(() => pageCommands({ t, document, day, names: state.availabilities, notes: state.notes, choose: (choice) => menu.choose(choice) }));
palette.addSearch((text, signal) => jumpCommands(api, text, signal, { t, language: state.language, go: goTo }));
document.getElementById("open-palette")?.addEventListener("click", () => palette.open());
listenForActivity();
if (!document.getElementById("desk-state")) openLine();

/** @param {string} id */
function goTo(id) {
  location.assign(`/console/conversations/${id}`);
}

function listenForActivity() {
  let lookedAt = -Infinity;
  const look = () => {
    if (performance.now() - lookedAt < LOOK_MILLISECONDS && !day.isIdle) return;
    lookedAt = performance.now();
    void day.active();
  };
  for (const event of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(event, look, { passive: true });
  look();
}

/** Stay at the desks from a page beside them. */
function openLine() {
  const notice = new SessionNotice({ t, api, me: state.me });
  const passing = new Passing({ me: state.me, api, clock: systemClock, onTaken: () => {}, onSignedOut: () => notice.show() });
  /** @type {Line} */
  let line;
  const connection = staffConnection({ state, api }, {
    onState: (is) => {
      if (is === "live") line.resume();
    },
    onFrame: (frame) => {
      day.take(frame);
      line.take(frame);
    },
    onRefused: () => notice.show(),
  });
  line = new Line({ me: state.me, lists, send: (frame) => connection.send(frame), passing });
  const show = () => attention.show(line.news, { find: (id) => line.conversation(id) });
  line.addEventListener("change", show);
  day.addEventListener("change", show);
  notice.onBack = () => connection.start();
  palette.add(() => [{ id: "claim-next", title: t("Claim the next question"), run: claimNext }]);
  connection.start();
  addEventListener("pagehide", () => keepLists(tabShelf, line.lists));
  addEventListener("online", () => connection.wake());
  addEventListener("offline", () => connection.drop());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    connection.wake();
    void notice.lookAgain();
  });
}

async function claimNext() {
  const { conversation } = await api.claimNext().catch(() => ({ conversation: null }));
  // Where nobody waits any more, the desk says so.
  location.assign(conversation ? `/console/conversations/${conversation.id}` : "/console");
}
