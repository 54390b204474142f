import { make } from "../lib/dom.js";
import { addColumn, addRow, cellsOf, paste, removeColumn, sharesOf } from "../lib/report-model.js";
import { growing } from "./growing-text.js";

// The least part of the page that a column takes to be called so; the style sheet has the widths.
const WIDE = 0.3;
const MIDDLE = 0.15;

/**
 * A table of a report as a grid: cells grow with their text, arrows and Enter go through them, rows of a spreadsheet are
 * pasted where the cursor is. Enter in the last row adds one; Shift+Enter is a line end within a cell.
 */
export class ReportGrid extends HTMLElement {
  /** @type {import("../lib/report-model.js").Table} */
  #table = { headings: [], rows: [], weights: [], caption: "" };
  /** @type {import("../lib/words.js").Translate} */
  #t = (message) => message;
  #onChange = () => {};

  /** @param {import("../lib/report-model.js").Table} table @param {import("../lib/words.js").Translate} t @param {() => void} onChange */
  start(table, t, onChange) {
    this.#table = table;
    this.#t = t;
    this.#onChange = onChange;
    this.addEventListener("keydown", (event) => this.#press(event));
    this.addEventListener("paste", (event) => this.#paste(event));
    this.#draw();
    return this;
  }

  #draw() {
    const [t, table] = [this.#t, this.#table];
    const caption = make("input", { className: "grid-caption", value: table.caption, maxLength: 500, placeholder: t("Caption of the table, if it has one"), "aria-label": t("Caption of the table, if it has one") });
    caption.addEventListener("input", () => this.#changed(() => (table.caption = caption.value)));
    const edges = make("tr", { className: "grid-edges" }, ...table.headings.map((_, column) => make("td", {}, this.#columnButtons(column))), make("td", { className: "grid-edge" }));
    const head = make("tr", {}, ...table.headings.map((_, column) => make("th", { scope: "col" }, this.#cell(-1, column))), make("td", { className: "grid-edge" }));
    const body = table.rows.map((row, at) => make("tr", {}, ...row.map((_, column) => make("td", {}, this.#cell(at, column))), this.#rowButtons(at)));
    this.replaceChildren(
      caption,
      make("div", { className: "grid-scroll" }, make("table", {}, this.#columns(), make("thead", {}, edges, head), make("tbody", {}, ...body))),
      make(
        "div",
        { className: "grid-foot" },
        this.#button(t("Add a row"), `+ ${t("Add a row")}`, () => this.#insertRow(table.rows.length)),
        this.#button(t("Add a column"), `+ ${t("Add a column")}`, () => addColumn(table, table.headings.length)),
        make("span", { className: "quiet" }, t("Enter: next row · rows of a spreadsheet can be pasted")),
      ),
    );
  }

  /** Columns are about as wide as on paper, and never too narrow to write in. */
  #columns() {
    return make("colgroup", {}, ...sharesOf(this.#table).map((share) => make("col", { className: widthOf(share) })), make("col", { className: "grid-edge-column" }));
  }

  #cell(/** @type {number} */ row, /** @type {number} */ column) {
    const list = row < 0 ? this.#table.headings : this.#table.rows[row];
    const label = row < 0 ? this.#t("Heading {column}", { column: column + 1 }) : this.#t("{heading}, row {row}", { heading: this.#table.headings[column] || column + 1, row: row + 1 });
    const cell = growing(make("textarea", { value: list[column], rows: 1, "aria-label": label, "data-row": row, "data-column": column }));
    cell.addEventListener("input", () => this.#changed(() => (list[column] = cell.value)));
    return cell;
  }

  #columnButtons(/** @type {number} */ column) {
    return this.#button(this.#t("Remove column {column}", { column: column + 1 }), "×", () => removeColumn(this.#table, column));
  }

  #rowButtons(/** @type {number} */ row) {
    const remove = this.#button(this.#t("Remove row {row}", { row: row + 1 }), "×", () => this.#table.rows.splice(row, 1));
    return make("td", { className: "grid-edge" }, remove);
  }

  #button(/** @type {string} */ label, /** @type {string} */ text, /** @type {() => void} */ act) {
    const press = () => {
      this.#changed(act);
      this.#draw();
    };
    return make("button", { type: "button", className: "button button-small button-quiet", title: label, "aria-label": label, onclick: press }, text);
  }

  #press(/** @type {KeyboardEvent} */ event) {
    const cell = event.target;
    if (!(cell instanceof HTMLTextAreaElement) || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    const isAtStart = cell.selectionEnd === 0;
    const isAtEnd = cell.selectionStart === cell.value.length;
    /** @type {Record<string, [boolean, number, number]>} */
    const ways = {
      Enter: [!event.shiftKey, row + 1, column],
      ArrowUp: [!event.shiftKey && isAtFirstLine(cell), row - 1, column],
      ArrowDown: [!event.shiftKey && isAtLastLine(cell), row + 1, column],
      ArrowLeft: [!event.shiftKey && isAtStart, row, column - 1],
      ArrowRight: [!event.shiftKey && isAtEnd, row, column + 1],
    };
    const [goes, toRow, toColumn] = ways[event.key] ?? [false, 0, 0];
    if (!goes) return;
    if (event.key === "Enter" && toRow >= this.#table.rows.length) this.#insertRow(toRow, true);
    if (this.#go(toRow, toColumn) || event.key === "Enter") event.preventDefault();
  }

  #paste(/** @type {ClipboardEvent} */ event) {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!(cell instanceof HTMLTextAreaElement) || !/\t/.test(text)) return;
    event.preventDefault();
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    this.#changed(() => paste(this.#table, cellsOf(text), row, column));
    this.#draw();
    this.#go(row, column);
  }

  #insertRow(/** @type {number} */ at, isDrawn = false) {
    this.#changed(() => addRow(this.#table, at));
    if (isDrawn) this.#draw();
  }

  #go(/** @type {number} */ row, /** @type {number} */ column) {
    const cell = /** @type {HTMLTextAreaElement | null} */ (this.querySelector(`[data-row="${row}"][data-column="${column}"]`));
    cell?.focus();
    cell?.select();
    return cell !== null;
  }

  #changed(/** @type {() => unknown} */ act) {
    act();
    this.#onChange();
  }
}

/** @param {number} share of the width of the page */
function widthOf(share) {
  if (share >= WIDE) return "grid-wide";
  return share >= MIDDLE ? "grid-middle" : "grid-narrow";
}

/** @param {HTMLTextAreaElement} cell */
function isAtFirstLine(cell) {
  return !cell.value.slice(0, cell.selectionStart).includes("\n");
}

/** @param {HTMLTextAreaElement} cell */
function isAtLastLine(cell) {
  return !cell.value.slice(cell.selectionEnd).includes("\n");
}
