// The services' forms without a screen: what is shown, how two versions come together, what is kept until it is saved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../widget/static/v1/lib/api.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";
import { holds, shownFields } from "../../../widget/static/v1/services/definition.js";
import { Keeper } from "../../../widget/static/v1/services/keeper.js";
import { compare, flat, isSame, partsOf } from "../../../widget/static/v1/services/merging.js";

const field = (key, when = null) => ({ key, kind: "text", by: "reader", when });

test("a field is asked for where its condition holds, and what hangs on a hidden one is hidden too", () => {
  const fields = [field("purpose"), field("other", { field: "purpose", one_of: ["other"] }), field("more", { field: "other", one_of: ["yes"] })];
  assert.deepEqual([...shownFields({ fields }, { purpose: "degree", other: "yes" })], ["purpose"]);
  assert.deepEqual([...shownFields({ fields }, { purpose: "other", other: "yes" })], ["purpose", "other", "more"]);
});

test("a condition over several values holds where one of them is named, and true is not one", () => {
  assert.ok(holds({ field: "items", one_of: ["jcr"] }, { items: ["indexing", "jcr"] }));
  assert.ok(!holds({ field: "is_urgent", one_of: [1] }, { is_urgent: true }));
  assert.ok(!holds({ field: "items", one_of: ["jcr"] }, {}));
});

test("a circle of conditions does not hang", () => {
  const fields = [field("a", { field: "b", one_of: ["x"] }), field("b", { field: "a", one_of: ["x"] })];
  assert.deepEqual([...shownFields({ fields }, { a: "x", b: "x" })], []);
});

test("a form is flat and whole again, without what is empty", () => {
  const form = { values: { title: "渡口", terms: [], is_urgent: false }, contact: { name: "王小渡", phone: "" }, invoice: { kind: "none" } };
  assert.deepEqual(flat(form), { "v.title": "渡口", "c.name": "王小渡", "i.kind": "none" });
  assert.deepEqual(partsOf(flat(form)), { values: { title: "渡口" }, contact: { name: "王小渡" }, invoice: { kind: "none" } });
});

test("blanks, order of parts and empty values make no difference", () => {
  assert.ok(isSame(" 渡口  考 ", "渡口 考"));
  assert.ok(isSame({ doi: "10.1/x", title: "" }, { doi: "10.1/x" }));
  assert.ok(isSame([], null) && !isSame(["a"], ["b"]));
});

test("what only the other side changed is taken over; what both changed is in dispute", () => {
  const known = { "v.title": "旧", "v.note": "旧", "v.same": "旧" };
  const theirs = { "v.title": "他", "v.note": "他", "v.same": "新" };
  const mine = { "v.title": "旧", "v.note": "我", "v.same": "新" };
  assert.deepEqual(compare({ mine, sent: known, known, theirs }), { taken: ["v.title"], disputed: ["v.note"] });
});

/** A form on no screen, a server of one draft, and a keeper between them. */
class Desk {
  values = {};
  states = [];
  disputed = new Map();
  isClosed = false;
  server = { revision: 1, form: {}, is_form_open: true };
  failures = [];
  begun = 0;
  shelf = new Shelf(null, "test.");
  reader = { ensure: async () => {}, forget: () => {}, token: "t" };

  constructor(shelf) {
    if (shelf) this.shelf = shelf;
    this.calls = {
      begin: async () => {
        this.begun += 1;
        return this.view;
      },
      read: async () => ({ commission: this.view, etag: "" }),
      save: async (_id, { values, revision }) => {
        const failure = this.failures.shift();
        if (failure) throw failure;
        if (revision !== this.server.revision) throw new ApiError(409, { code: "commission_changed" });
        this.server = { ...this.server, revision: revision + 1, form: values };
        return { commission: this.view, problems: [] };
      },
      saveInPassing: () => {},
    };
    this.keeper = new Keeper({ visit: this, service: "citation_search", form: this.form });
  }

  get view() {
    return { id: "one", updated_at: "2026-09-01T08:00:00Z", contact: {}, invoice: {}, ...structuredClone(this.server) };
  }

  get form() {
    return {
      read: () => flat({ values: this.values }),
      fill: (given) => {
        for (const [key, value] of Object.entries(given)) this.values[key.slice(2)] = value;
      },
      dispute: (disputed) => {
        this.disputed = new Map(disputed);
      },
      judge: () => {},
      saved: () => {},
      tell: (state) => this.states.push(state.name),
      closed: () => {
        this.isClosed = true;
      },
    };
  }

  stop() {
    this.keeper.stop();
  }
}

test("a form that nobody wrote into begins no draft; the first words begin one", async () => {
  const desk = new Desk();
  desk.keeper.beginNew();
  assert.equal(desk.begun, 0);
  desk.values.title = "渡口";
  desk.keeper.touch();
  assert.ok(await desk.keeper.save());
  assert.deepEqual([desk.begun, desk.server.form.title, desk.states.at(-1)], [1, "渡口", "saved"]);
  desk.stop();
});

test("without network what was written is kept here, comes back after a reload, and is saved once it is back", async () => {
  const desk = new Desk();
  desk.keeper.open(desk.view);
  desk.values.title = "断网时写的";
  desk.keeper.touch();
  desk.failures.push(new ApiError(0, { code: "offline" }));
  assert.equal(await desk.keeper.save(), false);
  assert.equal(desk.states.at(-1), "kept");

  const reloaded = new Desk(desk.shelf);
  reloaded.keeper.open(reloaded.view);
  assert.equal(reloaded.values.title, "断网时写的");
  assert.ok(await reloaded.keeper.save());
  assert.equal(reloaded.server.form.title, "断网时写的");
  assert.equal(desk.shelf.get("services.form.one"), null);
  desk.stop();
  reloaded.stop();
});

test("a form changed in two tabs keeps both texts until the reader has chosen", async () => {
  const desk = new Desk();
  desk.server.form = { title: "起初", note: "起初" };
  desk.keeper.open(desk.view);
  desk.values = { title: "我的", note: "起初" };
  desk.server = { ...desk.server, revision: 5, form: { title: "另一窗口的", note: "改过" } };
  desk.keeper.touch();
  assert.ok(await desk.keeper.save());

  assert.equal(desk.values.note, "改过");
  assert.deepEqual([...desk.disputed], [["v.title", "另一窗口的"]]);
  assert.deepEqual([desk.values.title, desk.server.form.title], ["我的", "另一窗口的"]);

  desk.keeper.settle("v.title", false);
  assert.ok(await desk.keeper.save());
  assert.deepEqual([desk.server.form.title, desk.disputed.size], ["我的", 0]);
  desk.stop();
});

test("the other text can be taken, and a dispute outlives a reload", async () => {
  const desk = new Desk();
  desk.server.form = { title: "起初" };
  desk.keeper.open(desk.view);
  desk.values = { title: "我的" };
  desk.server = { ...desk.server, revision: 5, form: { title: "另一窗口的" } };
  desk.keeper.touch();
  const reloaded = new Desk(desk.shelf);
  reloaded.server = desk.server;
  reloaded.keeper.open(reloaded.view);
  assert.deepEqual([reloaded.values.title, [...reloaded.disputed]], ["我的", [["v.title", "另一窗口的"]]]);
  reloaded.keeper.touch();
  assert.ok(await reloaded.keeper.save());
  const again = new Desk(desk.shelf);
  again.server = reloaded.server;
  again.keeper.open(again.view);
  assert.deepEqual([again.values.title, [...again.disputed], again.server.form.title], ["我的", [["v.title", "另一窗口的"]], "另一窗口的"]);
  again.stop();
  reloaded.keeper.settle("v.title", true);
  assert.ok(await reloaded.keeper.save());
  assert.equal(reloaded.server.form.title, "另一窗口的");
  desk.stop();
  reloaded.stop();
});

test("a note of the staff moves the revision and disturbs nobody", async () => {
  const desk = new Desk();
  desk.keeper.open(desk.view);
  desk.values.title = "渡口";
  desk.server.revision = 9;
  desk.keeper.touch();
  assert.ok(await desk.keeper.save());
  assert.deepEqual([desk.server.form.title, desk.disputed.size], ["渡口", 0]);
  desk.stop();
});

test("a reader whom the service forgot goes on with a new draft and everything that was written", async () => {
  const desk = new Desk();
  desk.keeper.open(desk.view);
  desk.values.title = "很久以前";
  desk.failures.push(new ApiError(401, { code: "reader_unknown" }));
  desk.keeper.touch();
  assert.equal(await desk.keeper.save(), false);
  assert.equal(desk.states.at(-1), "stranger");
  assert.ok(await desk.keeper.startAgain());
  assert.deepEqual([desk.begun, desk.server.form.title], [1, "很久以前"]);
  desk.stop();
});

test("a form that was handed in elsewhere is closed here", async () => {
  const desk = new Desk();
  desk.keeper.open(desk.view);
  desk.values.title = "迟了";
  desk.keeper.touch();
  desk.failures.push(new ApiError(409, { code: "form_closed" }));
  assert.equal(await desk.keeper.save(), false);
  assert.ok(desk.isClosed);
  desk.stop();
});
