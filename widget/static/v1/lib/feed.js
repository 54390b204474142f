/** @import { Connection } from "./connection.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Frame, Message } from "./wire.js" */
/** @import { Thread } from "./thread.js" */

/** Keeps one thread current. Asks again when a number is missing. Never sends what the reader wrote. */

// How long a missing message may take to arrive by itself before it is asked for.
const GAP_SECONDS = 0.5;
const TYPING_FADES_SECONDS = 6;

export class Feed {
  #connection;
  #clock;
  #onChange;
  #onTaken;
  /** @type {Thread | null} */
  #thread = null;
  /** @type {Record<"gap" | "typing", any>} */
  #timers = { gap: null, typing: null };
  /** Whether the librarian is typing. */
  isTyping = false;
  /** Whether the librarian's console is connected; null when unknown. @type {boolean | null} */
  isLibrarianHere = null;
  /** When the thread was last known to be current, in milliseconds. */
  currentAt = 0;

  /**
   * @param {object} options
   * @param {Connection} options.connection
   * @param {Clock} options.clock
   * @param {() => void} options.onChange
   * @param {(clientId: string) => void} options.onTaken the server has stored what the reader sent under this id
   */
  constructor({ connection, clock, onChange, onTaken }) {
    this.#connection = connection;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#onTaken = onTaken;
  }

  /** @param {Thread} thread */
  follow(thread) {
    this.leave();
    this.#thread = thread;
    this.currentAt = this.#clock.now();
    this.#connection.start();
    this.#askForRest();
  }

  /** Stop keeping the thread current and close the socket. */
  leave() {
    for (const timer of Object.values(this.#timers)) this.#clock.cancel(timer);
    this.#thread = null;
    this.isTyping = false;
    this.isLibrarianHere = null;
    this.#connection.stop();
  }

  /** The connection changed: catch up on a fresh one. */
  connectionChanged() {
    this.isTyping = false;
    if (this.#connection.state === "live") this.#askForRest();
  }

  /** @param {Frame} frame */
  take(frame) {
    const thread = this.#thread;
    if (!thread || (frame.conversation_id ?? frame.conversation?.id) !== thread.conversation.id) return;
    this.currentAt = this.#clock.now();
    if (frame.type === "messages") this.#add(thread, frame.items);
    else if (frame.type === "conversation") thread.update(frame.conversation);
    else if (frame.type === "seen") thread.markSeen(frame.side, frame.seq);
    else if (frame.type === "position") thread.moveTo(frame.position);
    else if (frame.type === "presence" && frame.side === "librarian") this.isLibrarianHere = frame.is_here;
    else if (frame.type === "typing" && frame.side === "librarian") this.#showTyping();
    this.#closeGapLater(thread);
    this.#onChange();
  }

  /**
   * Take messages that came over HTTP.
   *
   * @param {string} conversationId
   * @param {Message} message
   */
  add(conversationId, message) {
    if (this.#thread?.conversation.id !== conversationId) return;
    this.#add(this.#thread, [message]);
    this.#closeGapLater(this.#thread);
  }

  /**
   * @param {Thread} thread
   * @param {Message[]} messages
   */
  #add(thread, messages) {
    thread.add(messages);
    for (const message of messages) {
      if (message.author === "reader") this.#onTaken(message.client_id);
      else if (message.kind === "text") this.isTyping = false;
    }
  }

  #showTyping() {
    this.isTyping = true;
    this.#clock.cancel(this.#timers.typing);
    this.#timers.typing = this.#clock.after(() => {
      this.isTyping = false;
      this.#onChange();
    }, TYPING_FADES_SECONDS * 1000);
  }

  /** @param {Thread} thread */
  #closeGapLater(thread) {
    this.#clock.cancel(this.#timers.gap);
    if (!thread.isBehind) return;
    this.#timers.gap = this.#clock.after(() => this.#askForRest(), GAP_SECONDS * 1000);
  }

  #askForRest() {
    if (!this.#thread) return;
    const { conversation, lastSeq } = this.#thread;
    this.#connection.send({ type: "follow", conversation_id: conversation.id, after_seq: lastSeq });
  }
}
