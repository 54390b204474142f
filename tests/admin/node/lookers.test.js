import assert from "node:assert/strict";
import { test } from "node:test";
import { Lookers } from "../../../admin/static/lib/lookers.js";

class FakeClock {
  #now = 0;
  /** @type {{at: number, run: () => void}[]} */
  #due = [];

  now() {
    return this.#now;
  }

  after(/** @type {() => void} */ run, /** @type {number} */ milliseconds) {
    const timer = { at: this.#now + milliseconds, run };
    this.#due.push(timer);
    return timer;
  }

  cancel(/** @type {any} */ timer) {
    this.#due = this.#due.filter((each) => each !== timer);
  }

  forward(/** @type {number} */ milliseconds) {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.cancel(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }
}

function desk() {
  const clock = new FakeClock();
  /** @type {any[]} */
  const sent = [];
  const lookers = new Lookers({ me: { id: "me" }, send: (frame) => sent.push(frame) > 0, clock, onChange: () => {} });
  return { clock, sent, lookers };
}

const looked = (change = {}) => ({ type: "looked", conversation_id: "c", librarian_id: "chen", name_zh: "陈墨", name_en: "Chen Mo", is_typing: false, is_leaving: false, ...change });

test("opening, staying and leaving are said, and only of the one that is open", () => {
  const { clock, sent, lookers } = desk();
  lookers.open("c");
  clock.forward(41_000);
  assert.deepEqual(sent.map(({ conversation_id: id, is_leaving: left }) => [id, left]), [["c", false], ["c", false], ["c", false]]);
  sent.length = 0;
  lookers.open("d");
  assert.deepEqual(sent.map(({ conversation_id: id, is_leaving: left }) => [id, left]), [["c", true], ["d", false]]);
  sent.length = 0;
  lookers.open(null);
  clock.forward(60_000);
  assert.deepEqual(sent.map(({ conversation_id: id, is_leaving: left }) => [id, left]), [["d", true]]);
});

test("somebody new is answered once, so that both know of each other", () => {
  const { sent, lookers } = desk();
  lookers.open("c");
  sent.length = 0;
  lookers.take(looked());
  lookers.take(looked());
  assert.equal(sent.length, 1);
  assert.deepEqual(lookers.of("c").map(({ names }) => names.zh), ["陈墨"]);
});

test("typing fades soon, looking later, leaving at once", () => {
  const { clock, lookers } = desk();
  lookers.take(looked({ is_typing: true }));
  lookers.take(looked({ librarian_id: "zhou", name_zh: "周清" }));
  assert.deepEqual(lookers.of("c").map(({ id, isTyping }) => [id, isTyping]), [["chen", true], ["zhou", false]]);
  clock.forward(6_500);
  assert.ok(lookers.of("c").every(({ isTyping }) => !isTyping));
  lookers.take(looked({ librarian_id: "zhou", is_leaving: true }));
  assert.deepEqual(lookers.of("c").map(({ id }) => id), ["chen"]);
  clock.forward(45_000);
  assert.deepEqual(lookers.of("c"), []);
});

test("my other screen is not somebody else", () => {
  const { lookers } = desk();
  lookers.take(looked({ librarian_id: "me" }));
  assert.deepEqual(lookers.of("c"), []);
});

test("typing is said at most every three seconds", () => {
  const { clock, sent, lookers } = desk();
  lookers.open("c");
  sent.length = 0;
  for (let key = 0; key < 10; key += 1) {
    lookers.typed();
    clock.forward(500);
  }
  assert.equal(sent.filter(({ is_typing: typing }) => typing).length, 2);
});
