/** The page of a report: editor, preview, and the drawing of its files. */

import { openStorage, Shelf } from "/widget/v1/lib/shelf.js";
import { ReportEditor } from "./elements/report-editor.js";
import { ReportGrid } from "./elements/report-grid.js";
import { ReportIssue } from "./elements/report-issue.js";
import { ReportPreview } from "./elements/report-preview.js";
import { ReportSection } from "./elements/report-section.js";
import { SessionNotice } from "./elements/session-notice.js";
import { ReportApi } from "./lib/report-api.js";
import { ReportSaving } from "./lib/report-saving.js";
import { translator } from "./lib/words.js";

const state = JSON.parse(document.getElementById("report-state")?.textContent ?? "null");
const language = document.documentElement.dataset.language;
const t = translator(await (await fetch(new URL(`messages.${language}.json`, import.meta.url))).json());
const csrfToken = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
const api = new ReportApi({ commission: state.commission, csrfToken, language: document.documentElement.lang });

customElements.define("report-grid", ReportGrid);
customElements.define("report-section", ReportSection);
customElements.define("report-editor", ReportEditor);
customElements.define("report-preview", ReportPreview);
customElements.define("report-issue", ReportIssue);
/** @type {ReportPreview | null} */ (document.querySelector("report-preview"))?.start({ t, api });
/** @type {ReportIssue | null} */ (document.querySelector("report-issue"))?.start({ t, api });

const editor = /** @type {ReportEditor | null} */ (document.querySelector("report-editor"));
if (editor) {
  // What is half written belongs to the tab: somebody else at the same machine must not find it.
  const shelf = new Shelf(openStorage(() => sessionStorage), "wenjin.report.");
  const { sheet } = state;
  const saving = new ReportSaving({ api, shelf, name: sheet.id, content: structuredClone(sheet.content), revision: sheet.revision });
  const notice = new SessionNotice({ t, api: /** @type {any} */ (api), me: { id: state.me } });
  notice.onBack = () => void saving.flush();
  editor.addEventListener("report-signed-out", () => notice.show());
  editor.start({ t, sheet, api, saving });
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-after-saving]"))) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void saving.flush().then((isSaved) => isSaved && location.assign(link.href));
    });
  }
  // What this page offers to take back holds for the text as it was saved last.
  editor.addEventListener("report-saved", (event) => {
    const revision = String(/** @type {CustomEvent} */ (event).detail.revision);
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="report_revision"]'))) field.value = revision;
  });
}
