/** @import { ColleaguesApi } from "./colleagues-api.js" */
import { Refusal } from "./staff-api.js";

/**
 * The rooms of colleagues and the notices of this person, as this screen knows them. What is said comes by frames; pages of
 * history are fetched. A message under way keeps its client id until the server has it.
 */

// What another process was announced may be lost on its way: so often it is asked whether there is more. A poll asks
// each time.
const LOOK_AGAIN_SECONDS = 60;

export class Rooms extends EventTarget {
  /** Unseen mentions, answers given back, invitations; oldest first. @type {any[]} */
  notices = [];
  /** @type {string | null} the room that is open */
  openId = null;
  /** @type {string} why the last thing did not work */
  problem = "";
  /** Who belongs to the open room besides this person. @type {any[]} */
  people = [];
  /** Whether the open room has messages before the first one at hand. */
  hasEarlier = false;
  #me;
  #api;
  #send;
  #clock;
  #newClientId;
  /** @type {Map<string, any>} */
  #rooms = new Map();
  /** @type {Map<string, Map<number, any>>} messages by room and number */
  #messages = new Map();
  /** @type {any} */
  #timer = null;
  /** @type {{roomId: string, message: any} | null} what was not stored yet */
  #underWay = null;

  /**
   * @param {{me: {id: string}, api: ColleaguesApi, send: (frame: any) => boolean, clock: any, newClientId: () => string}} parts
   */
  constructor({ me, api, send, clock, newClientId }) {
    super();
    this.#me = me;
    this.#api = api;
    this.#send = send;
    this.#clock = clock;
    this.#newClientId = newClientId;
  }

  /** @returns {any[]} rooms of desks first, then those with one colleague */
  get all() {
    return [...this.#rooms.values()];
  }

  /** @returns {number} unread messages and unseen notices that are not about a room */
  get unseen() {
    const unread = this.all.reduce((sum, room) => sum + room.unread, 0);
    return unread + this.notices.filter(({ room_id }) => room_id === null).length;
  }

  /** @returns {any} */
  get open() {
    return this.openId ? (this.#rooms.get(this.openId) ?? null) : null;
  }

  /** @returns {any[]} the messages of the open room at hand, oldest first */
  get messages() {
    return [...(this.#messages.get(this.openId ?? "")?.values() ?? [])].sort((a, b) => a.seq - b.seq);
  }

  /** @returns {string | null} what waits to be stored in the open room */
  get underWay() {
    return this.#underWay?.roomId === this.openId ? this.#underWay.message.body : null;
  }

  /** The connection is fresh. */
  async resume() {
    await this.#try(async () => {
      const rooms = await this.#api.rooms();
      for (const room of rooms) this.#rooms.set(room.id, { ...room, version: this.#rooms.get(room.id)?.version ?? room.version });
      for (const id of [...this.#rooms.keys()]) if (rooms.every((/** @type {any} */ room) => room.id !== id)) this.#forget(id);
    });
    this.#attend();
  }

  /** @param {any} frame from the server */
  take(frame) {
    if (frame.type === "notices") this.notices = frame.items;
    else if (frame.type === "room_seen") this.#takeSeen(frame);
    else if (frame.type === "talk") this.#takeTalk(frame);
    else return;
    this.#tell();
  }

  /** Look at a room. @param {string} id */
  async openRoom(id) {
    this.openId = id;
    this.people = [];
    this.#messages.set(id, new Map());
    await this.#page(null);
    this.see();
  }

  /** Look at the room with one colleague. @param {string} librarianId */
  async openWith(librarianId) {
    const room = await this.#try(() => this.#api.roomWith(librarianId));
    if (!room) return;
    this.#rooms.set(room.id, room);
    await this.openRoom(room.id);
  }

  /** Fetch what was said before the first message at hand. */
  earlier() {
    return this.#page(this.messages[0]?.seq ?? null);
  }

  /** Look at no room any more. */
  closeRoom() {
    this.openId = null;
    this.#tell();
  }

  /**
   * @param {string} body
   * @param {string[]} mentions
   * @returns {Promise<boolean>} whether it is stored; else it stays under way and `sendAgain` repeats it
   */
  say(body, mentions) {
    this.#underWay = { roomId: this.openId ?? "", message: { client_id: this.#newClientId(), body, mentions } };
    return this.sendAgain();
  }

  /** @returns {Promise<boolean>} */
  async sendAgain() {
    const sent = this.#underWay;
    if (!sent) return true;
    this.#tell();
    const stored = await this.#try(() => this.#api.sayInRoom(sent.roomId, sent.message));
    if (stored && this.#underWay === sent) this.#underWay = null;
    this.#tell();
    return Boolean(stored);
  }

  /** Give up what was not stored. @returns {string} its text */
  discard() {
    const body = this.#underWay?.message.body ?? "";
    this.#underWay = null;
    this.problem = "";
    this.#tell();
    return body;
  }

  /** @param {number} seq @param {string} body */
  edit(seq, body) {
    return this.#try(() => this.#api.editInRoom(this.openId ?? "", seq, body));
  }

  /** @param {number} seq */
  remove(seq) {
    return this.#try(() => this.#api.deleteInRoom(this.openId ?? "", seq));
  }

  /** The person has the open room before the eyes. */
  see() {
    const room = this.open;
    if (!room || room.unread === 0) return;
    room.unread = 0;
    void this.#try(() => this.#api.seeRoom(room.id, room.last_seq));
    this.#tell();
  }

  /** @param {any} notice was seen */
  async seeNotice(notice) {
    this.notices = this.notices.filter(({ id }) => id !== notice.id);
    this.#tell();
    const left = await this.#try(() => this.#api.seeNotices([notice.id]));
    if (left) this.notices = left;
    this.#tell();
  }

  #takeSeen(/** @type {any} */ { room_id, seq }) {
    const room = this.#rooms.get(room_id);
    if (room && seq >= room.last_seq) room.unread = 0;
  }

  #takeTalk(/** @type {any} */ { room_id, after, version, items }) {
    const room = this.#rooms.get(room_id);
    if (!room) {
      // A colleague has opened a room with this person, or the person has come to a desk.
      void this.resume();
      return;
    }
    const messages = this.#messages.get(room_id);
    for (const item of items) {
      const isNew = item.seq > room.last_seq;
      room.last_seq = Math.max(room.last_seq, item.seq);
      if (isNew && item.librarian_id !== this.#me.id) room.unread += 1;
      const known = messages?.get(item.seq);
      if (messages && (!known || known.version < item.version)) messages.set(item.seq, item);
    }
    if (after > room.version) this.#attend();
    else room.version = Math.max(room.version, version);
    if (room_id === this.openId) this.dispatchEvent(new Event("said"));
  }

  async #page(/** @type {number | null} */ before) {
    const id = this.openId ?? "";
    const page = await this.#try(() => this.#api.room(id, before));
    if (!page || id !== this.openId) return;
    const messages = this.#messages.get(id) ?? new Map();
    for (const item of page.items) messages.set(item.seq, item);
    this.#rooms.set(id, page.room);
    this.people = page.people;
    this.hasEarlier = page.has_earlier;
    this.#tell();
  }

  #attend() {
    this.#clock.cancel(this.#timer);
    this.#send({ type: "attend", rooms: Object.fromEntries(this.all.map(({ id, version }) => [id, version])) });
    this.#timer = this.#clock.after(() => this.#attend(), LOOK_AGAIN_SECONDS * 1000);
  }

  #forget(/** @type {string} */ id) {
    this.#rooms.delete(id);
    this.#messages.delete(id);
    if (this.openId === id) this.openId = null;
  }

  async #try(/** @type {() => Promise<any>} */ act) {
    this.problem = "";
    try {
      return await act();
    } catch (error) {
      // Without a connection fetch fails by itself; the person sees that and tries again.
      this.problem = error instanceof Refusal ? error.message : "offline";
      this.#tell();
      return null;
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
