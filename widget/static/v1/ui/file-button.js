/** @import { Stage } from "./stage.js" */
/** @import { Attachment, Message } from "../lib/wire.js" */
import { ApiError } from "../lib/api.js";
import { el, icon, setText } from "./dom.js";

/** Files of a conversation: shown by name and size, fetched by a link that lives for minutes. */

// Some browsers begin to save only after the click has been dealt with.
const SAVE_MILLISECONDS = 60_000;

const UNITS = ["B", "KB", "MB", "GB"];

/**
 * @param {Message} message
 * @returns {Attachment | null}
 */
export function attachmentOf({ details }) {
  return /** @type {Attachment | null} */ (details?.attachment ?? null);
}

/**
 * @param {Attachment} attachment
 * @param {Stage} stage
 * @returns {HTMLElement} fetched as a whole before it is saved, so that a refusal is told here and never replaces the page
 */
export function fileButton({ id, name, size_bytes }, { chat, texts }) {
  const problem = el("span", { class: "problem", role: "alert" });
  const open = async () => {
    button.classList.add("busy");
    try {
      save(await chat.api.attachment(chat.thread?.conversation.id ?? "", id), name);
      setText(problem, "");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(problem, error.message || texts.t("The service is out of reach. Please try again in a moment."));
    }
    button.classList.remove("busy");
  };
  const facts = el("span", { class: "about" }, el("b", {}, name), " ", el("small", {}, size(size_bytes)));
  const what = el("span", { class: "hidden" }, texts.t("Save"), " ");
  const button = el("button", { type: "button", class: "file", onclick: () => void open() }, icon("file"), what, facts);
  return el("span", {}, button, problem);
}

/**
 * Let the browser save something.
 *
 * @param {Blob} content
 * @param {string} name
 */
export function save(content, name) {
  const address = URL.createObjectURL(content);
  el("a", { href: address, download: name, rel: "noopener" }).click();
  setTimeout(() => URL.revokeObjectURL(address), SAVE_MILLISECONDS);
}

/** @param {number} bytes */
export function size(bytes) {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${UNITS[power]}`;
}
