import assert from "node:assert/strict";
import test from "node:test";
import { ageText, urgency } from "../../../admin/static/lib/age.js";
import { News, titleWith } from "../../../admin/static/lib/news.js";
import { actionOf, isSendKey, SHORTCUTS } from "../../../admin/static/lib/shortcuts.js";
import { insertAt, lastAsking, plainText, sourceLine } from "../../../admin/static/lib/suggestions.js";
import { eventSentence, nameIn, translator } from "../../../admin/static/lib/words.js";

const t = translator({ "{minutes} min": "{minutes} 分钟" });
const key = (values) => ({ key: "", code: "", keyCode: 0, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, ...values });
const outside = { isInField: false, hasLetters: true };

test("ages have at most two units and are never negative", () => {
  assert.equal(ageText(-5000, t), "just now");
  assert.equal(ageText(59_999, t), "50 s");
  assert.equal(ageText(61_000, t), "1 分钟");
  assert.equal(ageText(3_600_000 + 20 * 60_000, t), "1 h 20 min");
  assert.equal(ageText(49 * 3_600_000, t), "2 d");
  assert.deepEqual([0, 60_000, 180_000].map(urgency), ["", "is-long", "is-overdue"]);
});

test("enter sends, but not with shift and not while characters are being chosen", () => {
  assert.equal(isSendKey(key({ key: "Enter", keyCode: 13 })), true);
  assert.equal(isSendKey(key({ key: "Enter", keyCode: 13, shiftKey: true })), false);
  assert.equal(isSendKey(key({ key: "Enter", keyCode: 13, isComposing: true })), false);
  assert.equal(isSendKey(key({ key: "Enter", keyCode: 229 })), false);
});

test("letters are shortcuts outside of fields only, and can be switched off", () => {
  assert.deepEqual(actionOf(key({ key: "c" }), outside), { action: "claim" });
  assert.equal(actionOf(key({ key: "c" }), { ...outside, isInField: true }), null);
  assert.equal(actionOf(key({ key: "c" }), { ...outside, hasLetters: false }), null);
  assert.equal(actionOf(key({ key: "c", ctrlKey: true }), outside), null);
});

test("a suggestion is inserted from within the field, whatever character the keyboard makes of it", () => {
  const pressed = key({ key: "¡", code: "Digit1", altKey: true });
  assert.deepEqual(actionOf(pressed, { isInField: true, hasLetters: false }), { action: "insert", number: 1 });
});

test("every shortcut is in the list once", () => {
  assert.equal(new Set(SHORTCUTS.map(({ action }) => action)).size, SHORTCUTS.length);
});

test("an inserted suggestion names its source in the reader's language", () => {
  const hit = {
    answer: "**Eight** o'clock, see [hours](https://lib.example/hours).",
    question: "When do you open?",
    published_at: "2026-09-01T08:00:00Z",
    library: { name_zh: "江州大学图书馆", name_en: "Jiangzhou University Library" },
  };
  assert.equal(
    sourceLine(hit, { language: "en" }),
    "Eight o'clock, see hours https://lib.example/hours.\n\n(Source: Jiangzhou University Library, “When do you open?”, 2026-09-01)",
  );
  assert.match(sourceLine(hit, { language: "zh" }), /（来源：江州大学图书馆知识库《When do you open\?》，2026-09-01）$/);
});

test("markdown becomes what a person would type", () => {
  assert.equal(plainText("## Hours\n\n* one\n* `two`\n\n\n\n> three"), "Hours\n\n- one\n- two\n\nthree");
});

test("an insertion is a paragraph of its own at the cursor", () => {
  assert.deepEqual(insertAt("", { start: 0, end: 0 }, "answer"), { text: "answer", cursor: 6 });
  assert.deepEqual(insertAt("Hello. Bye.", { start: 7, end: 7 }, "answer"), { text: "Hello.\n\nanswer\n\nBye.", cursor: 14 });
});

test("a thank-you does not replace what the reader asked", () => {
  const said = (body, author = "reader") => ({ kind: "text", author, body });
  assert.equal(lastAsking([said("怎么续借图书？"), said("好的，谢谢老师")], "怎么续借图书？"), "怎么续借图书？");
  assert.equal(lastAsking([said("Thank you!")], "How do I renew?"), "How do I renew?");
  assert.equal(lastAsking([said("怎么续借图书？"), said("那逾期呢")], "怎么续借图书？"), "那逾期呢");
  assert.equal(lastAsking([said("my card was lost yesterday"), said("see the page", "librarian")], "hi"), "my card was lost yesterday");
});

test("what was there at the start is no news", () => {
  const news = new News();
  assert.deepEqual(news.take([{ id: "1" }], [{ id: "2", unread: 1 }]), { questions: [], texts: [] });
  assert.deepEqual(news.take([{ id: "1" }, { id: "3" }], [{ id: "2", unread: 2 }]), { questions: [{ id: "3" }], texts: ["2"] });
  assert.deepEqual(news.take([], [{ id: "2", unread: 0 }]), { questions: [], texts: [] });
  assert.equal(titleWith("Desk", 0), "Desk");
  assert.equal(titleWith("Desk", 3), "(3) Desk");
});

test("an event says who and why, and an unknown one its name", () => {
  const sentences = { released: "{name} gave it back", "released.absent": "{name} was lost", "closed.reader_left": "The reader ended it" };
  assert.equal(eventSentence({ event: "released", details: { reason: "returned" }, name: "Lin" }, sentences), "Lin gave it back");
  assert.equal(eventSentence({ event: "released", details: { reason: "absent" }, name: "Lin" }, sentences), "Lin was lost");
  assert.equal(eventSentence({ event: "closed", details: { by: "reader" }, name: null }, sentences), "The reader ended it");
  assert.equal(eventSentence({ event: "moved", name: null }, sentences), "moved");
});

test("names are in the language of the console, whatever the language of the conversation", () => {
  const item = { library_name: "江州大学图书馆", library_zh: "江州大学图书馆", library_en: "Jiangzhou University Library", holder_name: null, holder_zh: null, holder_en: null };
  assert.equal(nameIn(item, "library", "en"), "Jiangzhou University Library");
  assert.equal(nameIn(item, "library", "zh"), "江州大学图书馆");
  assert.equal(nameIn(item, "holder", "en"), null);
  assert.equal(nameIn({ name: "林悦", name_zh: "林悦", name_en: "Lin Yue" }, "", "en"), "Lin Yue");
  // A reader has no name; a list kept from before has only that of the conversation.
  assert.equal(nameIn({ name: null }, "", "en"), null);
  assert.equal(nameIn({ library_name: "江州大学图书馆" }, "library", "en"), "江州大学图书馆");
});
