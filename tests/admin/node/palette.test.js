import assert from "node:assert/strict";
import { test } from "node:test";
import { fit, initialsOf, rank } from "../../../admin/static/lib/palette.js";

const titled = (/** @type {string} */ title, /** @type {string} */ note = "") => ({ id: title, title, note, run: () => {} });

test("Chinese is found by the initials of its pinyin", () => {
  for (const [text, initials] of [
    ["咨询台", "zxt"],
    ["历史记录", "lsjl"],
    ["馆情卡", "gqk"],
    ["实时看板", "sskb"],
    ["仅内部", "jnb"],
    ["额外", "ew"],
    ["语言 English", "yye"],
    ["My shifts", "ms"],
  ]) assert.equal(initialsOf(text), initials, text);
});

test("what begins so comes first, then words in it, initials, the note, letters in order", () => {
  const commands = [titled("Close it", "shifts"), titled("So hidden if tested"), titled("Old shifts"), titled("Shifts of mine")];
  assert.deepEqual(rank(commands, "shift").map(({ title }) => title), ["Shifts of mine", "Old shifts", "Close it", "So hidden if tested"]);
});

test("nothing typed shows everything in its order, and something unknown nothing", () => {
  const commands = [titled("B"), titled("A")];
  assert.deepEqual(rank(commands, " ").map(({ title }) => title), ["B", "A"]);
  assert.deepEqual(rank(commands, "xyz"), []);
});

test("a conversation that the service found fits although its words are not those", () => {
  assert.ok(fit("论文", { ...titled("How do I download?"), isFound: true }) > 0);
  assert.equal(fit("论文", titled("How do I download?")), 0);
});

test("one letter alone does not find everything that has it somewhere", () => {
  assert.equal(fit("z", titled("Amazing")), 80);
  assert.equal(fit("q", titled("Amazing")), 0);
});
