/** @import { PriceLine } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";

/**
 * A reckoning line by line, with its total.
 *
 * @param {Visit} visit
 * @param {{lines: PriceLine[], total: string, currency: string, label: string}} reckoning label: what the total is called
 */
export function priceTable(visit, { lines, total, currency, label }) {
  const rows = lines.map((line) => el("tr", {}, el("th", { scope: "row" }, visit.words(line.label), el("small", {}, howMany(visit, line, currency))), el("td", {}, visit.money(line.amount, currency))));
  const sum = el("tr", { class: "total" }, el("th", { scope: "row" }, label), el("td", {}, visit.money(total, currency)));
  return el("table", { class: "prices" }, el("tbody", {}, ...rows), el("tfoot", {}, sum));
}

/** @param {Visit} visit @param {PriceLine} line @param {string} currency */
function howMany(visit, { quantity, unit, unit_amount, percent }, currency) {
  if (percent !== null) return ` ${percent.replace(/\.0+$/, "")}%`;
  if (!unit && quantity === "1") return "";
  return ` ${plain(quantity)} ${visit.words(unit)} × ${visit.money(unit_amount, currency)}`;
}

/** @param {string} quantity a decimal, perhaps with an exponent */
function plain(quantity) {
  return String(Number(quantity));
}
