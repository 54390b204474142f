/**
 * Keeps the threads of the wanted conversations whole: the person's own and the one that is open. Asks for what is
 * missing by the last number at hand, after every new connection and whenever a number is skipped.
 *
 * A Thread is the widget's: numbered messages without gap, and the newest state.
 */

// How long a skipped message may take to arrive by itself.
const GAP_SECONDS = 0.5;
const TYPING_FADES_SECONDS = 6;

export class Follower {
  #newThread;
  #send;
  #clock;
  #onChange;
  /** @type {Map<string, any>} */
  #threads = new Map();
  /** @type {Map<string, {isHere: boolean | null, typing: any, gap: any, isWhole: boolean, notes: Map<string, any>}>} */
  #signs = new Map();

  /**
   * @param {object} options
   * @param {(conversation: any) => any} options.newThread makes an empty thread
   * @param {(frame: any) => boolean} options.send says whether the frame went out
   * @param {{after: (run: () => void, milliseconds: number) => any, cancel: (timer: any) => void}} options.clock
   * @param {() => void} options.onChange
   */
  constructor({ newThread, send, clock, onChange }) {
    this.#newThread = newThread;
    this.#send = send;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** @param {any[]} conversations follow these and no others */
  want(conversations) {
    const wanted = new Set(conversations.map(({ id }) => id));
    for (const id of [...this.#threads.keys()]) if (!wanted.has(id)) this.#drop(id);
    for (const conversation of conversations) {
      const known = this.#threads.get(conversation.id);
      if (known) known.update(conversation);
      else this.#add(conversation);
    }
  }

  /** Ask for everything after the numbers at hand: the connection is fresh. */
  resume() {
    for (const id of this.#threads.keys()) this.#follow(id);
  }

  /**
   * @param {string} id
   * @returns {any} the thread, or undefined when it is not followed
   */
  thread(id) {
    return this.#threads.get(id);
  }

  /**
   * @param {string} id
   * @returns {any[]} the internal notes, oldest first
   */
  notes(id) {
    const notes = [...(this.#signs.get(id)?.notes.values() ?? [])];
    return notes.sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
  }

  /** @param {string} id whether the thread has been sent whole at least once */
  isWhole(id) {
    return this.#signs.get(id)?.isWhole ?? false;
  }

  /**
   * @param {string} id
   * @returns {boolean | null} whether the reader is connected; null when unknown
   */
  isReaderHere(id) {
    return this.#signs.get(id)?.isHere ?? null;
  }

  /** @param {string} id */
  isReaderTyping(id) {
    return this.#signs.get(id)?.typing != null;
  }

  /**
   * @param {string} id
   * @returns {number} how many texts of the reader nobody at the desk has seen
   */
  unread(id) {
    const thread = this.#threads.get(id);
    if (!thread) return 0;
    const seen = thread.conversation.staff_seen_seq;
    return thread.messages.filter((/** @type {any} */ each) => each.seq > seen && isFromReader(each)).length;
  }

  /** @param {any} frame of one conversation; others are ignored */
  take(frame) {
    const id = frame.conversation_id ?? frame.conversation?.id;
    const thread = this.#threads.get(id);
    const signs = this.#signs.get(id);
    if (!thread || !signs) return;
    if (frame.type === "messages") this.#addMessages(thread, signs, frame.items);
    else if (frame.type === "staff_conversation") thread.update(frame.conversation);
    else if (frame.type === "seen") thread.markSeen(frame.side, frame.seq);
    else if (frame.type === "notes") for (const note of frame.items) signs.notes.set(note.id, note);
    else if (frame.type === "caught_up") signs.isWhole = true;
    else if (frame.type === "presence" && frame.side === "reader") signs.isHere = frame.is_here;
    else if (frame.type === "typing" && frame.side === "reader") this.#showTyping(signs);
    this.#closeGapLater(id, thread, signs);
    this.#onChange();
  }

  #addMessages(/** @type {any} */ thread, /** @type {any} */ signs, /** @type {any[]} */ items) {
    thread.add(items);
    if (items.some(isFromReader)) this.#hideTyping(signs);
  }

  #showTyping(/** @type {any} */ signs) {
    this.#clock.cancel(signs.typing);
    signs.typing = this.#clock.after(() => {
      this.#hideTyping(signs);
      this.#onChange();
    }, TYPING_FADES_SECONDS * 1000);
  }

  #hideTyping(/** @type {any} */ signs) {
    this.#clock.cancel(signs.typing);
    signs.typing = null;
  }

  #closeGapLater(/** @type {string} */ id, /** @type {any} */ thread, /** @type {any} */ signs) {
    this.#clock.cancel(signs.gap);
    signs.gap = null;
    if (!signs.isWhole || !thread.isBehind) return;
    signs.gap = this.#clock.after(() => this.#follow(id), GAP_SECONDS * 1000);
  }

  #add(/** @type {any} */ conversation) {
    this.#threads.set(conversation.id, this.#newThread(conversation));
    this.#signs.set(conversation.id, { isHere: null, typing: null, gap: null, isWhole: false, notes: new Map() });
    this.#follow(conversation.id);
  }

  #drop(/** @type {string} */ id) {
    const signs = this.#signs.get(id);
    this.#clock.cancel(signs?.typing);
    this.#clock.cancel(signs?.gap);
    this.#threads.delete(id);
    this.#signs.delete(id);
    this.#send({ type: "unfollow", conversation_id: id });
  }

  #follow(/** @type {string} */ id) {
    this.#send({ type: "follow", conversation_id: id, after_seq: this.#threads.get(id).lastSeq });
  }
}

/** @param {{kind: string, author: string}} message */
function isFromReader({ kind, author }) {
  return kind === "text" && author === "reader";
}
