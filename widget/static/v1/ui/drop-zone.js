import { el, icon } from "./dom.js";

/**
 * Takes files that are dragged onto an area, and shows while they hover that it will.
 *
 * @param {HTMLElement} area
 * @param {{label: string, isOpen: () => boolean, onFiles: (files: File[]) => void}} options
 */
export function acceptDrops(area, { label, isOpen, onFiles }) {
  const sign = el("div", { class: "drop", hidden: true, "aria-hidden": "true" }, icon("clip"), label);
  area.append(sign);
  const take = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Even where nothing can be sent: a browser would leave the page and show the file instead.
    event.preventDefault();
    event.dataTransfer.dropEffect = isOpen() ? "copy" : "none";
    sign.hidden = !isOpen();
  };
  area.addEventListener("dragenter", take);
  area.addEventListener("dragover", take);
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(/** @type {Node | null} */ (event.relatedTarget))) sign.hidden = true;
  });
  area.addEventListener("drop", (event) => {
    take(event);
    sign.hidden = true;
    const files = filesOf(event.dataTransfer);
    if (isOpen() && files.length) onFiles(files);
  });
}

/**
 * @param {DataTransfer | null} transfer
 * @returns {File[]} without folders, which have no content of their own
 */
export function filesOf(transfer) {
  const items = [...(transfer?.items ?? [])].filter(({ kind }) => kind === "file");
  const files = items.map((item) => (item.webkitGetAsEntry?.()?.isDirectory ? null : item.getAsFile()));
  return files.filter((file) => file !== null);
}
