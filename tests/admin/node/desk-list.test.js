import assert from "node:assert/strict";
import test from "node:test";
import { DeskList, together } from "../../../admin/static/lib/desk-list.js";
import { divide, neighbour } from "../../../admin/static/lib/sections.js";

const item = (id, values = {}) => ({
  id,
  state: "waiting",
  holder_id: null,
  queued_at: `2026-09-01T08:0${id}:00Z`,
  last_seq: 1,
  ...values,
});
const ids = (list) => list.items.map(({ id }) => id).sort();

/** A random history of a desk: what its list is after each version. */
function history(length, random) {
  const now = new Map();
  const steps = [];
  for (let version = 1; version <= length; version += 1) {
    const id = String(Math.floor(random() * 6));
    const state = ["waiting", "active", "closed"][Math.floor(random() * 3)];
    const changed = item(id, { state, last_seq: version });
    if (state === "closed") now.delete(id);
    else now.set(id, changed);
    steps.push({ version, item: changed, after: [...now.values()] });
  }
  return steps;
}

function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("a snapshot with every change after it is a fresh snapshot", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seeded(seed);
    const steps = history(40, random);
    const start = Math.floor(random() * 40);
    const list = new DeskList({ id: "d", version: start, items: start ? steps[start - 1].after : [] });
    for (const step of steps) {
      list.takeChange(step);
      if (random() < 0.2) list.takeChange(step);
    }
    assert.deepEqual(ids(list), steps.at(-1).after.map(({ id }) => id).sort());
    assert.equal(list.version, 40);
    assert.equal(list.isBehind, false);
  }
});

test("a skipped version is not applied and asks for the list", () => {
  const list = new DeskList({ id: "d", version: 3, items: [item("1")] });
  list.takeChange({ version: 5, item: item("2") });
  assert.deepEqual(ids(list), ["1"]);
  assert.equal(list.version, 3);
  assert.equal(list.isBehind, true);
  list.takeList({ version: 5, items: [item("1"), item("2")] });
  assert.deepEqual(ids(list), ["1", "2"]);
  assert.equal(list.isBehind, false);
});

test("an ended question leaves the list", () => {
  const list = new DeskList({ id: "d", version: 1, items: [item("1"), item("2")] });
  list.takeChange({ version: 2, item: item("1", { state: "withdrawn" }) });
  assert.deepEqual(ids(list), ["2"]);
});

test("an older list does not undo newer changes, unless it was asked for after a new connection", () => {
  const list = new DeskList({ id: "d", version: 7, items: [item("1")] });
  list.takeList({ version: 6, items: [] });
  assert.deepEqual(ids(list), ["1"]);
  list.expectList();
  list.takeList({ version: 2, items: [item("9")] });
  assert.deepEqual([ids(list), list.version], [["9"], 2]);
});

test("the result of an own action shows at once, but never an older state", () => {
  const list = new DeskList({ id: "d", version: 1, items: [item("1", { last_seq: 4 })] });
  list.foresee(item("1", { state: "active", holder_id: "me", last_seq: 5 }));
  assert.equal(list.find("1").holder_id, "me");
  list.foresee(item("1", { last_seq: 4 }));
  assert.equal(list.find("1").holder_id, "me");
  list.foresee(item("8"));
  assert.equal(list.find("8"), undefined);
});

test("questions are divided by holder, oldest first", () => {
  const items = [item("3"), item("1"), item("2", { holder_id: "me" }), item("4", { holder_id: "other" })];
  const sections = divide(items, "me");
  const named = Object.fromEntries(Object.entries(sections).map(([name, part]) => [name, part.map(({ id }) => id)]));
  assert.deepEqual(named, { forMe: [], mine: ["2"], waiting: ["1", "3"], colleagues: ["4"] });
});

test("the neighbour stops at the ends and begins at the top", () => {
  const items = [item("1"), item("2")];
  assert.equal(neighbour(items, null, 1), "1");
  assert.equal(neighbour(items, null, -1), "2");
  assert.equal(neighbour(items, "1", 1), "2");
  assert.equal(neighbour(items, "2", 1), "2");
  assert.equal(neighbour([], null, 1), null);
});

test("who serves at the home desk and at a reached one sees the question once, as it is newest", () => {
  const home = new DeskList({ id: "home", version: 3, items: [item("1", { last_seq: 4, state: "active" }), item("2")] });
  const reached = new DeskList({ id: "reached", version: 1, items: [item("1"), item("3")] });
  for (const lists of [[home, reached], [reached, home]]) {
    const shown = together(lists);
    assert.deepEqual(shown.map(({ id }) => id).sort(), ["1", "2", "3"]);
    assert.equal(shown.find(({ id }) => id === "1").state, "active");
  }
});
