/** @import { Paper, PaperRemark } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";

// Remarks that a search cannot do without; the others are for the reader to know.
const SERIOUS = new Set(["title_missing", "doi_invalid", "issn_invalid", "isbn_invalid", "year_implausible", "same_doi", "same_title", "pages_reversed"]);
const TEXTS = ["title", "journal", "volume", "issue", "pages", "doi", "issn", "accession"];

/** One paper of a list: its line, what is remarked on it, and its fields when it is edited. */
export class PaperRow {
  root = el("li", { class: "paper" });
  #visit;
  #options;
  #paper;
  #line = el("p", { class: "line", dir: "auto" });
  #source = el("p", { class: "source", dir: "auto" });
  #remarks = el("ul", { class: "remarks" });
  #edit;
  #remove;
  /** @type {HTMLElement | null} */
  #fields = null;
  #id = "";
  #name = "";

  /** @param {Paper} paper @param {{visit: Visit, onChange: () => void, onRemove: () => void}} options */
  constructor(paper, options) {
    this.#paper = { ...paper };
    this.#visit = options.visit;
    this.#options = options;
    const { t } = options.visit;
    this.#edit = el("button", { type: "button", class: "quiet", "aria-expanded": "false", onclick: () => this.#toggle() }, t("Edit"));
    this.#remove = el("button", { type: "button", class: "quiet", onclick: () => options.onRemove() }, t("Remove"));
    this.root.append(el("div", { class: "head" }, el("div", { class: "what" }, this.#line, this.#source), el("div", { class: "tools" }, this.#edit, this.#remove)), this.#remarks);
    this.#draw();
  }

  get paper() {
    return this.#paper;
  }

  get focusTarget() {
    return this.#edit;
  }

  /** @param {number} number @param {string} listId */
  number(number, listId) {
    this.#id = `${listId}-${number}`;
    this.#name = this.#visit.t("Paper {number}", { number });
    for (const button of [this.#edit, this.#remove]) button.setAttribute("aria-label", `${button.textContent}: ${this.#name}`);
  }

  edit() {
    if (!this.#fields) this.#toggle();
    /** @type {HTMLElement | null} */ (this.root.querySelector("input"))?.focus();
  }

  /** @param {PaperRemark[]} remarks */
  remark(remarks) {
    this.root.classList.toggle("wrong", remarks.some(({ code }) => SERIOUS.has(code)));
    const texts = remarks.map(({ message }) => message);
    if (texts.join() === [...this.#remarks.children].map((each) => each.textContent).join()) return;
    this.#remarks.replaceChildren(...remarks.map(({ code, message }) => el("li", { class: SERIOUS.has(code) ? "serious" : "" }, message)));
  }

  #toggle() {
    const isOpen = this.#fields === null;
    this.#fields?.remove();
    this.#fields = isOpen ? this.#makeFields() : null;
    if (this.#fields) this.root.append(this.#fields);
    this.#edit.setAttribute("aria-expanded", String(isOpen));
    setText(this.#edit, isOpen ? this.#visit.t("Done") : this.#visit.t("Edit"));
    this.#edit.setAttribute("aria-label", `${this.#edit.textContent}: ${this.#name}`);
    if (!isOpen) this.#edit.focus();
  }

  #makeFields() {
    const { t } = this.#visit;
    const rows = [
      this.#field("title", t("Title"), "long"),
      this.#field("authors", t("Authors, separated by semicolons"), "long"),
      this.#field("journal", t("Journal, book or conference"), "long"),
      this.#field("year", t("Year"), "brief"),
      this.#field("volume", t("Volume"), "brief"),
      this.#field("issue", t("Issue"), "brief"),
      this.#field("pages", t("Pages"), "brief"),
      this.#field("doi", "DOI", ""),
      this.#field("issn", "ISSN", ""),
      this.#field("accession", t("Accession number in the database"), ""),
    ];
    return el("div", { class: "paper-fields" }, ...rows);
  }

  /** @param {string} name @param {string} label @param {string} width */
  #field(name, label, width) {
    const id = `${this.#id}-${name}`;
    const input = el("input", { id, type: "text", dir: "auto", autocomplete: "off", maxlength: name === "title" ? 1000 : 500, inputmode: name === "year" ? "numeric" : null });
    const value = name === "authors" ? (this.#paper.authors ?? []).join("; ") : this.#paper[name];
    input.value = value === undefined ? "" : String(value);
    input.addEventListener("input", () => this.#put(name, input.value));
    return el("div", { class: `sub ${width}` }, el("label", { for: id }, label), input);
  }

  /** @param {string} name @param {string} text */
  #put(name, text) {
    const tidy = text.trim();
    if (name === "authors") this.#set("authors", tidy ? tidy.split(/[;；]/).map((each) => each.trim()).filter(Boolean) : null);
    else if (name === "year") this.#set("year", /^\d{4}$/.test(tidy) ? Number(tidy) : null);
    else if (TEXTS.includes(name)) this.#set(name, tidy || null);
    if (name === "title") this.#paper.language = /[\u3400-\u9fff]/.test(tidy) ? "zh" : "en";
    this.#draw();
    this.#options.onChange();
  }

  /** @param {string} name @param {unknown} value */
  #set(name, value) {
    if (value === null) delete this.#paper[name];
    else this.#paper[name] = value;
  }

  #draw() {
    const { title, as_given, doi, authors, journal, year, volume, issue, pages } = this.#paper;
    setText(this.#line, title || as_given || doi || this.#visit.t("(no title yet)"));
    const place = [journal, year, [volume, issue ? `(${issue})` : ""].join(""), pages].filter(Boolean).join(", ");
    setText(this.#source, [shortened(authors ?? []), place, title && doi ? `DOI ${doi}` : ""].filter(Boolean).join(" · "));
  }
}

/** @param {string[]} names */
function shortened(names) {
  return names.length > 4 ? `${names.slice(0, 3).join("; ")} …` : names.join("; ");
}
