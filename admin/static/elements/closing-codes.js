import { make, setText } from "../lib/dom.js";

/** The descriptive codes of a closing sheet: those of the reader's library, a few of them to be chosen. */
export class ClosingCodes {
  element = make("fieldset", { className: "choices codes", hidden: true });
  #limit = make("small");
  #list = make("div", { className: "code-list" });
  #most = 4;
  #desk;

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    this.element.append(make("legend", {}, desk.t("What was it about?"), " ", this.#limit), this.#list);
    this.element.addEventListener("change", () => this.#bound());
  }

  /**
   * @param {{offered_codes: {code: string, name_zh: string, name_en: string}[], max_codes: number}} sheet
   * @param {string[]} chosen those that are not offered are left out
   */
  offer({ offered_codes, max_codes }, chosen) {
    const { language, t } = this.#desk;
    this.#most = max_codes;
    setText(this.#limit, t("at most {count}", { count: max_codes }));
    this.#list.replaceChildren(
      ...offered_codes.map(({ code, name_zh, name_en }) => {
        const box = make("input", { type: "checkbox", name: "codes", checked: chosen.includes(code) });
        box.setAttribute("value", code);
        return make("label", { className: "code" }, box, make("span", {}, language === "zh" ? name_zh : name_en));
      }),
    );
    this.element.hidden = offered_codes.length === 0;
    this.#bound();
  }

  /** Show none until they are known. */
  clear() {
    this.#list.replaceChildren();
    this.element.hidden = true;
  }

  /** @returns {string[]} */
  get chosen() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }

  /** @returns {HTMLInputElement[]} */
  get #boxes() {
    return [...this.#list.querySelectorAll("input")];
  }

  #bound() {
    const isFull = this.chosen.length >= this.#most;
    for (const box of this.#boxes) box.disabled = isFull && !box.checked;
  }
}
