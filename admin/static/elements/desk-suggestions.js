import { make, sanitisedNodes, setText, showList } from "../lib/dom.js";
import { Refusal } from "../lib/staff-api.js";
import { lastAsking, sourceLine } from "../lib/suggestions.js";
import { DeskElement } from "./desk-element.js";

const PAUSE_MILLISECONDS = 300;
const SHOWN = 5;
// The longest query the service takes, in characters.
const LONGEST = 500;

/** What the knowledge base has for the reader's last words, or for the librarian's own; one key puts it into the answer. */
export class DeskSuggestions extends DeskElement {
  #query = make("input", { type: "search", maxLength: LONGEST, autocomplete: "off" });
  #mode = make("span", { className: "quiet" });
  #list = make("ol", { className: "hits" });
  #none = make("p", { className: "quiet", hidden: true });
  /** @type {any[]} */
  #hits = [];
  #isHybrid = false;
  #hasFailed = false;
  #openId = "";
  #readerText = "";
  /** The reader's words behind what is shown; empty where the librarian chose the words. */
  #foundWith = "";
  #limits = make("p", { className: "hit-why" });
  /** @type {any} */
  #timer = null;
  #asking = new AbortController();

  build() {
    const { t } = this.desk;
    this.#query.placeholder = t("Search the knowledge base");
    this.#query.setAttribute("aria-label", t("Search the knowledge base"));
    this.#query.addEventListener("input", () => this.#askLater());
    this.append(
      make(
        "section",
        { className: "aside-part", "aria-label": t("Suggestions") },
        make("h2", { className: "aside-head" }, t("Suggestions"), this.#mode),
        this.#query,
        this.#none,
        this.#list,
        this.#limits,
      ),
    );
    this.hidden = true;
  }

  show() {
    const { model } = this.desk;
    const open = model.open;
    this.hidden = !open;
    this.#allow();
    const text = open ? lastAsking(model.messages(open.id), open.question) : "";
    const isOther = (open?.id ?? "") !== this.#openId;
    const isBack = this.#hasFailed && model.connectionState === "live";
    if (!isOther && text === this.#readerText) return isBack ? this.#askAgain() : undefined;
    if (isOther) this.#forget();
    this.#openId = open?.id ?? "";
    this.#readerText = text;
    this.#query.value = asQuery(text);
    if (open) this.#askLater();
  }

  /** Put the cursor into the search field. */
  focusSearch() {
    this.#query.focus();
    this.#query.select();
  }

  /** @param {number} number from 1, as shown */
  insert(number) {
    this.#put(number, "insert");
  }

  #put(/** @type {number} */ number, /** @type {string} */ how) {
    const hit = this.#hits[number - 1];
    const { model, sentArticles } = this.desk;
    if (!hit || hit.visibility === "staff" || !model.isMine(model.open)) return;
    sentArticles.insert(model.openId, hit, this.#foundWith);
    model.dispatchEvent(new CustomEvent(how, { detail: sourceLine(hit, model.open) }));
  }

  /** @param {number} number from 1, as shown; sent at once, unless something else is written already */
  send(number) {
    this.#put(number, "insert-and-send");
  }

  /** What cannot be put into an answer, because the question is not one's own yet, does not look as if it could. */
  #allow() {
    const isMine = this.desk.model.isMine(this.desk.model.open);
    for (const button of this.#list.querySelectorAll("button")) button.disabled = !isMine;
  }

  #forget() {
    this.#asking.abort();
    this.#hits = [];
    this.#list.replaceChildren();
    this.#none.hidden = true;
    setText(this.#limits, "");
    setText(this.#mode, "");
  }

  #askAgain() {
    this.#hasFailed = false;
    this.#askLater();
  }

  #askLater() {
    clearTimeout(this.#timer);
    this.#list.classList.add("is-old");
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MILLISECONDS);
  }

  async #ask() {
    const open = this.desk.model.open;
    const query = this.#query.value.trim();
    if (!open || !query) return this.#forget();
    this.#asking.abort();
    this.#asking = new AbortController();
    try {
      const signal = this.#asking.signal;
      const answers = await this.#find(query, open, signal);
      const isThin = answers.hits.length === 0 && this.#isReaders(query) && open.question !== this.#readerText;
      // A thank-you or a "which one?" finds nothing; what the question was about still helps.
      this.#take(isThin ? await this.#find(open.question, open, signal) : answers, isThin);
    } catch (error) {
      if (error instanceof Refusal) this.#explain(error);
      else if (/** @type {Error} */ (error).name !== "AbortError") throw error;
    }
  }

  #find(/** @type {string} */ query, /** @type {any} */ open, /** @type {AbortSignal} */ signal) {
    return this.desk.api.answers({ query: query.slice(0, LONGEST), library: open.library, language: open.language }, signal);
  }

  #isReaders(/** @type {string} */ query) {
    return query === asQuery(this.#readerText);
  }

  #take(/** @type {any} */ answers, /** @type {boolean} */ isForQuestion) {
    const { t } = this.desk;
    const modes = { hybrid: t("by meaning and words"), keyword: t("by words only") };
    this.#hits = answers.hits.slice(0, SHOWN);
    this.#isHybrid = answers.mode === "hybrid";
    this.#foundWith = isForQuestion ? this.desk.model.open.question : this.#isReaders(this.#query.value.trim()) ? this.#readerText : "";
    this.#showLimits(answers);
    setText(this.#mode, modes[/** @type {keyof typeof modes} */ (answers.mode)] ?? answers.mode);
    this.#list.classList.remove("is-old");
    this.#list.replaceChildren();
    showList(this.#list, this.#hits, ({ article_id }) => article_id, (hit) => this.#entry(hit), () => {});
    this.#allow();
    this.#none.hidden = this.#hits.length > 0 && !isForQuestion;
    const nothing = t("Nothing close enough. Your answer may become an article.");
    setText(this.#none, this.#hits.length > 0 ? t("Nothing for the last message; these are for the question.") : nothing);
  }

  #showLimits(/** @type {any} */ { confidence, thresholds, hits }) {
    const shown = {
      confidence: confidence.toFixed(2),
      answer: thresholds.answer.toFixed(2),
      suggestion: thresholds.suggestion.toFixed(2),
    };
    if (hits.length === 0) setText(this.#limits, "");
    else setText(this.#limits, this.desk.t("The search is {confidence} sure of the first. Readers are shown an answer from {answer} and suggestions from {suggestion}.", shown));
  }

  #explain(/** @type {Refusal} */ error) {
    this.#hasFailed = error.status === 0;
    this.#list.replaceChildren();
    this.#none.hidden = false;
    setText(this.#none, error.message || this.desk.t("The knowledge base cannot be reached just now."));
  }

  #entry(/** @type {any} */ hit) {
    const { t, language } = this.desk;
    const number = this.#hits.indexOf(hit) + 1;
    const library = language === "zh" ? hit.library.name_zh : hit.library.name_en;
    const insert = make("button", { type: "button", className: "button button-small", title: `Alt+${number}` }, t("Insert"), make("kbd", {}, String(number)));
    insert.addEventListener("click", () => this.insert(number));
    const send = make("button", { type: "button", className: "button button-small", title: `Alt+Shift+${number}` }, t("Send"));
    send.addEventListener("click", () => this.send(number));
    return make(
      "li",
      { className: "hit" },
      make(
        "details",
        { open: number === 1 },
        make("summary", { lang: hit.language }, hit.question),
        // It scrolls, also for whoever has no mouse.
        make("div", { className: "prose", lang: hit.language, tabIndex: 0 }, sanitisedNodes(hit.answer_html)),
      ),
      make("p", { className: "hit-from" }, `${library} · ${hit.published_at.slice(0, 10)}`),
      hit.visibility !== "public" && make("p", { className: "hit-for" }, hit.visibility === "staff" ? t("For staff only: tell the reader in your own words.") : t("For readers who are signed in.")),
      hit.ended_at && make("p", { className: "hit-for" }, t("Its validity has ended")),
      make("div", { className: "hit-foot" }, make("p", { className: "hit-why" }, this.#why(hit)), hit.visibility !== "staff" && make("span", { className: "steps" }, insert, send)),
    );
  }

  #why(/** @type {any} */ hit) {
    const { t } = this.desk;
    const rank = (/** @type {number | null} */ place) => (place === null ? "–" : `#${place}`);
    const score = (/** @type {number | null} */ value) => (value === null ? "" : ` (${value.toFixed(2)})`);
    const words = t("words {rank}", { rank: rank(hit.keyword_rank) + score(hit.keyword_rank && hit.keyword_score) });
    const meaning = t("meaning {rank}", { rank: rank(hit.vector_rank) + score(hit.vector_rank && hit.vector_score) });
    return [hit.score.toFixed(2), words, this.#isHybrid && meaning].filter(Boolean).join(" · ");
  }
}

/** @param {string} text */
function asQuery(text) {
  return text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
}
