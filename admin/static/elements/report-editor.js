import { make, setText } from "../lib/dom.js";
import { keyOf, missing, move } from "../lib/report-model.js";
import { Refusal } from "../lib/staff-api.js";
import { growing } from "./growing-text.js";
import { ReportSection } from "./report-section.js";

/** @param {import("../lib/words.js").Translate} t */
const states = (t) => ({
  saved: t("Everything is saved."),
  unsaved: t("Being written …"),
  saving: t("Saving …"),
  offline: t("No connection. Your text is kept in this tab and saved as soon as it is back."),
  signed_out: t("You are signed out. Your text is kept in this tab."),
  refused: t("Not saved"),
});

/** A title is one line, however it is wrapped on screen. */
const oneLine = { read: (/** @type {string} */ text) => text, write: (/** @type {string} */ text) => text.replace(/\s*\n\s*/g, " ") };

/** @param {string} heading @param {import("../lib/report-model.js").Content} content @returns {string} one by which a section is told from the others */
function unused(heading, content) {
  const taken = new Set(content.sections.map((section) => section.heading));
  let [found, place] = [heading, 1];
  while (taken.has(found)) found = `${heading} ${++place}`;
  return found;
}

/**
 * The report being written: what stands at its head, its sections, what is still lacking, remarks to be seen to. Every
 * change is saved a moment later; events `report-saved` (detail: the sheet) and `report-section` (detail: where one
 * writes) are for the preview beside it.
 */
export class ReportEditor extends HTMLElement {
  /** @type {import("../lib/words.js").Translate} */
  #t = (message) => message;
  /** @type {any} */
  #sheet;
  /** @type {import("../lib/report-saving.js").ReportSaving} */
  // @ts-expect-error set by start, before anything else
  #saving;
  /** @type {import("../lib/report-api.js").ReportApi} */
  // @ts-expect-error set by start, before anything else
  #api;
  #life = new AbortController();
  #status = make("p", { className: "report-status", role: "status" });
  #lacking = make("p", { className: "report-lacking" });
  #sections = make("div", { className: "report-sections" });

  /**
   * @param {object} parts
   * @param {import("../lib/words.js").Translate} parts.t
   * @param {any} parts.sheet
   * @param {import("../lib/report-api.js").ReportApi} parts.api
   * @param {import("../lib/report-saving.js").ReportSaving} parts.saving
   */
  start({ t, sheet, api, saving }) {
    [this.#t, this.#sheet, this.#api, this.#saving] = [t, sheet, api, saving];
    saving.onState = (state, message) => this.#show(state, message);
    saving.onSaved = (saved) => this.#saved(saved);
    saving.onMerged = (_, clashes) => this.#merged(clashes);
    this.#draw();
    this.#show("saved");
    saving.restore();
    this.addEventListener("report-move", (event) => this.#move(event));
    this.addEventListener("report-remove", (event) => this.#remove(event));
    this.addEventListener("focusin", (event) => this.#tellSection(event));
    const { signal } = this.#life;
    document.addEventListener("submit", (event) => this.#saveBefore(event), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && void saving.flush(), { signal });
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  #draw() {
    const t = this.#t;
    const add = make("button", { type: "button", className: "button", onclick: () => this.#add() }, t("+ Section of my own"));
    this.replaceChildren(make("div", { className: "report-line" }, this.#status, this.#lacking), this.#head(), this.#sections, add, this.#closing());
    this.#drawSections();
  }

  #drawSections() {
    const required = new Set(this.#sheet.parts.filter((/** @type {any} */ part) => part.is_required).map((/** @type {any} */ part) => part.key));
    const sections = this.#saving.content.sections.map((section, index) => {
      const shown = /** @type {ReportSection} */ (document.createElement("report-section"));
      return shown.start(section, { t: this.#t, onChange: () => this.#changed(), isRequired: required.has(section.part), index });
    });
    this.#sections.replaceChildren(...sections);
    this.#showRemarks();
    this.#showMissing();
  }

  #head() {
    const t = this.#t;
    const title = this.#field("title", t("Title"), growing(make("textarea", { rows: 1, maxLength: 500 })), oneLine);
    title.classList.add("field-grow");
    const fields = [["applicant", t("Commissioned by")], ["organisation", t("Organisation")], ["purpose", t("Purpose")]];
    const inputs = fields.map(([name, label]) => this.#field(name, label, make("input", { maxLength: 500 })));
    const language = make("select", {}, make("option", { value: "zh" }, t("Chinese")), make("option", { value: "en" }, t("English")));
    return make("details", { className: "report-head-data", open: true }, make("summary", {}, t("Head of the report")), make("div", { className: "report-fields" }, title, ...inputs, this.#field("language", t("Language of the report"), language)));
  }

  #closing() {
    const t = this.#t;
    const notes = this.#field("notes", t("Remarks at the end of the report"), growing(make("textarea", { rows: 2 })));
    const attachments = this.#field("attachments", t("Attachments, one a line"), growing(make("textarea", { rows: 2 })), {
      read: (/** @type {string[]} */ list) => list.join("\n"),
      write: (/** @type {string} */ text) => text.split("\n").map((line) => line.trim()).filter(Boolean),
    });
    return make("div", { className: "report-fields report-closing" }, attachments, notes);
  }

  #field(/** @type {string} */ name, /** @type {string} */ label, /** @type {any} */ input, { read, write } = { read: (/** @type {any} */ value) => value, write: (/** @type {any} */ value) => value }) {
    input.value = read(this.#saving.content[name]);
    input.addEventListener("input", () => {
      this.#saving.content[name] = write(input.value);
      this.#changed();
    });
    return make("label", { className: "field" }, make("span", {}, label), input, make("span", { className: "report-clash", "data-field": name }));
  }

  #changed() {
    this.#saving.touch();
    this.#showMissing();
  }

  #add() {
    this.#saving.content.sections.push({ heading: unused(this.#t("New section"), this.#saving.content), blocks: [], part: "", level: 1 });
    this.#changed();
    this.#drawSections();
    const heading = /** @type {HTMLInputElement} */ (this.#sections.lastElementChild?.querySelector(".report-heading"));
    heading.focus();
    heading.select();
  }

  #move(/** @type {Event} */ event) {
    const at = [...this.#sections.children].indexOf(/** @type {Element} */ (event.target));
    const by = /** @type {CustomEvent} */ (event).detail;
    if (!move(this.#saving.content.sections, at, by)) return;
    this.#changed();
    this.#drawSections();
    /** @type {HTMLElement | null} */ (this.#sections.children[at + by]?.querySelector(by < 0 ? ".report-tools button" : ".report-tools button + button"))?.focus();
  }

  #remove(/** @type {Event} */ event) {
    const at = [...this.#sections.children].indexOf(/** @type {Element} */ (event.target));
    const [gone] = this.#saving.content.sections.splice(at, 1);
    this.#changed();
    this.#drawSections();
    const back = () => {
      this.#saving.content.sections.splice(at, 0, gone);
      this.#changed();
      this.#drawSections();
    };
    const undo = make("button", { type: "button", className: "button button-small", onclick: back }, this.#t("Put it back"));
    this.#sections.prepend(make("p", { className: "notice", role: "status" }, this.#t("“{heading}” was removed.", { heading: gone.heading }), " ", undo));
    undo.focus();
  }

  #showMissing() {
    const t = this.#t;
    const lacking = missing(this.#saving.content, this.#sheet.parts);
    const keys = new Set(lacking.map((part) => part.key));
    const links = lacking.flatMap((part, at) => [at ? (document.documentElement.lang.startsWith("zh") ? "、" : ", ") : "", make("a", { href: "#content", onclick: (/** @type {Event} */ event) => this.#jump(event, part.key) }, part.heading)]);
    this.#lacking.replaceChildren(...(lacking.length ? [t("Still to be written:"), " ", ...links] : [t("All required parts are written.")]));
    this.#lacking.classList.toggle("lack", lacking.length > 0);
    for (const section of this.#shown()) {
      const lack = /** @type {HTMLElement | null} */ (section.querySelector(".report-lack"));
      if (lack) lack.hidden = lack.dataset.required !== "true" || !keys.has(section.dataset.key ?? "");
    }
  }

  #jump(/** @type {Event} */ event, /** @type {string} */ key) {
    event.preventDefault();
    this.#shown().find((section) => section.dataset.key === key)?.begin();
  }

  #showRemarks() {
    for (const section of this.#shown()) {
      const own = this.#sheet.remarks.filter((/** @type {any} */ remark) => remark.section === section.dataset.key);
      section.showRemarks(own.map((/** @type {any} */ remark) => this.#remark(remark)));
    }
    const known = new Set(this.#shown().map((section) => section.dataset.key));
    const others = this.#sheet.remarks.filter((/** @type {any} */ remark) => !known.has(remark.section));
    this.querySelector(".report-general")?.remove();
    if (others.length) this.#sections.before(make("div", { className: "report-general" }, ...others.map((/** @type {any} */ remark) => this.#remark(remark))));
  }

  #remark(/** @type {any} */ remark) {
    const t = this.#t;
    const name = document.documentElement.lang.startsWith("zh") ? remark.name_zh : remark.name_en;
    const settle = make("button", { type: "button", className: "button button-small", onclick: () => void this.#settle(remark.id) }, t("Mark as seen to"));
    const at = make("time", { datetime: remark.created_at }, new Date(remark.created_at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }));
    return make("div", { className: `remark ${remark.is_settled ? "remark-settled" : ""}` }, make("p", {}, make("b", {}, name), " ", at, " ", remark.is_settled && t("(seen to)")), make("p", { className: "remark-body" }, remark.body), !remark.is_settled && settle);
  }

  async #settle(/** @type {string} */ id) {
    try {
      this.#sheet.remarks = (await this.#api.settle(id)).remarks;
      this.#showRemarks();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#show("refused", error.message);
    }
  }

  #merged(/** @type {import("../lib/report-model.js").Clash[]} */ clashes) {
    this.#draw();
    for (const clash of clashes) {
      const section = this.#shown().find((each) => each.dataset.key === clash.name);
      if (section) section.showClash(clash.theirs);
      else this.querySelector(`[data-field="${clash.name}"]`)?.append(make("small", { className: "lack" }, this.#t("Somebody else wrote: {text}", { text: clash.theirs })));
    }
    if (clashes.length) /** @type {HTMLElement | null} */ (this.querySelector(".report-clash .button"))?.scrollIntoView({ block: "center" });
  }

  #saved(/** @type {any} */ sheet) {
    this.#sheet = sheet;
    this.#showRemarks();
    this.dispatchEvent(new CustomEvent("report-saved", { bubbles: true, detail: sheet }));
  }

  /** A form of the page, such as a step, is sent after everything is saved, for the step is about what was written. */
  async #saveBefore(/** @type {SubmitEvent} */ event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || !this.#saving.isDirty || form.method === "get") return;
    event.preventDefault();
    if (await this.#saving.flush()) form.requestSubmit(/** @type {HTMLElement | null} */ (event.submitter));
  }

  #tellSection(/** @type {Event} */ event) {
    const section = /** @type {Element} */ (event.target).closest("report-section");
    if (section) this.dispatchEvent(new CustomEvent("report-section", { bubbles: true, detail: section.id }));
  }

  #show(/** @type {keyof ReturnType<typeof states>} */ state, message = "") {
    const told = message ? `${states(this.#t)[state]}: ${message}` : states(this.#t)[state];
    this.#status.dataset.state = state;
    setText(this.#status, told);
    if (state === "signed_out") this.dispatchEvent(new CustomEvent("report-signed-out", { bubbles: true }));
  }

  #shown() {
    return /** @type {ReportSection[]} */ ([...this.querySelectorAll("report-section")]);
  }
}
