/**
 * Who else has a conversation open, and who of them writes. Told among the browsers of the staff and nowhere kept: each
 * says now and then what it looks at, and what was not said again fades.
 *
 * @typedef {{id: string, names: Record<string, string>, isTyping: boolean}} Looker
 */

// The protocol's numbers, in milliseconds.
const SAY_EVERY = 20_000;
const FADES_AFTER = 45_000;
const TYPING_FADES_AFTER = 6_000;
const TYPING_SAID_EVERY = 3_000;

export class Lookers {
  #me;
  #send;
  #clock;
  #onChange;
  /** @type {string | null} */
  #openId = null;
  #typedAt = -Infinity;
  /** @type {any} */
  #timer = null;
  /** @type {Map<string, Map<string, Looker & {fade: any, rest: any}>>} by conversation, by person */
  #seen = new Map();

  /**
   * @param {object} parts
   * @param {{id: string}} parts.me
   * @param {(frame: any) => boolean} parts.send
   * @param {{now: () => number, after: (run: () => void, milliseconds: number) => any, cancel: (timer: any) => void}} parts.clock
   * @param {() => void} parts.onChange
   */
  constructor({ me, send, clock, onChange }) {
    this.#me = me;
    this.#send = send;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** @param {string | null} id this person has it open from now on, and no other; the conversation is followed */
  open(id) {
    if (id === this.#openId) return;
    if (this.#openId) this.#say({ is_leaving: true });
    this.#openId = id;
    this.#typedAt = -Infinity;
    this.resume();
  }

  /** Say again what is open: the connection is fresh, or the page is before the eyes again. */
  resume() {
    this.#clock.cancel(this.#timer);
    if (!this.#openId) return;
    this.#say({});
    this.#timer = this.#clock.after(() => this.resume(), SAY_EVERY);
  }

  /** The page is out of sight: what it shows nobody looks at. */
  rest() {
    this.#clock.cancel(this.#timer);
    this.#say({ is_leaving: true });
  }

  /** This person writes in the open conversation, an answer or a note. */
  typed() {
    if (this.#clock.now() - this.#typedAt < TYPING_SAID_EVERY) return;
    this.#typedAt = this.#clock.now();
    this.#say({ is_typing: true });
  }

  /** @param {string} id @returns {Looker[]} the others who look at it, who writes first */
  of(id) {
    return [...(this.#seen.get(id)?.values() ?? [])].sort((a, b) => Number(b.isTyping) - Number(a.isTyping));
  }

  /** @param {any} frame */
  take(frame) {
    if (frame.type !== "looked" || frame.librarian_id === this.#me.id) return;
    const { conversation_id: id, librarian_id: who } = frame;
    const known = this.#seen.get(id)?.get(who);
    this.#drop(id, who);
    if (!frame.is_leaving) {
      this.#add(frame, known?.isTyping ?? false);
      // Somebody new does not know yet that this person is here.
      if (!known && id === this.#openId) this.#say({});
    }
    this.#onChange();
  }

  #add(/** @type {any} */ frame, /** @type {boolean} */ wasTyping) {
    const { conversation_id: id, librarian_id: who } = frame;
    const looker = { id: who, names: { zh: frame.name_zh, en: frame.name_en }, isTyping: frame.is_typing || wasTyping, fade: null, rest: null };
    looker.fade = this.#clock.after(() => this.#gone(id, who), FADES_AFTER);
    if (looker.isTyping) {
      looker.rest = this.#clock.after(() => {
        looker.isTyping = false;
        this.#onChange();
      }, TYPING_FADES_AFTER);
    }
    if (!this.#seen.has(id)) this.#seen.set(id, new Map());
    this.#seen.get(id)?.set(who, looker);
  }

  #gone(/** @type {string} */ id, /** @type {string} */ who) {
    this.#drop(id, who);
    this.#onChange();
  }

  #drop(/** @type {string} */ id, /** @type {string} */ who) {
    const known = this.#seen.get(id)?.get(who);
    if (!known) return;
    this.#clock.cancel(known.fade);
    this.#clock.cancel(known.rest);
    this.#seen.get(id)?.delete(who);
    if (this.#seen.get(id)?.size === 0) this.#seen.delete(id);
  }

  #say(/** @type {object} */ how) {
    if (this.#openId) this.#send({ type: "look", conversation_id: this.#openId, is_typing: false, is_leaving: false, ...how });
  }
}
