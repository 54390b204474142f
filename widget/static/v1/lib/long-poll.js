/** @import { Frame } from "./wire.js" */
/** @import { Socket } from "./connection.js" */

/** The frames of the socket over plain HTTP, for networks that cut sockets. Used like a WebSocket. */

// Below the thirty seconds that proxies on a campus allow a request.
const WAIT_SECONDS = 20;
// Each poll's answer counts as a sign of life; a page that wakes up asks for one by itself.
const WELCOME = { type: "welcome", version: 1, ping_seconds: 3600, silence_seconds: 45 };
const MAX_FOLLOWED = 50;
// One place is for what colleagues say.
const MAX_FRAMES = 49;
const PASSING = new Set(["too_many_requests", "database_busy", "internal_error"]);
const FINAL = new Set([401, 426, 429]);

/** Polls from the hello until it is closed or a poll fails; who opened it waits and opens the next one. */
export class LongPoll {
  /** @type {Socket["onopen"]} */
  onopen = null;
  /** @type {Socket["onmessage"]} */
  onmessage = null;
  /** @type {Socket["onclose"]} */
  onclose = null;
  /** @type {Socket["onerror"]} */
  onerror = null;
  #url;
  #credentials;
  #fetch;
  /** @type {Frame} */
  #hello = { type: "hello" };
  #isWelcomed = false;
  #isClosed = false;
  /** Conversations in the order of their follows, with the last number at hand. @type {Map<string, number>} */
  #follows = new Map();
  /** @type {Map<string, number>} */
  #desks = new Map();
  /** Rooms of colleagues that are attended, with the versions at hand; null where none are. @type {Map<string, number> | null} */
  #rooms = null;
  /** @type {Frame[]} */
  #frames = [];
  /** @type {string | null} */
  #known = null;
  #isProbed = false;
  /** @type {AbortController | null} */
  #asking = null;
  #mayCut = false;

  /**
   * @param {object} options
   * @param {string} options.url of the poll, `…/api/v1/poll` or `…/api/v1/staff/poll`
   * @param {RequestCredentials} [options.credentials] none for readers, whose token comes with the hello
   * @param {(url: string, init: RequestInit) => Promise<Response>} [options.send] in place of fetch
   */
  constructor({ url, credentials = "omit", send = (input, init) => fetch(input, init) }) {
    this.#url = url;
    this.#credentials = credentials;
    this.#fetch = send;
    queueMicrotask(() => this.onopen?.({}));
  }

  /** @param {string} text a frame; it goes out at once, cutting a poll that only waits */
  send(text) {
    /** @type {Frame} */
    const frame = JSON.parse(text);
    this.#put(frame);
    if (frame.type === "hello") void this.#run();
    else if (this.#mayCut) this.#asking?.abort();
  }

  close() {
    this.#isClosed = true;
    this.#asking?.abort();
  }

  /** @param {Frame} frame */
  #put(frame) {
    if (frame.type === "hello") this.#hello = frame;
    else if (frame.type === "ping") this.#isProbed = true;
    else if (frame.type === "unfollow") this.#follows.delete(frame.conversation_id);
    else if (frame.type === "watch") this.#desks = new Map(Object.entries(frame.desks));
    else if (frame.type === "attend") this.#rooms = new Map(Object.entries(frame.rooms));
    else if (frame.type === "follow") {
      // The newest follow stands last: were there too many, the oldest would be left out.
      this.#follows.delete(frame.conversation_id);
      this.#follows.set(frame.conversation_id, frame.after_seq);
    } else this.#frames.push(frame);
  }

  async #run() {
    while (!this.#isClosed) {
      const frames = this.#frames.splice(0, MAX_FRAMES);
      const answer = await this.#poll(frames);
      if (this.#isClosed) return;
      if (answer === "failed") return this.#fail();
      if (answer === "cut") continue;
      if (!this.#isWelcomed) this.#deliver([WELCOME]);
      this.#isWelcomed = true;
      this.#deliver([{ type: "pong" }, ...answer.frames]);
      this.#known = answer.known;
    }
  }

  /**
   * @param {Frame[]} frames
   * @returns {Promise<{frames: Frame[], known: string | null} | "cut" | "failed">}
   */
  async #poll(frames) {
    const asking = new AbortController();
    this.#asking = asking;
    // What carries frames is answered at once and never cut: nothing goes out twice.
    this.#mayCut = this.#isWelcomed && frames.length === 0 && !this.#isProbed;
    this.#isProbed = false;
    try {
      const response = await this.#fetch(this.#url, this.#request(frames, asking.signal));
      if (response.ok) return await response.json();
      const refusal = await response.json().catch(() => ({}));
      return this.#refused(response.status, refusal.error ?? {}, frames);
    } catch {
      return asking.signal.aborted ? "cut" : "failed";
    } finally {
      this.#mayCut = false;
    }
  }

  /**
   * @param {Frame[]} frames
   * @param {AbortSignal} signal
   * @returns {RequestInit}
   */
  #request(frames, signal) {
    const { token, language = "zh" } = this.#hello;
    /** @type {Record<string, string>} */
    const headers = { "Content-Type": "application/json", "Accept-Language": language };
    if (token) headers.Authorization = `Bearer ${token}`;
    // What is said between two polls reaches neither: each asks for it.
    const attending = this.#rooms ? [{ type: "attend", rooms: Object.fromEntries(this.#rooms) }] : [];
    const body = JSON.stringify({
      follows: Object.fromEntries([...this.#follows].slice(-MAX_FOLLOWED)),
      desks: Object.fromEntries(this.#desks),
      frames: [...frames, ...attending],
      known: this.#known,
      wait_seconds: this.#mayCut ? WAIT_SECONDS : 0,
    });
    return { method: "POST", headers, body, signal, credentials: this.#credentials, cache: "no-store" };
  }

  /**
   * @param {number} status
   * @param {any} error
   * @param {Frame[]} frames what was refused with the poll
   */
  #refused(status, error, frames) {
    if (FINAL.has(status)) this.#tell({ type: "error", details: {}, ...error, ref: null, is_final: true });
    if (status !== 422 || frames.length === 0) return /** @type {const} */ ("failed");
    // One of the frames has a wrong field. Which one is not said: each is told to its sender.
    return { frames: frames.map(({ client_id }) => ({ type: "error", details: {}, ...error, ref: client_id ?? null })), known: this.#known };
  }

  /** @param {Frame[]} frames */
  #deliver(frames) {
    for (const frame of frames) {
      if (this.#isClosed) return;
      this.#advance(frame);
      this.#tell(frame);
    }
  }

  /** @param {Frame} frame */
  #tell(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /**
   * Take over how far things are now, for the next poll.
   *
   * @param {Frame} frame
   */
  #advance(frame) {
    const { type, conversation_id: id, desk_id, version } = frame;
    if (type === "messages") for (const { seq } of frame.items) if (seq === (this.#follows.get(id) ?? -1) + 1) this.#follows.set(id, seq);
    // Of another life of the database: the numbers at hand mean nothing there.
    if (type === "caught_up" && frame.last_seq < (this.#follows.get(id) ?? 0)) this.#follows.set(id, frame.last_seq);
    if (type === "desk_list" && this.#desks.has(desk_id)) this.#desks.set(desk_id, version);
    if (type === "desk_change" && this.#desks.get(desk_id) === version - 1) this.#desks.set(desk_id, version);
    if (type === "talk" && frame.after <= (this.#rooms?.get(frame.room_id) ?? -1)) this.#rooms?.set(frame.room_id, Math.max(version, this.#rooms.get(frame.room_id) ?? 0));
    if (type === "error") this.#giveUp(frame);
  }

  /** @param {Frame} error what is refused for good is not asked for again with every poll */
  #giveUp({ ref, code }) {
    const isOfPoll = ref == null || this.#follows.has(ref);
    if (isOfPoll && PASSING.has(code)) this.#fail();
    else if (ref == null) this.#desks.clear();
    else this.#follows.delete(ref);
  }

  #fail() {
    this.#isClosed = true;
    this.onclose?.({});
  }
}
