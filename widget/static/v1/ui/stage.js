/** @import { Chat } from "../lib/chat.js" */
/** @import { Texts } from "../lib/texts.js" */
/** @import { Shelf } from "../lib/shelf.js" */

/**
 * What every view may use of the panel it stands in. Types only.
 *
 * @typedef {"home" | "thread" | "history"} ViewName
 *
 * @typedef {object} Stage
 * @property {Chat} chat
 * @property {Texts} texts
 * @property {Shelf} drafts texts not yet sent, kept for this tab
 * @property {(view: ViewName) => void} show
 * @property {(text: string) => void} announce says it to screen readers, politely
 * @property {(text: string) => void} editQuestion puts a text into the question field
 * @property {() => void} focus puts the focus where the shown view begins
 * @property {() => void} ask sends what stands in the question field
 * @property {() => boolean} isWatched whether the panel is open in a tab that is in front
 */
export {};
