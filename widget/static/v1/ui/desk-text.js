/** @import { Conversation, Library } from "../lib/wire.js" */
/** @import { Texts } from "../lib/texts.js" */

/** What is said about the desk before and while a reader waits: only what is known. Pure. */

/**
 * @param {Library} library
 * @param {Texts} texts
 * @returns {string} what to expect when one asks now
 */
export function deskText(library, texts) {
  const { desk } = library;
  if (!desk.is_staffed) {
    const promise = texts.t("Leave your question: it is kept, and the answer appears here.");
    return together([opening(library, texts), promise], texts);
  }
  const queue = desk.waiting
    ? texts.count(desk.waiting, "1 person is waiting.", "{count} people are waiting.")
    : texts.t("Nobody is waiting at the moment.");
  return together([queue, usualWait(desk, texts)], texts);
}

/**
 * @param {Conversation} conversation which waits
 * @param {Library | null} library
 * @param {Texts} texts
 * @returns {string} what becomes of it now
 */
export function waitingText({ promised_at, number }, library, texts) {
  if (!library || library.desk.is_staffed) {
    const wait = library ? usualWait(library.desk, texts) : "";
    return together([wait, texts.t("You can close this window: the answer waits for you here.")], texts);
  }
  const promised = promised_at ? texts.t("You have an answer by {time} at the latest.", { time: texts.soon(promised_at) }) : "";
  const kept = texts.t("Your question {number} is kept, and the answer appears here.", { number });
  return together([texts.t("Nobody is on duty right now."), opening(library, texts), promised, kept], texts);
}

/**
 * @param {Library["desk"]} desk
 * @param {Texts} texts
 */
function usualWait({ usual_wait_minutes: minutes }, texts) {
  if (!minutes) return "";
  return texts.count(minutes, "Questions are usually taken within a minute.", "Questions are usually taken within {count} minutes.");
}

const DAY_MILLISECONDS = 86_400_000;

/**
 * A library without hours of its own is open until a holiday, or for ever: of that nothing is said.
 *
 * @param {Library} library
 * @param {Texts} texts
 */
function opening({ is_open, opens_next, closes_next }, texts) {
  if (is_open) {
    const isSoon = closes_next && Date.parse(closes_next) - Date.now() < DAY_MILLISECONDS;
    return isSoon ? texts.t("The desk is open until {time}, but nobody is at it just now.", { time: texts.time(closes_next) }) : "";
  }
  const isToCome = opens_next && Date.parse(opens_next) > Date.now();
  return isToCome ? texts.t("The desk opens again on {time}.", { time: texts.soon(opens_next) }) : "";
}

/**
 * @param {string[]} sentences
 * @param {Texts} texts
 */
function together(sentences, texts) {
  return sentences.filter(Boolean).join(texts.isChinese ? "" : " ");
}
