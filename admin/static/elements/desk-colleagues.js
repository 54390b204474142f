import { make, setText, showList } from "../lib/dom.js";
import { mentioned, withNumbers } from "../lib/mentions.js";
import { isSendKey } from "../lib/shortcuts.js";
import { DeskElement } from "./desk-element.js";
import { MentionList } from "./mention-list.js";
import { NoticeList } from "./notice-list.js";

/** Colleagues beside the desk: what one has not seen, and the talk of each desk or with one colleague. A panel at the side. */
export class DeskColleagues extends DeskElement {
  /** @type {Record<string, any>} */
  #parts = {};
  /** @type {any} */
  #mentions = null;
  /** @type {any} */
  #notices = null;
  /** @type {number | null} the number of the message that is being changed */
  #editing = null;
  #shownRoom = "";
  /** @type {any[]} */
  #shownPeople = [];

  build() {
    const { t, rooms } = this.desk;
    this.#notices = new NoticeList(this.desk, () => this.#close());
    this.#parts.rooms = make("select", { "aria-label": t("Room") });
    this.#parts.rooms.addEventListener("change", () => this.#choose());
    this.#parts.earlier = this.#button(t("Earlier messages"), () => rooms.earlier());
    this.#parts.list = make("div", { className: "room-list" });
    this.#parts.none = make("p", { className: "quiet" }, t("Nobody has said anything yet."));
    this.#parts.log = make("div", { className: "room-log", role: "log", tabIndex: 0, "aria-label": t("Messages of colleagues") }, this.#parts.earlier, this.#parts.none, this.#parts.list);
    const close = this.#button("×", () => this.#close());
    close.setAttribute("aria-label", t("Close"));
    const head = make("header", { className: "room-head" }, make("h2", { id: "colleagues-head" }, t("Colleagues")), close);
    this.#parts.panel = make("section", { className: "colleagues", "aria-labelledby": "colleagues-head", hidden: true }, head, this.#notices.element, this.#parts.rooms, this.#parts.log, this.#composer());
    this.append(this.#parts.panel);
    const button = document.getElementById("show-colleagues");
    button?.addEventListener("click", () => this.toggle(), { signal: this.life });
    this.#parts.button = button;
    this.#parts.panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.stopPropagation();
      this.#close();
    });
    rooms.addEventListener("change", () => this.show(), { signal: this.life });
    rooms.addEventListener("said", () => this.#said(), { signal: this.life });
    document.addEventListener("visibilitychange", () => this.#see(), { signal: this.life });
    if (location.hash === "#colleagues") this.toggle();
  }

  show() {
    const { rooms, t } = this.desk;
    const { unseen } = rooms;
    const count = this.#parts.button?.querySelector(".count-unseen");
    if (count) {
      setText(count, String(unseen));
      count.hidden = unseen === 0;
      this.#parts.button.setAttribute("aria-label", unseen === 0 ? t("Colleagues") : t("Colleagues, {count} new", { count: unseen }));
    }
    if (this.#parts.panel.hidden) return;
    this.#notices.show();
    this.#showRooms();
    this.#showMessages();
    this.#showUnderWay();
    // A name may be begun before it is known who can be named.
    if (rooms.people !== this.#shownPeople && document.activeElement === this.#parts.text) this.#mentions.typed();
    this.#shownPeople = rooms.people;
  }

  /** Open the panel, or close it. */
  toggle() {
    if (!this.#parts.panel.hidden) return this.#close();
    const { rooms } = this.desk;
    this.#parts.panel.hidden = false;
    this.#parts.button?.setAttribute("aria-expanded", "true");
    const first = rooms.open ?? rooms.all.find((/** @type {any} */ room) => room.unread > 0) ?? rooms.all[0];
    if (first) void rooms.openRoom(first.id);
    this.show();
    this.#parts.text.focus();
  }

  #close() {
    this.#parts.panel.hidden = true;
    this.#parts.button?.setAttribute("aria-expanded", "false");
    this.desk.rooms.closeRoom();
    this.#parts.button?.focus();
  }

  #composer() {
    const { t, rooms, limit } = this.desk;
    const text = make("textarea", { rows: 2, maxLength: limit, placeholder: t("Write to your colleagues; @ names somebody"), "aria-label": t("Message to colleagues") });
    this.#mentions = new MentionList(text, { people: () => rooms.people, language: this.desk.language, label: t("Colleagues") });
    const send = make("button", { type: "submit", className: "button button-small button-primary" }, t("Send"));
    const cancel = this.#button(t("Cancel"), () => this.#endEditing());
    const problem = make("p", { className: "is-problem", role: "alert", hidden: true });
    const again = this.#button(t("Send again"), () => rooms.sendAgain());
    const form = make("form", { className: "room-composer" }, this.#mentions.element, text, make("div", { className: "passing-steps" }, send, cancel, again), problem);
    form.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event));
    text.addEventListener("input", () => this.#mentions.typed());
    text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (!this.#mentions.press(event) && isSendKey(event)) this.#submit(event);
    });
    Object.assign(this.#parts, { text, cancel, again, problem });
    return form;
  }

  #button(/** @type {string} */ label, /** @type {() => void} */ act) {
    const button = make("button", { type: "button", className: "button button-small" }, label);
    button.addEventListener("click", act);
    return button;
  }

  async #submit(/** @type {Event} */ event) {
    event.preventDefault();
    const { rooms } = this.desk;
    const body = this.#parts.text.value.trim();
    if (!body || !rooms.open) return;
    const seq = this.#editing;
    this.#parts.text.value = "";
    this.#endEditing();
    if (seq !== null) await rooms.edit(seq, body);
    else await rooms.say(body, mentioned(body, rooms.people));
  }

  #endEditing() {
    if (this.#editing !== null) this.#parts.text.value = "";
    this.#editing = null;
    this.#parts.cancel.hidden = true;
  }

  #choose() {
    const { rooms } = this.desk;
    const [kind, id] = this.#parts.rooms.value.split(":");
    if (kind === "with") void rooms.openWith(id);
    else void rooms.openRoom(id);
  }

  #showRooms() {
    const { rooms, language, t } = this.desk;
    const named = (/** @type {any} */ room) => `${room[`name_${language}`]}${room.unread > 0 ? ` (${room.unread})` : ""}`;
    const known = new Set(rooms.all.map((/** @type {any} */ room) => room.colleague?.id));
    const others = rooms.people.filter((/** @type {any} */ person) => rooms.open?.desk_id && !known.has(person.id));
    const items = [
      ...rooms.all.map((/** @type {any} */ room) => ({ id: `room:${room.id}`, name: named(room) })),
      ...others.map((/** @type {any} */ person) => ({ id: `with:${person.id}`, name: t("only with {name}", { name: person[`name_${language}`] }) })),
    ];
    showList(this.#parts.rooms, items, ({ id }) => id, ({ id }) => make("option", { value: id }), (option, { name }) => setText(option, name));
    if (rooms.openId) this.#parts.rooms.value = `room:${rooms.openId}`;
  }

  #showMessages() {
    const { rooms } = this.desk;
    const { log, list } = this.#parts;
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40 || this.#shownRoom !== rooms.openId;
    this.#shownRoom = rooms.openId ?? "";
    this.#parts.earlier.hidden = !rooms.hasEarlier;
    this.#parts.none.hidden = rooms.messages.length > 0;
    showList(list, rooms.messages, (message) => String(message.seq), () => make("article", { className: "room-message" }), (element, message) => this.#fill(element, message));
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    this.#see();
  }

  #fill(/** @type {any} */ element, /** @type {any} */ message) {
    const key = `${message.version}`;
    if (element.dataset.version === key) return;
    element.dataset.version = key;
    const { t, language, model, clockTime, fullTime } = this.desk;
    const isOwn = message.librarian_id === model.me.id;
    const time = make("time", { datetime: message.created_at, title: fullTime(message.created_at) }, clockTime(message.created_at));
    const head = make("p", { className: "said-head" }, make("b", {}, message[`name_${language}`]), time, message.edited_at && !message.is_deleted ? make("span", {}, t("(changed)")) : null);
    const body = message.is_deleted ? make("p", { className: "quiet" }, t("This message was taken back.")) : make("p", { className: "said-body" }, ...withNumbers(message.body).map(linked));
    element.classList.toggle("is-own", isOwn);
    element.classList.toggle("is-for-me", message.mentions.includes(model.me.id));
    element.replaceChildren(head, body, ...(isOwn && !message.is_deleted ? [this.#actions(message)] : []));
  }

  #actions(/** @type {any} */ message) {
    const { t, rooms } = this.desk;
    const edit = this.#button(t("Edit"), () => {
      this.#editing = message.seq;
      this.#parts.text.value = message.body;
      this.#parts.cancel.hidden = false;
      this.#parts.text.focus();
    });
    return make("div", { className: "said-actions" }, edit, this.#button(t("Take back"), () => rooms.remove(message.seq)));
  }

  #showUnderWay() {
    const { rooms, t } = this.desk;
    const { problem, again, cancel } = this.#parts;
    const isStuck = rooms.underWay !== null && rooms.problem !== "";
    again.hidden = !isStuck;
    cancel.hidden = this.#editing === null;
    problem.hidden = rooms.problem === "";
    const why = rooms.problem === "offline" ? t("There is no connection.") : rooms.problem;
    setText(problem, isStuck ? `${t("Not sent")}: ${rooms.underWay} · ${why}` : why);
  }

  #said() {
    this.show();
  }

  #see() {
    if (!this.#parts.panel.hidden && !document.hidden) this.desk.rooms.see();
  }
}

function linked(/** @type {{text: string, isNumber: boolean}} */ { text, isNumber }) {
  return isNumber ? make("a", { href: `/console/number/${text}` }, text) : text;
}
