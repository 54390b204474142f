/** Shows what is typed about the reader's window in the real window beside it, before anything is saved. */

const PAUSE_MILLISECONDS = 400;

const form = /** @type {HTMLFormElement} */ (document.getElementById("window-form"));
const frame = /** @type {HTMLIFrameElement} */ (document.getElementById("window-frame"));
const told = /** @type {HTMLElement} */ (document.getElementById("window-told"));
const code = /** @type {HTMLElement} */ (document.getElementById("embed-code"));
const copy = /** @type {HTMLButtonElement} */ (document.getElementById("embed-copy"));
let timer = 0;
let asked = 0;
/** @type {any} */
let settings = null;

function language() {
  return /** @type {HTMLInputElement | null} */ (document.querySelector("[name=preview-language]:checked"))?.value ?? "zh";
}

function show() {
  // The frame has no origin that could be named; what is sent is no secret.
  if (settings) frame.contentWindow?.postMessage({ kind: "window-draft", settings, language: language(), isOpen: true }, "*");
}

async function draft() {
  const turn = (asked += 1);
  try {
    const answer = await fetch(`${form.action}/draft`, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = await answer.json();
    // An older answer may come later.
    if (turn !== asked) return;
    ({ settings } = found);
    told.textContent = Object.values(found.problems).join(" ");
    show();
  } catch {
    // Without a connection the preview stays as it is; saving says what is wrong.
  }
}

form.addEventListener("input", ({ target }) => {
  const usual = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("no_colour"));
  // Whoever picks a colour wants it.
  if (usual && target instanceof HTMLInputElement && target.type === "color") usual.checked = false;
  clearTimeout(timer);
  timer = window.setTimeout(draft, PAUSE_MILLISECONDS);
});
document.getElementById("window-language")?.addEventListener("change", show);
addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.kind === "window-ready") void draft();
});
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(code.textContent ?? "");
  copy.textContent = copy.dataset.done ?? "";
});

export {};
