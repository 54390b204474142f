import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../../../widget/static/v1/lib/chat.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { FakeClock, FakeService, FakeStorage, settled } from "./fakes.js";

function world() {
  const clock = new FakeClock();
  const service = new FakeService(clock);
  const storage = new FakeStorage();
  const tab = () => {
    const shelf = new Shelf(storage, "wenjin.v1.JZU.");
    const { send, openSocket, openFallback } = service;
    return new Chat({ server: "https://s/", code: "JZU", language: "zh", shelf, clock, openSocket, openFallback, send, random: () => 0.5, onChange: () => {} });
  };
  return { clock, service, storage, tab };
}
const bodies = (chat) => chat.thread.shown.filter(({ kind }) => kind === "text").map(({ body }) => body);
const stored = (service) => [...service.conversations.values()].map(({ messages }) => messages.map(({ body }) => body));

async function asking({ clock, tab }) {
  const chat = tab();
  chat.ask("怎么续借？", null);
  await clock.forward(1);
  return chat;
}

test("nothing is asked of the network and nothing is stored before the reader acts", async () => {
  const { clock, service, storage, tab } = world();
  const chat = tab();
  await chat.resume();
  await clock.forward(600);
  assert.deepEqual(service.requests, []);
  assert.equal(service.sockets.size, 0);
  assert.equal(storage.length, 0);
});

test("a question makes one reader, one conversation and one socket", async () => {
  const here = world();
  const chat = await asking(here);
  assert.deepEqual(here.service.requests, ["POST readers", "POST conversations"]);
  assert.equal(here.service.sockets.size, 1);
  assert.deepEqual(bodies(chat), ["怎么续借？"]);
  assert.equal(chat.isStale, false);
});

test("a question asked offline is kept, and sent once when the network is back", async () => {
  const { clock, service, tab } = world();
  service.isReachable = false;
  const chat = tab();
  chat.ask("离线也能问吗？", null);
  await clock.forward(20);
  assert.equal(chat.asking.body, "离线也能问吗？");
  assert.equal(chat.isStale, true);
  service.isReachable = true;
  chat.wake();
  await clock.forward(1);
  assert.equal(chat.asking, null);
  assert.deepEqual(stored(service), [["离线也能问吗？"]]);
});

test("messages written while the network is cut arrive once and in order", async () => {
  const here = world();
  const chat = await asking(here);
  here.service.cut();
  for (const body of ["一", "二", "三"]) chat.say(body);
  await here.clock.forward(30);
  assert.deepEqual(chat.pending.map(({ body }) => body), ["一", "二", "三"]);
  here.service.isReachable = true;
  await here.clock.forward(60);
  assert.deepEqual(stored(here.service), [["怎么续借？", "一", "二", "三"]]);
  assert.deepEqual(chat.pending, []);
  assert.deepEqual(bodies(chat), ["怎么续借？", "一", "二", "三"]);
});

test("an acknowledgement lost with its socket leads to a repetition, not to a double", async () => {
  const here = world();
  const chat = await asking(here);
  here.service.losesAcknowledgements = true;
  chat.say("收到了吗？");
  await here.clock.forward(3);
  here.service.losesAcknowledgements = false;
  await here.clock.forward(30);
  assert.deepEqual(stored(here.service), [["怎么续借？", "收到了吗？"]]);
  assert.deepEqual(bodies(chat), ["怎么续借？", "收到了吗？"]);
  assert.deepEqual(chat.pending, []);
});

test("a message lost on its way is sent again by the next socket at once", async () => {
  const here = world();
  const chat = await asking(here);
  here.service.losesMessages = true;
  chat.say("半路丢了");
  await here.clock.forward(0.1);
  here.service.losesMessages = false;
  await here.clock.forward(2);
  assert.deepEqual(stored(here.service), [["怎么续借？", "半路丢了"]]);
});

test("where sockets are cut the conversation goes on over the long poll, and returns to the socket later", async () => {
  const here = world();
  here.service.areSocketsCut = true;
  const chat = await asking(here);
  await here.clock.forward(2);
  chat.say("经由 HTTP");
  await here.clock.forward(0.1);
  const conversation = here.service.conversations.get("c1");
  here.service.add(conversation, { body: "您好" });
  assert.deepEqual(bodies(chat), ["怎么续借？", "经由 HTTP", "您好"]);
  assert.equal(chat.isStale, false);
  await here.clock.forward(120);
  assert.deepEqual([...here.service.sockets].map(({ isFallback }) => isFallback), [true]);
  here.service.areSocketsCut = false;
  await here.clock.forward(60);
  assert.equal(chat.connection.state, "live");
  assert.deepEqual([...here.service.sockets].map(({ isFallback }) => isFallback), [false]);
  here.service.add(conversation, { body: "又通了" });
  assert.deepEqual(bodies(chat).at(-1), "又通了");
});

test("what came while the page slept is there after waking", async () => {
  const here = world();
  const chat = await asking(here);
  here.service.cut();
  here.service.add(here.service.conversations.get("c1"), { body: "在您离开时写的" });
  await here.clock.forward(300);
  here.service.isReachable = true;
  chat.wake();
  await here.clock.forward(0.1);
  assert.deepEqual(bodies(chat), ["怎么续借？", "在您离开时写的"]);
});

test("a missing number is asked for again", async () => {
  const here = world();
  const chat = await asking(here);
  const conversation = here.service.conversations.get("c1");
  const { sockets } = here.service;
  here.service.sockets = new Set();
  here.service.add(conversation, { body: "丢失的" });
  here.service.sockets = sockets;
  here.service.add(conversation, { body: "后来的" });
  assert.equal(chat.thread.isBehind, true);
  await here.clock.forward(1);
  assert.deepEqual(bodies(chat), ["怎么续借？", "丢失的", "后来的"]);
});

test("the next page continues the conversation and sends what the last one could not", async () => {
  const here = world();
  const first = await asking(here);
  here.service.cut();
  first.say("还没发出就换页了");
  first.release();
  first.stop();
  here.service.isReachable = true;
  const second = here.tab();
  await second.resume();
  await here.clock.forward(2);
  assert.deepEqual(bodies(second), ["怎么续借？", "还没发出就换页了"]);
  assert.deepEqual(stored(here.service), [["怎么续借？", "还没发出就换页了"]]);
});

test("two tabs show the same, and a message of one is sent by that one alone", async () => {
  const here = world();
  const first = await asking(here);
  const second = here.tab();
  await second.resume();
  await here.clock.forward(1);
  first.say("来自第一个标签页");
  second.storageChanged("wenjin.v1.JZU.outbox.x");
  await here.clock.forward(20);
  const sent = [...here.service.sockets].flatMap(({ received }) => received.filter(({ type }) => type === "say"));
  assert.equal(sent.length, 1);
  assert.deepEqual(bodies(second), bodies(first));
});

test("what one tab has read is read in the other", async () => {
  const here = world();
  const first = await asking(here);
  const second = here.tab();
  await second.resume();
  await here.clock.forward(1);
  here.service.add(here.service.conversations.get("c1"), { body: "您好" });
  assert.equal(second.thread.unread, 1);
  first.markSeen();
  second.storageChanged("wenjin.v1.JZU.current");
  assert.equal(second.thread.unread, 0);
});

test("too many requests are a pause, not a loss", async () => {
  const here = world();
  const chat = await asking(here);
  const error = { code: "too_many_requests", message: "慢一点", details: { retry_after_seconds: 30 } };
  here.service.refusal = { status: 429, value: { error } };
  chat.say("很快的一句");
  await here.clock.forward(5);
  here.service.refusal = null;
  assert.equal(chat.pending.length, 1);
  assert.equal(chat.sender.notice, "慢一点");
  await here.clock.forward(30);
  assert.deepEqual(stored(here.service), [["怎么续借？", "很快的一句"]]);
  assert.equal(chat.sender.notice, "");
});

test("a refused message is kept with its reason until the reader decides", async () => {
  const here = world();
  const chat = await asking(here);
  const error = { code: "message_too_long", message: "太长了", details: {} };
  here.service.refusal = { status: 422, value: { error } };
  chat.say("很长很长");
  await here.clock.forward(1);
  here.service.refusal = null;
  await here.clock.forward(60);
  assert.equal(chat.pending[0].failure.message, "太长了");
  chat.discard(chat.pending[0].client_id);
  assert.deepEqual(chat.pending, []);
});

test("a reader the service has forgotten becomes a new one with the next question", async () => {
  const here = world();
  here.storage.setItem("wenjin.v1.JZU.reader", JSON.stringify({ token: "forgotten" }));
  const error = { code: "unauthenticated", message: "", details: {} };
  here.service.refusal = { status: 401, value: { error } };
  const chat = here.tab();
  chat.ask("还记得我吗？", null);
  await settled();
  here.service.refusal = null;
  await here.clock.forward(5);
  assert.deepEqual(stored(here.service), [["还记得我吗？"]]);
});

test("an own message is changed, then taken back, and both come from the service", async () => {
  const here = world();
  const chat = await asking(here);
  chat.say("第一稿");
  await here.clock.forward(0.1);
  chat.correct(2, "第二稿");
  assert.equal(chat.corrections.of("c1", 2), null);
  assert.equal(bodies(chat)[1], "第二稿");
  chat.correct(2, null);
  assert.equal(chat.thread.messages[1].is_deleted, true);
  assert.deepEqual(chat.thread.messages.slice(2).map(({ event }) => event), ["edited", "deleted"]);
});

test("a change that was lost on its way, or its acknowledgement, is sent again and stored once", async () => {
  for (const loss of ["losesMessages", "losesAcknowledgements"]) {
    const here = world();
    const chat = await asking(here);
    chat.say("第一稿");
    await here.clock.forward(0.1);
    here.service[loss] = true;
    chat.correct(2, "第二稿");
    here.service[loss] = false;
    await here.clock.forward(5);
    assert.equal(bodies(chat)[1], "第二稿");
    assert.equal(chat.thread.lastSeq, 3);
    assert.equal(chat.corrections.of("c1", 2), null);
  }
});

test("a change that comes too late is told, and older messages are not offered for change any more", async () => {
  const here = world();
  const chat = await asking(here);
  await here.clock.forward(1000);
  assert.equal(chat.canCorrect(chat.thread.messages[0]), true);
  const error = { code: "too_late_to_change", message: "太晚了", details: { minutes: 15 } };
  here.service.refusal = { status: 409, value: { error } };
  chat.correct(1, "改不了");
  assert.equal(chat.corrections.of("c1", 1).failure.message, "太晚了");
  assert.equal(chat.canCorrect(chat.thread.messages[0]), false);
  assert.equal(bodies(chat)[0], "怎么续借？");
});
