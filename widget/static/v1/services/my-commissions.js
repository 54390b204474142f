/** @import { Commission } from "./wire.js" */
/** @import { Visit } from "./visit.js" */
import { ApiError } from "../lib/api.js";
import { el, setText } from "../ui/dom.js";

/** The commissions of this browser, newest first: what they are, where they stand, whose turn it is. */
export class MyCommissions {
  #visit;
  #list = el("ol", { class: "commissions" });
  #note = el("p", { class: "quiet", role: "status" });
  #more;
  /** @type {string | null} */
  #next = null;
  root;

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
    this.#more = el("button", { type: "button", class: "secondary", hidden: true, onclick: () => void this.#read() }, visit.t("Show more"));
    this.root = el("div", {}, this.#list, this.#note, this.#more);
  }

  async start() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.#read(true);
    });
    await this.#read(true);
  }

  /** @param {boolean} [isFresh] from the beginning */
  async #read(isFresh = false) {
    const { t } = this.#visit;
    if (!this.#visit.reader.token) return this.#empty();
    try {
      const { items, next } = await this.#visit.calls.mine(isFresh ? null : this.#next);
      this.#next = next;
      const nodes = items.map((item) => this.#item(item));
      if (isFresh) this.#list.replaceChildren(...nodes);
      else this.#list.append(...nodes);
      this.#more.hidden = next === null;
      if (!this.#list.childElementCount) this.#empty();
      else setText(this.#note, "");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isGone = error.status === 401 && this.#visit.isLinked;
      setText(this.#note, isGone ? t("This private link does not work any more. Make a new one where you asked your question.") : this.#visit.sentenceOf(error));
    }
  }

  #empty() {
    const { t, told } = { t: this.#visit.t, told: this.#visit.told };
    this.#note.replaceChildren(t("No commissions in this browser yet."), " ", el("a", { href: `${told.home}?lang=${told.tag}` }, t("See the services")));
  }

  /** @param {Commission} commission */
  #item(commission) {
    const { t } = this.#visit;
    const turn = commission.is_end || commission.acts !== "reader" ? null : el("span", { class: "badge turn" }, t("Your turn"));
    const news = commission.has_news ? el("span", { class: "badge" }, t("New")) : null;
    const facts = [commission.service, commission.number, this.#visit.texts.date(commission.created_at)].join(" · ");
    return el(
      "li",
      { class: "card" },
      el("p", {}, el("a", { href: this.#visit.pageOf(commission.id) }, commission.title || commission.service), " ", turn, news),
      el("p", {}, el("b", {}, commission.state_label)),
      el("p", { class: "quiet" }, facts),
    );
  }
}
