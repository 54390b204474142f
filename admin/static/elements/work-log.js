import { isTable } from "../lib/log-rows.js";

const KEPT = ["database", "years", "strategy", "hits", "chosen", "minutes", "note"];

/**
 * The form of a step in the work log: Ctrl+Enter adds it, rows of a spreadsheet are led to their own field, and what is
 * half written outlives the page. Attribute `filled`: the page came with something to write on, which stands.
 */
export class WorkLog extends HTMLElement {
  /** @type {import("/widget/v1/lib/shelf.js").Shelf} */
  static shelf;

  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    const name = this.getAttribute("name") ?? "";
    if (!this.hasAttribute("filled")) this.#restore(form, name);
    form.addEventListener("input", () => this.#keep(form, name));
    form.addEventListener("submit", () => WorkLog.shelf.remove(name));
    form.addEventListener("paste", (event) => this.#paste(event));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    if (location.hash === "#entry" || document.referrer.endsWith(location.pathname)) field(form, "database")?.focus();
  }

  #restore(/** @type {HTMLFormElement} */ form, /** @type {string} */ name) {
    const kept = /** @type {Record<string, string>} */ (WorkLog.shelf.get(name) ?? {});
    for (const key of KEPT) {
      const input = field(form, key);
      if (input && !input.value && kept[key]) input.value = kept[key];
    }
  }

  #keep(/** @type {HTMLFormElement} */ form, /** @type {string} */ name) {
    WorkLog.shelf.set(name, Object.fromEntries(KEPT.map((key) => [key, field(form, key)?.value ?? ""])));
  }

  /** Several cells at once are rows of a log, not a name of a database. */
  #paste(/** @type {ClipboardEvent} */ event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const rows = /** @type {HTMLDetailsElement | null} */ (document.getElementById("rows"));
    const target = rows?.querySelector("textarea");
    if (!rows || !target || !isTable(text)) return;
    event.preventDefault();
    rows.open = true;
    target.value = target.value ? `${target.value.trimEnd()}\n${text}` : text;
    target.focus();
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement | HTMLTextAreaElement | null}
 */
function field(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement ? found : null;
}
