/** Rows that are gone through with j and k; the link of the chosen one has the focus, so that Enter opens it. */
export class CommissionList extends HTMLElement {
  #life = new AbortController();

  connectedCallback() {
    document.addEventListener("keydown", (event) => this.#press(event), { signal: this.#life.signal });
    this.addEventListener("focusin", (event) => this.#show(/** @type {Element} */ (event.target)));
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  #press(/** @type {KeyboardEvent} */ event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("commission-search")?.focus();
    } else if (event.key === "j" || event.key === "k") {
      this.#go(event.key === "j" ? 1 : -1);
    }
  }

  #go(/** @type {number} */ by) {
    const links = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".row-main a")]);
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + by))];
    next?.focus();
  }

  #show(/** @type {Element} */ link) {
    for (const row of this.querySelectorAll("tbody tr")) row.classList.toggle("is-chosen", row.contains(link));
  }
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
