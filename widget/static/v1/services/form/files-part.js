/** @import { Part } from "./control.js" */
/** @import { FileOfCommission } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { ApiError } from "../../lib/api.js";
import { newClientId } from "../../lib/outbox.js";
import { el, setText } from "../../ui/dom.js";
import { save, size } from "../../ui/file-button.js";

/**
 * Files of a commission: chosen, checked before they are sent, sent, listed, taken back. A refusal says why and leaves
 * everything else as it was.
 *
 * @typedef {object} FilesOptions
 * @property {Visit} visit
 * @property {string} id
 * @property {"material" | "message" | "payment_proof"} purpose
 * @property {() => Promise<{id: string}>} commission begun first where there is none yet
 * @property {() => void} onChange
 * @property {string} label of the button
 *
 * @param {FilesOptions} options
 * @returns {Part & {know: (files: FileOfCommission[]) => void}}
 */
export function filesPart({ visit, id, purpose, commission, onChange, label }) {
  const { t } = visit;
  /** @type {Map<string, FileOfCommission>} */
  const known = new Map();
  /** @type {string[]} */
  let chosen = [];
  const list = el("ul", { class: "files" });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const input = el("input", { type: "file", multiple: true, class: "sr", id: `${id}-input`, tabindex: -1, "aria-hidden": "true", onchange: () => void sendAll() });
  const button = el("button", { type: "button", class: "secondary", onclick: () => input.click() }, label);
  const root = el("div", { class: "files-part" }, list, button, input, problem);

  const tell = (/** @type {string} */ text) => {
    problem.hidden = !text;
    setText(problem, text);
  };
  const draw = () => {
    list.replaceChildren(...chosen.flatMap((fileId) => {
      const file = known.get(fileId);
      return file ? [rowOf(file)] : [];
    }));
  };
  const rowOf = (/** @type {FileOfCommission} */ file) => {
    const open = el("button", { type: "button", class: "link", onclick: () => void fetchFile(visit, commission, file, tell) }, file.name);
    const remove = el("button", { type: "button", class: "quiet", "aria-label": t("Remove {name}", { name: file.name }), onclick: () => void takeBack(file) }, t("Remove"));
    return el("li", {}, open, el("small", {}, size(file.size_bytes)), remove);
  };
  const takeBack = async (/** @type {FileOfCommission} */ file) => {
    try {
      await visit.calls.removeFile((await commission()).id, file.id);
      chosen = chosen.filter((each) => each !== file.id);
      draw();
      onChange();
      button.focus();
    } catch (error) {
      tell(visit.sentenceOf(error));
    }
  };
  const sendAll = async () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    tell("");
    for (const file of files) await send(file);
  };
  const send = async (/** @type {File} */ file) => {
    const refusal = refusalOf(file, visit);
    if (refusal) return tell(refusal);
    const running = new AbortController();
    const bar = el("progress", { max: 1, value: 0, "aria-label": t("Sending {name}", { name: file.name }) });
    const stop = el("button", { type: "button", class: "quiet", onclick: () => running.abort() }, t("Cancel"));
    const row = el("li", {}, el("span", {}, file.name), bar, stop);
    list.append(row);
    try {
      const { id: commissionId } = await commission();
      const options = { signal: running.signal, onProgress: (/** @type {number} */ share) => void (bar.value = share) };
      const kept = await visit.calls.upload(commissionId, { file, client_id: newClientId(), purpose }, options);
      known.set(kept.id, kept);
      chosen = [...new Set([...chosen, kept.id])];
      onChange();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!running.signal.aborted) tell(`${file.name}: ${visit.sentenceOf(error)}`);
    }
    row.remove();
    draw();
  };
  return {
    root,
    isGroup: true,
    focus: button,
    read: () => {
      const found = chosen.filter((each) => known.has(each));
      return found.length ? found : null;
    },
    write: (value) => {
      chosen = [...(value ?? [])];
      draw();
    },
    words: (value) => value.map((/** @type {string} */ each) => known.get(each)?.name ?? each).join("\n"),
    know: (files) => {
      for (const file of files) known.set(file.id, file);
      draw();
    },
  };
}

/**
 * @param {File} file
 * @param {Visit} visit
 * @returns {string} why it need not be sent, or nothing
 */
export function refusalOf(file, visit) {
  const { max_file_bytes, sendable } = visit.told;
  const name = file.name.toLowerCase();
  if (file.size > max_file_bytes) {
    return visit.t("{name} has {size}; one file may have {limit} at most.", { name: file.name, size: size(file.size), limit: size(max_file_bytes) });
  }
  if (!file.size) return visit.t("{name} is empty.", { name: file.name });
  if (sendable.some((ending) => name.endsWith(ending))) return "";
  return visit.t("{name} cannot be sent. Possible are: {endings}", { name: file.name, endings: sendable.join(" ") });
}

/**
 * Fetch a file as a whole before it is saved, so that a refusal is told here and never replaces the page.
 *
 * @param {Visit} visit
 * @param {() => Promise<{id: string}>} commission
 * @param {Pick<FileOfCommission, "id" | "name">} file
 * @param {(text: string) => void} tell
 */
export async function fetchFile(visit, commission, file, tell) {
  try {
    save(await visit.calls.file((await commission()).id, file.id), file.name);
    tell("");
  } catch (error) {
    tell(visit.sentenceOf(error));
  }
}
