/** @import { Commission } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";

/** Where a commission stands, in plain words: its state, who acts now, until when. */
export class Header {
  root = el("div", { class: "status", hidden: true });
  #visit;
  #service = el("p", { class: "crumbs" });
  #title = el("h1", { tabindex: -1 });
  #state = el("strong", { class: "state" });
  #told = el("p", { class: "told" });
  #why = el("p", { class: "note", dir: "auto", hidden: true });
  #acts = el("p", { class: "acts" });
  #facts = el("dl", { class: "facts" });
  #drawn = "";

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
    const card = el("div", { class: "card now", role: "status" }, el("p", {}, this.#state), this.#told, this.#why, this.#acts);
    this.root.append(this.#service, this.#title, card, this.#facts);
  }

  focus() {
    this.#title.focus();
  }

  /** @param {Commission} commission */
  draw(commission) {
    this.root.hidden = false;
    this.#drawService(commission);
    setText(this.#title, commission.title || commission.service);
    setText(this.#state, commission.state_label);
    setText(this.#told, commission.told);
    const why = whyOf(commission);
    this.#why.hidden = !why;
    setText(this.#why, why);
    setText(this.#acts, this.#actsOf(commission));
    this.root.dataset.acts = commission.acts;
    const facts = this.#factsOf(commission);
    const now = JSON.stringify(facts);
    if (now === this.#drawn) return;
    this.#drawn = now;
    this.#facts.replaceChildren(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  }

  /** @param {Commission} commission */
  #drawService({ service, code, number }) {
    if (this.#service.childElementCount) return;
    const { home, tag } = this.#visit.told;
    this.#service.append(el("a", { href: `${home}/${code}?lang=${tag}` }, service), ` · ${number}`);
  }

  /** @param {Commission} commission */
  #actsOf({ acts, is_end, due_at, is_overdue }) {
    const { t } = this.#visit;
    if (is_end || acts === "nobody") return "";
    if (acts === "reader") return t("It is your turn now.");
    if (!due_at) return t("The library is at it now.");
    if (is_overdue) return t("The library is at it now. The agreed time has passed; you may ask in a message.");
    return t("The library is at it now; it is to be ready by {time}.", { time: this.#visit.moment(due_at) });
  }

  /** @param {Commission} commission @returns {[string, string][]} */
  #factsOf(commission) {
    const { t, texts } = this.#visit;
    const library = texts.isChinese ? commission.library_zh : commission.library_en;
    const working = texts.isChinese ? commission.service_library_zh : commission.service_library_en;
    /** @type {[string, string | null][]} */
    const facts = [
      [t("Your library"), library],
      [t("Done by"), working === library ? null : working],
      [t("Librarian"), commission.searcher],
      [t("Submitted"), commission.submitted_at && this.#visit.moment(commission.submitted_at)],
      [t("Time"), commission.days ? this.#visit.days(commission.days) : null],
      [t("Due"), commission.due_at && !commission.is_end ? this.#visit.moment(commission.due_at) : null],
      [t("Price"), commission.price === null ? null : this.#visit.money(commission.price, commission.currency)],
    ];
    return /** @type {[string, string][]} */ (facts.filter(([, value]) => value));
  }
}

/** @param {Commission} commission @returns {string} what the library said when it brought the commission where it stands */
function whyOf({ entries, state_label }) {
  const last = entries.findLast(({ kind, to_label }) => kind === "transition" && to_label !== null);
  return last && last.by !== "reader" && last.to_label === state_label ? last.body : "";
}
