import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../../widget/static/v1/lib/connection.js";
import { LongPoll } from "../../../widget/static/v1/lib/long-poll.js";
import { FakeClock, FakeService, settled } from "./fakes.js";

/** A service that holds polls until they are answered, as the real one waits for news. */
class FakePolls {
  polls = [];
  status = 200;
  isReachable = true;

  send = (url, init) => {
    if (!this.isReachable) return Promise.reject(new TypeError("Failed to fetch"));
    const poll = { url, init, ...JSON.parse(init.body), headers: init.headers, isCut: false };
    this.polls.push(poll);
    return new Promise((resolve, reject) => {
      poll.answer = (frames, known = "k") => resolve(answerOf(this.status, { frames, known }));
      poll.refuse = (status, error) => resolve(answerOf(status, { error }));
      poll.lose = () => reject(new TypeError("Failed to fetch"));
      init.signal.addEventListener("abort", () => {
        poll.isCut = true;
        reject(new DOMException("", "AbortError"));
      });
    });
  };

  get last() {
    return this.polls.at(-1);
  }
}

const answerOf = (status, body) => new Response(JSON.stringify(body), { status });

async function make({ hello = { type: "hello", version: 1, role: "reader", language: "en", token: "secret" } } = {}) {
  const service = new FakePolls();
  const got = { frames: [], closes: 0 };
  const poll = new LongPoll({ url: "https://service/api/v1/poll", send: service.send });
  poll.onopen = () => poll.send(JSON.stringify(hello));
  poll.onmessage = ({ data }) => got.frames.push(JSON.parse(data));
  poll.onclose = () => (got.closes += 1);
  await settled();
  return { service, poll, got, say: (frame) => poll.send(JSON.stringify(frame)), types: () => got.frames.map(({ type }) => type) };
}

async function welcomed(options) {
  const parts = await make(options);
  parts.service.last.answer([]);
  await settled();
  return parts;
}

const text = (seq) => ({ seq, kind: "text", body: `text ${seq}` });

test("the welcome comes with the first answer, which is asked for without waiting, by the token of the hello", async () => {
  const { service, types } = await make();
  assert.equal(service.last.wait_seconds, 0);
  assert.equal(service.last.headers.Authorization, "Bearer secret");
  assert.equal(service.last.headers["Accept-Language"], "en");
  assert.deepEqual([service.last.init.credentials, types().length], ["omit", 0]);
  service.last.answer([]);
  await settled();
  assert.deepEqual(types(), ["welcome", "pong"]);
  assert.equal(service.polls.length, 2);
  assert.equal(service.last.wait_seconds, 20);
});

test("a poll brings what is followed and how far, the digest, and goes on by itself", async () => {
  const { service, say, types } = await welcomed();
  say({ type: "follow", conversation_id: "c1", after_seq: 2 });
  await settled();
  assert.deepEqual([service.last.follows, service.last.known], [{ c1: 2 }, "k"]);
  service.last.answer([{ type: "messages", conversation_id: "c1", items: [text(3), text(4), text(6)] }], "next");
  await settled();
  assert.deepEqual([service.last.follows, service.last.known], [{ c1: 4 }, "next"]);
  assert.equal(types().at(-1), "messages");
  say({ type: "unfollow", conversation_id: "c1" });
  await settled();
  assert.deepEqual(service.last.follows, {});
});

test("what is sent cuts a waiting poll and goes out at once, several frames together", async () => {
  const { service, say } = await welcomed();
  const waiting = service.last;
  say({ type: "say", conversation_id: "c1", client_id: "one", body: "1" });
  say({ type: "say", conversation_id: "c1", client_id: "two", body: "2" });
  await settled();
  assert.equal(waiting.isCut, true);
  assert.equal(service.polls.length, 3);
  assert.deepEqual(service.last.frames.map(({ client_id }) => client_id), ["one", "two"]);
  assert.equal(service.last.wait_seconds, 0);
});

test("a poll that carries frames is never cut: what comes meanwhile goes with the next one", async () => {
  const { service, say } = await welcomed();
  say({ type: "say", conversation_id: "c1", client_id: "one", body: "1" });
  await settled();
  const carrying = service.last;
  say({ type: "say", conversation_id: "c1", client_id: "two", body: "2" });
  await settled();
  assert.deepEqual([carrying.isCut, service.last === carrying], [false, true]);
  carrying.answer([{ type: "ack", conversation_id: "c1", client_id: "one", seq: 3 }]);
  await settled();
  assert.deepEqual(service.last.frames.map(({ client_id }) => client_id), ["two"]);
});

test("desks are watched from the version at hand, and a skipped version brings the list", async () => {
  const { service, say } = await welcomed();
  say({ type: "watch", desks: { d1: 4 } });
  await settled();
  service.last.answer([{ type: "desk_change", desk_id: "d1", version: 5, item: {} }, { type: "desk_change", desk_id: "d1", version: 7, item: {} }]);
  await settled();
  assert.deepEqual(service.last.desks, { d1: 5 });
  service.last.answer([{ type: "desk_list", desk_id: "d1", version: 2, items: [] }]);
  await settled();
  assert.deepEqual(service.last.desks, { d1: 2 });
});

test("a conversation that is refused is not asked for again", async () => {
  const { service, say, types } = await welcomed();
  say({ type: "follow", conversation_id: "gone", after_seq: 0 });
  await settled();
  service.last.answer([{ type: "error", code: "not_found", message: "", details: {}, ref: "gone" }]);
  await settled();
  assert.deepEqual(service.last.follows, {});
  assert.equal(types().at(-1), "error");
});

test("a poll that fails ends the line once, and so does a service that cannot answer for now", async () => {
  const lost = await welcomed();
  lost.service.last.lose();
  await settled();
  assert.deepEqual([lost.got.closes, lost.service.polls.length], [1, 2]);
  const busy = await welcomed();
  busy.say({ type: "follow", conversation_id: "c1", after_seq: 0 });
  await settled();
  busy.service.last.answer([{ type: "error", code: "database_busy", message: "", details: {}, ref: "c1" }]);
  await settled();
  assert.deepEqual([busy.got.closes, busy.service.polls.length], [1, 3]);
});

test("a token that is not known is told as the socket tells it", async () => {
  const { service, got } = await make();
  service.last.refuse(401, { code: "unauthenticated", message: "Who?", details: {} });
  await settled();
  assert.deepEqual(got.frames, [{ type: "error", code: "unauthenticated", message: "Who?", details: {}, ref: null, is_final: true }]);
  assert.equal(got.closes, 1);
});

test("frames the service does not take are refused to their sender, and polling goes on", async () => {
  const { service, say, got } = await welcomed();
  say({ type: "say", conversation_id: "c1", client_id: "one", body: "" });
  await settled();
  service.last.refuse(422, { code: "validation_failed", message: "No.", details: {} });
  await settled();
  assert.deepEqual([got.frames.at(-1).ref, got.frames.at(-1).code, got.closes], ["one", "validation_failed", 0]);
  assert.equal(service.polls.length, 4);
});

test("closing stops for good", async () => {
  const { service, poll, got } = await welcomed();
  poll.close();
  await settled();
  assert.deepEqual([service.last.isCut, service.polls.length, got.closes], [true, 2, 0]);
});

function connect({ openSocket } = {}) {
  const clock = new FakeClock();
  const sockets = new FakeService(clock);
  const polls = new FakePolls();
  const refusals = [];
  const connection = new Connection({
    url: "ws://service/ws/v1",
    hello: () => ({ type: "hello", version: 1, role: "reader", language: "en", token: "t" }),
    openSocket: openSocket ?? sockets.openSocket,
    openFallback: () => new LongPoll({ url: "https://service/api/v1/poll", send: polls.send }),
    clock,
    random: () => 0.5,
    onState: () => {},
    onFrame: () => {},
    onRefused: ({ code }) => refusals.push(code),
  });
  return { clock, sockets, polls, connection, refusals };
}

test("a socket that passes is used, and no poll is sent", async () => {
  const { clock, polls, connection } = connect();
  connection.start();
  await clock.forward(30);
  assert.deepEqual([connection.state, connection.isPolling, polls.polls.length], ["live", false, 0]);
});

test("after three sockets that are cut the poll takes over, and sockets come back within a minute", async () => {
  const { clock, sockets, polls, connection } = connect();
  sockets.areSocketsCut = true;
  connection.start();
  await clock.forward(5);
  assert.equal(connection.isPolling, true);
  polls.last.answer([]);
  await settled();
  assert.equal(connection.state, "live");
  for (let minute = 0; minute < 2; minute += 1) {
    for (let third = 0; third < 3; third += 1) {
      await clock.forward(20.1);
      polls.last.answer([]);
      await settled();
    }
    assert.deepEqual([connection.state, connection.isPolling], ["live", true]);
  }
  sockets.areSocketsCut = false;
  for (let third = 0; third < 3; third += 1) {
    await clock.forward(20.1);
    polls.last.answer([]);
    await settled();
  }
  await clock.forward(1);
  assert.deepEqual([connection.state, connection.isPolling], ["live", false]);
  connection.stop();
  assert.equal(clock.pending, 0);
});

test("a socket that opens and says nothing is given up after eight seconds", async () => {
  const silent = () => ({ onopen: null, onmessage: null, onclose: null, onerror: null, send() {}, close() {} });
  const { clock, polls, connection } = connect({ openSocket: silent });
  connection.start();
  await clock.forward(7.9);
  assert.equal(polls.polls.length, 0);
  await clock.forward(0.2);
  polls.last.answer([]);
  await settled();
  assert.deepEqual([connection.state, connection.isPolling], ["live", true]);
});

test("where nothing gets through, sockets have their turn again", async () => {
  const { clock, sockets, polls, connection } = connect();
  sockets.isReachable = false;
  polls.isReachable = false;
  connection.start();
  await clock.forward(60);
  sockets.isReachable = true;
  await clock.forward(90);
  assert.deepEqual([connection.state, connection.isPolling], ["live", false]);
});

test("a poll that comes too often is told when to come back, and it does", async () => {
  const { clock, sockets, polls, connection } = connect();
  sockets.areSocketsCut = true;
  connection.start();
  await clock.forward(5);
  polls.last.refuse(429, { code: "too_many_requests", message: "", details: { retry_after_seconds: 50 } });
  await settled();
  sockets.areSocketsCut = false;
  await clock.forward(49);
  assert.equal(connection.state, "lost");
  await clock.forward(2);
  assert.equal(connection.state, "live");
});

test("a reader who is not known is refused by the poll as by the socket", async () => {
  const { clock, sockets, polls, connection, refusals } = connect();
  sockets.areSocketsCut = true;
  connection.start();
  await clock.forward(5);
  polls.last.refuse(401, { code: "unauthenticated", message: "", details: {} });
  await settled();
  assert.deepEqual([connection.state, refusals], ["off", ["unauthenticated"]]);
  assert.equal(clock.pending, 0);
});

test("every poll asks for what colleagues said after the version at hand", async () => {
  const { service, say, types } = await welcomed();
  say({ type: "attend", rooms: { r1: 2, r2: 0 } });
  await settled();
  assert.deepEqual(service.last.frames, [{ type: "attend", rooms: { r1: 2, r2: 0 } }]);
  assert.equal(service.last.wait_seconds, 20);
  service.last.answer([{ type: "talk", room_id: "r1", after: 2, version: 4, items: [] }]);
  await settled();
  assert.deepEqual(service.last.frames, [{ type: "attend", rooms: { r1: 4, r2: 0 } }]);
  // What runs ahead of a gap is shown, and the gap is asked for with the next poll.
  service.last.answer([{ type: "talk", room_id: "r1", after: 6, version: 7, items: [] }]);
  await settled();
  assert.deepEqual(service.last.frames, [{ type: "attend", rooms: { r1: 4, r2: 0 } }]);
  assert.equal(types().filter((type) => type === "talk").length, 2);
});
