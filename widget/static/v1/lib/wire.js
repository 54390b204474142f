/**
 * Shapes that cross the wire, as the server's protocol file defines them. Types only: nothing here runs.
 *
 * @typedef {"zh" | "en"} Language
 *
 * @typedef {object} Library
 * @property {string} code
 * @property {string} name_zh
 * @property {string} name_en
 * @property {Language} language
 * @property {string} time_zone
 * @property {{is_staffed: boolean, waiting: number}} desk
 *
 * @typedef {object} Hit
 * @property {string} article_id
 * @property {string} question
 * @property {string | null} matched_text
 * @property {string} answer_html
 * @property {Language} language
 * @property {{code: string, name_zh: string, name_en: string}} library
 * @property {string} published_at
 * @property {string[]} marks
 *
 * @typedef {{outcome: "answer" | "suggestions" | "nothing", mode: string, query: string, hits: Hit[]}} Answers
 *
 * @typedef {object} Message
 * @property {number} seq
 * @property {"text" | "event"} kind
 * @property {"reader" | "librarian" | "system"} author
 * @property {string | null} name
 * @property {string} client_id
 * @property {string} body
 * @property {string | null} [event]
 * @property {Record<string, unknown>} [details]
 * @property {string} created_at
 * @property {string | null} [edited_at]
 * @property {boolean} [is_deleted]
 *
 * @typedef {{id: string, name: string, media_type: string, size_bytes: number}} Attachment
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {string} number
 * @property {string} library
 * @property {Language} language
 * @property {string} question
 * @property {string} state
 * @property {number} last_seq
 * @property {number} reader_seen_seq
 * @property {number} staff_seen_seq
 * @property {string | null} holder_name
 * @property {number | null} position
 * @property {string | null} resolution
 * @property {number | null} rating
 * @property {string} created_at
 * @property {string | null} ended_at
 *
 * @typedef {{conversation: Conversation, messages: Message[], has_more: boolean}} ThreadPart
 * @typedef {{items: Conversation[], next: string | null}} ConversationPage
 * @typedef {{type: string, [key: string]: any}} Frame
 * @typedef {{code: string, message: string, details: Record<string, any>}} Refusal
 */

const ENDED = new Set(["closed", "withdrawn", "rejected", "lost"]);

/**
 * @param {{state: string} | null | undefined} conversation
 * @returns {boolean} whether nothing more can be said in it
 */
export function hasEnded(conversation) {
  return conversation != null && ENDED.has(conversation.state);
}
