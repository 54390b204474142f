/** @import { Stage } from "./stage.js" */
import { Finder } from "../lib/finder.js";
import { systemClock } from "../lib/clock.js";
import { judge } from "../lib/judging.js";
import { hasEnded } from "../lib/wire.js";
import { answerList } from "./answer-list.js";
import { Field } from "./composer.js";
import { deskText } from "./desk-text.js";
import { el, icon, setText } from "./dom.js";

const LANGUAGES = [["zh", "zh-Hans"], ["zh-TW", "zh-Hant"], ["en", "en"]];
const DRAFT = "draft.question";

/** Where it begins: the question field, answers found while typing, and a librarian one click away. */
export class HomeView {
  #stage;
  #finder;
  #field;
  #results = el("div", { class: "results" });
  #found = el("p", { class: "hidden", role: "status" });
  #intro;
  #resume = el("div", { class: "resume", hidden: true });
  #lead = el("h2", { class: "lead" });
  #desk = el("p", { class: "desk" });
  #hint = el("p", { class: "hint", role: "alert", hidden: true });
  /** @type {unknown} */
  #drawn = null;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.#finder = new Finder({ api: stage.chat.api, clock: systemClock, onChange: () => this.#drawResults() });
    this.#field = new Field({
      id: "question",
      label: this.#t("Your question"),
      placeholder: this.#t("For example: How long are loans?"),
      onEnter: () => this.#finder.look(this.#field.text),
      onInput: () => this.#typed(),
    });
    this.#intro = this.#introduction();
    this.root = el("div", { class: "view home" }, this.#body(), this.#footer());
    this.#field.text = stage.drafts.get(DRAFT) ?? "";
  }

  get text() {
    return this.#field.text;
  }

  focus() {
    this.#field.focus();
  }

  /** @param {string} text */
  fill(text) {
    this.#field.text = text;
  }

  stop() {
    this.#finder.stop();
  }

  draw() {
    const { chat } = this.#stage;
    const { library, settings } = chat;
    setText(this.#desk, library ? deskText(library, this.#stage.texts) : "");
    const greeting = this.#stage.texts.isChinese ? settings?.greeting_zh : settings?.greeting_en;
    setText(this.#lead, greeting || this.#t("What would you like to know?"));
    const { current } = chat;
    const isOpen = chat.asking !== null || (current !== null && !hasEnded(current));
    this.#resume.hidden = !isOpen;
    if (isOpen) this.#drawResume(current?.unread ?? 0);
  }

  /** @param {number} unread */
  #drawResume(unread) {
    const text = unread
      ? this.#stage.texts.count(unread, "1 new message", "{count} new messages")
      : this.#t("You have an open conversation");
    if (this.#resume.dataset.text === text) return;
    this.#resume.dataset.text = text;
    const open = () => this.#stage.show("thread");
    this.#resume.replaceChildren(
      el("button", { type: "button", onclick: open }, icon("chat"), el("span", {}, text), el("b", {}, this.#t("Continue"))),
    );
  }

  #drawResults() {
    const { answers, isBusy, hasFailed } = this.#finder;
    this.#results.classList.toggle("busy", isBusy);
    this.#intro.hidden = answers !== null || hasFailed;
    const next = hasFailed || answers;
    if (next === this.#drawn) return;
    this.#drawn = next;
    this.#results.replaceChildren(...this.#resultNodes());
  }

  /** @returns {Node[]} */
  #resultNodes() {
    const { answers, hasFailed } = this.#finder;
    setText(this.#found, "");
    if (hasFailed) return [this.#notice(this.#t("The search is out of reach right now."), this.#t("You can still write to a librarian."))];
    if (!answers) return [];
    if (answers.outcome === "nothing" || !answers.hits.length) {
      const nothing = this.#t("No answer is close enough.");
      setText(this.#found, nothing);
      return [this.#notice(nothing, this.#t("We would rather not guess. A librarian can help you with this."))];
    }
    const { texts, chat } = this.#stage;
    const { query } = answers;
    const isAnswer = answers.outcome === "answer";
    setText(this.#found, texts.count(answers.hits.length, "1 answer found", "{count} answers found"));
    /** @type {import("./answer-list.js").Showing["judge"]} */
    const say = ({ article_id }, isHelpful) => judge(chat, article_id, { query, is_helpful: isHelpful });
    const title = isAnswer ? this.#t("This should answer it") : this.#t("These may help");
    return [el("h3", {}, title), answerList(answers.hits, { texts, isFirstOpen: isAnswer, judge: say })];
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  #notice(title, text) {
    return el("div", { class: "notice" }, icon("search"), el("h3", {}, title), el("p", {}, text));
  }

  #typed() {
    this.#hint.hidden = true;
    const { text } = this.#field;
    if (text) this.#stage.drafts.set(DRAFT, this.#field.input.value);
    else this.#stage.drafts.remove(DRAFT);
    this.#finder.look(text);
  }

  #ask() {
    if (this.#field.text) {
      this.#stage.ask();
      return;
    }
    this.#hint.hidden = false;
    setText(this.#hint, this.#t("Please write your question first."));
    this.#field.focus();
  }

  #body() {
    const search = el("div", { class: "search", role: "search" }, icon("search"), this.#field.root);
    return el(
      "div",
      { class: "scroll" },
      this.#lead,
      search,
      this.#hint,
      this.#resume,
      this.#found,
      this.#results,
      this.#intro,
    );
  }

  #introduction() {
    const steps = [
      ["search", this.#t("Answers while you type"), this.#t("Librarians of the whole network have published them.")],
      ["person", this.#t("A person when you want one"), this.#t("Your question goes to the desk of your library.")],
      ["clock", this.#t("No sign-in, nothing lost"), this.#t("The conversation stays in this browser and waits for you.")],
    ];
    const items = steps.map(([name, title, text]) => el("li", {}, icon(name), el("div", {}, el("b", {}, title), el("span", {}, text))));
    return el("ul", { class: "intro" }, ...items);
  }

  #footer() {
    const ask = el("button", { type: "button", class: "primary", onclick: () => this.#ask() }, icon("chat"), this.#t("Ask a librarian"));
    const care = el("p", { class: "care" }, this.#t("Please leave out passwords and identity numbers."));
    return el("div", { class: "foot" }, this.#desk, ask, el("div", { class: "small" }, care, this.#languages()));
  }

  /** Each language by its own name; the browser knows them. */
  #languages() {
    const { language, speak } = this.#stage;
    const options = LANGUAGES.map(([value, tag]) => {
      const name = new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
      return el("option", { value, lang: tag, selected: value === language }, name);
    });
    const menu = el("select", { class: "languages", "aria-label": this.#t("Language") }, ...options);
    menu.addEventListener("change", () => speak(menu.value));
    return menu;
  }

  /** @param {string} message */
  #t(message) {
    return this.#stage.texts.t(message);
  }
}
