import { ageText } from "../lib/age.js";
import { make, setText } from "../lib/dom.js";
import { nameIn } from "../lib/words.js";
import { DeskElement } from "./desk-element.js";
import { DeskDay } from "./desk-day.js";
import { TalkClosing } from "./talk-closing.js";
import { TalkMenu } from "./talk-menu.js";
import { TalkUploads } from "./talk-uploads.js";
import { TalkComposer } from "./talk-composer.js";
import { TalkLog } from "./talk-log.js";
import { TalkPassing } from "./talk-passing.js";
import { TalkPractice } from "./talk-practice.js";
import { TalkReview } from "./talk-review.js";

const ENDED = new Set(["closed", "withdrawn", "rejected", "lost"]);

/** The open conversation: what it is about, its messages, and what its librarian can do now. */
export class DeskConversation extends DeskElement {
  /** @type {any} */
  #log = null;
  /** @type {any} */
  #composer = null;
  /** @type {any} */
  #uploads = null;
  /** @type {any} */
  #menu = null;
  /** @type {any} */
  #day = null;
  /** @type {any} */
  #passing = null;
  /** @type {any} */
  #practice = null;
  /** @type {any} */
  #review = null;
  /** @type {any} */
  #closing = null;
  /** @type {Record<string, any>} */
  #parts = {};
  #wasMine = "";

  build() {
    const { t, model } = this.desk;
    this.#log = new TalkLog(this.desk);
    this.#uploads = new TalkUploads(this.desk);
    this.#uploads.listen(this);
    this.#composer = new TalkComposer(this.desk, this.#uploads.choose);
    this.#menu = new TalkMenu(this.desk);
    this.#passing = new TalkPassing({ ...this.desk, life: this.life });
    this.#practice = new TalkPractice(this.desk);
    this.#review = new TalkReview(this.desk);
    this.#closing = new TalkClosing(this.desk);
    this.#day = new DeskDay(this.desk);
    this.#parts.empty = this.#day.element;
    this.#composer.element.addEventListener("input", () => this.desk.lookers.typed());
    this.#parts.lookers = make("p", { className: "talk-lookers", role: "status" });
    this.#parts.frame = [this.#head(), this.#practice.element, this.#parts.lookers, this.#passing.element, this.#closing.element, this.#log.element, this.#review.element, this.#typing(), this.#uploads.element, this.#composer.element, this.#decision()];
    const signal = this.life;
    model.addEventListener("insert", (/** @type {any} */ event) => this.#insert(event.detail), { signal });
    model.addEventListener("insert-and-send", (/** @type {any} */ event) => this.#insertAndSend(event.detail), { signal });
    model.addEventListener("insert-note", (/** @type {any} */ event) => this.#composer.insertNote(event.detail), { signal });
  }

  show() {
    const open = this.desk.model.open;
    if (!open) return this.#showDay();
    if (this.firstElementChild !== this.#parts.frame[0]) this.replaceChildren(...this.#parts.frame);
    this.#showHead(open);
    this.#showLookers(open);
    this.#passing.show(open);
    this.#practice.show(open);
    this.#review.show(open);
    this.#closing.show(open, ENDED.has(open.state) && !open.practice);
    this.#showFoot(open);
    this.#log.show(open);
  }

  focusComposer() {
    this.#composer.focusAnswer();
  }

  /** Write a note instead of an answer, or an answer again. */
  toggleNote() {
    if (this.desk.model.open) this.#composer.toggleNote();
  }

  /** Open the list of canned replies, or close it. */
  toggleReplies() {
    if (this.desk.model.open) this.#composer.toggleReplies();
  }

  /** Take what is handed or offered to this person. */
  accept() {
    if (this.desk.model.open) this.#passing.accept();
  }

  focusLog() {
    this.#log.focus();
  }

  #head() {
    const { t, model } = this.desk;
    const go = (/** @type {any} */ id) => model.dispatchEvent(new CustomEvent("go", { detail: id }));
    const does = (/** @type {string} */ className, /** @type {string} */ text, /** @type {() => void} */ action) => {
      const button = make("button", { type: "button", className: `button button-small ${className}` }, text);
      button.addEventListener("click", action);
      return button;
    };
    Object.assign(this.#parts, {
      question: make("h1"),
      number: make("span", { className: "talk-number" }),
      library: make("span"),
      here: make("span", { className: "here" }),
      state: make("span", { className: "state" }),
      handOver: does("", t("Hand over…"), () => model.dispatchEvent(new Event("hand-over"))),
      giveBack: does("", t("Give back"), () => model.claims.giveBack(model.openId)),
      close: does("", t("Close…"), () => model.dispatchEvent(new Event("closing"))),
      help: does("talk-help", t("Suggestions"), () => model.dispatchEvent(new Event("help-panel"))),
      back: does("talk-back", t("← Questions"), () => go(null)),
    });
    const { back, question, state, number, library, here, help, handOver, giveBack, close } = this.#parts;
    const facts = make("p", { className: "talk-facts" }, state, here, library, number);
    const actions = make("div", { className: "talk-actions" }, back, help, this.#menu.element, handOver, giveBack, close);
    return make("header", { className: "talk-head" }, question, facts, actions);
  }

  #typing() {
    this.#parts.typing = make("p", { className: "typing", role: "status" });
    return this.#parts.typing;
  }

  #decision() {
    const { t, model } = this.desk;
    const claim = make("button", { type: "button", className: "button button-primary" }, t("Claim"), make("kbd", {}, "c"));
    claim.addEventListener("click", () => model.claims.claim(model.openId));
    const draft = make("button", { type: "button", className: "button button-primary" }, t("Draft an article"));
    draft.addEventListener("click", () => this.#draft());
    Object.assign(this.#parts, { claim, draft, says: make("p"), problem: make("p", { className: "is-problem", role: "alert" }) });
    const note = make("button", { type: "button", className: "button with-lock" }, t("Note"), make("kbd", {}, "n"));
    note.addEventListener("click", () => this.toggleNote());
    this.#parts.note = note;
    const askBack = make("button", { type: "button", className: "button" }, t("Ask for it back"));
    askBack.addEventListener("click", () => model.passing.askBack(model.openId, ""));
    const whisper = make("button", { type: "button", className: "button with-lock" }, t("Whisper"));
    whisper.addEventListener("click", () => model.dispatchEvent(new Event("whisper")));
    const takeOver = make("button", { type: "button", className: "button" }, t("Take over"));
    takeOver.addEventListener("click", () => model.passing.takeOver(model.openId));
    const priority = make("button", { type: "button", className: "button" }, t("Put first…"));
    priority.addEventListener("click", () => model.dispatchEvent(new Event("priority")));
    Object.assign(this.#parts, { askBack, whisper, takeOver, priority });
    const steps = [note, askBack, whisper, takeOver, priority, claim, draft];
    this.#parts.decision = make("div", { className: "decision" }, this.#parts.says, this.#parts.problem, ...steps);
    return this.#parts.decision;
  }

  #showHead(/** @type {any} */ open) {
    const { model, words, t, language } = this.desk;
    const { question, number, library, here, state, handOver, giveBack, close, typing } = this.#parts;
    const signs = model.signs(open.id);
    const isMine = model.isMine(open);
    const hasEnded = ENDED.has(open.state);
    setText(question, open.question);
    question.lang = open.language;
    setText(number, open.number);
    setText(library, nameIn(open, "library", language) ?? "");
    setText(state, words.states[open.state] ?? open.state);
    state.className = `state state-${open.state}`;
    here.hidden = hasEnded || signs.isReaderHere === null;
    here.classList.toggle("is-here", signs.isReaderHere === true);
    setText(here, signs.isReaderHere ? t("Reader is here") : t("Reader is away"));
    giveBack.hidden = close.hidden = !isMine || Boolean(open.practice);
    handOver.hidden = !isMine || Boolean(open.practice) || model.passing.of(open.id) !== null;
    setText(typing, signs.isReaderTyping && !hasEnded ? t("The reader is typing …") : "");
  }

  #showFoot(/** @type {any} */ open) {
    const { model } = this.desk;
    const isMine = model.isMine(open) && !ENDED.has(open.state);
    const mayAnswer = isMine || model.isPlayer(open) || (model.passing.isGuest(open.id) && !ENDED.has(open.state));
    this.#composer.show(open.id, mayAnswer);
    this.#uploads.show(open.id, mayAnswer && !this.#composer.isNote && !open.practice);
    this.#menu.show(open.id);
    this.#menu.element.hidden = Boolean(open.practice);
    this.#showDecision(open, isMine);
    if (isMine && this.#wasMine === `not ${open.id}`) this.#composer.focusAnswer();
    this.#wasMine = isMine ? open.id : `not ${open.id}`;
  }

  #showDecision(/** @type {any} */ open, /** @type {boolean} */ isMine) {
    const { decision, says, problem, claim, draft, note, askBack, whisper, takeOver } = this.#parts;
    const { t, model } = this.desk;
    const refused = model.claims.problem?.id === open.id ? model.claims.problem : null;
    const refusal = refused ? refused.message || t("That did not work. Please try again.") : "";
    decision.hidden = (isMine && !refusal) || Boolean(open.practice);
    const hasEnded = ENDED.has(open.state);
    const isWatched = model.isWatched(open);
    const isElsewhere = !hasEnded && !isMine && open.holder_id !== null && model.passing.of(open.id) === null;
    claim.hidden = open.state !== "waiting" || isWatched;
    draft.hidden = !hasEnded || isWatched;
    note.hidden = isMine || this.#composer.isNote || isWatched;
    askBack.hidden = !isElsewhere || !model.isMyDesk(open.desk_id);
    whisper.hidden = !isElsewhere || !this.desk.maySupervise;
    this.#parts.priority.hidden = open.state !== "waiting" || !this.desk.maySupervise;
    takeOver.hidden = isMine || hasEnded || !this.desk.maySupervise || (open.holder_id === null && !isWatched);
    says.hidden = isMine || Boolean(refusal);
    setText(says, this.#says(open));
    problem.hidden = !refusal;
    setText(problem, refusal);
  }

  #says(/** @type {any} */ open) {
    const { t, words, model, language } = this.desk;
    const watched = model.isWatched(open) ? ` · ${t("You watch; that is written down.")}` : "";
    if (open.state === "waiting") {
      return `${words.states.waiting} · ${ageText(Date.now() - Date.parse(open.queued_at), t)}${watched}`;
    }
    if (!ENDED.has(open.state)) return t("{name} has this question.", { name: nameIn(open, "holder", language) ?? "?" }) + watched;
    const ending = open.resolution ? words.resolutions[open.resolution] : words.states[open.state];
    const how = [ending, open.read_level && `READ ${open.read_level}`].filter(Boolean).join(" · ");
    return open.rating ? t("{how}. The reader gave {stars} of 5.", { how, stars: open.rating }) : how;
  }

  #showDay() {
    if (this.firstElementChild !== this.#parts.empty) this.replaceChildren(this.#parts.empty);
    this.#day.show();
  }

  #showLookers(/** @type {any} */ open) {
    const { t, language, lookers } = this.desk;
    const others = lookers.of(open.id);
    const names = (/** @type {any[]} */ people) => people.map((each) => each.names[language]).join(language === "zh" ? "、" : ", ");
    const typing = others.filter((/** @type {any} */ each) => each.isTyping);
    const looking = others.filter((/** @type {any} */ each) => !each.isTyping);
    const sentences = [typing.length > 0 && t("{names} is writing here …", { names: names(typing) }), looking.length > 0 && t("{names} looks at this too", { names: names(looking) })];
    setText(this.#parts.lookers, sentences.filter(Boolean).join(" · "));
  }

  /** What is written already stays unsent: then the text is only put in. */
  #insertAndSend(/** @type {string} */ text) {
    const isEmpty = this.#composer.element.querySelector("textarea").value.trim() === "";
    this.#insert(text);
    if (isEmpty && this.desk.model.isMine(this.desk.model.open)) this.#composer.element.requestSubmit();
  }

  #insert(/** @type {string} */ text) {
    if (this.desk.model.isMine(this.desk.model.open)) this.#composer.insertAnswer(text);
  }

  async #draft() {
    const { model } = this.desk;
    this.#parts.draft.disabled = true;
    const articleId = await model.claims.draftArticle(model.openId);
    this.#parts.draft.disabled = false;
    if (articleId) location.assign(`/console/articles/${articleId}/edit`);
  }
}
