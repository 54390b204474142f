import { newClientId } from "/widget/v1/lib/outbox.js";
import { make, setText } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { DeskElement } from "./desk-element.js";
import { TalkCanned } from "./talk-canned.js";

/** The sheet in which a supervisor writes the holder a word that the reader never sees. */
export class DeskWhisper extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "whisper-head" });
  #form = make("form", { className: "sheet", method: "dialog" });
  #text = make("textarea", { rows: 3, required: true });
  #problem = make("span", { className: "is-problem", role: "alert" });
  #submit = make("button", { type: "submit", className: "button button-primary" });
  /** @type {any} */
  #canned = null;
  #id = "";
  #clientId = "";

  build() {
    const { t, limit } = this.desk;
    this.#submit.textContent = t("Whisper");
    this.#text.maxLength = limit;
    const cancel = make("button", { type: "button", className: "button button-quiet" }, t("Cancel"));
    cancel.addEventListener("click", () => this.#dialog.close());
    this.#canned = new TalkCanned(this.desk, this.#text);
    this.#text.addEventListener("input", () => this.#canned.typed());
    this.#text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#press(event));
    this.#form.append(
      make("h2", { id: "whisper-head" }, t("Whisper to the holder")),
      make("label", { className: "field" }, make("span", {}, t("Only staff sees it; it is written down who said it.")), this.#text),
      this.#canned.element,
      make("div", { className: "sheet-end" }, this.#canned.button, this.#problem, cancel, this.#submit),
    );
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => this.#send(event));
    this.#dialog.append(this.#form);
    this.append(this.#dialog);
    this.desk.model.addEventListener("whisper", () => this.#open(), { signal: this.life });
  }

  #open() {
    const { model } = this.desk;
    if (!model.open || this.#dialog.open) return;
    this.#id = model.open.id;
    this.#clientId = newClientId();
    this.#text.value = "";
    setText(this.#problem, "");
    // Of a question of another library the supervisor has no replies at hand.
    this.#canned.show(this.#id, !model.isWatched(model.open), { isForStaff: true });
    this.#dialog.showModal();
    this.#text.focus();
  }

  #press(/** @type {KeyboardEvent} */ event) {
    if (event.altKey && event.code === "Slash") {
      event.preventDefault();
      this.#canned.toggle();
    } else if (!this.#canned.press(event) && event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      this.#form.requestSubmit();
    }
  }

  async #send(/** @type {Event} */ event) {
    event.preventDefault();
    const body = this.#text.value.trim();
    if (!body) return;
    this.#submit.disabled = true;
    try {
      await this.desk.api.whisper(this.#id, { client_id: this.#clientId, body });
      this.#dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setText(this.#problem, error.message || this.desk.t("That did not work. Please try again."));
    } finally {
      this.#submit.disabled = false;
    }
  }
}
