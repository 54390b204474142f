/** @import { Told } from "./visit.js" */
import { el } from "../ui/dom.js";
import { MyCommissions } from "./my-commissions.js";
import { CommissionPage } from "./page/commission-page.js";
import { Visit } from "./visit.js";

/** The one file that registers the elements of the services' pages. */

/** @type {Promise<Visit> | null} */
let visiting = null;

function openVisit() {
  visiting ??= makeVisit();
  return visiting;
}

async function makeVisit() {
  const told = /** @type {Told} */ (JSON.parse(document.getElementById("told")?.textContent ?? "{}"));
  const name = { "zh-CN": "zh", "zh-TW": "zh-TW" }[/** @type {"zh-CN"} */ (told.tag)];
  const parts = name ? await Promise.all([`../messages.${name}.json`, `messages.${name}.json`].map(readMessages)) : [];
  return new Visit(told, { messages: Object.assign({}, ...parts) });
}

/** @param {string} file */
async function readMessages(file) {
  const response = await fetch(new URL(file, import.meta.url), { credentials: "omit" });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response.json();
}

/**
 * @param {HTMLElement} element
 * @param {(visit: Visit) => {root: HTMLElement, start: () => Promise<void>}} make
 */
async function mount(element, make) {
  const part = make(await openVisit());
  element.replaceChildren(part.root);
  await part.start();
}

customElements.define(
  "wenjin-commission",
  class extends HTMLElement {
    connectedCallback() {
      void mount(this, (visit) => new CommissionPage(visit)).catch((error) => failed(this, error));
    }
  },
);

customElements.define(
  "wenjin-commissions",
  class extends HTMLElement {
    connectedCallback() {
      void mount(this, (visit) => new MyCommissions(visit)).catch((error) => failed(this, error));
    }
  },
);

/** @param {HTMLElement} element @param {unknown} error told in the two languages there are, as none may have come */
function failed(element, error) {
  if (!element.childElementCount) element.replaceChildren(el("p", { class: "notice", role: "alert" }, element.dataset.failed ?? ""));
  throw error;
}
