import { make } from "../lib/dom.js";
import { emptyBlock, keyOf, kindOf, move } from "../lib/report-model.js";
import { growing } from "./growing-text.js";

/**
 * One section of a report to write in: its heading, its texts, tables and lists, and the remarks of the review on it.
 * Attribute-free; `start` gives it everything. Events `report-move` (detail: -1 or 1) and `report-remove` go to the editor.
 */
export class ReportSection extends HTMLElement {
  /** @type {import("../lib/report-model.js").Section} */
  #section = { heading: "", blocks: [], part: "", level: 1 };
  /** @type {import("../lib/words.js").Translate} */
  #t = (message) => message;
  #onChange = () => {};

  /**
   * @param {import("../lib/report-model.js").Section} section
   * @param {{t: import("../lib/words.js").Translate, onChange: () => void, isRequired: boolean, index: number}} parts
   */
  start(section, { t, onChange, isRequired, index }) {
    this.#section = section;
    this.#t = t;
    this.#onChange = onChange;
    this.id = `section-${index + 1}`;
    this.dataset.key = keyOf(section);
    if (!section.blocks.length) section.blocks.push(emptyBlock("prose"));
    this.append(this.#head(isRequired), make("div", { className: "report-remarks" }), make("div", { className: "report-clash" }), make("div", { className: "report-blocks" }), this.#foot());
    this.#draw();
    return this;
  }

  /** Go to where one writes. */
  begin() {
    this.scrollIntoView({ block: "start" });
    /** @type {HTMLElement | null} */ (this.querySelector(".report-blocks textarea"))?.focus({ preventScroll: true });
  }

  /** @param {Node[]} shown remarks on this part */
  showRemarks(shown) {
    this.querySelector(".report-remarks")?.replaceChildren(...shown);
  }

  /** Show what somebody else wrote here, until it was looked at. @param {string} text */
  showClash(text) {
    const t = this.#t;
    const close = () => this.querySelector(".report-clash")?.replaceChildren();
    const done = make("button", { type: "button", className: "button button-small", onclick: close }, t("Seen: mine stays"));
    const said = make("div", { className: "notice notice-warn", role: "alert" }, make("p", {}, t("Somebody else wrote here at the same time. Yours stands below; this is the other text:")), make("pre", { className: "other-text" }, text), done);
    this.querySelector(".report-clash")?.replaceChildren(said);
  }

  #head(/** @type {boolean} */ isRequired) {
    const [t, section] = [this.#t, this.#section];
    const heading = make("input", { className: "report-heading", value: section.heading, maxLength: 500, "aria-label": t("Heading") });
    heading.addEventListener("input", () => {
      section.heading = heading.value;
      this.dataset.key = keyOf(section);
      this.#onChange();
    });
    const lack = make("span", { className: "state state-waiting report-lack", hidden: true }, t("required, still empty"));
    lack.dataset.required = String(isRequired);
    const tools = make("span", { className: "report-tools" });
    if (!section.part) tools.append(this.#level());
    tools.append(this.#tool("↑", t("Move the section up"), () => this.#tell("report-move", -1)), this.#tool("↓", t("Move the section down"), () => this.#tell("report-move", 1)));
    if (!section.part) tools.append(this.#tool("×", t("Remove the section"), () => this.#tell("report-remove")));
    return make("header", { className: "report-section-head" }, heading, lack, tools);
  }

  #level() {
    const box = make("input", { type: "checkbox", checked: this.#section.level === 2 });
    box.addEventListener("change", () => {
      this.#section.level = box.checked ? 2 : 1;
      this.#onChange();
    });
    return make("label", { className: "check" }, box, " ", this.#t("belongs to the section above"));
  }

  #foot() {
    const t = this.#t;
    /** @type {["prose" | "table" | "references", string][]} */
    const kinds = [["prose", t("Text")], ["table", t("Table")], ["references", t("List of literature")]];
    const add = (/** @type {"prose" | "table" | "references"} */ kind) => {
      this.#section.blocks.push(emptyBlock(kind));
      this.#onChange();
      this.#draw();
      const fields = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".report-block:last-child textarea"));
      fields[0]?.focus();
    };
    return make("div", { className: "report-add" }, ...kinds.map(([kind, label]) => make("button", { type: "button", className: "button button-small button-quiet", onclick: () => add(kind) }, `+ ${label}`)));
  }

  #draw() {
    const blocks = this.#section.blocks;
    this.querySelector(".report-blocks")?.replaceChildren(...blocks.map((block, at) => make("div", { className: `report-block report-${kindOf(block)}` }, this.#field(block), blocks.length > 1 && this.#blockTools(at))));
  }

  #field(/** @type {import("../lib/report-model.js").Block} */ block) {
    if ("headings" in block) {
      const grid = /** @type {import("./report-grid.js").ReportGrid} */ (document.createElement("report-grid"));
      return grid.start(block, this.#t, this.#onChange);
    }
    return "entries" in block ? this.#references(block) : this.#prose(block);
  }

  #prose(/** @type {import("../lib/report-model.js").Prose} */ block) {
    const t = this.#t;
    const field = growing(make("textarea", { value: block.text, rows: 3, "aria-label": `${this.#section.heading}: ${t("Text")}` }));
    field.addEventListener("input", () => {
      block.text = field.value;
      this.#onChange();
    });
    const box = make("input", { type: "checkbox", checked: block.is_markdown });
    box.addEventListener("change", () => {
      block.is_markdown = box.checked;
      this.#onChange();
    });
    return make("div", {}, field, make("label", { className: "check quiet" }, box, " ", t("**bold**, “- ” and “1. ” at the beginning of a line make points; a blank line parts paragraphs")));
  }

  #references(/** @type {import("../lib/report-model.js").References} */ block) {
    const t = this.#t;
    const field = growing(make("textarea", { value: block.entries.join("\n\n"), rows: 3, "aria-label": `${this.#section.heading}: ${t("List of literature")}` }));
    field.addEventListener("input", () => {
      block.entries = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
      this.#onChange();
    });
    return make("div", {}, field, make("p", { className: "quiet" }, t("One entry a line; empty lines between them do not count. They are numbered by themselves.")));
  }

  #blockTools(/** @type {number} */ at) {
    const [t, blocks] = [this.#t, this.#section.blocks];
    const act = (/** @type {() => unknown} */ change) => () => {
      change();
      this.#onChange();
      this.#draw();
    };
    return make(
      "span",
      { className: "report-tools" },
      this.#tool("↑", t("Move up"), act(() => move(blocks, at, -1))),
      this.#tool("↓", t("Move down"), act(() => move(blocks, at, 1))),
      this.#tool("×", t("Remove"), act(() => blocks.splice(at, 1))),
    );
  }

  #tool(/** @type {string} */ sign, /** @type {string} */ label, /** @type {() => void} */ onclick) {
    return make("button", { type: "button", className: "button button-small button-quiet", title: label, "aria-label": label, onclick }, sign);
  }

  #tell(/** @type {string} */ name, /** @type {number} */ detail = 0) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
