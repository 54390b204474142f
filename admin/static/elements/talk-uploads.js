import { make, setText, showList } from "../lib/dom.js";
import { sizeText } from "../lib/uploads.js";

/** The files on their way, above the composer; and the ways in: choosing, dropping, pasting. */
export class TalkUploads {
  element = make("ul", { className: "uploads", hidden: true });
  choose;
  #desk;
  #id = "";
  #mayAttach = false;

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    const { t } = desk;
    const input = make("input", { type: "file", multiple: true, hidden: true, tabIndex: -1, "aria-label": t("Attach a file") });
    const button = make("button", { type: "button", className: "button button-small with-clip", title: t("Attach a file") }, t("File"));
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.#add([...input.files]);
      input.value = "";
    });
    this.choose = make("span", { className: "choose-file" }, button, input);
  }

  /**
   * @param {string} id
   * @param {boolean} mayAttach
   */
  show(id, mayAttach) {
    this.#id = id;
    this.#mayAttach = mayAttach;
    this.choose.hidden = !mayAttach;
    const uploads = this.#desk.model.uploads.of(id);
    this.element.hidden = uploads.length === 0;
    showList(this.element, uploads, (each) => each.client_id, (each) => this.#entry(each), (element, each) => this.#update(element, each));
  }

  /** Let files be dropped and pasted here. @param {HTMLElement} place */
  listen(place) {
    place.addEventListener("dragover", (event) => {
      if (!this.#mayAttach || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      place.classList.add("is-dropping");
    });
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(/** @type {Node | null} */ (event.relatedTarget))) place.classList.remove("is-dropping");
    });
    place.addEventListener("drop", (event) => {
      place.classList.remove("is-dropping");
      this.#takeOver(event, event.dataTransfer);
    });
    place.addEventListener("paste", (event) => this.#takeOver(event, event.clipboardData));
  }

  #takeOver(/** @type {Event} */ event, /** @type {DataTransfer | null} */ data) {
    // Copied cells and pages bring a picture of themselves along with their text: the text is meant.
    if (!this.#mayAttach || !data?.files.length || (event.type === "paste" && data.types.includes("text/plain"))) return;
    event.preventDefault();
    this.#add([...data.files]);
  }

  #add(/** @type {File[]} */ files) {
    if (this.#mayAttach) this.#desk.model.uploads.add(this.#id, files);
  }

  #entry(/** @type {any} */ { client_id, file }) {
    const { t, model } = this.#desk;
    const again = make("button", { type: "button", className: "button button-small", hidden: true }, t("Send again"));
    again.addEventListener("click", () => model.uploads.retry(client_id));
    const cancel = make("button", { type: "button", className: "button button-small" }, t("Cancel"));
    cancel.addEventListener("click", () => model.uploads.cancel(client_id));
    const bar = make("progress", { max: 1, "aria-label": file.name });
    const problem = make("span", { className: "field-problem", role: "alert" });
    const name = make("span", { className: "upload-name" }, file.name, " ", make("small", { className: "quiet" }, sizeText(file.size)));
    return make("li", { className: "upload" }, name, bar, again, cancel, problem);
  }

  #update(/** @type {any} */ element, /** @type {any} */ { progress, problem }) {
    const { t } = this.#desk;
    const [, bar, again, cancel, reason] = element.children;
    bar.hidden = problem !== null;
    bar.value = progress;
    again.hidden = problem === null;
    setText(cancel, problem === null ? t("Cancel") : t("Discard it"));
    setText(reason, problem === null ? "" : problem || t("No connection"));
  }
}
