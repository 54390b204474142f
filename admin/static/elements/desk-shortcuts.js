import { make } from "../lib/dom.js";
import { SHORTCUTS } from "../lib/shortcuts.js";
import { DeskElement } from "./desk-element.js";

/** The list of keys, behind `?`. */
export class DeskShortcuts extends DeskElement {
  #dialog = make("dialog", { "aria-labelledby": "shortcuts-head" });

  build() {
    const { t, day } = this.desk;
    const rows = SHORTCUTS.flatMap(({ keys, label }) => [make("dt", {}, ...keyCaps(keys)), make("dd", {}, t(label))]);
    const letters = make("input", { type: "checkbox", checked: day.preferences.letter_keys });
    letters.addEventListener("change", () => day.prefer({ letter_keys: letters.checked }));
    const done = make("button", { type: "submit", className: "button button-primary" }, t("Done"));
    this.#dialog.append(
      make(
        "form",
        { className: "sheet", method: "dialog" },
        make("h2", { id: "shortcuts-head" }, t("Keyboard shortcuts")),
        make("dl", { className: "shortcuts" }, ...rows, make("dt", {}, ...keyCaps("Enter")), make("dd", {}, t("Send; with Shift a new line"))),
        make("label", {}, letters, " ", t("Single letters as shortcuts")),
        make("div", { className: "sheet-end" }, done),
      ),
    );
    this.append(this.#dialog);
    document.getElementById("show-shortcuts")?.addEventListener("click", () => this.open(), { signal: this.life });
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

/** @param {string} keys */
function keyCaps(keys) {
  return keys.split(" ").flatMap((key) => (key === "…" ? ["… "] : [make("kbd", {}, key), " "]));
}
