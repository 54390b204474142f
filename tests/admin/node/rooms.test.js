import assert from "node:assert/strict";
import test from "node:test";
import { Rooms } from "../../../admin/static/lib/rooms.js";
import { Refusal } from "../../../admin/static/lib/staff-api.js";
import { FakeClock } from "../../widget/node/fakes.js";

const ROOM = { id: "r1", desk_id: "d1", name_zh: "台", name_en: "Desk", colleague: null, version: 2, last_seq: 2, seen_seq: 0, unread: 2 };

function message(seq, values = {}) {
  return { seq, version: seq, librarian_id: "chen", body: `m${seq}`, mentions: [], is_deleted: false, ...values };
}

async function begin(answers = {}) {
  const frames = [];
  const asked = [];
  const clock = new FakeClock();
  const api = new Proxy({}, {
    get: (_, name) => async (...given) => {
      asked.push([name, ...given]);
      const answer = name in answers ? answers[name] : { rooms: [{ ...ROOM }], room: { room: { ...ROOM }, people: [], items: [message(1), message(2)], has_earlier: false } }[name];
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer(...given) : (answer ?? {});
    },
  });
  let next = 1;
  const rooms = new Rooms({ me: { id: "lin" }, api, send: (frame) => frames.push(frame) > 0, clock, newClientId: () => `client-${next++}` });
  await rooms.resume();
  return { rooms, frames, asked, clock };
}

test("a fresh connection says how far each room has come, and asks again every minute", async () => {
  const { frames, clock } = await begin();
  assert.deepEqual(frames, [{ type: "attend", rooms: { r1: 2 } }]);
  await clock.forward(61);
  assert.equal(frames.length, 2);
});

test("what is said comes once, in order, and counts as unread until it was seen", async () => {
  const { rooms, asked } = await begin();
  assert.equal(rooms.unseen, 2);
  await rooms.openRoom("r1");
  assert.equal(rooms.unseen, 0);
  assert.deepEqual(asked.at(-1), ["seeRoom", "r1", 2]);
  rooms.take({ type: "talk", room_id: "r1", after: 2, version: 3, items: [message(3)] });
  rooms.take({ type: "talk", room_id: "r1", after: 2, version: 3, items: [message(3)] });
  assert.deepEqual(rooms.messages.map(({ seq }) => seq), [1, 2, 3]);
  assert.equal(rooms.unseen, 1);
  rooms.take({ type: "room_seen", room_id: "r1", seq: 3 });
  assert.equal(rooms.unseen, 0);
});

test("a later change of an old message takes its place, an older one does not", async () => {
  const { rooms } = await begin();
  await rooms.openRoom("r1");
  rooms.take({ type: "talk", room_id: "r1", after: 2, version: 3, items: [message(1, { version: 3, body: "new" })] });
  rooms.take({ type: "talk", room_id: "r1", after: 0, version: 1, items: [message(1, { version: 1, body: "old" })] });
  assert.equal(rooms.messages[0].body, "new");
  assert.equal(rooms.open.unread, 0);
});

test("a jump of the version calls for what lies between", async () => {
  const { rooms, frames } = await begin();
  rooms.take({ type: "talk", room_id: "r1", after: 8, version: 9, items: [message(9)] });
  assert.deepEqual(frames.at(-1), { type: "attend", rooms: { r1: 2 } });
  assert.equal(frames.length, 2);
});

test("a page that goes on from the version at hand is no jump, whatever was changed twice meanwhile", async () => {
  const { rooms, frames } = await begin();
  rooms.take({ type: "talk", room_id: "r1", after: 2, version: 4, items: [message(3, { version: 4, body: "changed" })] });
  assert.equal(frames.length, 1);
  rooms.take({ type: "talk", room_id: "r1", after: 4, version: 5, items: [message(4, { version: 5 })] });
  assert.equal(frames.length, 1);
});

test("a room nobody knew of is looked up", async () => {
  const { rooms, asked } = await begin();
  rooms.take({ type: "talk", room_id: "r2", after: 0, version: 1, items: [message(1)] });
  assert.equal(asked.filter(([name]) => name === "rooms").length, 2);
});

test("what was not stored stays under way under its id until it is sent again or given up", async () => {
  let isDown = true;
  const answers = { sayInRoom: () => { if (isDown) throw new TypeError("offline"); return message(3); } };
  const { rooms, asked } = await begin(answers);
  await rooms.openRoom("r1");
  assert.equal(await rooms.say("hello", ["chen"]), false);
  assert.deepEqual([rooms.underWay, rooms.problem], ["hello", "offline"]);
  isDown = false;
  assert.equal(await rooms.sendAgain(), true);
  assert.equal(rooms.underWay, null);
  const said = asked.filter(([name]) => name === "sayInRoom");
  assert.deepEqual(said[0], said[1]);
});

test("a refusal says why, and what was typed can be taken back", async () => {
  const { rooms } = await begin({ sayInRoom: new Refusal(422, { message: "too long" }) });
  await rooms.openRoom("r1");
  await rooms.say("hello", []);
  assert.equal(rooms.problem, "too long");
  assert.equal(rooms.discard(), "hello");
  assert.equal(rooms.underWay, null);
});

test("notices count until they were seen, those about a room with the room", async () => {
  const { rooms, asked } = await begin({ seeNotices: [] });
  rooms.take({ type: "notices", items: [{ id: "n1", room_id: null }, { id: "n2", room_id: "r1" }] });
  assert.equal(rooms.unseen, 3);
  await rooms.seeNotice(rooms.notices[0]);
  assert.deepEqual(asked.at(-1), ["seeNotices", ["n1"]]);
  assert.deepEqual(rooms.notices, []);
});
