import assert from "node:assert/strict";
import { test } from "node:test";

import { isTable } from "../../../admin/static/lib/log-rows.js";

test("cells of a spreadsheet are rows, words and lines are not", () => {
  assert.equal(isTable("SCIE\t2019\tAU=Wang"), true);
  assert.equal(isTable("SCIE\r\nEI\t2020"), true);
  assert.equal(isTable("中国知网"), false);
  assert.equal(isTable("第一行\n第二行"), false);
  assert.equal(isTable(""), false);
});
