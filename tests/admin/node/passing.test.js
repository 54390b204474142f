import assert from "node:assert/strict";
import test from "node:test";
import { Passing } from "../../../admin/static/lib/passing.js";
import { divide } from "../../../admin/static/lib/sections.js";
import { Refusal } from "../../../admin/static/lib/staff-api.js";
import { choicesOf, countdown, decisionText, history, pointsText, whyHere } from "../../../admin/static/lib/whereabouts.js";

const offered = (more = {}) => ({ id: "h", conversation_id: "c", kind: "desk", from_librarian_id: "lin", to_librarian_id: null, is_warm: false, state: "offered", ...more });
const held = { id: "c", state: "active", holder_id: "lin", queued_at: "2026-09-01T08:00:00Z", desk_id: "a", reached: [], offered: [], priority: 0 };

/** A person's passing, with the timers and the answers of the server in the test's hands. */
function begin(me, answers = {}) {
  const timers = [];
  const asked = [];
  const answer = (name) => async (...given) => {
    asked.push([name, ...given]);
    if (answers[name] instanceof Error) throw answers[name];
    return typeof answers[name] === "function" ? answers[name](...given) : answers[name];
  };
  const names = ["handOvers", "handOver", "acceptHandOver", "declineHandOver", "withdrawHandOver", "declineOffer", "askBack", "way", "correctKind", "takeOver"];
  const api = Object.fromEntries(names.map((name) => [name, answer(name)]));
  const taken = [];
  const parts = { me: { id: me }, api, clock: { after: (run) => timers.push(run) }, onTaken: (item) => taken.push(item), onSignedOut: () => taken.push("signed out") };
  const passing = new Passing(parts);
  const tick = async () => {
    for (const run of timers.splice(0)) run();
    await new Promise((done) => setImmediate(done));
  };
  return { passing, asked, taken, tick, timers, answers };
}

test("only the one it is offered to is asked, and whoever asked back asks the holder", async () => {
  for (const [me, more, expected] of [
    ["grace", {}, true],
    ["lin", {}, false],
    ["grace", { to_librarian_id: "wang" }, false],
    ["wang", { to_librarian_id: "wang" }, true],
    ["lin", { kind: "asked_back", to_librarian_id: "grace" }, true],
    ["grace", { kind: "asked_back", to_librarian_id: "grace" }, false],
  ]) {
    assert.equal(begin(me).passing.asksMe(offered(more)), expected, `${me} ${JSON.stringify(more)}`);
  }
});

test("many changes at once are looked at once, and those of waiting questions not at all", async () => {
  const { passing, asked, tick, timers } = begin("grace", { handOvers: [offered()] });
  passing.take({ type: "desk_change", item: { ...held, holder_id: null } });
  assert.equal(timers.length, 0);
  passing.take({ type: "desk_change", item: held });
  passing.take({ type: "desk_change", item: held });
  await tick();
  assert.equal(asked.length, 1);
  assert.equal(passing.isForMe(held), true);
  // It is known now: whatever happens to it is looked at.
  passing.take({ type: "desk_change", item: { ...held, holder_id: null } });
  assert.equal(timers.length, 1);
});

test("a question offered first to me stands apart from those that wait, and the urgent one is first", () => {
  const { passing } = begin("grace");
  const waiting = { ...held, holder_id: null, state: "waiting" };
  const mine = { ...waiting, id: "first", offered: [{ librarian_id: "grace" }] };
  const urgent = { ...waiting, id: "urgent", priority: 5, queued_at: "2026-09-01T09:00:00Z" };
  const parts = divide([waiting, mine, urgent, held], "grace", (item) => passing.isForMe(item));
  assert.deepEqual(parts.forMe.map(({ id }) => id), ["first"]);
  assert.deepEqual(parts.waiting.map(({ id }) => id), ["urgent", "c"]);
  assert.deepEqual(parts.colleagues.map(({ id }) => id), ["c"]);
});

test("a warm hand-over lets the one who is asked write, and nobody else", () => {
  const { passing } = begin("wang");
  passing.standing = [offered({ is_warm: true, to_librarian_id: "wang" })];
  assert.equal(passing.isGuest("c"), true);
  passing.standing = [offered({ is_warm: false, to_librarian_id: "wang" })];
  assert.equal(passing.isGuest("c"), false);
});

test("a refused hand-over says why and stands nowhere", async () => {
  const { passing } = begin("lin", { handOver: new Refusal(409, { code: "target_not_staffed", message: "Nobody is there." }) });
  assert.equal(await passing.handOver("c", {}), false);
  assert.deepEqual(passing.problem, { id: "c", message: "Nobody is there." });
  assert.deepEqual(passing.standing, []);
});

test("the sender is told once that it came to nothing, until it was read", async () => {
  const declined = offered({ state: "declined", answer_note: "not my subject" });
  const { passing } = begin("lin", { way: { hand_overs: [declined], decisions: [], supervision: [] } });
  await passing.lookAt(held);
  assert.equal(passing.failed("c"), declined);
  passing.markRead("h");
  assert.equal(passing.failed("c"), null);
});

test("the way is read again when the question moved, not with every message", async () => {
  const { passing, asked } = begin("lin", { way: () => ({ hand_overs: [], decisions: [], supervision: [] }) });
  await passing.lookAt({ ...held, last_seq: 1 });
  await passing.lookAt({ ...held, last_seq: 2 });
  assert.equal(asked.length, 1);
  await passing.lookAt({ ...held, holder_id: "grace" });
  assert.equal(asked.length, 2);
});

test("accepting brings the conversation and looks what still stands", async () => {
  const { passing, taken } = begin("grace", { acceptHandOver: { ...held, holder_id: "grace" }, handOvers: [] });
  passing.standing = [offered()];
  assert.equal(await passing.accept(passing.standing[0]), true);
  assert.equal(taken[0].holder_id, "grace");
  assert.deepEqual(passing.standing, []);
});

test("why a question is here: its own desk, a step of the cascade, a hand-over; and its priority", () => {
  const isMyDesk = (id) => id === "mine";
  assert.deepEqual(whyHere({ desk_id: "mine", priority: 0 }, isMyDesk), [{ code: "own", details: {} }]);
  const reached = [{ desk_id: "mine", reason: "cascade", details: { step: 2 } }];
  const found = whyHere({ desk_id: "other", reached, priority: 4 }, isMyDesk);
  assert.deepEqual(found.map(({ code }) => code), ["cascade", "priority"]);
  assert.equal(found[0].details.step, 2);
  assert.equal(whyHere({ desk_id: "other", reached: [], priority: 0 }, isMyDesk)[0].code, "supervised");
});

test("the history is one list in order, and an accepted hand-over stands in it once", () => {
  const way = {
    decisions: [
      { action: "claimed", decided_at: "2026-09-01T08:00:10Z" },
      { action: "handed_over", decided_at: "2026-09-01T08:01:10Z" },
    ],
    hand_overs: [{ offered_at: "2026-09-01T08:01:00Z" }],
    supervision: [{ happened_at: "2026-09-01T08:00:30Z" }],
  };
  assert.deepEqual(history(way).map(({ type }) => type), ["decision", "supervision", "hand_over"]);
});

test("a decision is told in the language of the page with what counted", () => {
  const decision = { action: "claimed", desk_en: "Desk", librarian_en: "Lin", reasons: { reasons: [{ code: "home_library", points: 1000 }, { code: "declines", points: -5 }] } };
  assert.equal(decisionText(decision, { claimed: "{name} took it at {desk}" }, "en"), "Lin took it at Desk");
  assert.equal(pointsText(decision.reasons, "lin", { home_library: "home library" }), "home library +1000, declines −5");
  assert.equal(pointsText({ judged: [{ librarian_id: "lin", reasons: [{ code: "room", points: 40 }] }] }, "lin", {}), "room +40");
  assert.equal(pointsText({}, "lin", {}), "");
});

test("targets are grouped by what they are to the library and found by any word, also by people's subjects", () => {
  const person = { id: "w", name_zh: "王", name_en: "Wang", load: 1, max_load: 3, subjects: ["TP"] };
  const targets = [
    { desk_id: "p", name_zh: "省台", name_en: "Province", library_code: "PRV", relation: "up", people: [person] },
    { desk_id: "h", name_zh: "本馆", name_en: "Home", library_code: "AAA", relation: "home", people: [{ ...person, id: "l", name_en: "Lin", subjects: [] }] },
  ];
  assert.deepEqual(choicesOf(targets, "en", "").map(({ relation }) => relation), ["up", "home"]);
  const found = choicesOf(targets, "en", "wang tp");
  assert.deepEqual(found.map(({ choices }) => choices.map(({ value }) => value)), [[{ kind: "person", desk_id: "p", librarian_id: "w" }]]);
  assert.equal(choicesOf(targets, "en", "aaa")[0].choices[0].value.kind, "home");
  assert.deepEqual(choicesOf(targets, "en", "nobody"), []);
});

test("a countdown never goes below nothing", () => {
  assert.deepEqual([119_001, 65_000, 0, -5].map(countdown), ["2:00", "1:05", "0:00", "0:00"]);
});
