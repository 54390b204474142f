// Compares a PDF with the digest of an issued report, in the browser: the file is sent nowhere.

/** A file input whose file is compared with the attribute `digest` (SHA-256, hexadecimal). */
class ReportFileCheck extends HTMLElement {
  /** @type {AbortController | null} */
  #listening = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const input = this.querySelector('input');
    input?.addEventListener('change', () => void this.#compare(input), { signal: this.#listening.signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  /** @param {HTMLInputElement} input */
  async #compare(input) {
    const status = /** @type {HTMLElement | null} */ (this.querySelector('[role=status]'));
    const file = input.files?.[0];
    if (!status || !file) return;
    status.textContent = '';
    try {
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
      const written = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      const isSame = written === this.getAttribute('digest');
      status.className = isSame ? 'good' : 'bad';
      status.textContent = (isSame ? status.dataset.same : status.dataset.other) ?? '';
    } catch {
      status.className = 'bad';
      status.textContent = status.dataset.failed ?? '';
    }
  }
}

customElements.define('report-file-check', ReportFileCheck);
