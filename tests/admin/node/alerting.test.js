import assert from "node:assert/strict";
import { test } from "node:test";
import { Alerting, isQuiet } from "../../../admin/static/lib/alerting.js";
import { gainOf, playSound, TONES } from "../../../admin/static/lib/sounds.js";

const PREFERENCES = { question_sound: "chime", message_sound: "drop", volume: 60, repeat_seconds: 20, notifies: true, is_quiet_when_away: true };
const AT_DESK = { availability: "online", preferences: PREFERENCES, openId: null, isInFront: true };

const item = (/** @type {string} */ id) => /** @type {any} */ ({ id });
const lists = ({ waiting = [], asked = [], mine = [] } = /** @type {any} */ ({})) => ({ waiting: waiting.map(item), asked: asked.map(item), mine });

function begun() {
  const alerting = new Alerting();
  alerting.take(lists({ waiting: ["old"], mine: [{ id: "own", unread: 2 }] }), AT_DESK);
  return alerting;
}

test("what is there at the start is no news", () => {
  const alerting = new Alerting();
  assert.deepEqual(alerting.take(lists({ waiting: ["a"], asked: ["b"], mine: [{ id: "own", unread: 3 }] }), AT_DESK), { sound: null, notes: [] });
  assert.equal(alerting.isRinging, false);
});

test("a new question sounds once and rings until somebody has claimed it", () => {
  const alerting = begun();
  assert.deepEqual(alerting.take(lists({ waiting: ["old", "new"] }), AT_DESK), { sound: "chime", notes: [{ kind: "question", id: "new" }] });
  assert.equal(alerting.isRinging, true);
  assert.deepEqual(alerting.take(lists({ waiting: ["old", "new"] }), AT_DESK), { sound: null, notes: [] });
  assert.equal(alerting.isRinging, true);
  alerting.take(lists({ waiting: ["old"] }), AT_DESK);
  assert.equal(alerting.isRinging, false);
});

test("a new message has its own sound, but not in the conversation before the eyes", () => {
  const written = lists({ waiting: ["old"], mine: [{ id: "own", unread: 3 }] });
  assert.deepEqual(begun().take(written, AT_DESK), { sound: "drop", notes: [{ kind: "text", id: "own" }] });
  assert.equal(begun().take(written, { ...AT_DESK, openId: "own" }).sound, null);
  assert.equal(begun().take(written, { ...AT_DESK, openId: "own", isInFront: false }).sound, "drop");
});

test("of several at once the one that asks for more sounds", () => {
  const { sound, notes } = begun().take(lists({ waiting: ["old", "new"], asked: ["mine"], mine: [{ id: "own", unread: 9 }] }), AT_DESK);
  assert.equal(sound, "chime");
  assert.deepEqual(notes.map(({ kind }) => kind), ["asked", "question", "text"]);
});

test("who is internal is called to hand-overs and messages, not to readers' questions", () => {
  const where = { ...AT_DESK, availability: "internal" };
  assert.deepEqual(begun().take(lists({ waiting: ["old", "new"] }), where), { sound: null, notes: [] });
  assert.equal(begun().take(lists({ waiting: ["old"], asked: ["mine"] }), where).sound, "chime");
});

for (const availability of ["away", "offline"]) {
  test(`who is ${availability} is left in peace, if that is wanted, and is not rung for it afterwards`, () => {
    const where = { ...AT_DESK, availability };
    const alerting = begun();
    const news = lists({ waiting: ["old", "new"], asked: ["mine"], mine: [{ id: "own", unread: 5 }] });
    assert.deepEqual(alerting.take(news, where), { sound: null, notes: [] });
    assert.deepEqual(alerting.take(news, AT_DESK), { sound: null, notes: [] });
    assert.equal(alerting.isRinging, false);
    const awake = { ...where, preferences: { ...PREFERENCES, is_quiet_when_away: false } };
    assert.equal(isQuiet(awake), false);
    assert.deepEqual(begun().take(news, awake).notes.map(({ kind }) => kind), ["asked", "text"]);
  });
}

test("every sound to choose from is made of tones, and silence of none", () => {
  for (const [name, tones] of Object.entries(TONES)) {
    const audio = new FakeAudio();
    playSound(/** @type {any} */ (audio), name, 60);
    assert.equal(audio.started, tones.length, name);
    const quiet = new FakeAudio();
    playSound(/** @type {any} */ (quiet), name, 0);
    assert.equal(quiet.started, 0, name);
  }
  playSound(/** @type {any} */ (new FakeAudio()), "foghorn", 60);
});

test("louder is louder, and nothing is louder than all the way up", () => {
  const gains = [0, 10, 50, 100].map((volume) => gainOf(volume));
  assert.deepEqual(gains, gains.toSorted((a, b) => a - b));
  assert.equal(gains[0], 0);
  assert.equal(gainOf(1000), gainOf(100));
});

class FakeAudio {
  currentTime = 1;
  destination = {};
  started = 0;

  createOscillator() {
    return { frequency: new FakeParameter(), connect: (/** @type {any} */ next) => next, start: () => (this.started += 1), stop: () => {} };
  }

  createGain() {
    return { gain: new FakeParameter(), connect: (/** @type {any} */ next) => next };
  }
}

class FakeParameter {
  setValueAtTime() {}

  // The browser throws at zero as well.
  exponentialRampToValueAtTime(/** @type {number} */ value) {
    assert.ok(value > 0);
  }
}
