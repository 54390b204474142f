import assert from "node:assert/strict";
import test from "node:test";
import { mentioned, nameAtCursor, peopleNamed, withNumbers } from "../../../admin/static/lib/mentions.js";

const PEOPLE = [
  { id: "lin", name_zh: "林悦", name_en: "Lin Yue" },
  { id: "ling", name_zh: "林悦然", name_en: "Ling Yueran" },
  { id: "chen", name_zh: "陈墨", name_en: "Chen Mo" },
];

test("a name is offered from its @ to the cursor, and an address of mail is none", () => {
  assert.deepEqual(nameAtCursor("请 @林", 4), { start: 2, query: "林" });
  assert.deepEqual(nameAtCursor("@", 1), { start: 0, query: "" });
  assert.equal(nameAtCursor("no name", 7), null);
  assert.equal(nameAtCursor("me@example.org", 14), null);
  assert.equal(nameAtCursor("@林悦，请看", 6), null);
  assert.equal(nameAtCursor(`@${"x".repeat(40)}`, 41), null);
});

test("both names are looked through, those that begin with it first, and a whole name with a blank ends it", () => {
  assert.deepEqual(peopleNamed(PEOPLE, "yue").map(({ id }) => id), ["lin", "ling"]);
  assert.deepEqual(peopleNamed(PEOPLE, "墨").map(({ id }) => id), ["chen"]);
  assert.equal(peopleNamed(PEOPLE, "").length, 3);
  assert.deepEqual(peopleNamed(PEOPLE, "Lin Yue "), []);
  assert.deepEqual(peopleNamed(PEOPLE, "Lin Y").map(({ id }) => id), ["lin"]);
});

test("who is named in a text is found once, the longer name before the shorter", () => {
  assert.deepEqual(mentioned("@林悦然 请看，@陈墨 也看，@陈墨！", PEOPLE).sort(), ["chen", "ling"]);
  assert.deepEqual(mentioned("@Lin Yue and @林悦", PEOPLE), ["lin"]);
  assert.deepEqual(mentioned("林悦 without the sign", PEOPLE), []);
});

test("numbers of conversations are cut out and the rest stays as it was", () => {
  const parts = withNumbers("见 JZU-2026-000042 和 2026-11 的");
  assert.deepEqual(parts.map(({ text }) => text).join(""), "见 JZU-2026-000042 和 2026-11 的");
  assert.deepEqual(parts.filter(({ isNumber }) => isNumber).map(({ text }) => text), ["JZU-2026-000042"]);
});
