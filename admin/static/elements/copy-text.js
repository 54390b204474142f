const SHOWN_MILLISECONDS = 2_000;

/** A link to a text that is copied instead of saved, where the browser can; attributes `src` and `data-done`. */
export class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => void this.#copy(event));
  }

  async #copy(/** @type {Event} */ event) {
    const link = this.querySelector("a");
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    try {
      const answer = await fetch(String(this.getAttribute("src")), { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      await navigator.clipboard.writeText(await answer.text());
    } catch {
      // Not allowed here, or the line broke: the browser saves it as a file.
      location.assign(link.href);
      return;
    }
    const name = link.textContent;
    link.textContent = this.dataset.done ?? "";
    link.setAttribute("role", "status");
    setTimeout(() => {
      link.textContent = name;
      link.removeAttribute("role");
    }, SHOWN_MILLISECONDS);
  }
}
