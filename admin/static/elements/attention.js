import { Alerting, isQuiet } from "../lib/alerting.js";
import { setText } from "../lib/dom.js";
import { Foremost } from "../lib/foremost.js";
import { titleWith } from "../lib/news.js";
import { playSound } from "../lib/sounds.js";
import { nameIn } from "../lib/words.js";

/** What draws attention on any page of the console: the title and icon, sounds, notifications. */
export class Attention {
  #day;
  #t;
  #language;
  #go;
  #alerting = new Alerting();
  #foremost = new Foremost({ locks: navigator.locks, name: "wenjin.alerts" });
  #title = document.title;
  #icon = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="icon"]'));
  #icons = { calm: this.#icon.href, news: /** @type {HTMLLinkElement} */ (document.getElementById("icon-news")).href };
  /** @type {AudioContext | null} */
  #audio = null;
  /** @type {any} */
  #again = null;

  /**
   * @param {object} parts
   * @param {import("../lib/working.js").WorkingDay} parts.day
   * @param {import("../lib/words.js").Translate} parts.t
   * @param {string} parts.language of the console
   * @param {(id: string) => void} parts.go opens a conversation
   */
  constructor({ day, t, language, go }) {
    this.#day = day;
    this.#t = t;
    this.#language = language;
    this.#go = go;
    // A page may sound only after its person has done something in it.
    // Making ready for sound takes its time: after what the key or the press does.
    for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => setTimeout(() => this.#wake()), { passive: true });
    day.addEventListener("change", () => this.#ringOn());
  }

  /** @param {(id: string) => void} go on the desk a conversation is opened without a new page */
  goBy(go) {
    this.#go = go;
  }

  /**
   * @param {import("../lib/alerting.js").Lists} lists as they are now
   * @param {{openId?: string | null, find: (id: string) => any}} how `find` returns a conversation
   */
  show(lists, { openId = null, find }) {
    this.#count(lists);
    const isInFront = !document.hidden && document.hasFocus();
    const { availability, preferences } = this.#day;
    const { sound, notes } = this.#alerting.take(lists, { availability, preferences, openId, isInFront });
    if (sound) this.#play(sound);
    if (!isInFront) for (const note of notes) this.#notify(note, find(note.id));
    this.#ringOn();
  }

  #count(/** @type {import("../lib/alerting.js").Lists} */ { waiting, asked, mine }) {
    // To whom no questions come, those that wait are not counted.
    const forMe = this.#day.availability === "online" ? waiting.length : 0;
    const count = forMe + asked.length + mine.filter(({ unread }) => unread > 0).length;
    const title = titleWith(this.#title, count);
    if (document.title !== title) document.title = title;
    const icon = count > 0 ? this.#icons.news : this.#icons.calm;
    if (this.#icon.href !== icon) this.#icon.href = icon;
    const badge = document.getElementById("desk-count");
    if (badge) {
      badge.hidden = count === 0;
      setText(badge, String(count));
    }
  }

  /** The sound of a question comes again until it is claimed, where the person wants that. */
  #ringOn() {
    const { repeat_seconds: seconds, question_sound: sound } = this.#day.preferences;
    const wanted = seconds > 0 && this.#alerting.isRinging && !isQuiet(this.#day);
    if (!wanted) {
      clearInterval(this.#again);
      this.#again = null;
    } else if (this.#again === null) {
      this.#again = setInterval(() => this.#play(sound), seconds * 1000);
    }
  }

  #notify(/** @type {import("../lib/alerting.js").Note} */ { kind, id }, /** @type {any} */ conversation) {
    const t = this.#t;
    if (!this.#day.preferences.notifies || !this.#foremost.isFirst || !("Notification" in window) || Notification.permission !== "granted") return;
    const titles = { question: t("A question is waiting"), asked: t("A question is offered to you"), text: t("A reader has written") };
    try {
      // The words of the reader stay in the page: a notification may be read by others.
      const note = new Notification(titles[kind], { body: (conversation && nameIn(conversation, "library", this.#language)) ?? "", tag: id });
      note.addEventListener("click", () => {
        window.focus();
        note.close();
        this.#go(id);
      });
    } catch {
      // A phone's browser shows none for a page.
    }
  }

  #wake() {
    this.#foremost.step();
    this.#audio ??= new AudioContext();
    if (this.#audio.state === "suspended") void this.#audio.resume();
  }

  #play(/** @type {string} */ sound) {
    if (this.#audio && this.#foremost.isFirst) playSound(this.#audio, sound, this.#day.preferences.volume);
  }
}
