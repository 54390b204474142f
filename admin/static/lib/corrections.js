/**
 * Messages as they read now: a message that was changed has its newest text, one that was taken back has none, and the
 * numbered changes themselves are not lines of their own.
 *
 * @param {any[]} messages numbered, in order
 * @returns {any[]}
 */
export function corrected(messages) {
  const changes = messages.filter(isCorrection);
  if (changes.length === 0) return messages;
  /** @type {Map<number, any>} the last change of each message */
  const last = new Map(changes.map((change) => [change.details.seq, change]));
  return messages.filter((message) => !isCorrection(message)).map((message) => changedBy(message, last.get(message.seq)));
}

/** @param {any} message */
function isCorrection({ event }) {
  return event === "edited" || event === "deleted";
}

/**
 * @param {any} message
 * @param {any} change the last one, if any
 */
function changedBy(message, change) {
  if (!change || message.is_deleted) return message;
  if (change.event === "deleted") return { ...message, body: "", is_deleted: true };
  return { ...message, body: change.details.body, edited_at: change.created_at };
}
