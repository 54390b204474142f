import assert from "node:assert/strict";
import test from "node:test";
import { SentArticles } from "../../../admin/static/lib/sent-articles.js";
import { sourceLine } from "../../../admin/static/lib/suggestions.js";
import { Shelf } from "../../../widget/static/v1/lib/shelf.js";

const HOURS = { article_id: "hours", question: "图书馆几点开门？", answer: "**早上八点**开门。\n\n周末九点。", published_at: "2026-09-01T00:00:00Z", library: { name_zh: "江州大学图书馆", name_en: "JZU" } };
const LOANS = { ...HOURS, article_id: "loans", question: "怎么续借？", answer: "网上续借。" };

/** @returns {any} */
function begin() {
  const shelf = new Shelf(null, "test.");
  const noted = [];
  const note = (/** @type {string} */ id, /** @type {any} */ sent) => Promise.resolve(noted.push([id, sent]));
  return { shelf, noted, sent: new SentArticles({ shelf, note }) };
}

test("an article is noted once it is sent, with the reader's words", () => {
  const { sent, noted } = begin();
  sent.insert("c1", HOURS, "早上几点能进");
  assert.deepEqual(noted, []);
  sent.send("c2", "别的回答");
  sent.send("c1", `您好，\n\n${sourceLine(HOURS, { language: "zh" })}`);
  sent.send("c1", sourceLine(HOURS, { language: "zh" }));
  assert.deepEqual(noted, [["c1", { article_id: "hours", words: "早上几点能进" }]]);
});

test("an answer without its source line still counts, and one that was taken out does not", () => {
  const { sent, noted } = begin();
  sent.insert("c1", HOURS, "a");
  sent.insert("c1", LOANS, "b");
  sent.send("c1", "早上八点开门。祝好");
  assert.deepEqual(noted.map(([, { article_id }]) => article_id), ["hours"]);
});

test("a draft that is sent after the page was loaded again is noted too", () => {
  const { shelf, sent } = begin();
  sent.insert("c1", LOANS, "b");
  const noted = [];
  new SentArticles({ shelf, note: async (id, { article_id }) => noted.push(article_id) }).send("c1", "网上续借。");
  assert.deepEqual(noted, ["loans"]);
});

test("a note that does not arrive disturbs nobody", () => {
  const { shelf, sent } = begin();
  sent.insert("c1", LOANS, "b");
  new SentArticles({ shelf, note: () => Promise.reject(new Error("offline")) }).send("c1", "网上续借。");
});
