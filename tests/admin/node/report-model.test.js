import assert from "node:assert/strict";
import { test } from "node:test";
import { addColumn, cellsOf, MAX_COLUMNS, merge, missing, paste, removeColumn, sendable, sharesOf } from "../../../admin/static/lib/report-model.js";
import { ReportSaving } from "../../../admin/static/lib/report-saving.js";
import { Refusal } from "../../../admin/static/lib/staff-api.js";

const prose = (/** @type {string} */ text) => ({ text, is_markdown: true });
const section = (/** @type {string} */ part, /** @type {string} */ text) => ({ heading: part, blocks: [prose(text)], part, level: /** @type {1} */ (1) });
const report = (/** @type {Record<string, string>} */ texts, head = {}) => ({ title: "题", applicant: "", organisation: "", purpose: "", language: "zh", notes: "", attachments: [], ...head, sections: Object.entries(texts).map(([part, text]) => section(part, text)) });
const table = () => ({ headings: ["甲", "乙"], rows: [["1", "2"]], weights: [1, 2], caption: "" });

test("cells of a spreadsheet keep line ends and quotes within them", () => {
  assert.deepEqual(cellsOf('甲\t乙\r\n"一\n二"\t"他说""好"""\r\n'), [["甲", "乙"], ["一\n二", '他说"好"']]);
  assert.deepEqual(cellsOf("甲\t\t丙"), [["甲", "", "丙"]]);
});

test("a table grows with what is pasted, as far as a page is wide", () => {
  const grown = table();
  paste(grown, [["a", "b", "c"], ["d", "e", "f"]], 0, 1);
  assert.deepEqual(grown.rows, [["1", "a", "b", "c"], ["", "d", "e", "f"]]);
  assert.equal(grown.weights.length, 4);
  paste(grown, [Array.from({ length: 20 }, (_, at) => String(at))], 0, 0);
  assert.equal(grown.headings.length, MAX_COLUMNS);
  assert.equal(addColumn(grown, 0), false);
});

test("columns share the page by their weights, or by what stands in them", () => {
  assert.deepEqual(sharesOf(table()), [1 / 3, 2 / 3]);
  const [place, title, found] = sharesOf({ headings: ["#", "题名", "SCIE"], rows: [["1", "渡口遗址的三维数字化建模与语义标注方法", "收录"]], weights: [], caption: "" });
  assert.equal(place, found);
  assert.ok(title > 3 * place && place > 0.15, `${place} ${title}`);
});

test("the last column stays", () => {
  const small = table();
  assert.equal(removeColumn(small, 0), true);
  assert.equal(removeColumn(small, 0), false);
  assert.deepEqual(small.rows, [["2"]]);
});

test("a required part that says nothing is missing, and is not sent", () => {
  const parts = [{ key: "scope", heading: "范围", is_required: true }, { key: "notes", heading: "附", is_required: false }];
  const content = report({ scope: "  " });
  assert.deepEqual(missing(content, parts).map((part) => part.key), ["scope"]);
  assert.deepEqual(sendable(content).sections[0].blocks, []);
});

test("what two people wrote in different parts comes together", () => {
  const base = report({ scope: "旧", conclusion: "旧" });
  const { content, clashes } = merge(base, report({ scope: "我", conclusion: "旧" }), report({ scope: "旧", conclusion: "她" }, { title: "新题" }));
  assert.deepEqual(content, report({ scope: "我", conclusion: "她" }, { title: "新题" }));
  assert.deepEqual(clashes, []);
});

test("where both wrote mine stands and theirs is told", () => {
  const { content, clashes } = merge(report({ scope: "旧" }), report({ scope: "我" }), report({ scope: "她" }));
  assert.equal(/** @type {any} */ (content.sections[0].blocks[0]).text, "我");
  assert.deepEqual(clashes, [{ name: "scope", heading: "scope", theirs: "她" }]);
});

test("a section that one took out and the other wrote on stays", () => {
  const base = report({ scope: "旧", 附: "旧" });
  assert.equal(merge(base, report({ scope: "旧", 附: "我" }), report({ scope: "旧" })).content.sections.length, 2);
  assert.equal(merge(base, report({ scope: "旧", 附: "旧" }), report({ scope: "旧" })).content.sections.length, 1);
});

function desk(/** @type {any} */ api, kept = new Map()) {
  const shelf = { get: (/** @type {string} */ key) => kept.get(key) ?? null, set: (/** @type {string} */ key, /** @type {unknown} */ value) => kept.set(key, structuredClone(value)), remove: (/** @type {string} */ key) => kept.delete(key) };
  const saving = new ReportSaving({ api, shelf, name: "r", content: report({ scope: "旧" }), revision: 1 });
  /** @type {string[]} */
  const states = [];
  saving.onState = (state) => states.push(state);
  return { saving, states, kept };
}

const write = (/** @type {ReportSaving} */ saving, /** @type {string} */ text) => {
  /** @type {any} */ (saving.content.sections[0].blocks[0]).text = text;
  saving.touch();
};

test("what is written is kept in the tab until the server has it", async () => {
  const { saving, states, kept } = desk({ save: (/** @type {any} */ content, /** @type {number} */ revision) => Promise.resolve({ content, revision: revision + 1 }) });
  write(saving, "新");
  assert.equal(kept.size, 1);
  assert.equal(await saving.flush(), true);
  assert.equal(kept.size, 0);
  assert.deepEqual(states, ["unsaved", "saving", "saved"]);
});

test("a lost session keeps the text, and the next visit takes it up", async () => {
  const { saving, states, kept } = desk({ save: () => Promise.reject(new Refusal(401, { code: "unauthenticated" })) });
  write(saving, "新");
  assert.equal(await saving.flush(), false);
  assert.equal(states.at(-1), "signed_out");
  const { saving: next } = desk({ save: (/** @type {any} */ content) => Promise.resolve({ content, revision: 2 }) }, kept);
  next.restore();
  assert.equal(/** @type {any} */ (next.content.sections[0].blocks[0]).text, "新");
  assert.equal(await next.flush(), true);
});
