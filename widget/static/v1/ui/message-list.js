/** @import { Stage } from "./stage.js" */
/** @import { Message, Refusal } from "../lib/wire.js" */
/** @import { Entry } from "../lib/outbox.js" */
/** @import { Upload } from "../lib/uploads.js" */
import { readFormatted } from "../lib/formatted.js";
import { linkify } from "../lib/text.js";
import { el, icon, nodesOf, nodesOfParts, setText } from "./dom.js";
import { attachmentOf, fileButton } from "./file-button.js";
import { eventText } from "./event-texts.js";
import { MessageMenu } from "./message-menu.js";
import { drawUpload, uploadFailure } from "./upload-line.js";

/**
 * The messages of a thread as a list that changes in place: a bubble that was "sending" stays where it is and becomes
 * "sent", then "read".
 *
 * @typedef {"sending" | "sent" | "read" | "failed"} Tick
 * @typedef {{key: string, moment: string, message?: Message, entry?: Entry, upload?: Upload, body?: string, author?: string, name?: string | null}} Line
 */
export class MessageList {
  #stage;
  /** @type {Map<string, HTMLElement>} */
  #nodes = new Map();
  /** @type {WeakMap<HTMLElement, MessageMenu>} */
  #menus = new WeakMap();
  root = el("ol", { class: "messages" });

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  draw() {
    const { chat } = this.#stage;
    const uploads = chat.uploads.of(chat.thread?.conversation.id ?? "");
    const lines = [...(chat.thread?.shown ?? []).map(lineOfMessage), ...unsent(chat).map(lineOfEntry), ...uploads.map(lineOfUpload)];
    /** @type {Map<string, HTMLElement>} */
    const nodes = new Map();
    let day = "";
    let speaker = "";
    for (const line of lines) {
      const thisDay = this.#stage.texts.day(line.moment);
      if (thisDay !== day) nodes.set(`day ${thisDay}`, this.#reuse(`day ${thisDay}`, () => this.#day(thisDay)));
      const isFirst = thisDay !== day || line.author + (line.name ?? "") !== speaker;
      const node = this.#line(line, isFirst);
      if (node) nodes.set(line.key, node);
      day = thisDay;
      speaker = line.message?.kind === "event" ? "" : line.author + (line.name ?? "");
    }
    this.#place(nodes);
  }

  /** @returns {boolean} whether a menu was open, which is closed now */
  dismiss() {
    return [...this.#nodes.values()].some((node) => this.#menus.get(node)?.dismiss());
  }

  /** @param {Map<string, HTMLElement>} nodes in order */
  #place(nodes) {
    for (const [key, node] of this.#nodes) {
      if (nodes.get(key) !== node) node.remove();
    }
    let after = /** @type {Element | null} */ (this.root.firstElementChild);
    for (const node of nodes.values()) {
      if (node === after) after = after.nextElementSibling;
      else this.root.insertBefore(node, after);
    }
    this.#nodes = nodes;
  }

  /**
   * @param {string} key
   * @param {() => HTMLElement} make
   */
  #reuse(key, make) {
    return this.#nodes.get(key) ?? make();
  }

  /**
   * @param {Line} line
   * @param {boolean} isFirst of its speaker
   */
  #line(line, isFirst) {
    if (line.message?.kind === "event") return this.#event(line);
    const node = this.#reuse(line.key, () => this.#bubble(line));
    node.classList.toggle("first", isFirst);
    if (line.upload) drawUpload(/** @type {HTMLElement} */ (node.querySelector(".bubble")), line.upload, this.#stage);
    else this.#drawBody(node, line);
    if (line.author === "reader") this.#drawTick(node, line);
    if (line.author === "reader" && line.message) this.#drawMenu(node, line.message);
    return node;
  }

  /** @param {string} text */
  #day(text) {
    return el("li", { class: "day" }, el("span", {}, text));
  }

  /** @param {Line} line */
  #event(line) {
    const { message, moment } = line;
    const text = message ? eventText(message, this.#stage.texts) : "";
    if (!text) return null;
    return this.#reuse(line.key, () => el("li", { class: "event" }, text, this.#time(moment)));
  }

  /** @param {Line} line */
  #bubble({ author, name, moment }) {
    const { texts } = this.#stage;
    const isMine = author === "reader";
    const who = isMine ? texts.t("You") : name || texts.t("Librarian");
    return el(
      "li",
      { class: `message ${isMine ? "mine" : "theirs"}` },
      el("span", { class: isMine ? "hidden" : "who" }, who),
      el("div", { class: "bubble", dir: "auto" }),
      el("span", { class: "meta" }, el("span", { class: "edited" }), this.#time(moment), isMine && el("span", { class: "tick" })),
    );
  }

  /**
   * The text, which its writer may change or take back later.
   *
   * @param {HTMLElement} node
   * @param {Line} line
   */
  #drawBody(node, { body = "", message }) {
    const version = `${message?.edited_at ?? ""} ${message?.is_deleted ?? ""} ${body}`;
    if (node.dataset.version === version) return;
    node.dataset.version = version;
    const { texts } = this.#stage;
    const attachment = message && !message.is_deleted ? attachmentOf(message) : null;
    const bubble = /** @type {HTMLElement} */ (node.querySelector(".bubble"));
    bubble.classList.toggle("deleted", message?.is_deleted ?? false);
    if (attachment) bubble.replaceChildren(fileButton(attachment, this.#stage));
    else bubble.replaceChildren(...(message?.is_deleted ? [texts.t("This message was taken back.")] : nodesOfText(body, message?.author)));
    const isEdited = message?.edited_at && !message.is_deleted;
    setText(/** @type {Node} */ (node.querySelector(".edited")), isEdited ? texts.t("edited") : "");
  }

  /**
   * @param {HTMLElement} node
   * @param {Message} message
   */
  #drawMenu(node, message) {
    const { chat } = this.#stage;
    const menu = this.#menus.get(node) ?? this.#addMenu(node);
    menu.draw(message, chat.canCorrect(message));
  }

  /** @param {HTMLElement} node */
  #addMenu(node) {
    const menu = new MessageMenu(this.#stage, /** @type {HTMLElement} */ (node.querySelector(".bubble")));
    node.querySelector(".meta")?.prepend(menu.toggle);
    node.append(menu.root);
    this.#menus.set(node, menu);
    return menu;
  }

  /** @param {string} moment */
  #time(moment) {
    return el("time", { datetime: moment }, this.#stage.texts.time(moment));
  }

  /**
   * @param {HTMLElement} node
   * @param {Line} line
   */
  #drawTick(node, { message, entry, upload }) {
    const seen = this.#stage.chat.thread?.conversation.staff_seen_seq ?? 0;
    const sent = message && message.seq <= seen ? "read" : "sent";
    const tick = message ? sent : (entry?.failure ?? upload?.failure) ? "failed" : "sending";
    if (node.dataset.tick === tick) return;
    node.dataset.tick = tick;
    const place = node.querySelector(".tick");
    place?.replaceChildren(...this.#tickNodes(/** @type {Tick} */ (tick)));
    node.querySelector(".failure")?.remove();
    if (entry?.failure) node.append(this.#failure(entry, entry.failure));
    if (upload?.failure) node.append(uploadFailure(upload, this.#stage));
  }

  /**
   * @param {Tick} tick
   * @returns {(Node | string)[]}
   */
  #tickNodes(tick) {
    const { texts } = this.#stage;
    if (tick === "sending") return [icon("clock"), el("span", {}, texts.t("sending"))];
    if (tick === "failed") return [icon("alert"), el("span", {}, texts.t("not sent"))];
    const text = tick === "read" ? texts.t("read") : texts.t("sent");
    return [icon(tick === "read" ? "checks" : "check"), el("span", { class: "hidden" }, text)];
  }

  /**
   * @param {Entry} entry
   * @param {Refusal} failure
   */
  #failure({ client_id, body, kind }, { code, message }) {
    const { chat, texts, editQuestion } = this.#stage;
    const isQuestion = kind === "question" || code === "conversation_ended";
    const again = () => {
      chat.discard(client_id);
      if (isQuestion) editQuestion(body);
    };
    const text = message || texts.t("The service did not take this.");
    const label = isQuestion ? texts.t("Edit and ask again") : texts.t("Remove");
    const line = el("div", { class: "failure" }, el("span", {}), el("button", { type: "button", onclick: again }, label));
    setText(/** @type {Node} */ (line.firstChild), text);
    return line;
  }
}

/**
 * @param {string} body
 * @param {string} [author] librarians may use a little Markdown; what a reader writes stays as it is
 * @returns {Node[]}
 */
function nodesOfText(body, author) {
  const formatted = author === "librarian" ? readFormatted(body) : null;
  return formatted ? [el("div", { class: "rich" }, ...nodesOf(formatted))] : nodesOfParts(linkify(body));
}

/**
 * @param {Message} message
 * @returns {Line}
 */
function lineOfMessage(message) {
  const { seq, author, name, client_id, body, created_at } = message;
  return { key: author === "reader" ? client_id : `${seq}`, moment: created_at, message, body, author, name };
}

/**
 * @param {Entry} entry
 * @returns {Line}
 */
function lineOfEntry(entry) {
  const moment = new Date(entry.created_at).toISOString();
  return { key: entry.client_id, moment, entry, body: entry.body, author: "reader", name: null };
}

/**
 * @param {Upload} upload
 * @returns {Line}
 */
function lineOfUpload(upload) {
  const moment = new Date(upload.created_at).toISOString();
  return { key: upload.client_id, moment, upload, author: "reader", name: null };
}

/**
 * @param {import("../lib/chat.js").Chat} chat
 * @returns {Entry[]}
 */
function unsent(chat) {
  if (chat.thread) return chat.pending;
  return chat.asking ? [chat.asking] : [];
}
