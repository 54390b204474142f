import assert from "node:assert/strict";
import { test } from "node:test";
import { ORPHAN_SECONDS, Outbox, newClientId } from "../../../widget/static/v1/lib/outbox.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { FakeClock, FakeStorage } from "./fakes.js";

function twoTabs() {
  const clock = new FakeClock();
  const storage = new FakeStorage();
  const tab = (name) => new Outbox({ shelf: new Shelf(storage, "wenjin.v1.JZU."), clock, tab: name });
  return { clock, storage, a: tab("a"), b: tab("b") };
}
const words = (body) => ({ client_id: newClientId(), kind: "message", body, conversation_id: "c1" });
const bodies = (entries) => entries.map(({ body }) => body);

test("entries survive a reload in the order they were written, even within one millisecond", () => {
  const { a, b } = twoTabs();
  for (const body of ["一", "二", "三"]) a.put(words(body));
  assert.deepEqual(bodies(b.all()), ["一", "二", "三"]);
});

test("a tab sends its own entries only, while the other one lives", async () => {
  const { clock, a, b } = twoTabs();
  a.put(words("from a"));
  b.put(words("from b"));
  await clock.forward(ORPHAN_SECONDS - 1);
  a.touch();
  b.touch();
  await clock.forward(ORPHAN_SECONDS - 1);
  assert.equal(b.adopt(), 0);
  assert.deepEqual(bodies(b.sendable()), ["from b"]);
});

test("what a vanished tab left behind is taken over by one other tab, once", async () => {
  const { clock, a, b } = twoTabs();
  a.put(words("left behind"));
  await clock.forward(ORPHAN_SECONDS + 1);
  assert.equal(b.adopt(), 1);
  assert.equal(b.adopt(), 0);
  assert.deepEqual(bodies(a.sendable()), []);
  assert.deepEqual(bodies(b.sendable()), ["left behind"]);
});

test("a page that is left lets go, so that the next page may send at once", () => {
  const { a, b } = twoTabs();
  a.put(words("on my way"));
  a.release();
  assert.equal(b.adopt(), 1);
  assert.deepEqual(bodies(b.sendable()), ["on my way"]);
});

test("tabs that write at the same time do not overwrite one another, and an acknowledgement in one counts in both", () => {
  const { a, b } = twoTabs();
  const first = a.put(words("first"));
  b.put(words("second"));
  b.acknowledge(first.client_id);
  assert.deepEqual(bodies(a.all()), ["second"]);
});

test("a refused entry stays visible and is not sent again until it is told to", () => {
  const { a } = twoTabs();
  const entry = a.put(words("too long"));
  a.fail(entry.client_id, { code: "message_too_long", message: "", details: {} });
  assert.deepEqual(a.sendable(), []);
  assert.equal(a.all()[0].failure.code, "message_too_long");
  a.fail(entry.client_id, null);
  assert.equal(a.sendable().length, 1);
});

test("without any storage the outbox works for this page", () => {
  const outbox = new Outbox({ shelf: new Shelf(null, "x."), clock: new FakeClock(), tab: "a" });
  const entry = outbox.put(words("private window"));
  assert.deepEqual(bodies(outbox.all()), ["private window"]);
  outbox.acknowledge(entry.client_id);
  assert.deepEqual(outbox.all(), []);
});

test("a storage that is full or holds nonsense harms nobody", () => {
  const storage = new FakeStorage();
  storage.setItem("x.outbox.broken", "{not json");
  storage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const outbox = new Outbox({ shelf: new Shelf(storage, "x."), clock: new FakeClock(), tab: "a" });
  outbox.put(words("kept in memory"));
  assert.deepEqual(bodies(outbox.all()), ["kept in memory"]);
});
