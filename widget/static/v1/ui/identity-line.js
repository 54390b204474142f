/** @import { Stage } from "./stage.js" */
import { ApiError } from "../lib/api.js";
import { el, setText } from "./dom.js";

const KEY = "identity";

/** A reader whom the page has signed in decides here whether the librarian is told. Nobody is named without that. */
export class IdentityLine {
  #stage;
  #token = "";
  #box;
  #name = el("span");
  #problem = el("p", { class: "hint", role: "alert", hidden: true });

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.#box = el("input", { type: "checkbox", onchange: () => void this.#changed() });
    this.root = el("div", { class: "identity", hidden: true }, el("label", {}, this.#box, this.#name), this.#problem);
  }

  /** @param {string} token of the page's reader; the page learns by an event whether it is good */
  async take(token) {
    const { chat, texts, tell, kept } = this.#stage;
    this.#token = token;
    try {
      const { name } = await chat.api.request("POST", `${chat.api.ofLibrary}/identity`, { body: { token } });
      setText(this.#name, texts.t("Tell the librarian who I am: {name}", { name }));
      this.root.hidden = false;
      this.#box.checked = kept.get(KEY) === name;
      tell("wenjin-identity", { name });
      if (this.#box.checked) await this.#changed();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.root.hidden = true;
      tell("wenjin-identity-refused", { code: error.code, message: error.message, reason: error.details.reason ?? "" });
    }
  }

  async #changed() {
    const { chat, texts, kept } = this.#stage;
    this.#problem.hidden = true;
    try {
      await chat.reader.ensure();
      if (this.#box.checked) {
        const { name } = await chat.api.request("PUT", "readers/identity", { body: { token: this.#token } });
        kept.set(KEY, name);
      } else {
        await chat.api.request("POST", "readers/identity/withdrawal");
        kept.remove(KEY);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#box.checked = !this.#box.checked;
      this.#problem.hidden = false;
      setText(this.#problem, error.message || texts.t("The service is out of reach. Please try again in a moment."));
    }
  }
}
