/** @import { Commission, Way } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { newClientId } from "../../lib/outbox.js";
import { el, setText } from "../../ui/dom.js";

// What ends something or cannot be taken back is asked for twice.
const ASKED_TWICE = new Set(["cancel", "decline_quote", "object"]);
// What leads on is the main button.
const LEADS_ON = new Set(["accept_quote", "approve_draft", "accept_result", "accept_condition", "resume"]);

/** The steps that the reader may take now: a button each, with a reason where one is wanted, and the cost before a cancellation. */
export class Steps {
  root = el("section", { class: "card steps", "aria-label": "", hidden: true });
  #visit;
  #take;
  #drawn = "";
  /** What was being written as a reason, by operation: a refresh of the page must not take it away. @type {Map<string, string>} */
  #reasons = new Map();
  #problem = el("p", { class: "problem", role: "alert", hidden: true });

  /** @param {{visit: Visit, onDone: (commission: Commission) => void, onStale: () => void}} options */
  constructor({ visit, onDone, onStale }) {
    this.#visit = visit;
    this.#take = { onDone, onStale };
    this.root.setAttribute("aria-label", visit.t("What you can do now"));
  }

  /** @param {Commission} commission */
  draw(commission) {
    const ways = commission.ways.filter(({ operation }) => operation && operation !== "submit").sort((a, b) => rankOf(a) - rankOf(b));
    const now = JSON.stringify([commission.state, ways]);
    this.root.hidden = ways.length === 0;
    if (now === this.#drawn) return void (this.#commission = commission);
    this.#drawn = now;
    this.#commission = commission;
    this.#problem.hidden = true;
    const { t } = this.#visit;
    const nodes = ways.map((way) => this.#way(way));
    this.root.replaceChildren(el("h2", {}, t("What you can do now")), this.#problem, ...nodes);
  }

  /** @type {Commission | null} */
  #commission = null;

  /** @param {Way} way */
  #way(way) {
    const operation = way.operation ?? "";
    if (way.missing.length) return el("p", { class: "quiet" }, `${way.label}: ${way.missing.join(this.#visit.t(", "))}`);
    const opens = way.reason !== "none" || ASKED_TWICE.has(operation);
    const style = LEADS_ON.has(operation) ? "" : operation === "cancel" ? "quiet" : "secondary";
    const place = el("div", {});
    /** @type {HTMLButtonElement} */
    const button = el("button", { type: "button", class: style, "aria-expanded": opens ? "false" : null }, opens && operation === "cancel" ? `${way.label}…` : way.label);
    button.addEventListener("click", () => {
      if (!opens) return void this.#make(way, "", button);
      const isOpen = place.childElementCount > 0;
      button.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) place.replaceChildren();
      else void this.#open(way, place, button);
    });
    const node = el("div", { class: "way" }, operation === "accept_condition" ? this.#condition() : null, button, place);
    if (this.#reasons.has(operation)) void this.#open(way, place, button);
    return node;
  }

  /** @param {Way} way @param {HTMLElement} place @param {HTMLButtonElement} button */
  async #open(way, place, button) {
    const { t } = this.#visit;
    const operation = way.operation ?? "";
    const id = `reason-${operation}`;
    const area = el("textarea", { id, rows: 3, dir: "auto", maxlength: 4000 });
    area.value = this.#reasons.get(operation) ?? "";
    area.addEventListener("input", () => this.#reasons.set(operation, area.value));
    const told = operation === "cancel" ? await this.#cancellation() : "";
    const label = way.reason === "required" ? t("Your reason; the library reads it") : t("Your reason (optional)");
    const sure = el("button", { type: "button", class: operation === "cancel" ? "danger" : "", onclick: () => void this.#make(way, area.value, sure) }, way.label);
    const close = () => {
      this.#reasons.delete(operation);
      place.replaceChildren();
      button.setAttribute("aria-expanded", "false");
      button.focus();
    };
    const no = el("button", { type: "button", class: "secondary", onclick: close }, t("Go back"));
    const reason = way.reason === "none" ? [] : [el("label", { for: id }, label), area];
    place.replaceChildren(el("div", { class: "sure" }, told ? el("p", {}, el("b", {}, told)) : null, ...reason, el("p", { class: "choose" }, sure, no)));
    button.setAttribute("aria-expanded", "true");
    (reason.length ? area : sure).focus();
  }

  /** @returns {HTMLElement | null} what the supplying library asks for and what it costs, said where it is accepted */
  #condition() {
    const { t } = this.#visit;
    const told = this.#commission?.entries.findLast(({ kind }) => kind === "transition");
    if (!told || !this.#commission) return null;
    const cost = told.details.cost ? t("Cost: {amount}", { amount: this.#visit.money(told.details.cost, this.#commission.currency) }) : "";
    return el("div", { class: "sure" }, told.body ? el("p", {}, told.body) : null, cost ? el("p", {}, el("b", {}, cost)) : null);
  }

  /** @returns {Promise<string>} what a cancellation costs now, said before it is asked for */
  async #cancellation() {
    const { t } = this.#visit;
    try {
      const { fee, percent, agreed, currency } = await this.#visit.calls.cancellation(this.#commission?.id ?? "");
      if (Number(fee) === 0) return t("Cancelling costs nothing now.");
      return t("Cancelling now costs {fee}: {percent}% of the agreed {agreed}.", { fee: this.#visit.money(fee, currency), percent: Number(percent), agreed: this.#visit.money(agreed, currency) });
    } catch (error) {
      return this.#visit.sentenceOf(error);
    }
  }

  /** @param {Way} way @param {string} reason @param {HTMLButtonElement} button */
  async #make(way, reason, button) {
    const commission = this.#commission;
    if (!commission || button.disabled) return;
    const { t, shelf, calls } = this.#visit;
    if (way.reason === "required" && !reason.trim()) return this.#tell(t("Please give a reason; the library reads it."));
    this.#tell("");
    button.disabled = true;
    const quote = commission.quotes.find(({ state }) => state === "standing");
    // The same step after a cut keeps its number, so that it is made once.
    const key = `services.step.${commission.id}.${way.key}.${commission.last_seq}`;
    const client_id = shelf.get(key) ?? newClientId();
    shelf.set(key, client_id);
    try {
      const asked = { client_id, revision: commission.revision, reason, ...(quote && way.operation?.endsWith("_quote") ? { quote_id: quote.id } : {}) };
      const done = await calls.step(commission.id, way.operation ?? "", asked);
      shelf.remove(key);
      this.#reasons.delete(way.operation ?? "");
      this.#take.onDone(done);
    } catch (error) {
      button.disabled = false;
      this.#tell(this.#visit.sentenceOf(error));
      if (/** @type {{status: number}} */ (error).status !== 0) shelf.remove(key);
      if (/** @type {{status: number}} */ (error).status === 409) this.#take.onStale();
    }
  }

  /** @param {string} text */
  #tell(text) {
    this.#problem.hidden = !text;
    setText(this.#problem, text);
  }
}

/** @param {Way} way @returns {number} what leads on first, what ends it last */
function rankOf({ operation }) {
  if (operation === "cancel") return 2;
  return LEADS_ON.has(operation ?? "") ? 0 : 1;
}
