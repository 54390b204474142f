/** The console's modules: what they send is like the golden frames, what the golden frames say is taken. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes } from "../../../admin/static/lib/changes.js";
import { DeskModel } from "../../../admin/static/lib/desk-model.js";
import { Follower } from "../../../admin/static/lib/follower.js";
import { Outgoing } from "../../../admin/static/lib/outgoing.js";
import { Connection } from "../../../widget/static/v1/lib/connection.js";
import { newClientId, Outbox } from "../../../widget/static/v1/lib/outbox.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { Thread } from "../../../widget/static/v1/lib/thread.js";
import { FakeClock, FakeStorage, settled } from "../../widget/node/fakes.js";
import { assertSpoken, client, CONVERSATION, Line, server } from "./golden.js";

const LIST = server.desk_list[0];
const MINE = LIST.items[0];
const SECOND = LIST.items[1];

/** A desk put together as its page does it, on a socket the test holds; it came with the list of one version before. */
async function desk() {
  const clock = new FakeClock();
  const line = new Line();
  const hello = () => ({ type: "hello", version: server.welcome[0].version, role: "librarian", language: "zh" });
  let model;
  const connection = new Connection({
    url: "wss://s/ws/v1", hello, openSocket: line.open, clock, random: () => 0.5,
    onState: (state) => model.connectionChanged(state),
    onFrame: (frame) => model.take(frame),
    onRefused: () => model.signOut(),
  });
  const send = (frame) => connection.send(frame);
  const onChange = () => model.changed();
  const newThread = (conversation) => new Thread({ conversation, messages: [], has_more: true });
  const outbox = new Outbox({ shelf: new Shelf(new FakeStorage(), "wenjin.staff."), clock, tab: newClientId() });
  const follower = new Follower({ newThread, send, clock, onChange });
  const outgoing = new Outgoing({ outbox, newClientId, send, clock, onChange });
  const changes = new Changes({ newClientId, send, onChange });
  const came = { id: LIST.desk_id, name: "咨询台", version: LIST.version - 1, items: [MINE] };
  const state = { me: { id: MINE.holder_id, name: "林老师" }, desks: [came], opened: null };
  model = new DeskModel({ state, connection, follower, outgoing, changes, uploads: {}, api: { handOvers: async () => [] }, clock });
  model.start();
  await settled();
  line.push(server.welcome[0]);
  await settled();
  return { model, outgoing, changes, clock, line };
}

test("everything the console sends is like a golden frame", async () => {
  const { model, outgoing, changes, clock, line } = await desk();
  line.push(LIST);
  line.push(server.messages[0]);
  line.push(server.caught_up[0]);
  model.openConversation(SECOND.id);
  model.openConversation(null);
  outgoing.say(CONVERSATION, "请从校外访问进入。");
  changes.edit(CONVERSATION, 1, "请从校外访问登录。");
  changes.takeBack(CONVERSATION, 1);
  model.typed(CONVERSATION);
  model.see(CONVERSATION);
  line.push({ ...server.messages[0], items: [{ ...server.messages[0].items[0], seq: 4 }] });
  model.see(CONVERSATION);
  await clock.forward(server.welcome[0].ping_seconds + 1);
  assertSpoken(line.sent, ["hello", "watch", "follow", "unfollow", "say", "edit", "delete", "typing", "seen", "ping"]);
  assert.deepEqual(line.ofType("watch")[0].desks, { [LIST.desk_id]: LIST.version - 1 });
  assert.ok(LIST.desk_id in client.watch[0].desks);
});

test("the list of a desk comes whole, then by changes", async () => {
  const { model, line } = await desk();
  line.push(LIST);
  assert.deepEqual(model.sections.mine.map(({ id }) => id), [MINE.id]);
  assert.deepEqual(model.sections.waiting.map(({ id }) => id), [SECOND.id]);
  line.push(server.desk_change[0]);
  assert.deepEqual(model.sections.mine, []);
  line.push({ ...server.desk_change[0], version: LIST.version + 9 });
  assert.equal(line.ofType("watch").length, 2);
});

test("messages, state, reading marks, typing and presence of the reader are shown", async () => {
  const { model, line } = await desk();
  line.push(server.staff_conversation[0]);
  line.push(server.messages[0]);
  line.push(server.caught_up[0]);
  line.push(server.seen[0]);
  line.push(server.typing[1]);
  line.push(server.presence[1]);
  assert.deepEqual(model.messages(CONVERSATION).map(({ seq }) => seq), [1, 2, 3]);
  const { isWhole, isReaderHere, isReaderTyping } = model.signs(CONVERSATION);
  assert.deepEqual({ isWhole, isReaderHere, isReaderTyping }, { isWhole: true, isReaderHere: false, isReaderTyping: true });
  assert.equal(model.conversation(CONVERSATION).reader_seen_seq, server.seen[0].seq);
});

test("an acknowledgement ends the waiting, an error says why a message was refused", async () => {
  const { outgoing, line } = await desk();
  outgoing.say(CONVERSATION, "一");
  outgoing.say(CONVERSATION, "二");
  const [first, second] = line.ofType("say");
  line.push({ ...server.ack[0], client_id: first.client_id });
  line.push({ ...server.error[0], ref: second.client_id });
  const waiting = outgoing.of(CONVERSATION);
  assert.deepEqual(waiting.map(({ client_id, failure }) => [client_id, failure?.code]), [[second.client_id, server.error[0].code]]);
});

test("a final error signs the librarian out", async () => {
  const { model, line } = await desk();
  line.push(server.error[1]);
  await settled();
  assert.equal(model.isSignedOut, true);
});

test("no golden frame breaks the console, whether it is for staff or not", async () => {
  const { model, line } = await desk();
  const lasting = Object.values(server).flat().filter(({ is_final }) => !is_final);
  for (const frame of lasting) line.push(frame);
  line.push({ type: "of-a-later-release", conversation_id: CONVERSATION });
  await settled();
  assert.equal(model.connectionState, "live");
});
