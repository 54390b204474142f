import assert from "node:assert/strict";
import test from "node:test";
import { Claims } from "../../../admin/static/lib/claims.js";
import { Refusal, StaffApi } from "../../../admin/static/lib/staff-api.js";

function begin(...answers) {
  const asked = [];
  const fetch = async (path, init) => {
    asked.push({ path, method: init.method, token: init.headers["X-CSRF-Token"] });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { ok: answer.status < 400, status: answer.status, json: async () => answer.body };
  };
  return { asked, api: new StaffApi({ csrfToken: "old", language: "en", fetch }) };
}

const refusal = (status, code, message = "") => ({ status, body: { error: { code, message, details: {} } } });

test("a change after signing in again in another tab takes the new token and is repeated once", async () => {
  const { api, asked } = begin(refusal(403, "csrf_refused"), { status: 200, body: { csrf_token: "new" } }, { status: 200, body: { id: "c" } });
  assert.deepEqual(await api.claim("c"), { id: "c" });
  assert.deepEqual(asked.map(({ token }) => token), ["old", undefined, "new"]);
});

test("a lost claim says who was quicker", async () => {
  const { api } = begin(refusal(409, "already_claimed", "Chen already has this question."));
  const claims = new Claims({ api, onTaken: () => assert.fail(), onSignedOut: () => assert.fail() });
  assert.equal(await claims.claim("c"), false);
  assert.deepEqual(claims.problem, { id: "c", message: "Chen already has this question." });
});

test("an ended session is told, and nothing is thrown away", async () => {
  const { api } = begin(refusal(401, "unauthenticated"));
  let isTold = false;
  const claims = new Claims({ api, onTaken: () => assert.fail(), onSignedOut: () => (isTold = true) });
  assert.equal(await claims.close("c", { resolution: "answered", read_level: null }), false);
  assert.equal(isTold, true);
});

test("a dead network is a refusal, not a fault", async () => {
  const { api } = begin(new TypeError("network"));
  await assert.rejects(api.claim("c"), (error) => error instanceof Refusal && error.code === "offline");
});

test("an answer that is given up while it comes is given up, and one that breaks off is none", async () => {
  const broken = async (name) => {
    throw Object.assign(new Error("cut"), { name });
  };
  const answers = [broken.bind(null, "AbortError"), broken.bind(null, "TypeError"), async () => JSON.parse("")];
  const fetch = async () => ({ ok: true, status: 200, json: answers.shift() });
  const api = new StaffApi({ csrfToken: "old", language: "en", fetch });
  await assert.rejects(api.workingDay(), { name: "AbortError" });
  await assert.rejects(api.workingDay(), (error) => error instanceof Refusal && error.code === "offline");
  assert.deepEqual(await api.workingDay(), {});
});

test("a file goes out under its own name, and once more after signing in again in another tab", async () => {
  const sent = [];
  const answers = [new Refusal(403, { code: "csrf_refused" }), { seq: 4 }];
  const upload = async (path, { headers }) => {
    sent.push([path, headers["X-File-Name"], headers["X-Client-Id"], headers["X-CSRF-Token"]]);
    const answer = answers.shift();
    if (answer instanceof Refusal) throw answer;
    return answer;
  };
  const fetch = async () => ({ ok: true, status: 200, json: async () => ({ csrf_token: "new" }) });
  const api = new StaffApi({ csrfToken: "old", language: "en", upload, fetch });
  const file = { conversation_id: "c1", client_id: "client-1", file: { name: "指南.pdf" } };
  assert.deepEqual(await api.attach(file, {}), { seq: 4 });
  const path = "/api/v1/staff/conversations/c1/attachments";
  assert.deepEqual(sent, [[path, "%E6%8C%87%E5%8D%97.pdf", "client-1", "old"], [path, "%E6%8C%87%E5%8D%97.pdf", "client-1", "new"]]);
});

test("a poll carries the page's token, and learns the newer one when it is refused", async () => {
  const { api, asked } = begin(refusal(403, "csrf_refused"), { status: 200, body: { csrf_token: "new" } }, { status: 200, body: {} });
  assert.equal((await api.poll("/api/v1/staff/poll", { method: "POST", headers: {} })).status, 403);
  await api.poll("/api/v1/staff/poll", { method: "POST", headers: {} });
  assert.deepEqual(asked.map(({ token }) => token), ["old", undefined, "new"]);
});
