import { setText } from "../lib/dom.js";
import { upload } from "../lib/http-upload.js";

/**
 * Sends a Word form, or the picture of a seal after it was looked at, and says what the check found. Attributes:
 * `address`; `at-once` sends without a look before.
 */
export class ReportFormUpload extends HTMLElement {
  #life = new AbortController();

  connectedCallback() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector('input[type="file"]'));
    const preview = /** @type {HTMLElement | null} */ (this.querySelector(".upload-preview"));
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (!file) return;
      if (preview && !this.hasAttribute("at-once")) void show(preview, file);
      else void this.#send(input);
    });
    preview?.querySelector("button")?.addEventListener("click", () => void this.#send(input));
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  async #send(/** @type {HTMLInputElement} */ input) {
    const file = input.files?.[0];
    if (!file) return;
    const headers = {
      "Accept-Language": document.documentElement.lang,
      "X-CSRF-Token": /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content,
      "X-File-Name": encodeURIComponent(file.name),
      "Content-Type": "application/octet-stream",
    };
    input.disabled = true;
    this.#say(this.dataset.sending ?? "", false);
    try {
      await upload(this.getAttribute("address") ?? "", { file, headers, signal: this.#life.signal, onProgress: () => {} });
      location.assign(`${location.pathname}?done=added`);
    } catch (error) {
      this.#say(/** @type {Error} */ (error).message || (this.dataset.failed ?? ""), true);
      input.disabled = false;
      input.value = "";
    }
  }

  #say(/** @type {string} */ text, /** @type {boolean} */ isRefused) {
    const state = /** @type {HTMLElement} */ (this.querySelector(".upload-state"));
    state.classList.toggle("is-refused", isRefused);
    setText(state, text);
  }
}

/** @param {HTMLElement} preview @param {File} file */
async function show(preview, file) {
  const canvas = /** @type {HTMLCanvasElement} */ (preview.querySelector("canvas"));
  // What is no picture is sent without a look; the check says so.
  const picture = await createImageBitmap(file).catch(() => null);
  [canvas.width, canvas.height] = [picture?.width ?? 1, picture?.height ?? 1];
  if (picture) canvas.getContext("2d")?.drawImage(picture, 0, 0);
  preview.hidden = false;
}
