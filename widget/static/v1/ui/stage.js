/** @import { Chat } from "../lib/chat.js" */
/** @import { Texts } from "../lib/texts.js" */
/** @import { Shelf } from "../lib/shelf.js" */

/**
 * What every view may use of the panel it stands in. Types only.
 *
 * @typedef {"home" | "thread" | "history" | "form" | "touch"} ViewName
 * @typedef {"wenjin-close" | "wenjin-unread" | "wenjin-message" | "wenjin-rating" | "wenjin-identity" | "wenjin-identity-refused" | "wenjin-settings" | "wenjin-language"} EventName
 *
 * @typedef {object} Stage
 * @property {Chat} chat
 * @property {Texts} texts
 * @property {Shelf} drafts texts not yet sent, kept for this tab
 * @property {(view: ViewName) => void} show
 * @property {(text: string) => void} announce says it to screen readers, politely
 * @property {(text: string) => void} editQuestion puts a text into the question field
 * @property {() => void} focus puts the focus where the shown view begins
 * @property {() => void} ask sends what stands in the question field, after the library's form where it has one
 * @property {(fields: Record<string, string>) => void} send sends the question with what the form holds
 * @property {() => string} question what stands in the question field
 * @property {Record<string, string>} prefilled what the page knows already of the form's fields
 * @property {Shelf} kept small things of this reader, for every tab
 * @property {boolean} isLinked whether a private link opened these questions
 * @property {(name: EventName, detail?: object) => void} tell tells the page by an event
 * @property {import("../lib/wire.js").Locale} language in which the window speaks
 * @property {(language: string) => void} speak changes that, and keeps it for this browser
 * @property {() => boolean} isWatched whether the panel is open in a tab that is in front
 */
export {};
