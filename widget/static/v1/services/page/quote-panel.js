/** @import { Commission, Quote } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";
import { priceTable } from "./price-table.js";

/** The library's quote with its reckoning; earlier ones, and one whose time is over, are told calmly. */
export class QuotePanel {
  root = el("section", { class: "card quote", "aria-labelledby": "quote-head", hidden: true });
  #visit;
  #drawn = "";

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
  }

  /** @param {Commission} commission */
  draw({ quotes }) {
    const shown = quotes.find(({ state }) => state === "standing" || state === "accepted") ?? quotes[0];
    this.root.hidden = !shown;
    // A quote runs out while the page is open: the day counts too.
    const now = JSON.stringify([quotes, shown && isOver(shown)]);
    if (!shown || now === this.#drawn) return;
    this.#drawn = now;
    const { t } = this.#visit;
    const earlier = quotes.filter(({ id }) => id !== shown.id);
    this.root.replaceChildren(
      el("h2", { id: "quote-head" }, t("Quote {number}", { number: shown.number }), " ", el("small", { class: "badge" }, this.#stateOf(shown))),
      ...this.#body(shown),
      earlier.length ? el("details", {}, el("summary", {}, t("Earlier quotes")), ...earlier.map((each) => this.#earlier(each))) : "",
    );
  }

  /** @param {Quote} quote */
  #body(quote) {
    const visit = this.#visit;
    const { t } = visit;
    const { lines, total, reckoned, currency, note, days, valid_until, state } = quote;
    const differs = total !== reckoned;
    const until = state === "standing" && !isOver(quote) ? el("p", {}, t("Valid until {time}. Nothing is owed before you accept it.", { time: visit.moment(valid_until) })) : null;
    const over = state === "standing" && isOver(quote) ? el("p", { class: "notice" }, t("This quote was valid until {time}. Ask the library for a new one with a message; nothing is lost.", { time: visit.moment(valid_until) })) : null;
    return [
      priceTable(visit, { lines, total: differs ? reckoned : total, currency, label: differs ? t("By the price list") : t("Total") }),
      differs ? el("p", { class: "agreed" }, t("The library offers: {total}", { total: visit.money(total, currency) })) : "",
      el("p", {}, t("Time: {days}", { days: visit.days(days) })),
      note ? el("p", { class: "note", dir: "auto" }, note) : "",
      until ?? "",
      over ?? "",
    ];
  }

  /** @param {Quote} quote */
  #earlier(quote) {
    const { t } = this.#visit;
    const facts = [t("Quote {number}", { number: quote.number }), this.#visit.money(quote.total, quote.currency), this.#stateOf(quote), this.#visit.moment(quote.created_at)];
    return el("p", {}, facts.join(" · "));
  }

  /** @param {Quote} quote */
  #stateOf(quote) {
    const { t } = this.#visit;
    const names = /** @type {Record<string, string>} */ ({
      standing: isOver(quote) ? t("no longer valid") : t("waits for your answer"),
      accepted: t("accepted"),
      declined: t("declined"),
      replaced: t("replaced by a newer one"),
      expired: t("no longer valid"),
    });
    return names[quote.state] ?? quote.state;
  }
}

/** @param {Quote} quote */
function isOver({ valid_until }) {
  return Date.parse(valid_until) <= Date.now();
}
