import assert from "node:assert/strict";
import { test } from "node:test";
import { Texts } from "../../../widget/static/v1/lib/texts.js";
import { deskText, waitingText } from "../../../widget/static/v1/ui/desk-text.js";

const HOUR = 3_600_000;
const texts = new Texts({ language: "en" });
texts.timeZone = "Asia/Shanghai";
const later = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
const library = (desk, hours = {}) => ({ desk: { is_staffed: true, waiting: 0, usual_wait_minutes: null, ...desk }, ...hours });

test("a staffed desk says who waits, and the usual wait only when it is known", () => {
  assert.equal(deskText(library({}), texts), "Nobody is waiting at the moment.");
  assert.equal(deskText(library({ waiting: 2, usual_wait_minutes: 5 }), texts), "2 people are waiting. Questions are usually taken within 5 minutes.");
  assert.match(deskText(library({ usual_wait_minutes: 1 }), texts), /within a minute/);
});

test("an empty desk says when it opens, in the library's time, and that the question is kept", () => {
  const opens = later(10);
  const said = deskText(library({ is_staffed: false }, { is_open: false, opens_next: opens, closes_next: null }), texts);
  assert.ok(said.startsWith(`The desk opens again on ${texts.soon(opens)}. Leave your question`));
});

test("open hours without anybody are told as they are, and a far end of the hours is not", () => {
  const empty = (hours) => deskText(library({ is_staffed: false }, { is_open: true, opens_next: null, closes_next: later(hours) }), texts);
  assert.match(empty(3), /open until \d\d:\d\d, but nobody is at it/);
  assert.doesNotMatch(empty(72), /until/);
});

test("a waiting question is told what becomes of it", () => {
  const conversation = { number: "JZU-2026-000001", promised_at: later(20) };
  const away = waitingText(conversation, library({ is_staffed: false }, { is_open: false, opens_next: later(9), closes_next: null }), texts);
  for (const part of ["Nobody is on duty right now.", "The desk opens again on", "You have an answer by", "JZU-2026-000001 is kept"]) assert.ok(away.includes(part), part);
  assert.equal(waitingText(conversation, library({ usual_wait_minutes: 3 }), texts), "Questions are usually taken within 3 minutes. You can close this window: the answer waits for you here.");
});
