/** @import { Clock } from "./clock.js" */
/** @import { Socket } from "./connection.js" */

// So many sockets in a row that never were welcomed, or one that hangs for so long, and the poll takes over.
const TRIES = 3;
const WELCOME_SECONDS = 5;
// How often a page that polls looks whether sockets pass by now.
const PROBE_SECONDS = 60;
const COME_AGAIN = { type: "drain", reconnect_within_seconds: 0 };

/** Opens sockets, or long polls where sockets are cut, and goes back to sockets when they pass again. */
export class EitherWay {
  #openSocket;
  #openPoll;
  #clock;
  #failures = 0;
  #isPolling = false;

  /**
   * @param {object} options
   * @param {(url: string) => Socket} options.openSocket
   * @param {() => Socket} options.openPoll
   * @param {Clock} options.clock
   */
  constructor({ openSocket, openPoll, clock }) {
    this.#openSocket = openSocket;
    this.#openPoll = openPoll;
    this.#clock = clock;
  }

  /** @returns {boolean} whether the last line opened is a long poll */
  get isPolling() {
    return this.#isPolling;
  }

  /**
   * Bound, to be handed to a `Connection`.
   *
   * @param {string} url of the socket
   * @returns {Socket}
   */
  open = (url) => {
    this.#isPolling = this.#failures >= TRIES;
    return this.#isPolling ? this.#poll(url) : this.#trySocket(url);
  };

  /** @param {string} url */
  #trySocket(url) {
    this.#failures += 1;
    const line = new Line(this.#openSocket(url), {
      onFirst: () => {
        this.#clock.cancel(timer);
        this.#failures = 0;
      },
      onEnd: () => this.#clock.cancel(timer),
    });
    const timer = this.#clock.after(() => {
      this.#failures = TRIES;
      line.replace();
    }, WELCOME_SECONDS * 1000);
    return line;
  }

  /** @param {string} url */
  #poll(url) {
    const life = new AbortController();
    const line = new Line(this.#openPoll(), {
      onFirst: () => this.#probeLater(line, url, life.signal),
      onEnd: (wasUsed) => {
        life.abort();
        // Nothing gets through at all: sockets have their turn again.
        if (!wasUsed) this.#failures = 0;
      },
    });
    return line;
  }

  /**
   * @param {Line} line
   * @param {string} url
   * @param {AbortSignal} life of the line
   */
  #probeLater(line, url, life) {
    const timer = this.#clock.after(() => this.#probe(line, url, life), PROBE_SECONDS * 1000);
    life.addEventListener("abort", () => this.#clock.cancel(timer));
  }

  /**
   * @param {Line} line
   * @param {string} url
   * @param {AbortSignal} life
   */
  #probe(line, url, life) {
    const socket = this.#openSocket(url);
    const end = (/** @type {boolean} */ hasPassed) => {
      this.#clock.cancel(timer);
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      if (life.aborted) return;
      if (!hasPassed) return this.#probeLater(line, url, life);
      this.#failures = 0;
      line.replace();
    };
    const timer = this.#clock.after(() => end(false), WELCOME_SECONDS * 1000);
    life.addEventListener("abort", () => end(false), { once: true });
    socket.onopen = () => socket.send(line.hello);
    socket.onmessage = () => end(true);
    socket.onclose = () => end(false);
  }
}

/** A socket or a long poll that is watched: whether anything came through it, and when it ends. */
class Line {
  /** @type {Socket["onopen"]} */
  onopen = null;
  /** @type {Socket["onmessage"]} */
  onmessage = null;
  /** @type {Socket["onclose"]} */
  onclose = null;
  /** @type {Socket["onerror"]} */
  onerror = null;
  /** The first frame that was sent. */
  hello = "";
  #inner;
  #wasUsed = false;
  #hasEnded = false;
  #onEnd;

  /**
   * @param {Socket} inner
   * @param {{onFirst: () => void, onEnd: (wasUsed: boolean) => void}} watchers
   */
  constructor(inner, { onFirst, onEnd }) {
    this.#inner = inner;
    this.#onEnd = onEnd;
    inner.onopen = (event) => this.onopen?.(event);
    inner.onmessage = (event) => {
      if (!this.#wasUsed) onFirst();
      this.#wasUsed = true;
      this.onmessage?.(event);
    };
    inner.onclose = (event) => {
      this.#end();
      this.onclose?.(event);
    };
    inner.onerror = (event) => this.onerror?.(event);
  }

  /** @param {string} text */
  send(text) {
    this.hello ||= text;
    this.#inner.send(text);
  }

  close() {
    this.#end();
    this.#inner.onopen = this.#inner.onmessage = this.#inner.onclose = this.#inner.onerror = null;
    this.#inner.close();
  }

  /** End this line and have the next one opened at once. */
  replace() {
    const { onmessage, onclose } = this;
    this.close();
    onmessage?.({ data: JSON.stringify(COME_AGAIN) });
    onclose?.({});
  }

  #end() {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd(this.#wasUsed);
  }
}
