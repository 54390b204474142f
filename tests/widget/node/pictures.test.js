import assert from "node:assert/strict";
import test from "node:test";

import { readMarkup } from "../../../widget/static/v1/lib/markup.js";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";

test("a picture of an article is shown from the service, with its words", () => {
  const [piece] = readMarkup(`<img src="/api/v1/article-images/${ID}?expires=1&amp;signature=a-b_c" loading="lazy" alt="自助机 &lt;2&gt;">`);
  assert.equal(piece.tag, "img");
  assert.ok(piece.src.endsWith(`/api/v1/article-images/${ID}?expires=1&signature=a-b_c`));
  assert.equal(piece.alt, "自助机 <2>");
});

test("a picture from anywhere else is nothing", () => {
  for (const src of ["https://elsewhere.example/x.png", "//elsewhere.example/x.png", "/api/v1/readers", "javascript:alert(1)", `/api/v1/article-images/${ID}/../x`]) {
    assert.deepEqual(readMarkup(`<img src="${src}" alt="x">`), []);
  }
});
