/** A report as data: what may be done with its parts, and how two people's work on it comes together. No page, no network. */

/**
 * @typedef {{text: string, is_markdown: boolean}} Prose
 * @typedef {{headings: string[], rows: string[][], weights: number[], caption: string}} Table
 * @typedef {{entries: string[], first: number}} References
 * @typedef {Prose | Table | References} Block
 * @typedef {{heading: string, blocks: Block[], part: string, level: 1 | 2}} Section
 * @typedef {{sections: Section[], [field: string]: any}} Content
 * @typedef {{name: string, heading: string, theirs: string}} Clash where both wrote; `theirs` is the other text as it reads
 */

/** What is written beside the sections. */
export const HEAD = ["title", "applicant", "organisation", "purpose", "language", "notes", "attachments"];
/** As many columns as a page of a report holds. */
export const MAX_COLUMNS = 12;
// As columns.py of the reports has them for the paper.
const NARROW = 4;
const WIDE = 36;
const MARGINS = 7;

/** @param {Block} block @returns {"prose" | "table" | "references"} */
export function kindOf(block) {
  if ("text" in block) return "prose";
  return "headings" in block ? "table" : "references";
}

/** @param {"prose" | "table" | "references"} kind @returns {Block} an empty one */
export function emptyBlock(kind) {
  if (kind === "prose") return { text: "", is_markdown: true };
  if (kind === "references") return { entries: [], first: 1 };
  return { headings: ["", "", ""], rows: [["", "", ""]], weights: [], caption: "" };
}

/** @param {Section} section @returns {string} what it is known by; one's own are known by their headings */
export function keyOf(section) {
  return section.part || section.heading.slice(0, 80);
}

/** @param {Block} block */
export function saysSomething(block) {
  if ("text" in block) return block.text.trim() !== "";
  return "headings" in block ? block.rows.some((row) => row.some((cell) => cell.trim())) : block.entries.length > 0;
}

/**
 * @param {Content} content
 * @param {{key: string, heading: string, is_required: boolean}[]} parts
 * @returns {{key: string, heading: string}[]} the required parts that say nothing yet
 */
export function missing(content, parts) {
  const filled = new Set(content.sections.filter((each) => each.blocks.some(saysSomething)).map((each) => each.part));
  return parts.filter((part) => part.is_required && !filled.has(part.key));
}

/** @param {Content} content @returns {Content} as it is sent: without blocks that say nothing */
export function sendable(content) {
  return { ...content, sections: content.sections.map((each) => ({ ...each, blocks: each.blocks.filter(isKept) })) };
}

/** A table with headings alone is one that somebody is about to fill. @param {Block} block */
function isKept(block) {
  return saysSomething(block) || ("headings" in block && block.headings.some((heading) => heading.trim()));
}

/** @param {Section} section @returns {string} as it reads */
export function textOf(section) {
  return section.blocks.map(blockText).join("\n\n");
}

/** @param {any[]} list @param {number} from @param {number} by */
export function move(list, from, by) {
  const to = from + by;
  if (to < 0 || to >= list.length) return false;
  list.splice(to, 0, ...list.splice(from, 1));
  return true;
}

/** @param {Table} table @param {number} at */
export function addRow(table, at) {
  table.rows.splice(at, 0, table.headings.map(() => ""));
}

/** @param {Table} table @param {number} at */
export function addColumn(table, at) {
  if (table.headings.length >= MAX_COLUMNS) return false;
  table.headings.splice(at, 0, "");
  for (const row of table.rows) row.splice(at, 0, "");
  if (table.weights.length) table.weights.splice(at, 0, 1);
  return true;
}

/** @param {Table} table @param {number} at */
export function removeColumn(table, at) {
  if (table.headings.length === 1) return false;
  table.headings.splice(at, 1);
  for (const row of table.rows) row.splice(at, 1);
  if (table.weights.length) table.weights.splice(at, 1);
  return true;
}

/** @param {Table} table @returns {number[]} what each column takes of the width of the page, as on paper; all of them make 1 */
export function sharesOf(table) {
  const widths = table.weights.length ? table.weights : table.headings.map((heading, at) => width([heading, ...table.rows.map((row) => row[at])]));
  const whole = widths.reduce((sum, each) => sum + each, 0);
  return widths.map((each) => each / whole);
}

/**
 * Put cells of a spreadsheet into a table from a place on; it grows as far as it may. Row -1 is the headings.
 *
 * @param {Table} table @param {string[][]} cells @param {number} row @param {number} column
 */
export function paste(table, cells, row, column) {
  const widest = Math.max(...cells.map((each) => each.length));
  while (table.headings.length < Math.min(column + widest, MAX_COLUMNS)) addColumn(table, table.headings.length);
  cells.forEach((line, down) => {
    if (row + down >= table.rows.length) addRow(table, table.rows.length);
    const target = row + down < 0 ? table.headings : table.rows[row + down];
    line.forEach((cell, across) => {
      if (column + across < target.length) target[column + across] = cell;
    });
  });
}

/**
 * @param {string} text what a spreadsheet puts on the clipboard: tabs between cells, quotes around cells with line ends
 * @returns {string[][]}
 */
export function cellsOf(text) {
  const rows = [[""]];
  const pieces = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").match(/"(?:[^"]|"")*"(?=\t|\n|$)|[\t\n]|[^\t\n]+/g) ?? [];
  for (const piece of pieces) {
    const row = rows[rows.length - 1];
    if (piece === "\t") row.push("");
    else if (piece === "\n") rows.push([""]);
    else row[row.length - 1] = /^"[\s\S]*"$/.test(piece) ? piece.slice(1, -1).replaceAll('""', '"') : piece.trim();
  }
  return rows;
}

/**
 * Bring together what two people made of one text. Where both changed the same, mine stands and theirs is told.
 *
 * @param {Content} base what both began with
 * @param {Content} mine
 * @param {Content} theirs
 * @returns {{content: Content, clashes: Clash[]}}
 */
export function merge(base, mine, theirs) {
  [base, mine, theirs] = [sendable(base), sendable(mine), sendable(theirs)];
  /** @type {Clash[]} */
  const clashes = [];
  const content = { ...theirs };
  for (const name of HEAD) {
    content[name] = chosen(base[name], mine[name], theirs[name]);
    if (bothChanged(base[name], mine[name], theirs[name])) clashes.push({ name, heading: "", theirs: String(theirs[name]) });
  }
  const [old, other] = [byKey(base), byKey(theirs)];
  content.sections = mine.sections.flatMap((section) => {
    const [before, after] = [old.get(keyOf(section)), other.get(keyOf(section))];
    // Taken out by the other: gone, unless it was written on here meanwhile.
    if (!after) return before && same(before, section) ? [] : [section];
    if (bothChanged(before, section, after)) clashes.push({ name: keyOf(section), heading: section.heading, theirs: textOf(after) });
    return [/** @type {Section} */ (chosen(before, section, after))];
  });
  const known = byKey(mine);
  for (const section of theirs.sections) {
    const key = keyOf(section);
    if (!known.has(key) && !same(old.get(key), section)) content.sections.push(section);
  }
  return { content, clashes };
}

/** @param {unknown} one @param {unknown} other */
export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @template T @param {T} base @param {T} mine @param {T} theirs */
function chosen(base, mine, theirs) {
  return same(base, mine) ? theirs : mine;
}

/** @param {unknown} base @param {unknown} mine @param {unknown} theirs */
function bothChanged(base, mine, theirs) {
  return !same(base, mine) && !same(base, theirs) && !same(mine, theirs);
}

/** @param {string[]} cells of a column without a weight @returns {number} in letters of Latin script, with its margins */
function width(cells) {
  // A Chinese letter is as wide as two of these.
  const lines = cells.flatMap((cell) => cell.split("\n")).map((line) => line.replace(/[\u1100-\uffdc]/g, "..").length);
  return Math.min(Math.max(...lines, NARROW), WIDE) + MARGINS;
}

/** @param {Content} content @returns {Map<string, Section>} */
function byKey(content) {
  return new Map(content.sections.map((section) => [keyOf(section), section]));
}

/** @param {Block} block */
function blockText(block) {
  if ("text" in block) return block.text;
  if ("entries" in block) return block.entries.join("\n");
  return [block.headings, ...block.rows].map((row) => row.join(" | ")).join("\n");
}
