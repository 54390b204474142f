import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";

// Before all others, before those that nobody put first, by its age.
const PLACES = [9, 5, 0];

/** The sheet in which a supervisor says how early a waiting question comes, and why. */
export class DeskPriority extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "priority-head" });
  #form = make("form", { className: "sheet", method: "dialog" });
  #place = make("select");
  #reason = make("input", { required: true, maxLength: 300 });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  #id = "";

  build() {
    const { t } = this.desk;
    const names = [t("First of all"), t("Before others"), t("By its age")];
    this.#place.append(...PLACES.map((place, number) => make("option", { value: String(place) }, names[number])));
    this.#submit.textContent = t("Save");
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    this.#form.append(
      make("h2", { id: "priority-head" }, t("Place in the queue")),
      make("label", { className: "field" }, make("span", {}, t("When this question comes")), this.#place),
      make("label", { className: "field" }, make("span", {}, t("Why; it is written down who said it.")), this.#reason),
      make("div", { className: "sheet-end" }, this.#problem, cancel, this.#submit),
    );
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#save(event));
    this.#dialog.append(this.#form);
    this.append(this.#dialog);
    this.desk.model.addEventListener("priority", () => this.#open(), { signal: this.life });
  }

  #open() {
    const { model } = this.desk;
    if (!model.open || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#place.value = String(PLACES.find((place) => place <= (model.open.priority || 9)) ?? 0);
    this.#reason.value = "";
    setText(this.#problem, "");
    this.#dialog.showModal();
    this.#reason.focus();
  }

  async #save(/** @type {Event} */ event) {
    event.preventDefault();
    const reason = this.#reason.value.trim();
    if (!reason) return;
    this.#submit.disabled = true;
    try {
      await this.desk.colleagues.setPriority(this.#id, { priority: Number(this.#place.value), reason });
      this.#dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setText(this.#problem, error.message || this.desk.t("That did not work. Please try again."));
    } finally {
      this.#submit.disabled = false;
    }
  }
}
