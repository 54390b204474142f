import { make } from "../lib/dom.js";
import { nameAtCursor, peopleNamed } from "../lib/mentions.js";

/** Offers colleagues while `@` and a part of a name are typed in a field. Arrows choose, Enter or Tab takes, Escape closes. */
export class MentionList {
  element = make("ul", { className: "mention-list", role: "listbox", hidden: true });
  #field;
  #people;
  #language;
  /** @type {any[]} */
  #offered = [];
  #chosen = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {{people: () => any[], language: string, label: string}} options who can be named
   */
  constructor(field, { people, language, label }) {
    this.#field = field;
    this.#people = people;
    this.#language = language;
    this.element.id = `mentions-${Math.random().toString(36).slice(2)}`;
    this.element.setAttribute("aria-label", label);
    field.addEventListener("blur", () => this.close());
  }

  /** Something was typed. */
  typed() {
    const name = nameAtCursor(this.#field.value, this.#field.selectionStart);
    this.#offered = name ? peopleNamed(this.#people(), name.query) : [];
    this.#chosen = 0;
    this.#show();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key was for the list
   */
  press(event) {
    if (this.element.hidden || event.isComposing) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#offered[this.#chosen]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#offered = [];
    this.#show();
  }

  #move(/** @type {number} */ step) {
    this.#chosen = (this.#chosen + step + this.#offered.length) % this.#offered.length;
    this.#show();
  }

  #take(/** @type {any} */ person) {
    const { value, selectionStart } = this.#field;
    const name = nameAtCursor(value, selectionStart);
    if (!name) return this.close();
    const named = `@${person[`name_${this.#language}`]} `;
    this.#field.value = value.slice(0, name.start) + named + value.slice(selectionStart);
    this.#field.setSelectionRange(name.start + named.length, name.start + named.length);
    this.close();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#field.focus();
  }

  #show() {
    const isOpen = this.#offered.length > 0;
    this.element.hidden = !isOpen;
    this.element.replaceChildren(...this.#offered.map((person, place) => this.#option(person, place)));
    if (isOpen) {
      this.#field.setAttribute("aria-controls", this.element.id);
      this.#field.setAttribute("aria-activedescendant", `${this.element.id}-${this.#chosen}`);
    } else {
      this.#field.removeAttribute("aria-activedescendant");
    }
  }

  #option(/** @type {any} */ person, /** @type {number} */ place) {
    const option = make("li", { role: "option", id: `${this.element.id}-${place}`, "aria-selected": String(place === this.#chosen) }, person[`name_${this.#language}`]);
    // Before the field loses the focus.
    option.addEventListener("pointerdown", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#take(person);
    });
    return option;
  }
}
