import { newClientId } from "/widget/v1/lib/outbox.js";
import { make, setText } from "../lib/dom.js";
import { upload } from "../lib/http-upload.js";

/** Sends the chosen files of a commission one after the other, and puts them into the list; safe to repeat. */
export class CommissionUpload extends HTMLElement {
  #life = new AbortController();

  connectedCallback() {
    const input = /** @type {HTMLInputElement | null} */ (this.querySelector('input[type="file"]'));
    input?.addEventListener("change", () => void this.#send(input));
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  async #send(/** @type {HTMLInputElement} */ input) {
    const purpose = /** @type {HTMLSelectElement} */ (this.querySelector("select"));
    input.disabled = true;
    let problem = "";
    for (const file of input.files ?? []) {
      try {
        this.#add(await this.#one(file, purpose.value), purpose.selectedOptions[0]?.text ?? "");
      } catch (error) {
        problem = `${file.name}: ${/** @type {Error} */ (error).message || this.dataset.failed}`;
      }
    }
    this.#say(problem);
    input.disabled = false;
    input.value = "";
  }

  #one(/** @type {File} */ file, /** @type {string} */ purpose) {
    const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
    const headers = {
      "Accept-Language": document.documentElement.lang,
      "X-CSRF-Token": token,
      "X-Client-Id": newClientId(),
      "X-File-Name": encodeURIComponent(file.name),
      "Content-Type": "application/octet-stream",
    };
    const onProgress = (/** @type {number} */ part) => this.#say(`${this.dataset.sending} ${file.name} ${Math.round(part * 100)} %`);
    return upload(`${this.getAttribute("address")}?purpose=${purpose}`, { file, headers, signal: this.#life.signal, onProgress });
  }

  #add(/** @type {any} */ file, /** @type {string} */ purpose) {
    const link = make("a", { className: "with-clip", href: `${this.getAttribute("link")}${file.id}`, download: "" }, file.name);
    document.getElementById("files")?.append(make("li", {}, link, " ", make("span", { className: "row-sub" }, purpose)));
  }

  #say(/** @type {string} */ text) {
    const state = this.querySelector(".upload-state");
    if (state) setText(state, text);
  }
}
