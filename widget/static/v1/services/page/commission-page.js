/** @import { Commission } from "../wire.js" */
/** @import { FormDefinition } from "../definition.js" */
/** @import { Visit } from "../visit.js" */
import { ApiError } from "../../lib/api.js";
import { Backoff } from "../../lib/backoff.js";
import { el, setText } from "../../ui/dom.js";
import { CommissionForm } from "../form/commission-form.js";
import { filledIn } from "./filled-in.js";
import { Header } from "./header.js";
import { KnownEntries } from "./known-entries.js";
import { Letters } from "./letters.js";
import { PaymentPanel } from "./payment-panel.js";
import { QuotePanel } from "./quote-panel.js";
import { RatingPanel } from "./rating-panel.js";
import { ResultPanel } from "./result-panel.js";
import { Steps } from "./steps.js";
import { Timeline } from "./timeline.js";

/** One commission on its page: its form while that is open, else where it stands, kept true without a reload. */
export class CommissionPage {
  root = el("div", { class: "commission" });
  #visit;
  #banner = el("p", { class: "notice", role: "status", hidden: true });
  #header;
  #place = el("div", {});
  /** @type {CommissionForm | null} */
  #form = null;
  /** @type {{draw: (commission: Commission) => void, root: HTMLElement}[]} */
  #panels = [];
  /** @type {FormDefinition | null} */
  #definition;
  /** @type {Commission | null} */
  #commission = null;
  #entries;
  #etag = "";
  #seen = 0;
  #backoff = new Backoff({ baseSeconds: 4, maxSeconds: 30 });
  #attached = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
    this.#definition = visit.told.definition ?? null;
    this.#header = new Header(visit);
    this.#entries = new KnownEntries(visit.calls);
    this.root.append(this.#banner, this.#header.root, this.#place);
  }

  async start() {
    const { told } = this.#visit;
    this.#watch();
    if (told.view === "form" && told.definition) {
      this.#showForm(null);
      await this.#offerDrafts(told.definition.code);
    } else await this.#read();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#attached.abort();
    this.#form?.stop();
  }

  get #id() {
    return this.#commission?.id ?? this.#visit.told.commission ?? "";
  }

  #watch() {
    const { signal } = this.#attached;
    const wake = () => {
      if (document.visibilityState !== "visible") return clearTimeout(this.#timer);
      this.#backoff.reset();
      void this.#read();
    };
    document.addEventListener("visibilitychange", wake, { signal });
    window.addEventListener("online", wake, { signal });
  }

  async #read() {
    if (!this.#id || this.#form) return;
    clearTimeout(this.#timer);
    try {
      const { commission, etag } = await this.#visit.calls.read(this.#id, this.#etag);
      this.#etag = etag;
      this.#warn("");
      if (commission) this.#take(commission);
    } catch (error) {
      this.#failed(error);
    }
    this.#readLater();
  }

  #readLater() {
    clearTimeout(this.#timer);
    if (document.visibilityState !== "visible" || this.#form || this.#attached.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#read(), this.#backoff.next() * 1000);
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof ApiError)) throw error;
    const { t, texts } = this.#visit;
    if (error.isPassing && this.#commission) return this.#warn(t("No connection. Shown as of {time}.", { time: texts.time(this.#commission.updated_at) }));
    if (error.status === 401 || error.status === 404) {
      const linked = t("This private link does not work any more. Make a new one where you asked your question.");
      const unknown = t("This commission cannot be opened in this browser. Open it where you began it, or by a private link from there.");
      return this.#warn(this.#visit.isLinked && error.status === 401 ? linked : unknown);
    }
    this.#warn(this.#visit.sentenceOf(error));
  }

  /** @param {Commission} read */
  #take(read) {
    const commission = this.#entries.take(read);
    if (commission.revision !== this.#commission?.revision) this.#backoff.reset();
    this.#commission = commission;
    document.title = `${commission.title || commission.service} · ${commission.state_label}`;
    if (commission.is_form_open) void this.#openForm(commission);
    else this.#draw(commission);
  }

  /** @param {Commission} commission */
  async #openForm(commission) {
    this.#header.draw(commission);
    if (this.#form) return;
    try {
      this.#definition = await this.#visit.calls.definition(commission.id);
    } catch (error) {
      return this.#failed(error);
    }
    this.#showForm(commission);
  }

  /** @param {Commission | null} commission */
  #showForm(commission) {
    if (!this.#definition) return;
    this.#form?.stop();
    this.#form = new CommissionForm(this.#definition, {
      visit: this.#visit,
      onBegun: (begun) => this.#begun(begun),
      onSubmitted: (done) => this.#handedIn(done),
      onClosed: () => this.#leaveForm(),
    });
    const parts = commission ? this.#beside(commission) : [];
    this.#place.replaceChildren(this.#form.root, ...parts);
    this.#form.begin(commission);
  }

  /**
   * What stands below an open form: the way to say something about it, or to give it up.
   *
   * @param {Commission} commission
   */
  #beside(commission) {
    if (commission.submitted_at === null) return [this.#deletion(commission)];
    this.#panels = this.#makePanels(["letters", "steps", "timeline"]);
    for (const panel of this.#panels) panel.draw(commission);
    return this.#panels.map(({ root }) => root);
  }

  /** @param {Commission} commission */
  #deletion({ id }) {
    const { t } = this.#visit;
    const place = el("p", { class: "choose" });
    const remove = async () => {
      try {
        this.#form?.keeper.stop();
        await this.#visit.calls.remove(id);
        location.href = `${this.#visit.told.home}/mine?lang=${this.#visit.told.tag}`;
      } catch (error) {
        this.#warn(this.#visit.sentenceOf(error));
      }
    };
    const ask = el("button", { type: "button", class: "quiet" }, t("Delete this draft…"));
    ask.addEventListener("click", () => {
      const no = el("button", { type: "button", class: "secondary", onclick: () => place.replaceChildren(ask) }, t("Keep it"));
      place.replaceChildren(el("span", {}, t("Delete this draft with everything in it?")), no, el("button", { type: "button", class: "danger", onclick: () => void remove() }, t("Delete")));
      no.focus();
    });
    place.append(ask);
    return place;
  }

  /** @param {Commission} commission saved for the first time, or once more */
  #begun(commission) {
    const isNew = this.#commission === null;
    const isOnForm = this.#visit.told.view === "form";
    this.#commission = commission;
    // The page of a service has a heading of its own.
    if (!isOnForm) this.#header.draw(commission);
    if (isNew && isOnForm) {
      history.replaceState(null, "", this.#visit.pageOf(commission.id));
      this.#place.append(this.#deletion(commission));
    }
  }

  /** @param {Commission} commission */
  #handedIn(commission) {
    this.#form = null;
    this.#panels = [];
    this.#place.replaceChildren();
    document.getElementById("about")?.remove();
    this.#take(commission);
    this.#header.focus();
    this.#readLater();
  }

  #leaveForm() {
    this.#form?.stop();
    this.#form = null;
    this.#panels = [];
    this.#place.replaceChildren();
    this.#etag = "";
    void this.#read();
  }

  /** @param {Commission} commission */
  #draw(commission) {
    this.#header.draw(commission);
    if (!this.#panels.length) {
      this.#panels = this.#makePanels(["quote", "payment", "result", "steps", "rating", "letters", "timeline"]);
      const [aside] = this.#panels.splice(-1);
      const main = el("div", { class: "main-column" }, ...this.#panels.map(({ root }) => root));
      this.#panels.push(aside);
      this.#place.replaceChildren(el("div", { class: "with-aside" }, main, el("div", { class: "aside-column" }, aside.root)));
      void this.#addFilledIn(commission, main);
    }
    for (const panel of this.#panels) panel.draw(commission);
    void this.#see(commission);
  }

  /** @param {string[]} names */
  #makePanels(names) {
    const visit = this.#visit;
    const onChange = (/** @type {Commission | null} */ commission) => this.#changed(commission);
    /** @type {Record<string, () => {draw: (commission: Commission) => void, root: HTMLElement}>} */
    const makers = {
      quote: () => new QuotePanel(visit),
      payment: () => new PaymentPanel({ visit, onChange: () => onChange(null) }),
      result: () => new ResultPanel(visit),
      steps: () => new Steps({ visit, onDone: onChange, onStale: () => onChange(null) }),
      rating: () => new RatingPanel({ visit, onChange }),
      letters: () => new Letters({ visit, onChange, onEarlier: () => this.#readEarlier() }),
      timeline: () => new Timeline({ visit, onEarlier: () => this.#readEarlier() }),
    };
    return names.map((name) => makers[name]());
  }

  async #readEarlier() {
    if (!this.#commission) return;
    try {
      await this.#entries.readEarlier(this.#commission.id);
    } catch (error) {
      return this.#failed(error);
    }
    const commission = this.#entries.take(this.#commission);
    this.#commission = commission;
    for (const panel of this.#panels) panel.draw(commission);
  }

  /** @param {Commission | null} commission null: to be read */
  #changed(commission) {
    this.#backoff.reset();
    this.#etag = "";
    if (!commission) return void this.#read();
    this.#take(commission);
    this.#readLater();
  }

  /** @param {Commission} commission @param {HTMLElement} place */
  async #addFilledIn(commission, place) {
    try {
      this.#definition ??= await this.#visit.calls.definition(commission.id);
      place.append(filledIn(this.#visit, this.#definition, commission));
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {Commission} commission */
  async #see({ id, has_news, last_seq }) {
    if (!has_news || last_seq === this.#seen || document.visibilityState !== "visible") return;
    this.#seen = last_seq;
    await this.#visit.calls.see(id, last_seq).catch((error) => this.#visit.sentenceOf(error));
  }

  /** @param {string} code */
  async #offerDrafts(code) {
    if (!this.#visit.reader.token) return;
    try {
      const { items } = await this.#visit.calls.mine(null);
      const drafts = items.filter((each) => each.code === code && each.submitted_at === null && !each.is_end);
      if (!drafts.length || this.#commission) return;
      const { t } = this.#visit;
      const links = drafts.map((each) => el("li", {}, el("a", { href: this.#visit.pageOf(each.id) }, each.title || each.service), " ", el("small", {}, this.#visit.moment(each.updated_at))));
      this.#banner.hidden = false;
      this.#banner.replaceChildren(t("You have begun this before:"), el("ul", {}, ...links));
    } catch (error) {
      this.#visit.sentenceOf(error);
    }
  }

  /** @param {string} text */
  #warn(text) {
    this.#banner.hidden = !text;
    setText(this.#banner, text);
  }
}
