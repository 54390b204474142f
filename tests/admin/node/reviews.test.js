import assert from "node:assert/strict";
import test from "node:test";
import { Reviews } from "../../../admin/static/lib/reviews.js";
import { Refusal } from "../../../admin/static/lib/staff-api.js";

const MARK = { id: "r1", desk_id: "d1", librarian_id: "chen", asked_id: "lin", is_open: false };

function review(values = {}) {
  return { id: "r1", conversation_id: "c1", librarian_id: "chen", body: "draft", state: "pending", submitted_at: "2026-09-01T08:00:00Z", ...values };
}

function begin(me, { mentorDesks = ["d1"], answers = {} } = {}) {
  const asked = [];
  const api = Object.fromEntries(
    ["approve", "giveBack", "takeBack"].map((name) => [
      name,
      async (...given) => {
        asked.push([name, ...given]);
        if (answers[name] instanceof Error) throw answers[name];
        return answers[name];
      },
    ]),
  );
  const state = { isOut: false };
  const reviews = new Reviews({ me: { id: me }, mentorDesks, api, onSignedOut: () => (state.isOut = true) });
  return { reviews, asked, state };
}

test("the named mentor is asked first, the others once it is open, the writer and other desks never", () => {
  const asks = (me, mark, mentorDesks) => begin(me, { mentorDesks }).reviews.asksMe({ review: mark });
  assert.equal(asks("lin", MARK), true);
  assert.equal(asks("zhou", MARK), false);
  assert.equal(asks("zhou", { ...MARK, is_open: true }), true);
  assert.equal(asks("chen", { ...MARK, is_open: true }), false);
  assert.equal(asks("lin", MARK, ["d2"]), false);
  assert.equal(asks("lin", null), false);
  // Who is not asked first may review all the same.
  assert.equal(begin("zhou").reviews.mayReview({ review: MARK }), true);
});

test("what waits and what came back is kept apart by conversation and person", () => {
  const { reviews } = begin("chen");
  reviews.take({ type: "reviews", conversation_id: "c1", items: [review(), review({ id: "r2", state: "returned" }), review({ id: "r3", state: "returned", librarian_id: "wu" })] });
  assert.deepEqual(reviews.pending("c1").map(({ id }) => id), ["r1"]);
  assert.deepEqual(reviews.returned("c1").map(({ id }) => id), ["r2"]);
  assert.deepEqual(reviews.pending("c2"), []);
  reviews.markRead("r2");
  assert.deepEqual(reviews.returned("c1"), []);
});

test("an answer goes out as it was, or with the changed text, and a refusal is kept with its reason", async () => {
  const sent = begin("lin", { answers: { approve: review({ state: "approved" }) } });
  assert.equal(await sent.reviews.approve(review(), "draft"), true);
  assert.equal(await sent.reviews.approve(review(), "better"), true);
  assert.deepEqual(sent.asked, [["approve", "r1", null], ["approve", "r1", "better"]]);
  assert.deepEqual(sent.reviews.pending("c1"), []);

  const refused = begin("lin", { answers: { giveBack: new Refusal(409, { code: "review_closed", message: "closed" }) } });
  assert.equal(await refused.reviews.giveBack(review(), "why"), false);
  assert.deepEqual(refused.reviews.problem, { id: "r1", message: "closed" });

  const out = begin("lin", { answers: { takeBack: new Refusal(401, {}) } });
  await out.reviews.takeBack(review());
  assert.equal(out.state.isOut, true);
});
