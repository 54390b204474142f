import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../widget/static/v1/lib/backoff.js";
import { Connection } from "../../../widget/static/v1/lib/connection.js";
import { FakeClock, FakeService } from "./fakes.js";

function make({ random = () => 0.5, hasFallback = false } = {}) {
  const clock = new FakeClock();
  const service = new FakeService(clock);
  const seen = { states: [], frames: [], refusals: [] };
  const connection = new Connection({
    url: "ws://service/ws/v1",
    hello: () => ({ type: "hello", version: 1, role: "reader", token: "t" }),
    openSocket: service.openSocket,
    openFallback: hasFallback ? service.openFallback : undefined,
    clock,
    random,
    onState: (state) => seen.states.push(state),
    onFrame: (frame) => seen.frames.push(frame),
    onRefused: (refusal) => seen.refusals.push(refusal.code),
  });
  return { clock, service, connection, seen };
}
const socketOf = (service) => [...service.sockets][0];

test("waiting times double, are jittered between half and all, and have a ceiling", () => {
  const low = new Backoff({ baseSeconds: 1, maxSeconds: 10, random: () => 0 });
  const high = new Backoff({ baseSeconds: 1, maxSeconds: 10, random: () => 1 });
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => low.next()), [0.5, 1, 2, 4, 5, 5]);
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(() => high.next()), [1, 2, 4, 8, 10, 10]);
  high.reset();
  assert.equal(high.next(), 1);
});

test("the first frame is the hello, and frames flow after the welcome only", async () => {
  const { clock, service, connection, seen } = make();
  connection.start();
  assert.equal(connection.send({ type: "ping" }), false);
  await clock.forward(1);
  assert.equal(connection.state, "live");
  assert.equal(socketOf(service).received[0].type, "hello");
  socketOf(service).push({ type: "position", conversation_id: "c1", position: 2 });
  assert.deepEqual(seen.frames.map(({ type }) => type), ["position"]);
});

test("pings go out as the welcome says, and a silent peer is dropped and tried again", async () => {
  const { clock, service, connection, seen } = make();
  connection.start();
  await clock.forward(1);
  await clock.forward(60);
  assert.equal(connection.state, "live");
  assert.equal(socketOf(service).received.filter(({ type }) => type === "ping").length, 4);
  service.isReachable = false;
  await clock.forward(21);
  service.isReachable = true;
  await clock.forward(30);
  assert.equal(connection.state, "live");
  assert.ok(seen.states.includes("lost"));
});

test("a phone that wakes up finds out within seconds that its socket has died", async () => {
  const { clock, service, connection } = make();
  connection.start();
  await clock.forward(1);
  service.isReachable = false;
  connection.wake();
  await clock.forward(4);
  assert.equal(connection.state, "live");
  await clock.forward(1.1);
  assert.notEqual(connection.state, "live");
});

test("waking while lost connects at once instead of waiting", async () => {
  const { clock, service, connection } = make();
  connection.start();
  await clock.forward(1);
  service.cut();
  await clock.forward(120);
  assert.equal(connection.state, "lost");
  service.isReachable = true;
  connection.wake();
  await clock.forward(0.01);
  assert.equal(connection.state, "live");
});

test("without a fallback, sockets that are cut are tried until one passes", async () => {
  const { clock, service, connection } = make();
  service.areSocketsCut = true;
  connection.start();
  await clock.forward(5);
  service.areSocketsCut = false;
  await clock.forward(31);
  assert.deepEqual([connection.state, connection.isPolling], ["live", false]);
});

test("the fallback takes over at once, and a trial that hangs or fails does not disturb it", async () => {
  const { clock, service, connection, seen } = make({ hasFallback: true });
  service.areSocketsCut = true;
  connection.start();
  await clock.forward(2);
  assert.equal(connection.state, "live");
  assert.equal(socketOf(service).isFallback, true);
  const states = seen.states.length;
  const { after } = clock;
  clock.after = (run, milliseconds) => after(run, milliseconds === 1 ? 1e9 : milliseconds);
  await clock.forward(61);
  assert.equal(service.sockets.size, 2);
  clock.after = after;
  await clock.forward(61);
  assert.equal(seen.states.length, states);
  assert.equal(connection.state, "live");
  connection.stop();
  assert.equal(service.sockets.size, 0);
});

test("a network that returns gives sockets their chance before the fallback", async () => {
  const { clock, service, connection } = make({ hasFallback: true });
  service.isReachable = false;
  connection.start();
  await clock.forward(20);
  service.isReachable = true;
  connection.wake();
  await clock.forward(1);
  assert.equal(connection.state, "live");
  assert.equal(socketOf(service).isFallback, false);
});

test("a socket that is welcomed and cut again and again is tried ever more seldom", async () => {
  const { clock, service, connection, seen } = make();
  connection.start();
  for (let second = 0; second < 120; second += 1) {
    await clock.forward(1);
    socketOf(service)?.drop();
  }
  assert.ok(seen.states.filter((state) => state === "connecting").length < 12);
});

test("a server that stops spreads its clients over the time it names", async () => {
  const { clock, service, connection } = make({ random: () => 0.9 });
  connection.start();
  await clock.forward(1);
  socketOf(service).push({ type: "drain", reconnect_within_seconds: 10 });
  socketOf(service).drop();
  await clock.forward(8.9);
  assert.equal(connection.state, "lost");
  await clock.forward(0.2);
  assert.equal(connection.state, "live");
});

test("who is told to come back later does so then, over either line", async () => {
  const { clock, service, connection } = make();
  connection.start();
  await clock.forward(1);
  socketOf(service).push({ type: "error", code: "too_many_requests", message: "", details: { retry_after_seconds: 40 }, ref: null, is_final: true });
  socketOf(service).drop();
  await clock.forward(39);
  assert.equal(connection.state, "lost");
  await clock.forward(2);
  assert.equal(connection.state, "live");
});

test("a final refusal stops the attempts and is told", async () => {
  const { clock, service, connection, seen } = make();
  connection.start();
  await clock.forward(1);
  socketOf(service).push({ type: "error", code: "unauthenticated", message: "", is_final: true });
  await clock.forward(60);
  assert.equal(connection.state, "off");
  assert.deepEqual(seen.refusals, ["unauthenticated"]);
  assert.equal(clock.pending, 0);
});

test("stopping leaves no timer behind", async () => {
  const { clock, connection } = make();
  connection.start();
  await clock.forward(1);
  connection.stop();
  assert.equal(clock.pending, 0);
});
