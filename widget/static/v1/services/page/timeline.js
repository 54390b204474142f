/** @import { Commission, Entry } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el } from "../../ui/dom.js";

// Entries shown at once; the earlier ones are a click away.
const SHOWN = 12;

/** What happened so far: who did what, when and why, oldest first. Messages have a place of their own. */
export class Timeline {
  root = el("section", { class: "card timeline", "aria-labelledby": "timeline-head" });
  #visit;
  #onEarlier;
  #drawn = "";
  #isWhole = false;

  /** @param {{visit: Visit, onEarlier: () => Promise<void>}} options */
  constructor({ visit, onEarlier }) {
    this.#visit = visit;
    this.#onEarlier = onEarlier;
  }

  /** @param {Pick<Commission, "entries" | "earlier">} commission */
  draw({ entries, earlier }) {
    const now = JSON.stringify([this.#isWhole, earlier, entries.length, entries.at(-1)?.seq]);
    if (this.#drawn === now) return;
    this.#drawn = now;
    const { t, texts } = this.#visit;
    const told = entries.filter((entry) => this.#sentenceOf(entry));
    const hidden = this.#isWhole ? 0 : Math.max(0, told.length - SHOWN);
    const unfold = () => {
      this.#isWhole = true;
      this.draw({ entries, earlier });
      this.#focusFirst(told.length - hidden);
    };
    const read = async () => {
      this.#isWhole = true;
      await this.#onEarlier();
      this.#focusFirst(told.length);
    };
    const more = hidden ? texts.count(hidden, "Show 1 earlier entry", "Show {count} earlier entries") : earlier === null ? "" : t("Show earlier entries");
    this.root.replaceChildren(
      el("h2", { id: "timeline-head" }, t("Course")),
      more ? el("p", {}, el("button", { type: "button", class: "link", onclick: hidden ? unfold : () => void read() }, more)) : "",
      el("ol", {}, ...told.slice(hidden).map((entry) => this.#item(entry))),
    );
  }

  /** @param {number} shown entries that stood there before: the last of the new ones above them is where reading goes on */
  #focusFirst(shown) {
    const items = this.root.querySelectorAll("li");
    const last = items[items.length - shown - 1];
    if (!last) return this.root.querySelector("button")?.focus();
    last.tabIndex = -1;
    last.focus();
  }

  /** @param {Entry} entry */
  #item(entry) {
    const { t } = this.#visit;
    const by = entry.by === "reader" ? t("You") : entry.by === "system" ? t("The system") : (entry.name ?? t("The library"));
    return el(
      "li",
      { class: entry.by },
      el("p", { class: "did" }, el("b", {}, this.#sentenceOf(entry)), entry.to_label && entry.from_label !== entry.to_label ? el("span", { class: "badge" }, entry.to_label) : null),
      entry.body && entry.kind === "transition" ? el("p", { class: "why", dir: "auto" }, entry.body) : null,
      el("p", { class: "quiet" }, `${by} · `, el("time", { datetime: entry.created_at }, this.#visit.moment(entry.created_at))),
    );
  }

  /** @param {Entry} entry @returns {string} empty for what is shown elsewhere */
  #sentenceOf({ kind, key, label, details }) {
    const { t } = this.#visit;
    if (kind === "transition" || (label && label !== key)) return label;
    const values = { name: details.name ?? "", number: details.number ?? "" };
    const known = /** @type {Record<string, string>} */ ({
      "form begun": t("Form begun"),
      "form changed": t("Form changed"),
      "file material": t("Sent {name}", values),
      "file payment_proof": t("Sent a proof of payment: {name}", values),
      "file removed": t("Took back {name}", values),
      "file fetched": t("Fetched {name}", values),
      "file result": t("The result came: {name}", values),
      "file report": t("The report came: {name}", values),
      "file draft": t("A draft came: {name}", values),
    });
    if (known[`${kind} ${key}`]) return known[`${kind} ${key}`];
    const kinds = /** @type {Record<string, string>} */ ({
      quote: t("Quote"),
      payment: t("Payment"),
      assignment: t("Passed to another librarian"),
      report: t("Report"),
      supply: t("Supply"),
      reminder: t("Reminder"),
      form: t("Form changed"),
    });
    return kinds[kind] ?? "";
  }
}
