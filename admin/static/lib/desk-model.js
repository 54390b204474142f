/** @import { Item } from "./desk-list.js" */
import { Claims } from "./claims.js";
import { DeskList, together } from "./desk-list.js";
import { Passing } from "./passing.js";
import { Reviews } from "./reviews.js";
import { divide } from "./sections.js";
import { Refusal } from "./staff-api.js";

/**
 * The desk as this browser knows it. Elements read it and listen for `change`; they ask one another by events on it: `go`
 * opens a conversation, `insert` puts a text into the answer, `closing` opens the sheet, `help-panel` the panel of a
 * narrow page.
 */

// How often the reader is told that somebody types.
const TYPING_SECONDS = 3;

export class DeskModel extends EventTarget {
  me;
  /** Whether the server no longer knows who this is; drafts and messages under way wait. */
  isSignedOut = false;
  /** When something last came from the server, in milliseconds. */
  freshAt;
  /** @type {string | null} the conversation that is open */
  openId = null;
  /** What the librarian does with questions. @type {Claims} */
  claims;
  /** Hand-overs and offers. @type {Passing} */
  passing;
  /** Answers of trainees that wait for a mentor. @type {Reviews} */
  reviews;
  /** What was said and is not acknowledged yet. @type {import("./outgoing.js").Outgoing} */
  outgoing;
  /** Changes of own messages under way. @type {import("./changes.js").Changes} */
  changes;
  /** Files under way. @type {import("./uploads.js").Uploads} */
  uploads;
  #lists;
  #deskNames;
  #connection;
  #follower;
  #api;
  #clock;
  /** @type {Map<string, any>} conversations beyond the lists: an ended one that is open */
  #others = new Map();
  #typedAt = 0;
  #maySupervise;
  #soon;
  #isTaking = false;
  #isShown = true;
  /** @type {{forMe: Item[], mine: Item[], waiting: Item[], colleagues: Item[]} | null} until something changes */
  #sections = null;

  /**
   * @param {object} parts
   * @param {{me: {id: string, name: string, names: Record<string, string>}, desks: any[], opened: any, may_supervise?: boolean, mentor_desks?: string[]}} parts.state what the page came with
   * @param {any} parts.connection
   * @param {import("./follower.js").Follower} parts.follower
   * @param {import("./outgoing.js").Outgoing} parts.outgoing
   * @param {import("./changes.js").Changes} parts.changes
   * @param {import("./uploads.js").Uploads} parts.uploads
   * @param {import("./staff-api.js").StaffApi} parts.api
   * @param {import("./colleagues-api.js").ColleaguesApi} parts.colleagues
   * @param {{now: () => number}} parts.clock
   * @param {(run: () => void) => void} [parts.soon] when what came from the server is shown: many frames at once
   */
  constructor({ state, connection, follower, outgoing, changes, uploads, api, colleagues, clock, soon = queueMicrotask }) {
    super();
    this.me = state.me;
    this.#maySupervise = state.may_supervise ?? false;
    this.#lists = new Map(state.desks.map((desk) => [desk.id, new DeskList(desk)]));
    this.#deskNames = new Map(state.desks.map(({ id, name }) => [id, name]));
    this.#connection = connection;
    this.#follower = follower;
    this.outgoing = outgoing;
    this.changes = changes;
    this.uploads = uploads;
    this.#api = api;
    this.#clock = clock;
    this.#soon = soon;
    this.claims = new Claims({ api, onTaken: (item) => this.#foresee(item), onSignedOut: () => this.signOut() });
    this.claims.addEventListener("change", () => this.changed());
    this.passing = new Passing({ me: this.me, api, clock, onTaken: (item) => this.#foresee(item), onSignedOut: () => this.signOut() });
    this.passing.addEventListener("change", () => this.changed());
    this.reviews = new Reviews({ me: this.me, mentorDesks: state.mentor_desks ?? [], api: colleagues, onSignedOut: () => this.signOut() });
    this.reviews.addEventListener("change", () => this.changed());
    this.freshAt = clock.now();
    if (state.opened) this.#others.set(state.opened.id, state.opened);
  }

  /** @returns {string} off, connecting, live or lost */
  get connectionState() {
    return this.#connection.state;
  }

  /** @returns {Iterable<DeskList>} the lists of the person's desks */
  get lists() {
    return this.#lists.values();
  }

  /** @returns {{forMe: Item[], mine: Item[], waiting: Item[], colleagues: Item[]}} */
  get sections() {
    this.#sections ??= divide(together(this.#lists.values()), this.me.id, (item) => this.passing.isForMe(item) || this.reviews.asksMe(item));
    return this.#sections;
  }

  /** @returns {any} the open conversation, or null */
  get open() {
    return this.openId ? this.conversation(this.openId) : null;
  }

  /** @returns {boolean} whether the person serves at more than one desk */
  get hasSeveralDesks() {
    return this.#lists.size > 1;
  }

  /** @param {string} deskId whether the person serves there */
  isMyDesk(deskId) {
    return this.#lists.has(deskId);
  }

  /** @param {any} conversation @returns {boolean} whether the person sees it only as a supervisor */
  isWatched(conversation) {
    const desks = [conversation.desk_id, ...(conversation.reached ?? []).map((/** @type {any} */ each) => each.desk_id)];
    return !this.isMine(conversation) && !desks.some((id) => this.#lists.has(id));
  }

  /** @param {string} id */
  deskName(id) {
    return this.#deskNames.get(id) ?? "";
  }

  /**
   * @param {string} id
   * @returns {any} the newest state known, or null
   */
  conversation(id) {
    const listed = this.#listed(id);
    const followed = this.#follower.thread(id)?.conversation;
    if (!listed) return followed ?? this.#others.get(id) ?? null;
    return followed && followed.last_seq >= listed.last_seq ? followed : listed;
  }

  /** @param {string} id */
  messages(id) {
    return this.#follower.thread(id)?.messages ?? [];
  }

  /** @param {string} id @returns {any[]} internal notes, oldest first */
  notes(id) {
    return this.#follower.notes(id);
  }

  /** @param {string} id */
  signs(id) {
    return {
      isWhole: this.#follower.isWhole(id),
      isReaderHere: this.#follower.isReaderHere(id),
      isReaderTyping: this.#follower.isReaderTyping(id),
    };
  }

  /** @param {string} id */
  unread(id) {
    return this.#follower.unread(id);
  }

  /** @param {any} conversation */
  isMine(conversation) {
    return conversation?.holder_id === this.me.id && conversation.state !== "closed";
  }

  /** @param {any} conversation whether the person plays the reader of a practice */
  isPlayer(conversation) {
    return conversation?.practice?.player_id === this.me.id && conversation.state !== "closed";
  }

  /** Begin to live: connect and follow. */
  start() {
    this.#refollow();
    this.#connection.start();
  }

  /** @param {string | null} id open this conversation, or none */
  openConversation(id) {
    this.openId = id;
    this.claims.forgetProblem();
    this.passing.forgetProblem();
    this.#refollow();
    this.changed();
  }

  /** @param {string} id the person types */
  typed(id) {
    if (this.#clock.now() - this.#typedAt < TYPING_SECONDS * 1000) return;
    this.#typedAt = this.#clock.now();
    this.#connection.send({ type: "typing", conversation_id: id });
  }

  /** @param {string} id the person has everything before the eyes */
  see(id) {
    const thread = this.#follower.thread(id);
    if (!thread || !this.isMine(this.conversation(id)) || this.unread(id) === 0) return;
    if (!this.#connection.send({ type: "seen", conversation_id: id, seq: thread.lastSeq })) return;
    thread.markSeen("librarian", thread.lastSeq);
    this.changed();
  }

  /** The connection came or went. @param {string} state */
  connectionChanged(state) {
    if (state === "live") {
      this.#watch();
      this.passing.lookAgain();
      this.#follower.resume();
      this.outgoing.resume();
      this.changes.resume();
    }
    this.changed();
  }

  /** @param {any} frame */
  take(frame) {
    this.freshAt = this.#clock.now();
    this.#sections = null;
    this.#isTaking = true;
    this.#takeIn(frame);
    this.changed();
    this.#isTaking = false;
  }

  #takeIn(/** @type {any} */ frame) {
    if (frame.type === "desk_list") this.#lists.get(frame.desk_id)?.takeList(frame);
    else if (frame.type === "desk_change") this.#takeChange(frame);
    this.passing.take(frame);
    this.reviews.take(frame);
    this.outgoing.take(frame);
    this.changes.take(frame);
    this.#follower.take(frame);
    if (frame.type === "desk_list" || frame.type === "desk_change") this.#refollow();
  }

  /** The server no longer knows the session. */
  signOut() {
    if (this.isSignedOut) return;
    this.isSignedOut = true;
    this.changed();
  }

  /** Look whether the person has signed in again, and go on where it stopped. */
  async signInAgain() {
    if (!this.isSignedOut) return;
    try {
      const me = await this.#api.introduce();
      if (me.id !== this.me.id) this.dispatchEvent(new Event("someone-else"));
      this.isSignedOut = false;
      this.#connection.start();
      this.changed();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Tell the elements, once for everything that happens in one turn, or in one frame where the server says it. */
  changed() {
    this.#sections = null;
    this.#isShown = false;
    (this.#isTaking ? this.#soon : queueMicrotask)(() => this.#tell());
  }

  #tell() {
    if (this.#isShown) return;
    this.#isShown = true;
    void this.passing.lookAt(this.#mayLookInto(this.open) ? this.open : null);
    this.dispatchEvent(new Event("change"));
  }

  /** A question of another library is out of sight once it has ended, except for supervisors. */
  #mayLookInto(/** @type {any} */ open) {
    return open !== null && !open.practice && (this.#maySupervise || !this.isWatched(open));
  }

  /** The newest state of a conversation in the lists: several of the person's desks may have it. */
  #listed(/** @type {string} */ id) {
    /** @type {any} */
    let found = null;
    for (const list of this.#lists.values()) {
      const item = list.find(id);
      if (item && (!found || found.last_seq <= item.last_seq)) found = item;
    }
    return found;
  }

  #takeChange(/** @type {any} */ frame) {
    const list = this.#lists.get(frame.desk_id);
    list?.takeChange(frame);
    if (list?.isBehind) this.#watch();
    if (frame.item.id === this.openId) this.#others.set(frame.item.id, frame.item);
  }

  #watch() {
    for (const list of this.#lists.values()) list.expectList();
    const desks = Object.fromEntries([...this.#lists.values()].map(({ deskId, version }) => [deskId, version]));
    this.#connection.send({ type: "watch", desks });
  }

  #foresee(/** @type {any} */ conversation) {
    for (const list of this.#lists.values()) list.foresee(conversation);
    this.#sections = null;
    this.#others.set(conversation.id, conversation);
    this.#refollow();
  }

  #refollow() {
    const open = this.open;
    const { mine } = this.sections;
    const beyond = open && mine.every(({ id }) => id !== open.id) ? [open] : [];
    this.#follower.want([...mine, ...beyond]);
  }
}
