import { make, setText } from "../lib/dom.js";
import { DeskElement } from "./desk-element.js";

const COMMON = "answered";

/** The sheet at the end of a conversation: how it ended and what it took. */
export class DeskClosing extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "closing-head" });
  #form = make("form", { className: "sheet", method: "dialog" });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  /** @type {string | null} */
  #id = null;

  build() {
    const { t, words } = this.desk;
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    this.#submit.textContent = t("Close the conversation");
    const resolutions = Object.entries(words.resolutions).map(([code, name]) =>
      choice({ name: "resolution", value: code, label: name, note: words.resolution_notes[code] }),
    );
    const levels = Object.entries(words.read_levels).map(([level, note]) =>
      choice({ name: "read_level", value: level, label: level, note }),
    );
    const none = choice({ name: "read_level", value: "", label: "–", note: t("Not stated") });
    this.#form.append(
      make("h2", { id: "closing-head" }, t("Close the conversation")),
      make("fieldset", { className: "choices" }, make("legend", {}, t("How did it end?")), ...resolutions),
      make("fieldset", { className: "choices" }, make("legend", {}, t("What did it take? (READ scale)")), ...levels, none),
      make("div", { className: "sheet-end" }, this.#problem, cancel, this.#submit),
    );
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#close(event));
    this.#dialog.append(this.#form);
    this.append(this.#dialog);
    this.desk.model.addEventListener("closing", () => this.#open(), { signal: this.life });
  }

  #open() {
    const { model } = this.desk;
    if (!model.open || !model.isMine(model.open) || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#form.reset();
    this.#choose("resolution", COMMON);
    this.#choose("read_level", "");
    setText(this.#problem, "");
    this.#dialog.showModal();
    this.#form.querySelector("input:checked").focus();
  }

  async #close(/** @type {Event} */ event) {
    event.preventDefault();
    const { model } = this.desk;
    const sheet = new FormData(this.#form);
    const level = Number(sheet.get("read_level")) || null;
    this.#submit.disabled = true;
    const isClosed = await model.claims.close(this.#id, { resolution: String(sheet.get("resolution")), read_level: level });
    this.#submit.disabled = false;
    setText(this.#problem, isClosed ? "" : model.claims.problem?.message || this.desk.t("That did not work. Please try again."));
    if (isClosed) this.#dialog.close();
  }

  #choose(/** @type {string} */ name, /** @type {string} */ value) {
    this.#form.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
  }
}

/** @param {{name: string, value: string, label: string, note: string}} one */
function choice({ name, value, label, note }) {
  const radio = make("input", { type: "radio", name });
  radio.setAttribute("value", value);
  return make("label", { className: "choice" }, radio, make("span", {}, label, " ", make("small", {}, note)));
}
