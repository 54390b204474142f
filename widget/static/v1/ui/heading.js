/** @import { Chat } from "../lib/chat.js" */
/** @import { Texts } from "../lib/texts.js" */
/** @import { Heading } from "./frame.js" */
/** @import { ViewName } from "./stage.js" */
import { hasEnded } from "../lib/wire.js";

/** What the heading and the banner say, from what is known. Pure. */

/**
 * @param {Chat} chat
 * @param {{view: ViewName, texts: Texts}} options
 * @returns {Heading}
 */
export function headingOf(chat, { view, texts }) {
  const { library } = chat;
  const name = library ? texts.nameOf(library) : texts.t("Ask a librarian");
  const hasHistory = library !== null && chat.reader.token !== null && view === "home";
  if (view === "history") return { title: texts.t("Earlier questions"), state: name, isStaffed: null, hasBack: true, hasHistory };
  if (view === "form") return { title: texts.t("Before your question is sent"), state: name, isStaffed: null, hasBack: true, hasHistory };
  if (view === "touch") return { title: texts.t("E-mail and other devices"), state: name, isStaffed: null, hasBack: true, hasHistory };
  if (view === "thread") return { ...threadHeading(chat, texts), hasBack: true, hasHistory };
  const isStaffed = library?.desk.is_staffed ?? null;
  const state = isStaffed ? texts.t("Librarians are on duty") : texts.t("Nobody is on duty right now");
  return { title: name, state: isStaffed === null ? "" : state, isStaffed, hasBack: false, hasHistory };
}

/**
 * @param {Chat} chat
 * @param {Texts} texts
 */
function threadHeading({ thread, library, feed }, texts) {
  const state = library ? texts.nameOf(library) : "";
  if (!thread) return { title: texts.t("Your question"), state, isStaffed: null };
  const { conversation } = thread;
  if (hasEnded(conversation)) return { title: texts.t("Conversation {number}", { number: conversation.number }), state, isStaffed: null };
  if (!conversation.holder_name) return { title: texts.t("Waiting for a librarian"), state, isStaffed: null };
  const isAway = feed.isLibrarianHere === false;
  const presence = isAway ? texts.t("The librarian's connection is interrupted") : texts.t("Librarian");
  return { title: conversation.holder_name, state: presence, isStaffed: !isAway };
}

/**
 * @param {Chat} chat
 * @param {{isOnline: boolean, texts: Texts}} options
 * @returns {string}
 */
export function bannerText({ thread, feed, sender }, { isOnline, texts }) {
  const state = isOnline ? texts.t("Connecting again…") : texts.t("You are offline.");
  const promise = texts.t("What you write is kept and sent as soon as it works.");
  if (sender.notice && isOnline) return `${sender.notice} ${promise}`;
  if (!thread) return `${state} ${promise}`;
  const moment = new Date(feed.currentAt).toISOString();
  return `${state} ${promise} ${texts.t("As of {time}.", { time: texts.time(moment) })}`;
}
