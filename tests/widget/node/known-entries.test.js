// A commission's record on the reader's page: what came with each reading, and the earlier pages that were asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KnownEntries } from "../../../widget/static/v1/services/page/known-entries.js";

const PAGE = 3;
const seqs = (commission) => commission.entries.map(({ seq }) => seq);

/** A server with a record so long. */
class Server {
  constructor(last) {
    this.last = last;
    this.asked = [];
  }

  page(before = this.last + 1) {
    const first = Math.max(1, before - PAGE);
    const entries = Array.from({ length: before - first }, (_, at) => ({ seq: first + at }));
    return { entries, earlier: first > 1 ? first : null };
  }

  async entries(id, before) {
    this.asked.push([id, before]);
    return this.page(before);
  }
}

test("earlier pages come in front, each once, until the record begins", async () => {
  const server = new Server(8);
  const known = new KnownEntries(server);
  assert.deepEqual(seqs(known.take(server.page())), [6, 7, 8]);
  await known.readEarlier("c1");
  assert.deepEqual(seqs(known.take(server.page())), [3, 4, 5, 6, 7, 8]);
  await known.readEarlier("c1");
  const whole = known.take(server.page());
  assert.deepEqual([seqs(whole), whole.earlier], [[1, 2, 3, 4, 5, 6, 7, 8], null]);
  await known.readEarlier("c1");
  assert.deepEqual(server.asked, [["c1", 6], ["c1", 3]]);
});

test("what comes later moves the newest page on and leaves no gap behind it", async () => {
  const server = new Server(6);
  const known = new KnownEntries(server);
  known.take(server.page());
  await known.readEarlier("c1");
  server.last = 8;
  assert.deepEqual(seqs(known.take(server.page())), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("after more than a page came unseen it begins anew from the newest", async () => {
  const server = new Server(4);
  const known = new KnownEntries(server);
  known.take(server.page());
  server.last = 20;
  const later = known.take(server.page());
  assert.deepEqual([seqs(later), later.earlier], [[18, 19, 20], 18]);
});
