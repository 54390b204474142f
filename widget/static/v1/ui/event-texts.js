/** @import { Message } from "../lib/wire.js" */
/** @import { Texts } from "../lib/texts.js" */
import { msgid } from "../lib/texts.js";

/** The calm lines between the messages, and the names of states. */

/** @type {Record<string, string>} */
const EVENTS = {
  opened: msgid("Your question was received."),
  claimed: msgid("{name} has taken your question."),
  withdrawn: msgid("You withdrew the question."),
  tracked: msgid("Nobody is at the desk right now. Your question is kept; you will have an answer by {time}."),
  joined: msgid("{name} has joined the conversation."),
  handed_over: msgid("{name} goes on with your question."),
  taken_over: msgid("{name} goes on with your question."),
  reopened: msgid("Your question was taken up again."),
  moved: msgid("Your question went on to the next desk."),
};

/** @type {Record<string, string>} */
const RELEASES = {
  returned: msgid("Your question is back in the queue, at its old place."),
  removed: msgid("Your question is back in the queue, at its old place."),
  shift_ended: msgid("Your question is back in the queue, at its old place."),
  no_first_answer: msgid("There was no answer in time. Your question is back in the queue, at its old place."),
  absent: msgid("The librarian's connection was lost. Your question is back in the queue, at its old place."),
};

/** @type {Record<string, string>} */
const CLOSINGS = {
  answered: msgid("The conversation has ended."),
  referred_home: msgid("The conversation has ended. Your own library takes care of what is open."),
  referred_expert: msgid("The conversation has ended. A subject librarian takes care of what is open."),
  follow_up_home: msgid("The conversation has ended. Your own library takes care of what is open."),
  follow_up_me: msgid("The conversation has ended. A librarian will follow up."),
  lost: msgid("The connection was lost, so the conversation has ended. You may ask again at any time."),
  needs_follow_up: msgid("The conversation has ended. A librarian will follow up."),
  reader_left: msgid("You ended the conversation."),
  out_of_scope: msgid("The conversation has ended: this desk cannot answer the question."),
};

/** @type {Record<string, string>} */
const STATES = {
  waiting: msgid("Waiting"),
  active: msgid("In conversation"),
  awaiting_reader: msgid("Waiting for you"),
  in_review: msgid("Being reviewed"),
  answered: msgid("Answered"),
  closed: msgid("Closed"),
  withdrawn: msgid("Withdrawn"),
  rejected: msgid("Not accepted"),
  lost: msgid("Interrupted"),
};

/**
 * @param {Message} message of kind event
 * @param {Texts} texts
 * @returns {string} "" for an event that does not concern the reader
 */
export function eventText({ event, name, details = {} }, texts) {
  if (event === "released") return texts.t(RELEASES[String(details.reason)] ?? RELEASES.returned);
  if (event === "closed") return texts.t(CLOSINGS[String(details.resolution)] ?? CLOSINGS.answered);
  const text = EVENTS[event ?? ""];
  const time = details.promised_at ? texts.soon(String(details.promised_at)) : "";
  return text ? texts.t(text, { name: details.name ?? name ?? texts.t("A librarian"), time }) : "";
}

/**
 * @param {string} state
 * @param {Texts} texts
 */
export function stateText(state, texts) {
  return texts.t(STATES[state] ?? STATES.waiting);
}
