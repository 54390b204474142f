/** @import { Frame, Refusal } from "./wire.js" */
/** @import { Clock } from "./clock.js" */
import { Backoff } from "./backoff.js";

/**
 * One line that comes back: hello, pings, silence, jittered reconnects. A socket, or where sockets are cut or hang the
 * fallback, until a socket gets through again. Knows frames, not conversations.
 *
 * off: not wanted · connecting: no welcome yet · live: frames flow · lost: waiting to connect again
 *
 * @typedef {"off" | "connecting" | "live" | "lost"} ConnectionState
 *
 * @typedef {object} Socket what is used of a WebSocket
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 * @property {((event: any) => void) | null} onerror
 * @property {(text: string) => void} send
 * @property {() => void} close
 */

// A socket that hangs for so long hangs in something on the way, and HTTP takes over at once.
const WELCOME_SECONDS = 8;
// A sleeping phone or a changed network kills sockets without a word: after waking, an answer must come this soon.
const PROBE_SECONDS = 5;
// After so many failures in a row something on the way cuts sockets (a campus proxy, WebVPN); HTTP takes over meanwhile.
const BLOCKED_AFTER = 3;
// While HTTP does it, a socket is tried this often.
const RETURN_SECONDS = 60;
// A socket that lives this long counts as a success; one that is cut at once must not reset the waiting time.
const STEADY_SECONDS = 10;
const PERMANENT = new Set(["unauthenticated", "version_refused", "hello_expected", "frame_malformed", "frame_too_large"]);

export class Connection {
  #url;
  #hello;
  #openSocket;
  #openFallback;
  #clock;
  #random;
  #backoff;
  #onState;
  #onFrame;
  #onRefused;
  /** @type {Socket | null} */
  #socket = null;
  /** A socket that is tried while the fallback carries the frames. @type {Socket | null} */
  #trial = null;
  /** @type {ConnectionState} */
  #state = "off";
  #failures = 0;
  #pingSeconds = 15;
  #silenceSeconds = 40;
  #connectedAt = 0;
  #isPolling = false;
  /** Until the next try, when the server has said it. @type {number | null} */
  #pauseSeconds = null;
  /** @type {Record<"retry" | "ping" | "silence" | "trial", any>} */
  #timers = { retry: null, ping: null, silence: null, trial: null };

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {() => Frame} options.hello
   * @param {(url: string) => Socket} options.openSocket
   * @param {() => Socket} [options.openFallback] carries the same frames where sockets are cut
   * @param {Clock} options.clock
   * @param {() => number} [options.random]
   * @param {(state: ConnectionState) => void} options.onState
   * @param {(frame: Frame) => void} options.onFrame every frame but welcome, pong and drain, and only after a welcome
   * @param {(refusal: Refusal) => void} options.onRefused the server will not have us; the connection is off
   */
  constructor({ url, hello, openSocket, openFallback, clock, random = Math.random, onState, onFrame, onRefused }) {
    this.#url = url;
    this.#hello = hello;
    this.#openSocket = openSocket;
    this.#openFallback = openFallback;
    this.#clock = clock;
    this.#random = random;
    this.#backoff = new Backoff({ random });
    this.#onState = onState;
    this.#onFrame = onFrame;
    this.#onRefused = onRefused;
  }

  get state() {
    return this.#state;
  }

  /** @returns {boolean} whether the fallback carries the frames, or is tried */
  get isPolling() {
    return this.#isPolling;
  }

  start() {
    if (this.#state === "off") this.#connect();
  }

  stop() {
    this.#detach();
    this.#failures = 0;
    this.#backoff.reset();
    this.#turn("off");
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} whether it went out; false when not live
   */
  send(frame) {
    if (this.#state !== "live" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The page came to the front, or the network returned: connect now, or make sure that the socket still lives. */
  wake() {
    if (this.#state === "connecting") this.#backoff.reset();
    else if (this.#state === "lost") this.#connectAfresh();
    else if (this.send({ type: "ping" })) this.#expectFrameWithin(PROBE_SECONDS);
  }

  /** The browser says that the network is gone. */
  drop() {
    if (this.#state === "live" || this.#state === "connecting") this.#lose();
  }

  /** What failed before may have been another network: sockets get their chance again. */
  #connectAfresh() {
    this.#failures = 0;
    this.#connect();
  }

  #connect() {
    this.#detach();
    this.#isPolling = this.#openFallback !== undefined && this.#failures >= BLOCKED_AFTER;
    this.#turn("connecting");
    this.#timers.silence = this.#clock.after(() => this.#giveUp(), WELCOME_SECONDS * 1000);
    try {
      const socket = this.#isPolling && this.#openFallback ? this.#openFallback() : this.#openSocket(this.#url);
      socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
      this.#hold(socket);
    } catch {
      this.#lose();
    }
  }

  /** @param {Socket} socket which carries the frames from now on */
  #hold(socket) {
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#lose();
    socket.onerror = () => {};
  }

  #tryLater() {
    this.#timers.trial = this.#clock.after(() => this.#try(), RETURN_SECONDS * 1000);
  }

  /** Whether a socket gets through again is known when one is welcomed. Until then the fallback goes on. */
  #try() {
    silence(this.#trial);
    this.#tryLater();
    const socket = this.#openSocket(this.#url);
    this.#trial = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
    socket.onmessage = (event) => this.#return(socket, event.data);
    socket.onclose = socket.onerror = () => {};
  }

  /**
   * @param {Socket} socket
   * @param {string} text its first frame, the welcome
   */
  #return(socket, text) {
    this.#trial = null;
    this.#detach();
    this.#isPolling = false;
    this.#turn("connecting");
    this.#hold(socket);
    this.#receive(text);
  }

  /** @param {string} text */
  #receive(text) {
    /** @type {Frame} */
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    if (this.#state === "live") this.#expectFrameWithin(this.#silenceSeconds);
    if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "drain") this.#pauseSeconds = this.#random() * frame.reconnect_within_seconds;
    else if (frame.type === "error" && frame.is_final) this.#refuse(frame);
    else if (frame.type !== "pong" && this.#state === "live") this.#onFrame(frame);
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    this.#pingSeconds = frame.ping_seconds;
    this.#silenceSeconds = frame.silence_seconds;
    if (this.#isPolling) this.#tryLater();
    else this.#failures = 0;
    this.#connectedAt = this.#clock.now();
    this.#expectFrameWithin(this.#silenceSeconds);
    this.#pingLater();
    this.#turn("live");
  }

  /** @param {Frame} frame */
  #refuse({ code, message, details }) {
    if (!PERMANENT.has(code)) {
      this.#pauseSeconds = details?.retry_after_seconds ?? null;
      return;
    }
    this.stop();
    this.#onRefused({ code, message, details: details ?? {} });
  }

  #pingLater() {
    this.#clock.cancel(this.#timers.ping);
    this.#timers.ping = this.#clock.after(() => {
      if (this.send({ type: "ping" })) this.#pingLater();
    }, this.#pingSeconds * 1000);
  }

  /** @param {number} seconds */
  #expectFrameWithin(seconds) {
    this.#clock.cancel(this.#timers.silence);
    this.#timers.silence = this.#clock.after(() => this.#lose(), seconds * 1000);
  }

  /** No welcome came in time. */
  #giveUp() {
    if (!this.#isPolling) this.#failures = BLOCKED_AFTER - 1;
    this.#lose();
  }

  #lose() {
    const wasLive = this.#state === "live";
    if (wasLive && this.#clock.now() - this.#connectedAt >= STEADY_SECONDS * 1000) this.#backoff.reset();
    // Where the fallback does not get through either, sockets have their turn again.
    if (!wasLive) this.#failures = this.#isPolling ? 0 : this.#failures + 1;
    this.#detach();
    const isTurning = !wasLive && this.#openFallback && this.#failures === BLOCKED_AFTER;
    const pause = this.#pauseSeconds ?? this.#backoff.next();
    // The fallback need not wait for what sockets suffered.
    const seconds = isTurning ? 0 : pause;
    this.#pauseSeconds = null;
    this.#timers.retry = this.#clock.after(() => this.#connect(), seconds * 1000);
    this.#turn("lost");
  }

  /** Forget the socket and every timer. A dead socket may take minutes to close: nobody waits for it. */
  #detach() {
    for (const timer of Object.values(this.#timers)) this.#clock.cancel(timer);
    silence(this.#socket);
    silence(this.#trial);
    this.#socket = this.#trial = null;
  }

  /** @param {ConnectionState} state */
  #turn(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}

/** @param {Socket | null} socket is closed and says nothing more */
function silence(socket) {
  if (!socket) return;
  socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
  socket.close();
}
