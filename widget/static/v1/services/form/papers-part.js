/** @import { Part } from "./control.js" */
/** @import { Paper, PaperRemark } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { ApiError } from "../../lib/api.js";
import { el, setText } from "../../ui/dom.js";
import { PaperRow } from "./paper-row.js";

const CHECK_MILLISECONDS = 800;
// Of what could not be read so many are told one by one.
const TOLD = 8;
const MAX_LIST_BYTES = 8_000_000;
const ENDINGS = ".bib,.ris,.enw,.xml,.nbib,.txt,.csv,.tsv,.xlsx";

/** A list of papers: typed one by one, pasted, or read from a file; what a search would stumble over stands at each. */
export class PapersPart {
  isGroup = true;
  #visit;
  #id;
  #onChange;
  /** @type {PaperRow[]} */
  #rows = [];
  #list = el("ol", { class: "papers" });
  #said = el("p", { class: "said", role: "status" });
  #problem = el("p", { class: "problem", role: "alert", hidden: true });
  #unread = el("ul", { class: "unread" });
  #count = el("p", { class: "quiet" });
  #area;
  #paste;
  #file;
  #add;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #asked = 0;

  /** @param {{visit: Visit, id: string, onChange: () => void, begin: () => Promise<unknown>}} options begin: makes the reader known */
  constructor({ visit, id, onChange, begin }) {
    this.#visit = visit;
    this.#id = id;
    this.#onChange = onChange;
    this.begin = begin;
    const { t } = visit;
    this.#area = el("textarea", { rows: 6, dir: "auto", id: `${id}-paste`, "aria-describedby": `${id}-paste-help` });
    this.#paste = el(
      "div",
      { class: "paste", hidden: true },
      el("label", { for: `${id}-paste` }, t("Paste the list here")),
      el("p", { class: "help", id: `${id}-paste-help` }, t("One paper per line or paragraph, as in a reference list; BibTeX and RIS are understood too.")),
      this.#area,
      el("p", { class: "choose" }, el("button", { type: "button", class: "secondary", onclick: () => void this.#readPasted() }, t("Read the list")), el("button", { type: "button", class: "quiet", onclick: () => this.#openPaste(false) }, t("Cancel"))),
    );
    this.#file = el("input", { type: "file", accept: ENDINGS, class: "sr", tabindex: -1, "aria-hidden": "true", id: `${id}-file`, onchange: () => void this.#readFile() });
    this.#add = el("button", { type: "button", class: "secondary", onclick: () => this.#addEmpty() }, t("Add a paper"));
    const tools = el(
      "p",
      { class: "choose" },
      this.#add,
      el("button", { type: "button", class: "secondary", onclick: () => this.#openPaste(this.#paste.hidden === true) }, t("Paste a list")),
      el("button", { type: "button", class: "secondary", onclick: () => this.#file.click() }, t("Upload a list")),
      this.#file,
    );
    const kinds = el("p", { class: "help" }, t("Files: BibTeX, RIS, EndNote, NoteExpress, CSV or Excel (XLSX)."));
    this.root = el("div", { class: "papers-part" }, this.#count, this.#list, tools, kinds, this.#paste, this.#said, this.#problem, this.#unread);
    this.#draw();
  }

  get focusTarget() {
    return this.#add;
  }

  /** @returns {Paper[] | null} */
  read = () => {
    const papers = this.#rows.map((row) => ({ ...row.paper })).filter((paper) => Object.keys(paper).length > 2);
    return papers.length ? papers : null;
  };

  /** @param {Paper[] | null} papers */
  write = (papers) => {
    this.#rows = (papers ?? []).map((paper) => this.#rowOf(paper));
    this.#draw();
    this.#checkSoon(0);
  };

  /** @param {Paper[]} papers */
  words = (papers) => papers.map((paper, place) => `${place + 1}. ${paper.title ?? paper.as_given ?? paper.doi ?? ""}`).join("\n");

  /** @param {Paper} paper */
  #rowOf(paper) {
    /** @type {PaperRow} */
    const row = new PaperRow(paper, {
      visit: this.#visit,
      onChange: () => this.#changed(),
      onRemove: () => this.#remove(row),
    });
    return row;
  }

  #addEmpty() {
    const row = this.#rowOf({ language: "en", kind: "article" });
    this.#rows.push(row);
    this.#draw();
    row.edit();
  }

  /** @param {PaperRow} row */
  #remove(row) {
    const place = this.#rows.indexOf(row);
    this.#rows.splice(place, 1);
    this.#draw();
    this.#changed();
    setText(this.#said, this.#visit.t("Paper {number} was removed.", { number: place + 1 }));
    (this.#rows[Math.min(place, this.#rows.length - 1)]?.focusTarget ?? this.#add).focus();
  }

  #changed() {
    this.#onChange();
    this.#checkSoon(CHECK_MILLISECONDS);
  }

  /** @param {boolean} isOpen */
  #openPaste(isOpen) {
    this.#paste.hidden = !isOpen;
    if (isOpen) this.#area.focus();
    else this.#add.focus();
  }

  async #readPasted() {
    if (!this.#area.value.trim()) return this.#tell(this.#visit.t("Nothing was pasted yet."));
    if (await this.#take(this.#area.value, "")) {
      this.#area.value = "";
      this.#openPaste(false);
    }
  }

  async #readFile() {
    const file = this.#file.files?.[0];
    this.#file.value = "";
    if (!file) return;
    const { t } = this.#visit;
    if (file.size > MAX_LIST_BYTES) return this.#tell(t("{name} is too large for a list. Please divide it.", { name: file.name }));
    await this.#take(file, file.name);
  }

  /**
   * @param {Blob | string} content
   * @param {string} name
   * @returns {Promise<boolean>} whether papers were read
   */
  async #take(content, name) {
    const { t } = this.#visit;
    this.#tell("");
    setText(this.#said, t("Reading…"));
    try {
      await this.begin();
      const { papers, remarks } = await this.#visit.calls.readPapers(content, name);
      this.#rows.push(...papers.map((paper) => this.#rowOf(paper)));
      this.#draw();
      this.#changed();
      const read = this.#visit.texts.count(papers.length, "1 paper was read.", "{count} papers were read.");
      setText(this.#said, read);
      this.#tellUnread(remarks);
      return true;
    } catch (error) {
      setText(this.#said, "");
      const sentence = this.#visit.sentenceOf(error);
      this.#tell(name ? `${name}: ${sentence}` : sentence);
      return false;
    }
  }

  /** @param {PaperRemark[]} remarks of reading; those on a paper of the list are said again at it, by its text */
  #tellUnread(remarks) {
    const { t } = this.#visit;
    const told = remarks.slice(0, TOLD).map(({ record, message }) => el("li", {}, record ? `${t("Record {number}", { number: record })}: ${message}` : message));
    const rest = remarks.length - told.length;
    this.#unread.replaceChildren(...told, ...(rest > 0 ? [el("li", {}, this.#visit.texts.count(rest, "1 more remark", "{count} more remarks"))] : []));
  }

  /** @param {number} milliseconds */
  #checkSoon(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), milliseconds);
  }

  async #check() {
    const rows = this.#rows.filter((row) => Object.keys(row.paper).length > 2);
    this.#draw();
    if (!rows.length || !this.#visit.reader.token) return;
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const remarks = await this.#visit.calls.lookThrough(rows.map(({ paper }) => paper));
      // Another look was begun meanwhile, on a newer list.
      if (asked !== this.#asked) return;
      rows.forEach((row, place) => row.remark(remarks.filter(({ paper }) => paper === place + 1)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A list without remarks is no loss: it is looked through again at the next change, and by the library.
    }
  }

  #draw() {
    this.#rows.forEach((row, place) => row.number(place + 1, this.#id));
    const shown = this.#rows.map(({ root }) => root);
    if (shown.length !== this.#list.children.length || shown.some((each, place) => this.#list.children[place] !== each)) this.#list.replaceChildren(...shown);
    const count = this.#rows.length;
    setText(this.#count, count ? this.#visit.texts.count(count, "1 paper in the list", "{count} papers in the list") : "");
  }

  /** @param {string} text */
  #tell(text) {
    this.#problem.hidden = !text;
    setText(this.#problem, text);
    if (text) setText(this.#said, "");
  }
}

/** @param {ConstructorParameters<typeof PapersPart>[0]} options @returns {Part} */
export function papersPart(options) {
  const part = new PapersPart(options);
  return { root: part.root, isGroup: true, focus: part.focusTarget, read: part.read, write: part.write, words: part.words };
}
