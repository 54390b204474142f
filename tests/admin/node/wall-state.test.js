import assert from "node:assert/strict";
import { test } from "node:test";
import { isStale, nextPause, tokenOf } from "../../../admin/static/lib/wall-state.js";

test("a wall looks every five seconds, and ever more rarely while nobody answers", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map(nextPause), [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

test("numbers are old after twenty seconds", () => {
  assert.deepEqual([0, 20_000, 20_001].map(isStale), [false, false, true]);
});

test("only a whole token is taken from an address", () => {
  const token = "a".repeat(40) + "_-9";
  assert.equal(tokenOf(`#${token}`), token);
  for (const wrong of ["", "#", "#short", `#${token}x`, token, `#${token.slice(1)}<`]) assert.equal(tokenOf(wrong), "");
});
