/** The widget's modules: what they send is like the golden frames, what the golden frames say is taken. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../../../widget/static/v1/lib/chat.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { FakeClock, FakeStorage, settled } from "../../widget/node/fakes.js";
import { assertSpoken, client, CONVERSATION, Line, server } from "./golden.js";

const WAITING = server.conversation[1].conversation;
const QUESTION = server.messages[0].items[0];

/** A chat with an asked question, over HTTP answers made of golden shapes and a socket the test holds. */
async function asked() {
  const clock = new FakeClock();
  const line = new Line();
  const send = async (url) => {
    const value = url.endsWith("/readers")
      ? { token: client.hello[0].token, reader_id: "01992f4e-6c1a-7b32-9d55-2f6d0c1b8a99" }
      : { conversation: WAITING, messages: [QUESTION], has_more: false };
    return Response.json(value, { status: 201 });
  };
  const shelf = new Shelf(new FakeStorage(), "wenjin.");
  const chat = new Chat({
    server: "https://s/", code: "JZU", language: "zh", shelf, clock, openSocket: line.open, send, random: () => 0.5, onChange: () => {},
  });
  chat.ask(QUESTION.body, null);
  await settled();
  line.push(server.welcome[0]);
  await settled();
  return { chat, clock, line };
}

test("everything the widget sends is like a golden frame", async () => {
  const { chat, clock, line } = await asked();
  line.push(server.messages[0]);
  line.push(server.caught_up[0]);
  chat.markSeen();
  chat.say("还是打不开");
  chat.typing();
  await clock.forward(server.welcome[0].ping_seconds + 1);
  assertSpoken(line.sent, ["hello", "follow", "say", "typing", "seen", "ping"]);
  assert.equal(line.sent[0].version, server.welcome[0].version);
  assert.deepEqual(line.ofType("follow")[0], { type: "follow", conversation_id: CONVERSATION, after_seq: 1 });
});

test("messages and state come into the thread, in order and once", async () => {
  const { chat, line } = await asked();
  line.push(server.messages[0]);
  line.push(server.conversation[0]);
  line.push(server.messages[0]);
  line.push(server.caught_up[0]);
  assert.deepEqual(chat.thread.messages.map(({ seq }) => seq), [1, 2, 3]);
  assert.equal(chat.thread.conversation.state, server.conversation[0].conversation.state);
  assert.equal(chat.thread.conversation.holder_name, server.conversation[0].conversation.holder_name);
  assert.equal(chat.thread.isBehind, false);
});

test("the place in the queue, reading marks, typing and presence are shown", async () => {
  const { chat, line } = await asked();
  line.push(server.position[0]);
  assert.equal(chat.thread.conversation.position, server.position[0].position);
  line.push(server.messages[0]);
  line.push(server.seen[1]);
  assert.equal(chat.thread.conversation.staff_seen_seq, server.seen[1].seq);
  line.push(server.presence[0]);
  assert.equal(chat.feed.isLibrarianHere, true);
  line.push(server.typing[0]);
  assert.equal(chat.feed.isTyping, true);
});

test("an acknowledgement ends the waiting, an error says why a message was refused", async () => {
  const { chat, line } = await asked();
  chat.say("一");
  chat.say("二");
  const [first, second] = line.ofType("say");
  line.push({ ...server.ack[0], client_id: first.client_id, seq: 2 });
  line.push({ ...server.error[0], ref: second.client_id });
  assert.deepEqual(chat.pending.map(({ client_id, failure }) => [client_id, failure?.code]), [[second.client_id, server.error[0].code]]);
});

test("a final error ends the connection", async () => {
  const { chat, line } = await asked();
  line.push(server.error[1]);
  await settled();
  assert.equal(chat.connection.state, "off");
});

test("after a drain the widget is back within the time asked for", async () => {
  const { chat, clock, line } = await asked();
  await clock.forward(1);
  line.push(server.drain[0]);
  line.drop();
  assert.equal(chat.connection.state, "lost");
  await clock.forward(server.drain[0].reconnect_within_seconds);
  assert.equal(line.sockets.length, 2);
  assert.equal(line.ofType("hello").length, 2);
});

test("no golden frame breaks the widget, whether it is for readers or not", async () => {
  const { chat, line } = await asked();
  const lasting = Object.values(server).flat().filter(({ is_final }) => !is_final);
  for (const frame of lasting) line.push(frame);
  line.push({ type: "of-a-later-release", conversation_id: CONVERSATION });
  await settled();
  assert.equal(chat.connection.state, "live");
});
