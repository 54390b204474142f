import assert from "node:assert/strict";
import test from "node:test";
import { Refusal } from "../../../admin/static/lib/staff-api.js";
import { sizeText, Uploads } from "../../../admin/static/lib/uploads.js";
import { settled } from "../../widget/node/fakes.js";

function begin() {
  const sent = [];
  const taken = [];
  let next = 1;
  const uploads = new Uploads({
    send: (upload, { signal, onProgress }) =>
      new Promise((resolve, reject) => {
        sent.push({ upload, onProgress, resolve, reject });
        signal.addEventListener("abort", () => reject(new Refusal(0, { code: "offline" })));
      }),
    newClientId: () => `client-${next++}`,
    limitBytes: 1000,
    tooLarge: "Too large.",
    onTaken: (id, message) => taken.push([id, message.seq]),
    onChange: () => {},
  });
  return { uploads, sent, taken };
}

const file = (name, size = 10) => ({ name, size });

test("files go out one after the other and leave when they are messages", async () => {
  const { uploads, sent, taken } = begin();
  uploads.add("c1", [file("a.pdf"), file("b.pdf")]);
  assert.equal(sent.length, 1);
  sent[0].onProgress(0.5);
  assert.deepEqual(uploads.of("c1").map(({ progress }) => progress), [0.5, 0]);
  sent[0].resolve({ seq: 4 });
  await settled();
  assert.deepEqual([sent.length, taken, uploads.of("c1").length], [2, [["c1", 4]], 1]);
  assert.equal(uploads.areUnderWay, true);
});

test("a refused file says why, lets the next one pass, and is sent again under its id", async () => {
  const { uploads, sent } = begin();
  uploads.add("c1", [file("a.exe"), file("b.pdf")]);
  sent[0].reject(new Refusal(415, { code: "attachment_type_refused", message: "Not this kind." }));
  await settled();
  assert.equal(uploads.of("c1")[0].problem, "Not this kind.");
  assert.equal(sent[1].upload.file.name, "b.pdf");
  sent[1].resolve({ seq: 5 });
  await settled();
  uploads.retry("client-1");
  assert.deepEqual([sent[2].upload.client_id, sent[2].upload.problem], ["client-1", null]);
});

test("cancelling stops the upload and goes on with the next", async () => {
  const { uploads, sent } = begin();
  uploads.add("c1", [file("a.pdf"), file("b.pdf")]);
  uploads.cancel("client-1");
  await settled();
  assert.deepEqual(uploads.of("c1").map(({ client_id, problem }) => [client_id, problem]), [["client-2", null]]);
  assert.equal(sent.length, 2);
});

test("a file over the limit is not sent at all", () => {
  const { uploads, sent } = begin();
  uploads.add("c1", [file("film.mp4", 5000)]);
  assert.deepEqual([sent.length, uploads.of("c1")[0].problem, uploads.areUnderWay], [0, "Too large.", false]);
});

test("sizes are told in the unit that fits", () => {
  assert.deepEqual([0, 900, 1536, 20_971_520].map(sizeText), ["0 B", "900 B", "1.5 KB", "20 MB"]);
});
