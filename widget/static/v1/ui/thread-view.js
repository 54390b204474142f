/** @import { Stage } from "./stage.js" */
/** @import { Conversation } from "../lib/wire.js" */
import { ApiError } from "../lib/api.js";
import { hasEnded } from "../lib/wire.js";
import { Composer } from "./composer.js";
import { waitingText } from "./desk-text.js";
import { acceptDrops } from "./drop-zone.js";
import { el, icon, setText } from "./dom.js";
import { eventText } from "./event-texts.js";
import { save } from "./file-button.js";
import { MessageList } from "./message-list.js";

// Within this many pixels of the end the reader counts as reading the newest message.
const NEAR_END_PIXELS = 60;

/** A conversation: its messages, where it stands, and what the reader can do with it. */
export class ThreadView {
  #stage;
  #list;
  #composer;
  /** @type {import("./after.js").After | null} */
  #after = null;
  #afterPlace = el("div");
  #drawnId = "";
  #announcedSeq = 0;
  #queue = el("div", { class: "queue", hidden: true });
  #typing = el("p", { class: "typing", hidden: true });
  #newer;
  #scroll;
  #foot;
  #end;
  #touch;
  #wish;
  #offered = el("div", { class: "confirm", hidden: true });
  #confirm;
  #problem = el("p", { class: "hint", role: "alert", hidden: true });
  #over = el("div", { class: "over", hidden: true });
  #overProblem = el("p", { class: "hint", role: "alert", hidden: true });

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.#list = new MessageList(stage);
    this.#composer = new Composer(stage);
    const bottom = el("div", { class: "bottom" }, this.#typing);
    this.#scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": this.#t("Messages") });
    this.#scroll.append(this.#list.root, bottom, this.#over);
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#newer = el("button", { type: "button", class: "newer", hidden: true, onclick: () => this.#toEnd() }, this.#t("New messages"), icon("chevron"));
    this.#end = el("button", { type: "button", class: "quiet", onclick: () => this.#askToEnd(true) });
    this.#touch = el("button", { type: "button", class: "quiet", onclick: () => stage.show("touch") }, this.#t("E-mail or another device"));
    this.#wish = el("button", { type: "button", class: "quiet", onclick: () => void this.#offer() }, this.#t("Make this a commission"));
    this.#confirm = el("div", { class: "confirm", hidden: true, role: "group" });
    this.#foot = el("div", { class: "foot" }, this.#problem, this.#confirm, this.#composer.root, el("div", { class: "ends" }, this.#end, this.#wish, this.#touch));
    this.root = el("div", { class: "view thread" }, this.#queue, el("div", { class: "stack" }, this.#scroll, this.#newer), this.#foot);
    acceptDrops(this.root, {
      label: this.#t("Drop files here to send them"),
      isOpen: () => !this.#foot.hidden,
      onFiles: (files) => stage.chat.attach(files),
    });
  }

  focus() {
    if (this.#foot.hidden || this.#composer.root.hidden) this.#scroll.focus();
    else this.#composer.field.focus();
  }

  /** @returns {boolean} whether there was something open that Escape has closed */
  dismiss() {
    if (this.#list.dismiss()) return true;
    const wasOpen = !this.#confirm.hidden;
    if (wasOpen) this.#askToEnd(false);
    return wasOpen;
  }

  draw() {
    const { chat } = this.#stage;
    const conversation = chat.thread?.conversation ?? null;
    const isNew = (conversation?.id ?? "asking") !== this.#drawnId;
    const wasAtEnd = isNew || this.#isAtEnd;
    const hasFocusToPass = isNew && this.#drawnId === "asking" && this.#scroll.matches(":focus");
    if (isNew) this.#begin(conversation);
    this.#list.draw();
    this.#drawQueue(conversation);
    this.#drawTyping(conversation);
    this.#drawFoot(conversation);
    if (hasFocusToPass) this.focus();
    this.#announceNew();
    if (wasAtEnd) this.#toEnd();
    else this.#newer.hidden = (chat.thread?.unread ?? 0) === 0;
    this.#markSeen();
  }

  /** The reader looks at it: what stands at the end counts as read. */
  watched() {
    this.#markSeen();
  }

  /** @param {Conversation | null} conversation */
  #begin(conversation) {
    this.#drawnId = conversation?.id ?? "asking";
    this.#announcedSeq = this.#stage.chat.thread?.lastSeq ?? 0;
    this.#after = null;
    this.#afterPlace.replaceChildren();
    this.#over.replaceChildren();
    this.#problem.hidden = true;
    this.#confirm.hidden = true;
    this.#offered.hidden = true;
    if (conversation) this.#composer.attach(conversation.id);
  }

  /** @param {Conversation | null} conversation */
  #drawQueue(conversation) {
    this.#queue.hidden = conversation?.state !== "waiting";
    if (this.#queue.hidden || !conversation) return;
    const { position } = conversation;
    const { texts, chat } = this.#stage;
    const more = waitingText(conversation, chat.library, texts);
    const place = position === 1 ? this.#t("You are next.") : texts.t("You are number {position} in the queue.", { position });
    const title = position ? place : this.#t("Your question is in the queue.");
    if (this.#queue.dataset.text === title + more) return;
    this.#queue.dataset.text = title + more;
    this.#queue.replaceChildren(icon("clock"), el("div", {}, el("b", {}, title), el("span", {}, more)));
  }

  /** @param {Conversation | null} conversation */
  #drawTyping(conversation) {
    const { feed } = this.#stage.chat;
    const isActive = conversation !== null && !hasEnded(conversation);
    this.#typing.hidden = !isActive || !feed.isTyping;
    if (this.#typing.hidden || this.#typing.childElementCount) return;
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.#typing.append(dots, el("span", {}, this.#t("The librarian is typing")));
  }

  /** @param {Conversation | null} conversation */
  #drawFoot(conversation) {
    const ended = hasEnded(conversation);
    this.#foot.hidden = conversation === null || ended;
    this.#over.hidden = !ended;
    if (ended && conversation) this.#drawOver(conversation);
    this.#touch.hidden = this.#wish.hidden = !conversation;
    // It stands where the conversation is to be gone on with, and after its end where that is said.
    if (!ended) {
      if (this.#wish.nextSibling !== this.#touch) this.#touch.before(this.#wish);
      if (this.#offered.nextSibling !== this.#confirm) this.#confirm.before(this.#offered);
    } else if (this.#wish.parentElement !== this.#over) this.#over.append(this.#wish, this.#offered);
    setText(this.#end, conversation?.state === "waiting" ? this.#t("Withdraw the question") : this.#t("End the conversation"));
  }

  /** @param {Conversation} conversation */
  #drawOver(conversation) {
    if (!this.#over.childElementCount) {
      if (conversation.state === "closed") void this.#bringAfter(conversation);
      const again = el("button", { type: "button", class: "primary", onclick: () => this.#startAgain() }, this.#t("Ask a new question"));
      const keep = el("button", { type: "button", class: "quiet", onclick: () => void this.#saveTranscript() }, this.#t("Save this conversation as a text"));
      this.#over.append(this.#owed(conversation), this.#afterPlace, again, keep, this.#overProblem);
      if (this.#stage.chat.settings?.mails_transcripts) {
        keep.after(el("button", { type: "button", class: "quiet", onclick: () => this.#stage.show("touch") }, this.#t("Send the transcript by e-mail")));
      }
    }
    this.#after?.draw(conversation);
  }

  /** @param {Conversation} conversation */
  #owed({ follow_up: owed }) {
    const { texts } = this.#stage;
    if (!owed) return "";
    const values = { library: texts.isChinese ? owed.library_zh : owed.library_en, time: texts.soon(owed.due_at) };
    return el("p", { class: "owed" }, icon("clock"), texts.t("{library} takes care of the rest, by {time}. The answer appears here.", values));
  }

  async #offer() {
    const id = this.#stage.chat.thread?.conversation.id;
    if (!id) return;
    try {
      const { CommissionOffer } = await import("./commission-offer.js");
      const onClose = () => {
        this.#offered.hidden = true;
        this.#wish.focus();
      };
      this.#offered.replaceChildren(new CommissionOffer(this.#stage, { id, onClose }).root);
      this.#offered.hidden = false;
    } catch {
      this.#stage.announce(this.#t("This part could not be loaded. Please try again."));
    }
  }

  /** @param {Conversation} conversation */
  async #bringAfter(conversation) {
    const { After } = await import("./after.js");
    // Meanwhile another conversation may be shown.
    if (this.#drawnId !== conversation.id || this.#after) return;
    this.#after = new After(this.#stage, conversation);
    this.#afterPlace.replaceChildren(this.#after.root);
    this.draw();
    this.#toEnd();
  }

  #startAgain() {
    this.#stage.chat.close();
    this.#stage.show("home");
  }

  async #saveTranscript() {
    const { chat } = this.#stage;
    if (!chat.thread) return;
    const { id, number } = chat.thread.conversation;
    try {
      const text = await chat.api.transcript(id);
      save(new Blob([text], { type: "text/plain;charset=utf-8" }), `${number}.txt`);
    } catch (error) {
      this.#tell(this.#overProblem, error);
    }
  }

  /**
   * @param {HTMLElement} place
   * @param {unknown} error
   */
  #tell(place, error) {
    if (!(error instanceof ApiError)) throw error;
    place.hidden = false;
    setText(place, error.message || this.#t("The service is out of reach. Please try again in a moment."));
  }

  /** @param {boolean} isAsking */
  #askToEnd(isAsking) {
    this.#confirm.hidden = !isAsking;
    this.#end.hidden = isAsking;
    if (!isAsking) {
      this.#end.focus();
      return;
    }
    const isWaiting = this.#stage.chat.thread?.conversation.state === "waiting";
    const question = isWaiting ? this.#t("Withdraw this question? Nobody will answer it then.") : this.#t("End this conversation?");
    const yes = el("button", { type: "button", class: "danger", onclick: () => void this.#endNow() }, isWaiting ? this.#t("Withdraw") : this.#t("End"));
    const no = el("button", { type: "button", class: "secondary", onclick: () => this.#askToEnd(false) }, this.#t("Keep it"));
    this.#confirm.setAttribute("aria-label", question);
    this.#confirm.replaceChildren(el("p", {}, question), el("div", {}, no, yes));
    no.focus();
  }

  async #endNow() {
    this.#problem.hidden = true;
    try {
      await this.#stage.chat.end();
      this.focus();
    } catch (error) {
      this.#tell(this.#problem, error);
    }
    this.#confirm.hidden = true;
    this.#end.hidden = false;
  }

  #announceNew() {
    const { chat, texts, announce, tell } = this.#stage;
    const messages = chat.thread?.messages ?? [];
    for (const message of messages.slice(this.#announcedSeq)) {
      const number = chat.thread?.conversation.number;
      if (message.kind === "text") tell("wenjin-message", { author: message.author, number, at: message.created_at });
      if (message.kind === "event") announce(eventText(message, texts));
      else if (message.author !== "reader") announce(`${message.name || texts.t("Librarian")}: ${message.body}`);
    }
    this.#announcedSeq = messages.length;
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PIXELS;
  }

  #toEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#newer.hidden = true;
  }

  #scrolled() {
    if (!this.#isAtEnd) return;
    this.#newer.hidden = true;
    this.#markSeen();
  }

  #markSeen() {
    if (this.#stage.isWatched() && this.root.isConnected && !this.root.hidden && this.#isAtEnd) this.#stage.chat.markSeen();
  }

  /** @param {string} message */
  #t(message) {
    return this.#stage.texts.t(message);
  }
}
