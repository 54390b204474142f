/** Shows how far an import is while it is worked on, and loads its page anew when the step is done. */

const shown = /** @type {HTMLElement} */ (document.querySelector("[data-import-progress]"));
const bar = /** @type {HTMLProgressElement} */ (shown.querySelector("progress"));
const count = /** @type {HTMLElement} */ (shown.querySelector("[data-import-count]"));
const PAUSE_MS = 1_500;

async function look() {
  try {
    const answer = await fetch(String(shown.dataset.importProgress), { headers: { accept: "application/json" } });
    if (answer.ok) {
      const { state, done, todo } = await answer.json();
      if (state !== shown.dataset.state) {
        location.replace(location.pathname);
        return;
      }
      bar.max = todo || 1;
      bar.value = done;
      count.textContent = `${done} / ${todo}`;
    }
  } catch {
    // The network is away for a moment; the next look tries again.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
