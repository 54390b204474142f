/** Keeps what is written into its text field until it is sent; attribute `name` says under which name. */
export class KeptText extends HTMLElement {
  /** @type {import("/widget/v1/lib/shelf.js").Shelf} */
  static shelf;

  connectedCallback() {
    const field = this.querySelector("textarea");
    const name = this.getAttribute("name") ?? "";
    if (!field) return;
    if (!field.value) field.value = String(KeptText.shelf.get(name) ?? "");
    field.addEventListener("input", () => KeptText.shelf.set(name, field.value));
    // A refused form comes back with what was typed; what was taken is not needed any more.
    field.form?.addEventListener("submit", () => KeptText.shelf.remove(name));
  }
}
