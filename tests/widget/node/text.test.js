import assert from "node:assert/strict";
import { test } from "node:test";
import { readMarkup } from "../../../widget/static/v1/lib/markup.js";
import { languageOf, linkify, markWords } from "../../../widget/static/v1/lib/text.js";
import { Texts } from "../../../widget/static/v1/lib/texts.js";

const flat = (pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : `<${piece.tag}${piece.href ? ` ${piece.href}` : ""}>${flat(piece.children)}</>`)).join("");

test("the markup of answers is read as it was written", () => {
  const html = '<p>Loans &amp; holds:</p>\n<ul>\n<li><strong>20</strong> books<br>each</li>\n</ul>';
  assert.equal(flat(readMarkup(html)), "<p>Loans & holds:</>\n<ul>\n<li><strong>20</> books<br></>each</>\n</>");
});

test("links lead to the web, to mail and to the telephone only", () => {
  const html = '<a href="https://x.example/?a=1&amp;b=2" onclick="x()">a</a><a href="javascript:alert(1)">b</a><a href="&#106;avascript:alert(1)">c</a>';
  assert.equal(flat(readMarkup(html)), "<a https://x.example/?a=1&b=2>a</><a>b</><a>c</>");
});

test("what is not on the list is dropped, and silent elements take their content with them", () => {
  assert.equal(flat(readMarkup('<div><img src=x onerror=alert(1)><em>ok</em></div>')), "<em>ok</>");
  assert.equal(flat(readMarkup("a<script>alert(1)</script>b<style>p{}</style><!-- c -->d")), "abd");
  assert.equal(flat(readMarkup("1 < 2 and <b>bold")), "1 < 2 and <b>bold</>");
  assert.equal(flat(readMarkup('<b title="a>b">x</b></i>y')), "<b>x</>y");
});

test("addresses end where a sentence goes on, in Chinese too", () => {
  const links = (text) => linkify(text).filter(({ href }) => href).map(({ href }) => href);
  assert.deepEqual(links("见https://lib.example.cn/a?id=1（写作中心）。"), ["https://lib.example.cn/a?id=1"]);
  assert.deepEqual(links("See http://x.example/a_(b), or mail desk@lib.example.edu."), ["http://x.example/a_(b)", "mailto:desk@lib.example.edu"]);
  assert.deepEqual(links("javascript:alert(1) C:\\x TP312.8/55"), []);
  const text = "先看 https://a.example/x ，再看 https://b.example。好";
  assert.equal(linkify(text).map((part) => part.text).join(""), text);
});

test("matching words are marked whatever their case, and special characters are plain ones", () => {
  const marked = (text, words) => markWords(text, words).map(({ text, isMarked }) => (isMarked ? `[${text}]` : text)).join("");
  assert.equal(marked("Library opening hours (C++)", ["library", "c++"]), "[Library] opening hours ([C++])");
  assert.equal(marked("图书馆几点开门", ["几点", "图书馆"]), "[图书馆][几点]开门");
  assert.equal(marked("nothing", []), "nothing");
});

test("a question is looked for in its own language, a term in the language of the page", () => {
  assert.equal(languageOf("怎么用 VPN", "en"), "zh");
  assert.equal(languageOf("how long are loans", "zh"), "en");
  assert.equal(languageOf("EndNote", "zh"), "zh");
});

test("sentences are translated and filled, and English is the key", () => {
  const texts = new Texts({ language: "zh", messages: { "You are number {position} in the queue.": "您排在第 {position} 位。" } });
  assert.equal(texts.t("You are number {position} in the queue.", { position: 3 }), "您排在第 3 位。");
  assert.equal(texts.t("Not in the catalogue {x}", {}), "Not in the catalogue {x}");
});

test("times are those of the library, whatever the reader's zone", () => {
  const texts = new Texts({ language: "en" });
  texts.timeZone = "Asia/Shanghai";
  assert.equal(texts.time("2026-09-01T16:30:00Z"), "00:30");
  assert.match(texts.day("2026-09-01T16:30:00Z"), /2 September 2026/);
});
