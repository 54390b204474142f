import { make, setText } from "../lib/dom.js";
import { DeskElement } from "./desk-element.js";

// A reconnect that takes no longer than this is not worth a line across the page.
const PATIENCE_MILLISECONDS = 3_000;
const TICK_MILLISECONDS = 1_000;

/** The line across the page when something is wrong with the whole desk: no connection, no session. */
export class DeskNotice extends DeskElement {
  #text = make("span");
  #link = make("a", { target: "_blank", rel: "opener" });
  #banner = make("p", { className: "banner", role: "status", hidden: true }, this.#text, this.#link);
  #lostAt = 0;

  build() {
    this.#link.href = "/console/sign-in?next=/console/signed-in";
    this.#link.textContent = this.desk.t("Sign in again in a new tab");
    this.append(this.#banner);
    const timer = setInterval(() => this.show(), TICK_MILLISECONDS);
    this.life.addEventListener("abort", () => clearInterval(timer));
  }

  show() {
    const { model } = this.desk;
    const isLost = !model.isSignedOut && model.connectionState !== "live";
    if (!isLost) this.#lostAt = 0;
    else if (this.#lostAt === 0) this.#lostAt = Date.now();
    const isWorthTelling = isLost && Date.now() - this.#lostAt >= PATIENCE_MILLISECONDS;
    this.#banner.hidden = !model.isSignedOut && !isWorthTelling;
    this.#link.hidden = !model.isSignedOut;
    setText(this.#text, this.#sentence());
  }

  #sentence() {
    const { model, t, clockTime } = this.desk;
    if (model.isSignedOut) return t("Your session has ended. Everything you have typed is kept.");
    const time = clockTime(new Date(model.freshAt).toISOString());
    return t("No connection to the service. What you see is as of {time}; what you send goes out when it is back.", { time });
  }
}
