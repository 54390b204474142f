import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiError } from "../../../widget/static/v1/lib/api.js";
import { Uploads } from "../../../widget/static/v1/lib/uploads.js";
import { FakeClock, settled } from "./fakes.js";

/** Uploads whose requests end when the test says so. */
function world() {
  const requests = [];
  const stored = [];
  const upload = (id, { name, client_id }, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new ApiError(0, { code: "offline" })));
      requests.push({ name, client_id, onProgress, resolve, reject });
    });
  const options = { api: { upload }, clock: new FakeClock(), onChange: () => {}, onStored: (id, message) => stored.push(`${id} ${message}`) };
  return { uploads: new Uploads(options), requests, stored };
}
const file = (name) => new File(["x"], name);

test("files go out one after the other, in the order they were chosen", async () => {
  const { uploads, requests, stored } = world();
  uploads.add("c1", [file("a.pdf"), file("b.pdf")]);
  assert.deepEqual(requests.map(({ name }) => name), ["a.pdf"]);
  requests[0].onProgress(0.5);
  assert.deepEqual(uploads.of("c1").map(({ share }) => share), [0.5, 0]);
  requests[0].resolve("first");
  await settled();
  requests[1].resolve("second");
  await settled();
  assert.deepEqual(stored, ["c1 first", "c1 second"]);
  assert.deepEqual(uploads.of("c1"), []);
});

test("a file that is cancelled is broken off, and the next one goes out", async () => {
  const { uploads, requests, stored } = world();
  uploads.add("c1", [file("a.pdf"), file("b.pdf")]);
  uploads.cancel(requests[0].client_id);
  await settled();
  requests[1].resolve("second");
  await settled();
  assert.deepEqual(stored, ["c1 second"]);
});

test("a refused file keeps its reason; one lost on its way goes out again under the same id", async () => {
  const { uploads, requests } = world();
  uploads.add("c1", [file("a.exe"), file("b.pdf")]);
  requests[0].reject(new ApiError(415, { code: "attachment_type_refused", message: "不行" }));
  await settled();
  requests[1].reject(new ApiError(0, { code: "offline" }));
  await settled();
  assert.deepEqual(uploads.of("c1").map(({ failure }) => failure.code), ["attachment_type_refused", "offline"]);
  uploads.retry();
  await settled();
  assert.deepEqual(requests.map(({ name }) => name), ["a.exe", "b.pdf", "b.pdf"]);
  assert.equal(requests[2].client_id, requests[1].client_id);
  assert.equal(uploads.of("c1")[0].failure.message, "不行");
});

test("the body of an upload is the file, its name is encoded, and what comes back is told", async () => {
  const request = { upload: {}, headers: {}, open: (...where) => (request.where = where), send: (body) => (request.body = body) };
  request.setRequestHeader = (name, value) => (request.headers[name] = value);
  const api = new Api({ base: "https://s/api/v1/", library: "JZU", language: "zh", token: () => "t", openRequest: () => request });
  const shares = [];
  const options = { signal: new AbortController().signal, onProgress: (share) => shares.push(share) };
  const body = file("截图 1.png");
  const answer = api.upload("c1", { file: body, name: body.name, client_id: "client-1" }, options);
  assert.deepEqual(request.where, ["POST", "https://s/api/v1/conversations/c1/attachments"]);
  assert.deepEqual(request.headers, {
    "X-File-Name": "%E6%88%AA%E5%9B%BE%201.png", "X-Client-Id": "client-1", "Accept-Language": "zh", Authorization: "Bearer t",
  });
  assert.equal(request.body, body);
  request.upload.onprogress({ loaded: 1, total: 4 });
  assert.deepEqual(shares, [0.25]);
  Object.assign(request, { status: 413, responseText: '{"error":{"code":"attachment_too_large","message":"太大"}}' });
  request.onload();
  await assert.rejects(answer, { code: "attachment_too_large", message: "太大", isPassing: false });
});
