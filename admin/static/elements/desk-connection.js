import { make, setText } from "../lib/dom.js";
import { DeskElement } from "./desk-element.js";

/** A small sign in the bar: whether the lists are live. */
export class DeskConnection extends DeskElement {
  #word = make("span", { className: "word" });

  build() {
    this.setAttribute("role", "status");
    this.append(this.#word);
  }

  show() {
    const { model, connection, t } = this.desk;
    const words = { live: t("Live"), connecting: t("Connecting"), lost: t("No connection"), off: t("Signed out") };
    const state = /** @type {keyof typeof words} */ (model.connectionState);
    this.dataset.state = state;
    setText(this.#word, words[state]);
    this.title = state === "live" && connection.isPolling ? t("Live, by repeated requests: this network lets no lasting connection through.") : words[state];
  }
}
