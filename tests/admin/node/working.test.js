import assert from "node:assert/strict";
import { test } from "node:test";
import { keepLists, keptLists } from "../../../admin/static/lib/kept-lists.js";
import { DeskList } from "../../../admin/static/lib/desk-list.js";
import { Line } from "../../../admin/static/lib/line.js";
import { Refusal } from "../../../admin/static/lib/staff-api.js";
import { WorkingDay } from "../../../admin/static/lib/working.js";

const DAY = { choice: "online", availability: "online", max_chats: null, limit: 3, held: 0, away_after_minutes: 10, returns_after_seconds: 60 };

function shelf() {
  const kept = new Map();
  return { get: (/** @type {string} */ key) => kept.get(key) ?? null, set: (/** @type {string} */ key, /** @type {unknown} */ value) => void kept.set(key, value), remove: (/** @type {string} */ key) => void kept.delete(key) };
}

function working({ now = 1_000_000, kept = shelf(), day = DAY } = {}) {
  /** @type {string[]} */
  const asked = [];
  const clock = { at: now, now: () => clock.at };
  const answer = (/** @type {string} */ what) => (/** @type {unknown} */ value) => {
    asked.push(value === undefined ? what : `${what} ${value}`);
    return Promise.resolve({ ...day, choice: what === "choose" ? value : day.choice, availability: what === "choose" ? value : "online" });
  };
  const api = /** @type {any} */ ({ chooseAvailability: answer("choose"), noteActivity: answer("active"), workingDay: answer("look"), setCapacity: answer("capacity") });
  return { asked, clock, api, kept, day: new WorkingDay({ state: { me: { id: "me" }, day, preferences: {} }, api, clock, shelf: kept }) };
}

test("activity is said once a minute by all tabs together, and at once by who counts as away", async () => {
  const { asked, clock, day, kept } = working();
  await day.active();
  await day.active();
  const other = working({ now: clock.at + 30_000, kept });
  await other.day.active();
  assert.deepEqual([asked, other.asked], [["active"], []]);
  clock.at += 61_000;
  await day.active();
  assert.equal(asked.length, 2);
  day.take({ type: "working", librarian_id: "me", choice: "online", availability: "away", max_chats: null });
  assert.ok(day.isIdle);
  await day.active();
  assert.equal(asked.length, 3);
  assert.equal(day.isIdle, false);
});

test("what another screen chose is taken over, and what a colleague is goes to who asks for it", () => {
  const { day } = working();
  /** @type {any[]} */
  const colleagues = [];
  day.addEventListener("colleague", (/** @type {any} */ event) => colleagues.push(event.detail));
  day.take({ type: "working", librarian_id: "me", choice: "internal", availability: "internal", max_chats: 2 });
  day.take({ type: "working", librarian_id: "chen", choice: "away", availability: "away", max_chats: null });
  assert.deepEqual([day.availability, day.now.max_chats, day.now.limit], ["internal", 2, 3]);
  assert.deepEqual(colleagues, [{ id: "chen", availability: "away" }]);
});

test("a page that is open has not left, whatever the service knows of its connection", () => {
  const { day } = working();
  day.take({ type: "working", librarian_id: "me", choice: "online", availability: "offline", max_chats: null });
  assert.equal(day.availability, "online");
  day.take({ type: "working", librarian_id: "me", choice: "offline", availability: "offline", max_chats: null });
  assert.equal(day.availability, "offline");
});

test("a refused choice is told and changes nothing", async () => {
  const { api, day } = working();
  api.setCapacity = () => Promise.reject(new Refusal(422, { message: "Too many." }));
  assert.equal(await day.setCapacity(9), false);
  assert.deepEqual([day.problem, day.now.max_chats], ["Too many.", null]);
});

const waits = (/** @type {string} */ id) => ({ id, state: "waiting", holder_id: null, queued_at: "2026-09-01T08:00:00Z", last_seq: 1, staff_seen_seq: 0 });
const held = (/** @type {string} */ id) => ({ ...waits(id), state: "active", holder_id: "me", last_seq: 4, staff_seen_seq: 2 });

function line(/** @type {any[]} */ items) {
  /** @type {any[]} */
  const sent = [];
  const passing = /** @type {any} */ (Object.assign(new EventTarget(), { isForMe: () => false, take: () => {}, lookAgain: () => {} }));
  const made = new Line({ me: { id: "me" }, lists: [{ id: "desk", version: 5, items }], send: (frame) => sent.push(frame) > 0, passing });
  return { sent, line: made };
}

test("beside the desk only what nobody has seen is asked for, and counted once", () => {
  const { sent, line: at } = line([waits("a"), held("b")]);
  at.resume();
  assert.deepEqual(sent, [
    { type: "watch", desks: { desk: 5 } },
    { type: "follow", conversation_id: "b", after_seq: 2 },
  ]);
  const text = (/** @type {number} */ seq, author = "reader") => ({ seq, kind: "text", author });
  at.take({ type: "messages", conversation_id: "b", items: [text(3), text(4, "librarian")] });
  at.take({ type: "messages", conversation_id: "b", items: [text(3), text(5)] });
  assert.deepEqual(at.news.mine, [{ id: "b", unread: 2 }]);
  assert.deepEqual(at.news.waiting.map(({ id }) => id), ["a"]);
  // Read on another screen.
  at.take({ type: "seen", conversation_id: "b", side: "librarian", seq: 5 });
  assert.deepEqual(at.news.mine, [{ id: "b", unread: 0 }]);
});

test("beside the desk a claimed question leaves, an own one is followed and let go", () => {
  const { sent, line: at } = line([waits("a")]);
  at.resume();
  sent.length = 0;
  at.take({ type: "desk_change", desk_id: "desk", version: 6, item: held("a") });
  assert.deepEqual(sent, [{ type: "follow", conversation_id: "a", after_seq: 2 }]);
  at.take({ type: "desk_change", desk_id: "desk", version: 7, item: { ...held("a"), state: "closed" } });
  assert.deepEqual(sent.at(-1), { type: "unfollow", conversation_id: "a" });
  // A change was missed: the list is asked for again.
  at.take({ type: "desk_change", desk_id: "desk", version: 9, item: waits("c") });
  assert.deepEqual(sent.at(-1), { type: "watch", desks: { desk: 7 } });
});

test("the next page begins with the lists of the last one, at their versions", () => {
  const kept = shelf();
  keepLists(kept, [new DeskList({ id: "desk", version: 7, items: [waits("a")] })]);
  const [known, unknown] = keptLists(kept, ["desk", "other"]);
  assert.deepEqual([known.version, known.items.length], [7, 1]);
  assert.deepEqual(unknown, { id: "other", version: 0, items: [] });
  keepLists(kept, [new DeskList({ id: "desk", version: 8, items: [{ ...waits("a"), question: "问".repeat(1_000_001) }] })]);
  assert.equal(keptLists(kept, ["desk"])[0].version, 0);
});
