/** @import { Estimate } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { ApiError } from "../../lib/api.js";
import { el } from "../../ui/dom.js";
import { priceTable } from "../page/price-table.js";

/** What the form would cost as it stands: reckoned by the server from the price list, and marked as an estimate. */
export class EstimatePanel {
  root;
  #visit;
  #body = el("div", {});
  #asked = 0;

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
    const { t } = visit;
    this.root = el(
      "aside",
      { class: "estimate card", "aria-labelledby": "estimate-head" },
      el("h2", { id: "estimate-head" }, t("Estimate")),
      this.#body,
      el("p", { class: "quiet" }, t("Reckoned from the price list as the form stands. What counts is the library's quote: nothing is owed before you accept it.")),
    );
    this.#body.append(el("p", {}, t("The price appears here as you fill in the form.")));
  }

  /** @param {string} id of the commission, saved just now */
  async reckon(id) {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const estimate = await this.#visit.calls.estimate(id);
      if (asked === this.#asked) this.#draw(estimate);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The last estimate stays: the form matters more than its price.
    }
  }

  /** @param {Estimate} estimate */
  #draw({ currency, total, days, lines }) {
    const visit = this.#visit;
    const { t } = visit;
    const table = lines.length ? priceTable(visit, { lines, total, currency, label: t("About") }) : el("p", {}, t("The librarian reckons the price once the work is clear."));
    this.#body.replaceChildren(table, el("p", {}, t("Time: {days}", { days: visit.days(days) })));
  }
}
