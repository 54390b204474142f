/** @import { Commission, Payment } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";
import { filesPart } from "../form/files-part.js";

/** What is to be paid, how, and how it stands; a proof is sent from here. */
export class PaymentPanel {
  root = el("section", { class: "card payment", "aria-labelledby": "payment-head", hidden: true });
  #visit;
  #amount = el("p", { class: "amount" });
  #state = el("p", {});
  #how = el("div", { class: "how" });
  #lines = el("ul", { class: "ledger" });
  #proof = el("div", {});
  #part;
  #asked = "";
  /** @type {Commission | null} */
  #commission = null;

  /** @param {{visit: Visit, onChange: () => void}} options */
  constructor({ visit, onChange }) {
    this.#visit = visit;
    const { t } = visit;
    const commission = async () => ({ id: this.#commission?.id ?? "" });
    this.#part = filesPart({ visit, id: "proof", purpose: "payment_proof", commission, onChange, label: t("Send a proof of payment") });
    this.#proof.append(el("p", { class: "help" }, t("A picture or PDF of the transfer or receipt. The library confirms the payment.")), this.#part.root);
    this.root.append(el("h2", { id: "payment-head" }, t("Payment")), this.#amount, this.#state, this.#how, this.#proof, this.#lines);
  }

  /** @param {Commission} commission */
  draw(commission) {
    this.#commission = commission;
    const { payment_state, price, currency, files, revision } = commission;
    this.root.hidden = price === null || payment_state === "none";
    if (this.root.hidden || price === null) return;
    if (!this.#asked) setText(this.#amount, this.#visit.money(price, currency));
    setText(this.#state, this.#sentenceOf(commission, false));
    if (!this.#asked || payment_state !== "due") this.#proof.hidden = payment_state !== "due" && payment_state !== "proof_sent";
    this.#part.know(files);
    this.#part.write(files.filter(({ purpose }) => purpose === "payment_proof").map(({ id }) => id));
    void this.#ask(commission.id, String(revision));
  }

  /** @param {string} id @param {string} revision */
  async #ask(id, revision) {
    if (revision === this.#asked) return;
    this.#asked = revision;
    try {
      const payment = await this.#visit.calls.payment(id);
      if (payment) this.#drawAccount(payment);
    } catch (error) {
      this.#asked = "";
      this.#visit.sentenceOf(error);
    }
  }

  /** @param {Payment} payment */
  #drawAccount(payment) {
    const visit = this.#visit;
    const { t } = visit;
    const { open, owed, currency, how_to_pay, is_called_for, lines, invoice } = payment;
    setText(this.#amount, visit.money(is_called_for ? open : owed, currency));
    if (this.#commission) setText(this.#state, this.#sentenceOf(this.#commission, is_called_for));
    const text = (visit.texts.isChinese ? how_to_pay.zh : how_to_pay.en) || how_to_pay.zh || "";
    this.#how.replaceChildren(...(text && Number(open) ? [el("h3", {}, t("How to pay")), el("p", { class: "as-written", dir: "auto" }, text)] : []));
    const issued = invoice ? [el("li", {}, t("Invoice {number}: {amount}", { number: invoice.number, amount: visit.money(invoice.amount, invoice.currency) }))] : [];
    // Paid at another time than now: nothing to send yet.
    if (this.#commission?.payment_state === "due") this.#proof.hidden = !is_called_for;
    // What is owed stands above; here is what moved.
    const moved = lines.filter(({ method }) => method !== "price");
    this.#lines.replaceChildren(...moved.map((line) => this.#line(line)), ...issued);
  }

  /** @param {Payment["lines"][number]} line */
  #line({ kind, state, amount, currency, note, created_at }) {
    const { t } = this.#visit;
    const kinds = /** @type {Record<string, string>} */ ({ payment: t("Payment"), refund: t("Given back"), waiver: t("Waived"), fee: t("Fee") });
    const states = /** @type {Record<string, string>} */ ({ proof_sent: t("being checked"), confirmed: t("confirmed"), rejected: t("not accepted") });
    const facts = [this.#visit.moment(created_at), kinds[kind] ?? kind, this.#visit.money(amount, currency), states[state] ?? ""].filter(Boolean);
    return el("li", {}, facts.join(" · "), note ? el("p", { class: state === "rejected" ? "problem" : "quiet", dir: "auto" }, note) : null);
  }

  /** @param {Commission} commission @param {boolean} isCalledFor */
  #sentenceOf({ payment_state, payment_order }, isCalledFor) {
    const { t } = this.#visit;
    if (payment_state === "due" && isCalledFor) return t("Please pay now, and send a proof below.");
    const names = /** @type {Record<string, string>} */ ({
      due: payment_order === "before" ? t("Please pay before the work begins.") : t("To be paid. The library tells you when the result is ready."),
      proof_sent: t("Your proof has arrived; the library is checking it."),
      paid: t("Paid. Thank you."),
      refunded: t("The payment was given back."),
    });
    return names[payment_state] ?? "";
  }
}
