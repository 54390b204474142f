import assert from "node:assert/strict";
import { test } from "node:test";
import { Thread } from "../../../widget/static/v1/lib/thread.js";
import { stateOf } from "./fakes.js";

const message = (seq, fields = {}) => ({
  seq, kind: "text", author: seq % 2 ? "reader" : "librarian", name: null, client_id: `client-${seq}`, body: `${seq}`,
  created_at: "2026-09-01T08:00:00Z", ...fields,
});
const part = (last, after = 0) => ({
  conversation: { ...stateOf("c1"), last_seq: last },
  messages: Array.from({ length: last - after }, (_, index) => message(after + index + 1)),
  has_more: false,
});

test("a snapshot with later events in any order, each once or twice, equals a fresh snapshot", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = generator(seed);
    const start = Math.floor(random() * 8) + 1;
    const end = start + Math.floor(random() * 12);
    const thread = new Thread(part(start));
    const events = [...part(end, start).messages, ...part(end).messages.filter(() => random() < 0.3)];
    for (const event of shuffled(events, random)) thread.add([event]);
    thread.update(part(end).conversation);
    const fresh = new Thread(part(end));
    assert.deepEqual(thread.messages, fresh.messages, `seed ${seed}`);
    assert.deepEqual(thread.conversation, fresh.conversation, `seed ${seed}`);
    assert.equal(thread.isBehind, false);
  }
});

test("a message after a gap waits, is shown, and makes the thread ask for the rest", () => {
  const thread = new Thread(part(2));
  thread.add([message(4)]);
  assert.equal(thread.lastSeq, 2);
  assert.equal(thread.isBehind, true);
  assert.deepEqual(thread.shown.map(({ seq }) => seq), [1, 2, 4]);
  thread.add([message(3)]);
  assert.deepEqual(thread.messages.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.equal(thread.isBehind, false);
});

test("an older state that arrives late changes nothing, and what was read never becomes unread", () => {
  const thread = new Thread(part(3));
  thread.update({ ...part(5).conversation, state: "active", staff_seen_seq: 4 });
  thread.update({ ...part(4).conversation, state: "waiting", staff_seen_seq: 2 });
  assert.equal(thread.conversation.state, "active");
  assert.equal(thread.conversation.staff_seen_seq, 4);
  assert.equal(thread.isBehind, true);
});

test("a state that was overtaken by a message is still taken", () => {
  const thread = new Thread(part(2));
  thread.add([message(3), message(4)]);
  thread.update({ ...part(3).conversation, state: "active" });
  assert.equal(thread.conversation.state, "active");
  assert.equal(thread.conversation.last_seq, 4);
});

test("a message edited or taken back later is the same as one read so from the start", () => {
  const event = (seq, name, details) => message(seq, { author: "librarian", kind: "event", event: name, body: "", details });
  const thread = new Thread(part(3));
  thread.add([event(5, "deleted", { seq: 1 }), event(4, "edited", { seq: 2, body: "corrected" })]);
  assert.equal(thread.messages[1].body, "corrected");
  assert.ok(thread.messages[1].edited_at);
  assert.deepEqual([thread.messages[0].body, thread.messages[0].is_deleted], ["", true]);
  thread.add([event(6, "edited", { seq: 1, body: "too late" })]);
  assert.equal(thread.messages[0].body, "");
});

test("unread counts texts of others behind the mark, not events and not the reader's own", () => {
  const thread = new Thread(part(4));
  thread.add([message(5, { author: "system", kind: "event", event: "claimed" })]);
  assert.equal(thread.unread, 2);
  thread.markSeen("reader", 3);
  assert.equal(thread.unread, 1);
});

function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

function shuffled(items, random) {
  return items.map((item) => [random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
}
