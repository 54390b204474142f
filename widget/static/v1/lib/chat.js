/** @import { ConversationPage, FormField, Frame, Library, Refusal, ThreadPart, WidgetSettings } from "./wire.js" */
/** @import { Entry } from "./outbox.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Socket } from "./connection.js" */
import { Api, ApiError } from "./api.js";
import { Connection } from "./connection.js";
import { Corrections } from "./corrections.js";
import { CurrentConversation } from "./current.js";
import { Feed } from "./feed.js";
import { LongPoll } from "./long-poll.js";
import { newClientId, Outbox } from "./outbox.js";
import { Reader } from "./reader.js";
import { Sender } from "./sender.js";
import { Shelf } from "./shelf.js";
import { Thread } from "./thread.js";
import { Uploads } from "./uploads.js";
import { hasEnded } from "./wire.js";

const PROTOCOL_VERSION = 1;
const TYPING_SECONDS = 3;
// Longer than any service lets messages be changed; a refusal names the limit of this one.
const MAX_CHANGE_MINUTES = 1440;

/**
 * The reader's side of Wenjin without a screen: one open thread, what is still to be sent, and what other tabs know.
 * Every change ends in `onChange`; whoever draws reads the fields then.
 */
export class Chat {
  /** @type {Library | null} */
  library = null;
  /** How the library wants its window; null until it is known. @type {WidgetSettings | null} */
  settings = null;
  /** @type {Thread | null} */
  thread = null;
  #changeMinutes = MAX_CHANGE_MINUTES;
  #isLinked;
  #shelf;
  #record;
  #clock;
  #onChange;
  #typedAt = 0;
  #opening = 0;

  /**
   * @param {object} options
   * @param {string} options.server address of the service, with a slash at the end
   * @param {string} options.code code of the library
   * @param {import("./wire.js").Locale} options.language
   * @param {Shelf} options.shelf
   * @param {Clock} options.clock
   * @param {(url: string) => Socket} options.openSocket
   * @param {() => Socket} [options.openFallback] in place of the long poll
   * @param {typeof globalThis.fetch} [options.send] in place of fetch
   * @param {() => XMLHttpRequest} [options.openRequest] in place of XMLHttpRequest
   * @param {() => number} [options.random]
   * @param {() => void} options.onChange
   * @param {boolean} [options.isLinked] a private link opened this: its token stays, so that its end can be told
   */
  constructor({ server, code, language, shelf, clock, openSocket, openFallback, send, openRequest, random, onChange, isLinked = false }) {
    this.#isLinked = isLinked;
    this.#shelf = shelf;
    this.#record = new CurrentConversation(shelf);
    this.#clock = clock;
    this.#onChange = onChange;
    this.code = code;
    const spoken = language === "en" ? "en" : "zh";
    const accepts = language === "zh-TW" ? "zh-TW,zh;q=0.9" : language;
    const token = () => this.reader.token;
    this.api = new Api({ base: `${server}api/v1/`, library: code, language: spoken, accepts, token, fetch: send, openRequest });
    this.reader = new Reader({ shelf, create: () => this.api.createReader() });
    this.outbox = new Outbox({ shelf, clock, tab: newClientId() });
    this.connection = new Connection({
      url: `${server.replace(/^http/, "ws")}ws/v1`,
      hello: () => ({ type: "hello", version: PROTOCOL_VERSION, role: "reader", language, token: token() }),
      openSocket,
      openFallback: openFallback ?? (() => new LongPoll({ url: `${server}api/v1/poll`, send })),
      clock,
      random,
      onState: () => this.#connectionChanged(),
      onFrame: (frame) => this.#take(frame),
      onRefused: (refusal) => this.#refused(refusal),
    });
    const { api, connection, outbox, reader } = this;
    const changed = () => this.#changed();
    const stored = (/** @type {string} */ id, /** @type {import("./wire.js").Message} */ message) => this.feed.add(id, message);
    this.feed = new Feed({ connection, clock, onChange: changed, onTaken: (id) => this.#taken(id) });
    this.corrections = new Corrections({ connection, onChange: changed });
    this.uploads = new Uploads({ api, clock, onStored: stored, onChange: changed });
    this.sender = new Sender({
      outbox, api, connection, clock, random,
      ensureReader: () => reader.ensure(),
      forgetReader: () => reader.forget(),
      onAsked: (entry, part) => this.#show(part),
      onSaid: (entry, message) => stored(entry.conversation_id ?? "", message),
      onChange: changed,
    });
  }

  /** @returns {import("./current.js").Current | null} */
  get current() {
    return this.#record.value;
  }

  /** @returns {Entry | null} a question on its way to the server, of this tab or another */
  get asking() {
    return this.outbox.all().find((entry) => entry.kind === "question") ?? null;
  }

  /** @returns {Entry[]} what the reader wrote in the open thread and the server has not yet */
  get pending() {
    const id = this.thread?.conversation.id;
    return this.outbox.all().filter((entry) => entry.kind === "message" && entry.conversation_id === id);
  }

  /** @returns {boolean} whether what is shown may be old */
  get isStale() {
    if (this.asking) return !this.#isReachable;
    return this.thread !== null && !hasEnded(this.thread.conversation) && !this.#isReachable;
  }

  /** Read the library and the state of its desk. */
  async loadLibrary() {
    this.library = await this.api.library();
    this.#onChange();
  }

  /** Read how the library wants its window. Without an answer the usual look holds. */
  async loadSettings() {
    try {
      this.settings = await this.api.settings();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    this.#onChange();
  }

  /** @returns {FormField[]} what the library asks for before a question, as things stand */
  get fields() {
    const isStaffed = this.library?.desk.is_staffed ?? true;
    return (this.settings?.form_fields ?? []).filter(({ when }) => when !== "off_duty" || !isStaffed);
  }

  /** Continue where this browser left off. What ended and was read stays among the earlier questions. */
  async resume() {
    this.sender.wake();
    const { current } = this;
    if (current && hasEnded(current) && current.unread === 0) this.#record.forget();
    else if (current) await this.open(current.id);
  }

  /**
   * Show a conversation of this reader. A later call wins over an earlier one.
   *
   * @param {string} id
   */
  async open(id) {
    this.#opening += 1;
    const opening = this.#opening;
    try {
      const part = await this.api.thread(id, 0);
      if (opening === this.#opening) this.#show(part);
    } catch (error) {
      if (error instanceof ApiError && !error.isPassing) this.#record.forget(id);
      throw error;
    }
  }

  /**
   * Send a question to the library's desk. It is kept until the server has it.
   *
   * @param {string} question
   * @param {string | null} pageUrl
   * @param {Record<string, string>} [fields] what the library asks for
   */
  ask(question, pageUrl, fields) {
    this.#opening += 1;
    this.#closeThread();
    this.outbox.put({ client_id: newClientId(), kind: "question", body: question, page_url: pageUrl ?? undefined, fields });
    this.sender.flush();
    this.#onChange();
  }

  /** @param {string} body */
  say(body) {
    if (!this.thread) return;
    const { id } = this.thread.conversation;
    this.outbox.put({ client_id: newClientId(), kind: "message", body, conversation_id: id });
    this.sender.flush();
    this.#onChange();
  }

  /** @param {File[]} files to send in the open thread */
  attach(files) {
    if (this.thread && !hasEnded(this.thread.conversation)) this.uploads.add(this.thread.conversation.id, files);
  }

  /**
   * @param {number} seq of an own message
   * @param {string | null} body its new text; null takes it back
   */
  correct(seq, body) {
    if (this.thread) this.corrections.make({ conversation_id: this.thread.conversation.id, seq, body });
  }

  /**
   * @param {import("./wire.js").Message} message
   * @returns {boolean} whether the service may still let the reader change it
   */
  canCorrect({ author, kind, is_deleted, created_at }) {
    const isOwn = author === "reader" && kind === "text" && !is_deleted && !hasEnded(this.thread?.conversation);
    return isOwn && this.#clock.now() - Date.parse(created_at) < this.#changeMinutes * 60_000;
  }

  /** @param {string} clientId an entry that was refused and is given up, or taken back into the editor */
  discard(clientId) {
    this.outbox.acknowledge(clientId);
    this.#onChange();
  }

  /** Tell the librarian that the reader is typing, every few seconds at most. */
  typing() {
    const id = this.thread?.conversation.id;
    if (!id || this.#clock.now() - this.#typedAt < TYPING_SECONDS * 1000) return;
    this.#typedAt = this.#clock.now();
    this.connection.send({ type: "typing", conversation_id: id });
  }

  /** The reader has the newest message before the eyes. */
  markSeen() {
    if (!this.thread) return;
    const { id, reader_seen_seq } = this.thread.conversation;
    const seq = this.thread.lastSeq;
    if (seq <= reader_seen_seq) return;
    this.thread.markSeen("reader", seq);
    if (!this.connection.send({ type: "seen", conversation_id: id, seq })) {
      this.api.markSeen(id, seq).catch(() => {}); // Read marks are not worth an error: the next one repeats it.
    }
    this.#changed();
  }

  /** Withdraw the waiting question, or end the conversation. */
  async end() {
    if (!this.thread) return;
    this.thread.update(await this.api.withdraw(this.thread.conversation.id));
    this.#changed();
  }

  /** @param {{stars: number, comment?: string}} rating */
  async rate(rating) {
    if (!this.thread) return;
    this.thread.update(await this.api.rate(this.thread.conversation.id, rating));
    this.#changed();
  }

  /** Put the open thread away. An unfinished one stays the current conversation; an ended one does not. */
  close() {
    if (this.thread && !hasEnded(this.thread.conversation)) return;
    if (this.thread) this.#record.forget(this.thread.conversation.id);
    this.#closeThread();
    this.#onChange();
  }

  /**
   * @param {string | null} before `next` of the page before
   * @returns {Promise<ConversationPage>} this reader's conversations, newest first
   */
  async conversations(before) {
    return this.reader.token ? this.api.conversations(before) : { items: [], next: null };
  }

  /** Keep for the launcher how much waits in the reader's other open conversations. */
  async countOthers() {
    if (!this.reader.token) return;
    const { current } = this;
    const query = current && !hasEnded(current) ? `?besides=${current.id}` : "";
    try {
      const { unread } = await this.api.request("GET", `readers/unread${query}`);
      if (unread !== this.others) this.#shelf.set("others", unread);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** @returns {number} messages that wait in the reader's other open conversations, as last counted */
  get others() {
    return Number(this.#shelf.get("others") ?? 0);
  }

  /** The page came to the front or the network returned. */
  wake() {
    this.connection.wake();
    this.sender.wake();
    this.uploads.retry();
  }

  /** The page is being left: the next page may send what is still here. */
  release() {
    this.outbox.release();
  }

  stop() {
    this.#opening += 1;
    this.#closeThread();
    this.sender.stop();
    this.uploads.stop();
  }

  /** @param {string | null} fullKey the key of a storage event, written by another tab */
  storageChanged(fullKey) {
    const key = this.#shelf.ownKey(fullKey);
    if (key === null) return;
    const { current } = this;
    if (current && this.thread?.conversation.id === current.id) this.thread.markSeen("reader", current.seen);
    this.#onChange();
  }

  get #isReachable() {
    return this.thread ? this.connection.state === "live" : !this.sender.isWaiting;
  }

  /** @param {ThreadPart} part */
  #show(part) {
    this.thread = new Thread(part);
    if (hasEnded(part.conversation) && !part.has_more) this.feed.leave();
    else this.feed.follow(this.thread);
    if (!hasEnded(part.conversation)) this.#record.take(this.thread);
    this.sender.flush();
    this.#changed();
  }

  #closeThread() {
    this.thread = null;
    this.feed.leave();
  }

  #connectionChanged() {
    this.feed.connectionChanged();
    if (this.connection.state === "live") {
      this.sender.resend();
      this.corrections.resend();
    }
    this.#onChange();
  }

  /** @param {Frame} frame */
  #take(frame) {
    if (frame.type === "ack") this.#acknowledged(frame);
    else if (frame.type === "error" && frame.ref) this.#turnedDown(frame);
    else this.feed.take(frame);
  }

  /** @param {Frame} ack */
  #acknowledged(ack) {
    const change = this.corrections.acknowledged(ack);
    if (change) this.feed.add(change.conversationId, change.event);
    else this.sender.acknowledged(ack);
    this.#changed();
  }

  /** @param {Frame} error */
  #turnedDown({ ref, code, message, details }) {
    const refusal = { code, message, details: details ?? {} };
    if (code === "too_late_to_change") this.#changeMinutes = Number(details.minutes);
    if (!this.corrections.refused(ref, refusal)) this.sender.refused(ref, refusal);
    this.#changed();
  }

  /** @param {string} clientId */
  #taken(clientId) {
    this.sender.taken(clientId);
    this.corrections.taken(clientId);
    this.uploads.taken(clientId);
  }

  /** @param {Refusal} refusal */
  #refused(refusal) {
    if (refusal.code !== "unauthenticated") return;
    if (!this.#isLinked) this.reader.forget();
    this.#record.forget();
    this.#closeThread();
    this.#onChange();
  }

  #changed() {
    if (this.thread) this.#record.follow(this.thread);
    this.#onChange();
  }
}
