/** What the elements of the desk share: they get the desk once, and show it anew after every change. */
export class DeskElement extends HTMLElement {
  /** @type {any} the model, the words and the ways of this page; set before anything is shown */
  desk;
  #life = new AbortController();

  /** @param {any} desk */
  start(desk) {
    this.desk = desk;
    this.build();
    desk.model.addEventListener("change", () => this.show(), { signal: this.#life.signal });
    this.show();
  }

  /** @returns {AbortSignal} ends with the element */
  get life() {
    return this.#life.signal;
  }

  /** Make what stays. */
  build() {}

  /** Show the desk as it is now. */
  show() {}

  disconnectedCallback() {
    this.#life.abort();
  }
}
