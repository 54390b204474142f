import assert from "node:assert/strict";
import test from "node:test";
import { Outgoing } from "../../../admin/static/lib/outgoing.js";
import { Outbox } from "../../../widget/static/v1/lib/outbox.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { FakeClock } from "../../widget/node/fakes.js";

function begin({ shelf = new Shelf(null, "test."), clock = new FakeClock(), tab = "tab-1" } = {}) {
  const sent = [];
  const line = { isLive: true };
  let next = 1;
  const outgoing = new Outgoing({
    outbox: new Outbox({ shelf, clock, tab }),
    newClientId: () => `${tab}-client-${next++}`,
    send: (frame) => line.isLive && sent.push(frame) > 0,
    clock,
    onChange: () => {},
  });
  return { outgoing, sent, line, clock, shelf };
}

test("a message is kept until it is acknowledged", () => {
  const { outgoing, sent } = begin();
  outgoing.say("c1", "hello");
  assert.equal(sent.length, 1);
  assert.equal(outgoing.of("c1").length, 1);
  outgoing.take({ type: "ack", client_id: sent[0].client_id });
  assert.deepEqual(outgoing.of("c1"), []);
});

test("what was written without a connection goes out with the next one, in order, under the same ids", () => {
  const { outgoing, sent, line } = begin();
  line.isLive = false;
  outgoing.say("c1", "one");
  outgoing.say("c1", "two");
  assert.equal(sent.length, 0);
  line.isLive = true;
  outgoing.resume();
  assert.deepEqual(sent.map(({ body }) => body), ["one", "two"]);
  outgoing.resume();
  assert.deepEqual(sent[2], sent[0]);
});

test("the numbered message itself counts as an acknowledgement", () => {
  const { outgoing, sent } = begin();
  outgoing.say("c1", "hello");
  outgoing.take({ type: "messages", items: [{ author: "librarian", client_id: sent[0].client_id }] });
  assert.deepEqual(outgoing.of("c1"), []);
});

test("a refused message stays, says why, and can be sent again or given up", () => {
  const { outgoing, sent } = begin();
  outgoing.say("c1", "hello");
  const ref = sent[0].client_id;
  outgoing.take({ type: "error", ref, code: "not_holder", message: "You do not hold this question.", details: {} });
  assert.equal(outgoing.of("c1")[0].failure.code, "not_holder");
  outgoing.retry(ref);
  assert.equal(sent.length, 2);
  outgoing.discard(ref);
  assert.deepEqual(outgoing.of("c1"), []);
});

test("a passing refusal is tried again by itself", async () => {
  const { outgoing, sent, clock } = begin();
  outgoing.say("c1", "hello");
  outgoing.take({ type: "error", ref: sent[0].client_id, code: "database_busy", message: "", details: {} });
  assert.equal(outgoing.of("c1")[0].failure, null);
  await clock.forward(30);
  assert.ok(sent.length >= 2);
});

test("what a closed tab left behind is sent by the next one", () => {
  const first = begin();
  first.line.isLive = false;
  first.outgoing.say("c1", "hello");
  first.outgoing.release();
  const second = begin({ shelf: first.shelf, clock: first.clock, tab: "tab-2" });
  second.outgoing.resume();
  assert.deepEqual(second.sent.map(({ body }) => body), ["hello"]);
});

test("a note goes out as a note and is kept until it comes back among the notes", () => {
  const { outgoing, sent } = begin();
  outgoing.note("c1", "for us");
  assert.deepEqual([sent[0].type, sent[0].body], ["note", "for us"]);
  outgoing.take({ type: "notes", conversation_id: "c1", items: [{ client_id: "another" }] });
  assert.equal(outgoing.of("c1").length, 1);
  outgoing.take({ type: "notes", conversation_id: "c1", items: [{ client_id: sent[0].client_id }] });
  assert.deepEqual(outgoing.of("c1"), []);
});
