/**
 * Sentences of the page: English is written in the code and is the key of its translation.
 *
 * @typedef {(message: string, details?: Record<string, unknown>) => string} Translate
 */

/**
 * @param {string} sentence
 * @param {Record<string, unknown>} details
 * @returns {string} the sentence with its {placeholders} filled; unknown ones stay
 */
export function fill(sentence, details) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in details ? String(details[name]) : whole));
}

/**
 * @param {Record<string, string>} messages translations by English text
 * @returns {Translate}
 */
export function translator(messages) {
  return (message, details = {}) => fill(messages[message] ?? message, details);
}

/**
 * The sentence of an event in a conversation.
 *
 * @param {{event?: string | null, details?: Record<string, unknown>, name: string | null}} message
 * @param {Record<string, string>} sentences by event, and by event and cause
 * @returns {string}
 */
export function eventSentence({ event, details = {}, name }, sentences) {
  const cause = details.reason ?? (details.by === "reader" ? "reader_left" : null);
  const sentence = sentences[`${event}.${cause}`] ?? sentences[String(event)] ?? String(event);
  return fill(sentence, { name: name ?? "?" });
}
