import assert from "node:assert/strict";
import { test } from "node:test";
import { readFormatted } from "../../../widget/static/v1/lib/formatted.js";

/** A short way to write what came out. */
function outline(pieces) {
  if (pieces === null) return null;
  return pieces.map((piece) => (typeof piece === "string" ? piece : `${piece.tag}${piece.href ? `(${piece.href})` : ""}[${outline(piece.children).join("")}]`));
}

for (const [text, expected] of [
  ["你好", null],
  ["两行\n\n见 https://lib.example.edu/a。", null],
  ["a@lib.example.edu", null],
  ["2 * 3 * 4, a_b_c, TP312*, 5 > 3", null],
  ["3. 楼在左边", null],
  ["**未结束", null],
  ["[x](javascript:alert(1))", null],
  ["- 一\n- 二", ["ul[li[一]li[二]]"]],
  ["步骤：\n1、登录\n2、查找", ["p[步骤：]", "ol[li[登录]li[查找]]"]],
  ["1. a\n2. b\n\n完", ["ol[li[a]li[b]]", "p[完]"]],
  ["**重要**：见 `TP312/A1`", ["p[strong[重要]：见 code[TP312/A1]]"]],
  ["[指南](https://lib.example.edu/x)", ["p[a(https://lib.example.edu/x)[指南]]"]],
  ["> 引文\n> 第二行", ["blockquote[引文br[]第二行]"]],
  ["```\n**x**\n- y\n```\n后", ["pre[**x**\n- y]", "p[后]"]],
  ["```\n没有结束", ["pre[没有结束]"]],
  ["`a` <img src=x onerror=1>", ["p[code[a] <img src=x onerror=1>]"]],
]) {
  test(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(outline(readFormatted(text)), expected));
}

test("long text without end of anything is read in a moment", () => {
  const started = performance.now();
  readFormatted("**a ".repeat(3000));
  readFormatted("[".repeat(8000));
  readFormatted("`".repeat(8001));
  assert.ok(performance.now() - started < 2000);
});
