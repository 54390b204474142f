import { make } from "../lib/dom.js";
import { News, titleWith } from "../lib/news.js";
import { DeskElement } from "./desk-element.js";

// Two soft tones; a question sounds higher than a message.
const TONES = { question: [660, 880], text: [520] };
const TONE_SECONDS = 0.14;
const VOLUME = 0.06;

/** What draws attention: the title and icon of the page, notifications and sounds where the person wants them. */
export class DeskAlerts extends DeskElement {
  #news = new News();
  #title = document.title;
  #icon = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="icon"]'));
  #icons = { calm: "", news: "" };
  /** @type {AudioContext | null} */
  #audio = null;

  build() {
    const { t } = this.desk;
    const news = /** @type {HTMLLinkElement} */ (document.getElementById("icon-news"));
    this.#icons = { calm: this.#icon.href, news: news.href };
    this.append(
      make("ul", { className: "menu-list" }, this.#choice("sound", t("Sounds"), () => this.#sound("text")), this.#choice("notify", t("Notifications on this computer"), () => this.#askPermission())),
    );
    // A page may sound only after its person has done something in it.
    document.addEventListener("pointerdown", () => this.#audio?.resume(), { signal: this.life });
  }

  show() {
    const { model } = this.desk;
    const { waiting, mine } = model.sections;
    const unread = mine.map((/** @type {any} */ { id }) => ({ id, unread: model.unread(id) }));
    const count = waiting.length + unread.filter((/** @type {any} */ each) => each.unread > 0).length;
    document.title = titleWith(this.#title, count);
    const icon = count > 0 ? this.#icons.news : this.#icons.calm;
    if (this.#icon.href !== icon) this.#icon.href = icon;
    const { questions, texts } = this.#news.take(waiting, unread);
    for (const question of questions) this.#announce("question", question);
    for (const id of texts) if (document.hidden || id !== model.openId) this.#announce("text", model.conversation(id));
  }

  #announce(/** @type {"question" | "text"} */ kind, /** @type {any} */ conversation) {
    if (this.desk.shelf.get("sound")) this.#sound(kind);
    if (!this.desk.shelf.get("notify") || !document.hidden || Notification.permission !== "granted") return;
    const { t } = this.desk;
    const title = kind === "question" ? t("A question is waiting") : t("A reader has written");
    // The words of the reader stay in the page: a notification may be read by others.
    const note = new Notification(title, { body: conversation.library_name, tag: conversation.id });
    note.addEventListener("click", () => this.#show(note, conversation.id));
  }

  #show(/** @type {Notification} */ note, /** @type {string} */ id) {
    window.focus();
    note.close();
    this.desk.model.dispatchEvent(new CustomEvent("go", { detail: id }));
  }

  #choice(/** @type {string} */ key, /** @type {string} */ label, /** @type {() => void} */ onChosen) {
    const box = make("input", { type: "checkbox", checked: this.desk.shelf.get(key) === true });
    box.addEventListener("change", () => {
      this.desk.shelf.set(key, box.checked);
      if (box.checked) onChosen();
    });
    return make("li", {}, make("label", {}, box, label));
  }

  async #askPermission() {
    if (Notification.permission === "default") await Notification.requestPermission();
  }

  #sound(/** @type {"question" | "text"} */ kind) {
    const audio = (this.#audio ??= new AudioContext());
    TONES[kind].forEach((pitch, place) => play(audio, pitch, audio.currentTime + place * TONE_SECONDS));
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} pitch in Hz
 * @param {number} start
 */
function play(audio, pitch, start) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
  volume.gain.linearRampToValueAtTime(0, start + TONE_SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + TONE_SECONDS);
}
