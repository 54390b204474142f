/**
 * Shapes that cross the wire, as the server's protocol file defines them. Types only: nothing here runs.
 *
 * @typedef {"zh" | "en"} Language in which questions are kept and answers are written
 * @typedef {"zh" | "zh-TW" | "en"} Locale in which the window speaks
 *
 * @typedef {object} Library
 * @property {string} code
 * @property {string} name_zh
 * @property {string} name_en
 * @property {Language} language
 * @property {string} time_zone
 * @property {{is_staffed: boolean, waiting: number, usual_wait_minutes?: number | null}} desk
 * @property {boolean} [is_open]
 * @property {string | null} [opens_next]
 * @property {string | null} [closes_next]
 *
 * @typedef {object} FormField
 * @property {string} key
 * @property {"text" | "email" | "choice"} kind
 * @property {string} label_zh
 * @property {string} label_en
 * @property {boolean} is_required
 * @property {{zh: string, en: string}[]} choices
 * @property {"always" | "off_duty"} [when]
 *
 * @typedef {object} WidgetSettings
 * @property {{accent: string, strong: string, dark: string} | null} colours
 * @property {string | null} logo_url
 * @property {string | null} greeting_zh
 * @property {string | null} greeting_en
 * @property {"end" | "start"} side
 * @property {FormField[]} form_fields
 * @property {FormField[]} questionnaire
 * @property {boolean} [mails_transcripts]
 * @property {boolean} [mails_answers]
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
 * @property {string | null} [ended_at]
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
 * @property {string | null} [promised_at]
 * @property {{library_zh: string, library_en: string, due_at: string, is_overdue: boolean} | null} [follow_up]
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
