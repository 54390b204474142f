/** @import { Hit } from "../lib/wire.js" */
/** @import { Texts } from "../lib/texts.js" */
import { readMarkup } from "../lib/markup.js";
import { markWords } from "../lib/text.js";
import { el, icon, nodesOf, nodesOfParts } from "./dom.js";
import { Verdict } from "./verdict.js";

/**
 * @typedef {object} Showing
 * @property {Texts} texts
 * @property {boolean} isFirstOpen
 * @property {(hit: Hit, isHelpful: boolean) => Promise<void>} judge takes what the reader says of an answer
 */

/**
 * Published answers as a list of disclosures: the question with the matching words marked, the answer, who gave it, when,
 * and whether it helped.
 *
 * @param {Hit[]} hits best first
 * @param {Showing} showing
 * @returns {HTMLElement}
 */
export function answerList(hits, showing) {
  const items = hits.map((hit, index) => el("li", {}, disclosure(hit, showing, showing.isFirstOpen && index === 0)));
  return el("ol", { class: "answers" }, ...items);
}

/**
 * @param {Hit} hit
 * @param {Showing} showing
 * @param {boolean} isOpen
 */
function disclosure(hit, { texts, judge }, isOpen) {
  const lang = hit.language === "zh" ? "zh-CN" : "en";
  const question = el("span", { class: "question", lang }, ...nodesOfParts(markWords(hit.question, hit.marks)));
  return el(
    "details",
    { class: "answer", open: isOpen },
    el("summary", {}, el("span", { class: "summary" }, question, matched(hit)), icon("chevron")),
    el("div", { class: "rich", lang }, ...nodesOf(readMarkup(hit.answer_html))),
    ended(hit, texts),
    source(hit, texts),
    new Verdict({ texts, send: (isHelpful) => judge(hit, isHelpful) }).root,
  );
}

/**
 * The words that matched, where they were not the question itself: another way to ask it, or a passage of the answer.
 *
 * @param {Hit} hit
 */
function matched({ matched_text, question, marks }) {
  if (!matched_text || matched_text === question) return null;
  return el("span", { class: "matched" }, ...nodesOfParts(markWords(matched_text, marks)));
}

/**
 * A note on an answer whose date has passed, where its library goes on showing it.
 *
 * @param {Hit} hit
 * @param {Texts} texts
 */
function ended({ ended_at }, texts) {
  if (!ended_at) return null;
  return el("p", { class: "ended" }, texts.t("This answer was valid until {date} and is being checked.", { date: texts.date(ended_at) }));
}

/**
 * @param {Hit} hit
 * @param {Texts} texts
 */
function source({ library, published_at }, texts) {
  const date = el("time", { datetime: published_at }, texts.t("as of {date}", { date: texts.date(published_at) }));
  return el("p", { class: "source" }, el("span", {}, texts.nameOf(library)), date);
}
