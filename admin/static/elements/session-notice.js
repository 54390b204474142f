import { make } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";

/**
 * The line that says that the session has ended, on a page beside the desk. What was typed stays in the page; after the
 * person signs in again in another tab, its forms carry the new session's token and can be sent.
 */
export class SessionNotice {
  /** Called when the person is back. */
  onBack = () => {};
  #api;
  #me;
  #line;

  /** @param {{t: import("../lib/words.js").Translate, api: import("../lib/staff-api.js").StaffApi, me: {id: string}}} parts */
  constructor({ t, api, me }) {
    this.#api = api;
    this.#me = me;
    const link = make("a", { href: "/console/sign-in?next=/console/signed-in", target: "_blank", rel: "opener" }, t("Sign in again in a new tab"));
    this.#line = make("p", { className: "session-ended", role: "status", hidden: true }, t("Your session has ended. Everything you have typed is kept."), " ", link);
    document.querySelector(".bar")?.after(this.#line);
    new BroadcastChannel("wenjin.staff").addEventListener("message", () => this.lookAgain());
  }

  show() {
    this.#line.hidden = false;
  }

  /** Look whether the person has signed in again. */
  async lookAgain() {
    if (this.#line.hidden) return;
    try {
      const me = await this.#api.introduce();
      if (me.id !== this.#me.id) return location.reload();
      for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="csrf_token"]'))) field.value = me.csrf_token;
      /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content = me.csrf_token;
      this.#line.hidden = true;
      this.onBack();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
