import assert from "node:assert/strict";
import test from "node:test";
import { Changes, mayChange } from "../../../admin/static/lib/changes.js";
import { withNotes } from "../../../admin/static/lib/notes.js";

function begin() {
  const sent = [];
  let next = 1;
  const changes = new Changes({ newClientId: () => `client-${next++}`, send: (frame) => sent.push(frame) > 0, onChange: () => {} });
  return { changes, sent };
}

test("a change is sent again after a new connection, under the same id, until it is acknowledged", () => {
  const { changes, sent } = begin();
  changes.edit("c1", 3, "better");
  changes.takeBack("c1", 4);
  changes.resume();
  assert.deepEqual(sent[0], { type: "edit", conversation_id: "c1", client_id: "client-1", seq: 3, body: "better" });
  assert.deepEqual(sent[1], { type: "delete", conversation_id: "c1", client_id: "client-2", seq: 4 });
  assert.deepEqual(sent.slice(2), sent.slice(0, 2));
  changes.take({ type: "ack", client_id: "client-1" });
  changes.take({ type: "messages", items: [{ client_id: "client-2" }] });
  assert.equal(changes.areUnderWay, false);
});

test("a refused change stays with its reason, is not repeated, and a new attempt takes its place", () => {
  const { changes, sent } = begin();
  changes.edit("c1", 3, "better");
  changes.take({ type: "error", ref: "client-1", code: "too_late_to_change", message: "Too late." });
  changes.resume();
  assert.equal(sent.length, 1);
  assert.deepEqual(changes.of("c1", 3).failure, { code: "too_late_to_change", message: "Too late." });
  changes.takeBack("c1", 3);
  assert.equal(changes.of("c1", 3).failure, null);
  changes.take({ type: "error", ref: "client-2", code: "too_late_to_change", message: "Too late." });
  changes.dismiss("client-2");
  assert.equal(changes.of("c1", 3), null);
});

test("only an own message of a conversation that goes on may be changed, and not for long", () => {
  const now = Date.parse("2026-09-01T08:10:00Z");
  const message = { seq: 3, kind: "text", author: "librarian", name: "林老师", created_at: "2026-09-01T08:00:00Z" };
  const about = { conversation: { language: "zh" }, hasEnded: false, names: { zh: "林老师", en: "Ms Lin" }, minutes: 15, now };
  assert.equal(mayChange(message, about), true);
  assert.equal(mayChange(message, { ...about, hasEnded: true }), false);
  assert.equal(mayChange(message, { ...about, minutes: 5 }), false);
  assert.equal(mayChange(message, { ...about, names: { zh: "陈老师", en: "Mr Chen" } }), false);
  assert.equal(mayChange({ ...message, is_deleted: true }, about), false);
  assert.equal(mayChange({ ...message, author: "reader" }, about), false);
  assert.equal(mayChange({ ...message, seq: undefined }, about), false);
});

test("notes stand among the messages by their time, and the messages keep their order", () => {
  const at = (minute) => `2026-09-01T08:0${minute}:00Z`;
  const messages = [{ seq: 1, created_at: at(1) }, { seq: 2, created_at: at(3) }];
  const notes = [{ id: "a", created_at: at(2) }, { id: "b", created_at: at(4) }];
  const column = withNotes(messages, notes);
  assert.deepEqual(column.map(({ seq, id }) => seq ?? id), [1, "a", 2, "b"]);
  assert.equal(column[1].kind, "note");
});
