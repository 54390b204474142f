import assert from "node:assert/strict";
import test from "node:test";
import { beginningOf, BLANK, CannedReplies, found, put, selectionIn } from "../../../admin/static/lib/canned.js";
import { actionOf } from "../../../admin/static/lib/shortcuts.js";

/** @param {Partial<import("../../../admin/static/lib/canned.js").Reply>} values @returns {any} */
function reply(values) {
  return { id: values.shortcut, title_zh: "", title_en: "", text: "", language: "zh", missing: [], category: "other", tags: [], initials: "", use_count: 0, macro: null, ...values };
}

const HI = reply({ shortcut: "hi", title_zh: "问候", title_en: "Greeting", initials: "wh", text: "您好！", category: "greeting" });
const OFF = reply({ shortcut: "offcampus", title_zh: "校外访问", title_en: "Off-campus access", initials: "xwfw", text: "请登录 WebVPN 再试。", tags: ["CARSI"], category: "answer" });
const BYE = reply({ shortcut: "bye", title_zh: "结束语", title_en: "Closing words", initials: "jsy", text: "祝学习顺利！", category: "closing" });
const ALL = [BYE, HI, OFF];
const keysOf = (/** @type {any[]} */ replies) => replies.map(({ shortcut }) => shortcut);

for (const [text, start, typed] of /** @type {[string, number, string][]} */ ([
  ["/", 0, ""],
  ["/hi", 0, "hi"],
  [";hi", 0, "hi"],
  ["；问候", 0, "问候"],
  ["、hi", 0, "hi"],
  ["您好 /off", 3, "off"],
  ["line\n/off", 5, "off"],
])) {
  test(`a shortcut is being typed in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(beginningOf(text, text.length), { start, typed });
  });
}

for (const text of ["", "hi", "https://a.example/b", "他/她", "/hi there", "1;2", "甲、乙", "//", `/${"x".repeat(33)}`]) {
  test(`no shortcut is being typed in ${JSON.stringify(text)}`, () => assert.equal(beginningOf(text, text.length), null));
}

test("what stands behind the cursor is no part of a shortcut", () => {
  assert.deepEqual(beginningOf("/hi there", 3), { start: 0, typed: "hi" });
});

for (const [typed, first] of [["hi", "hi"], ["OFF", "offcampus"], ["xw", "offcampus"], ["校外", "offcampus"], ["closing", "bye"], ["carsi", "offcampus"], ["webvpn", "offcampus"], ["学习", "bye"], ["access off", "offcampus"]]) {
  test(`${typed} finds ${first} first`, () => assert.equal(found(ALL, typed)[0].shortcut, first));
}

test("nothing typed finds everything, the most used first, then in the order of a conversation", () => {
  assert.deepEqual(keysOf(found(ALL, "")), ["hi", "offcampus", "bye"]);
  assert.deepEqual(keysOf(found([HI, { ...BYE, use_count: 3 }, OFF], " ")), ["bye", "hi", "offcampus"]);
});

test("a shortcut counts more than a title, and a title more than the text", () => {
  const others = [reply({ shortcut: "a", text: "a hi b" }), reply({ shortcut: "b", title_en: "Hi there" }), reply({ shortcut: "hi2" }), HI];
  assert.deepEqual(keysOf(found(others, "hi")), ["hi", "hi2", "b", "a"]);
});

test("what is nowhere is not found", () => assert.deepEqual(found(ALL, "zzz"), []));

test("a reply takes the place of what was typed for it, and the cursor stands behind it", () => {
  assert.deepEqual(put("好的 /hi 谢谢", { start: 3, end: 6 }, "您好！"), { text: "好的 您好！ 谢谢", start: 6, end: 6 });
});

test("a blank that is left is selected, to be filled in", () => {
  const text = `请致电 ${BLANK} 或 ${BLANK}`;
  const { start, end, text: whole } = put("/c", { start: 0, end: 2 }, text);
  assert.equal(whole.slice(start, end), BLANK);
  assert.equal(start, 4);
  assert.deepEqual(selectionIn("abc", 2), { start: 5, end: 5 });
});

test("replies are loaded once for a conversation, and again when they have grown old", async () => {
  const clock = { time: 0, now: () => clock.time };
  const asked = [];
  const known = new CannedReplies({ load: async (id) => (asked.push(id), { items: [HI] }), clock });
  assert.equal(known.known("c1"), null);
  await Promise.all([known.of("c1"), known.of("c1"), known.of("c2")]);
  await known.of("c1");
  assert.deepEqual(asked, ["c1", "c2"]);
  clock.time = 60_000;
  assert.deepEqual(known.known("c1"), [HI]);
  await known.of("c1");
  assert.deepEqual(asked, ["c1", "c2", "c1"]);
});

test("a loading that failed is tried again, and what was known before stays", async () => {
  const clock = { time: 0, now: () => clock.time };
  let isDown = false;
  const known = new CannedReplies({ load: async () => (isDown ? Promise.reject(new Error("down")) : { items: [HI] }), clock });
  await known.of("c1");
  clock.time = 100_000;
  isDown = true;
  await assert.rejects(known.of("c1"));
  assert.deepEqual(known.known("c1"), [HI]);
  isDown = false;
  assert.deepEqual(await known.of("c1"), [HI]);
});

test("Alt and the slash open the list, by its place on the keyboard", () => {
  const key = { key: "÷", code: "Slash", altKey: true, ctrlKey: false, metaKey: false, isComposing: false };
  assert.deepEqual(actionOf(key, { isInField: true, hasLetters: true }), { action: "replies" });
});
