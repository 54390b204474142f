import assert from "node:assert/strict";
import test from "node:test";
import { corrected } from "../../../admin/static/lib/corrections.js";
import { Follower } from "../../../admin/static/lib/follower.js";
import { Thread } from "../../../widget/static/v1/lib/thread.js";
import { FakeClock } from "../../widget/node/fakes.js";

const conversation = (last_seq = 0) => ({ id: "c1", state: "active", last_seq, reader_seen_seq: 0, staff_seen_seq: 0 });
const text = (seq, author = "reader") => ({ seq, kind: "text", author, body: `text ${seq}`, client_id: `client-${seq}` });
const messages = (...items) => ({ type: "messages", conversation_id: "c1", items });

function begin() {
  const clock = new FakeClock();
  const sent = [];
  const follower = new Follower({
    newThread: (each) => new Thread({ conversation: each, messages: [], has_more: true }),
    send: (frame) => sent.push(frame) > 0,
    clock,
    onChange: () => {},
  });
  follower.want([conversation(2)]);
  return { clock, sent, follower };
}

test("a wanted conversation is followed from the beginning, and resumed after the last number", () => {
  const { follower, sent } = begin();
  assert.deepEqual(sent.at(-1), { type: "follow", conversation_id: "c1", after_seq: 0 });
  follower.take(messages(text(1), text(2)));
  follower.resume();
  assert.deepEqual(sent.at(-1), { type: "follow", conversation_id: "c1", after_seq: 2 });
});

test("a skipped number is asked for, after the missing one had its chance", async () => {
  const { follower, sent, clock } = begin();
  follower.take(messages(text(1)));
  follower.take({ type: "caught_up", conversation_id: "c1", last_seq: 1 });
  const before = sent.length;
  follower.take(messages(text(3)));
  assert.equal(sent.length, before);
  await clock.forward(1);
  assert.deepEqual(sent.at(-1), { type: "follow", conversation_id: "c1", after_seq: 1 });
});

test("unread are the reader's texts that nobody at the desk has seen", () => {
  const { follower } = begin();
  follower.take(messages(text(1), text(2, "librarian"), text(3)));
  assert.equal(follower.unread("c1"), 2);
  follower.take({ type: "seen", conversation_id: "c1", side: "librarian", seq: 2 });
  assert.equal(follower.unread("c1"), 1);
});

test("the typing sign fades, and goes at once when the text comes", async () => {
  const { follower, clock } = begin();
  const typing = { type: "typing", conversation_id: "c1", side: "reader" };
  follower.take(typing);
  assert.equal(follower.isReaderTyping("c1"), true);
  await clock.forward(7);
  assert.equal(follower.isReaderTyping("c1"), false);
  follower.take(typing);
  follower.take(messages(text(1)));
  assert.equal(follower.isReaderTyping("c1"), false);
});

test("a conversation no longer wanted is let go, with its timers", () => {
  const { follower, sent, clock } = begin();
  follower.take({ type: "typing", conversation_id: "c1", side: "reader" });
  follower.want([]);
  assert.deepEqual(sent.at(-1), { type: "unfollow", conversation_id: "c1" });
  assert.equal(follower.thread("c1"), undefined);
  assert.equal(clock.pending, 0);
});

test("changed and withdrawn messages read as they stand now", () => {
  const event = (seq, name, details) => ({ seq, kind: "event", author: "system", event: name, details, body: "", created_at: "later" });
  const shown = corrected([
    text(1),
    text(2),
    event(3, "edited", { seq: 1, body: "better" }),
    event(4, "deleted", { seq: 2 }),
    event(5, "claimed", {}),
  ]);
  assert.deepEqual(shown.map(({ seq }) => seq), [1, 2, 5]);
  assert.deepEqual([shown[0].body, shown[0].edited_at], ["better", "later"]);
  assert.deepEqual([shown[1].body, shown[1].is_deleted], ["", true]);
});

test("notes are kept by their id, oldest first, and stay with their conversation", () => {
  const { follower } = begin();
  const note = (id, created_at, body = id) => ({ id, created_at, body });
  const notes = (...items) => follower.take({ type: "notes", conversation_id: "c1", items });
  notes(note("b", "2026-09-01T08:02:00Z"), note("a", "2026-09-01T08:01:00Z"));
  notes(note("b", "2026-09-01T08:02:00Z"));
  assert.deepEqual(follower.notes("c1").map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(follower.notes("c2"), []);
});
