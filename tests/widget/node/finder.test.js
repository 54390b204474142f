import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../widget/static/v1/lib/api.js";
import { Finder } from "../../../widget/static/v1/lib/finder.js";
import { FakeClock, settled } from "./fakes.js";

function world({ outcome = "nothing", failing = false } = {}) {
  const clock = new FakeClock();
  const told = [];
  const api = {
    answers: async (query) => ({ outcome, mode: "keyword", query, hits: [] }),
    searchedInVain: async (query, clientId) => {
      told.push([query, clientId]);
      if (failing) throw new ApiError(429, {});
    },
  };
  return { clock, told, finder: new Finder({ api, clock, onChange: () => {} }) };
}

async function type({ clock, finder }, text, seconds) {
  finder.look(text);
  await clock.forward(0.3);
  await settled();
  await clock.forward(seconds);
  await settled();
}

test("a search in vain that the reader stays on is told once", async () => {
  const here = world();
  await type(here, "打印机卡纸", 6);
  await type(here, "打印机卡纸了", 1);
  await type(here, "打印机卡纸", 6);
  assert.deepEqual(here.told.map(([query]) => query), ["打印机卡纸"]);
  assert.match(here.told[0][1], /^[0-9a-f]{32}$/);
});

test("what is typed in passing is nobody's question", async () => {
  const here = world();
  for (const text of ["打印", "打印机", "打印机卡"]) await type(here, text, 2);
  here.finder.stop();
  await here.clock.forward(60);
  assert.deepEqual(here.told, []);
});

test("a search that found something is not told", async () => {
  const here = world({ outcome: "suggestions" });
  await type(here, "打印机卡纸", 60);
  assert.deepEqual(here.told, []);
});

test("a refusal of the report troubles nobody", async () => {
  const here = world({ failing: true });
  await type(here, "打印机卡纸", 6);
  assert.equal(here.told.length, 1);
  assert.equal(here.finder.hasFailed, false);
});
