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
 * A name in the language of the console. What staff gets names everybody in both; a name without a language is in that of
 * the conversation, and is all that a list has which was kept before.
 *
 * @param {any} each what the server told
 * @param {string} what such as holder or library; of a message or note nothing
 * @param {string} language
 * @returns {string | null}
 */
export function nameIn(each, what, language) {
  return each[`${what || "name"}_${language}`] ?? each[what ? `${what}_name` : "name"] ?? null;
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
