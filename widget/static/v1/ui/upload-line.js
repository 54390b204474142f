/** @import { Stage } from "./stage.js" */
/** @import { Upload } from "../lib/uploads.js" */
import { el, icon, setText } from "./dom.js";
import { size } from "./file-button.js";

/** A file on its way, inside the bubble that will hold it: how far it is, and how to stop it. */

/**
 * @param {HTMLElement} bubble
 * @param {Upload} upload
 * @param {Stage} stage
 */
export function drawUpload(bubble, upload, stage) {
  if (!bubble.querySelector("progress")) bubble.replaceChildren(uploadLine(upload, stage));
  const progress = /** @type {HTMLProgressElement} */ (bubble.querySelector("progress"));
  const isComplete = upload.share === 1;
  // All bytes are out and the server looks at the file: how long that takes is not known.
  if (isComplete) progress.removeAttribute("value");
  else progress.value = upload.share;
  progress.hidden = upload.failure !== null;
  const state = isComplete ? stage.texts.t("being checked") : `${Math.floor(upload.share * 100)} %`;
  setText(/** @type {Node} */ (bubble.querySelector(".share")), upload.failure ? "" : state);
  /** @type {HTMLElement} */ (bubble.querySelector(".cancel")).hidden = upload.failure !== null;
}

/**
 * @param {Upload} upload
 * @param {Stage} stage
 */
function uploadLine({ client_id, file }, { chat, texts }) {
  const cancel = el("button", { type: "button", class: "cancel", onclick: () => chat.uploads.cancel(client_id) }, icon("close"));
  cancel.setAttribute("aria-label", texts.t("Cancel sending {name}", { name: file.name }));
  const facts = el("small", {}, size(file.size), " ", el("span", { class: "share" }));
  const progress = el("progress", { max: 1, "aria-label": texts.t("Sending {name}", { name: file.name }) });
  return el("span", { class: "file" }, icon("file"), el("span", { class: "about" }, el("b", {}, file.name), facts, progress), cancel);
}

/**
 * @param {Upload} upload which was refused
 * @param {Stage} stage
 */
export function uploadFailure({ client_id, failure, isPassing }, { chat, texts }) {
  const { t } = texts;
  const isLost = failure?.code === "offline";
  const text = isLost ? t("The connection was lost while the file was being sent.") : failure?.message;
  const again = isPassing && el("button", { type: "button", onclick: () => chat.uploads.retry(client_id) }, t("Try again"));
  const remove = el("button", { type: "button", onclick: () => chat.uploads.cancel(client_id) }, t("Remove"));
  return el("div", { class: "failure", role: "alert" }, el("span", {}, text || t("The service did not take this.")), el("span", {}, again, remove));
}
