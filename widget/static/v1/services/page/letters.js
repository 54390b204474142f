/** @import { Commission, Entry } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { newClientId } from "../../lib/outbox.js";
import { linkify } from "../../lib/text.js";
import { el, nodesOfParts, setText } from "../../ui/dom.js";
import { size } from "../../ui/file-button.js";
import { fetchFile, filesPart } from "../form/files-part.js";

const MAX_BODY = 4000;

/** Messages and files between the reader and the library. What is not sent yet stays in this browser. */
export class Letters {
  root = el("section", { class: "card letters", "aria-labelledby": "letters-head" });
  #visit;
  #onChange;
  #onEarlier;
  #list = el("ol", { class: "messages" });
  #earlier;
  #none;
  #area;
  #send;
  #problem = el("p", { class: "problem", role: "alert", hidden: true });
  #said = el("p", { class: "sr", role: "status" });
  #files;
  #compose;
  #drawn = "";
  #announced = -1;
  /** @type {Commission | null} */
  #commission = null;

  /** @param {{visit: Visit, onChange: (commission: Commission | null) => void, onEarlier: () => Promise<void>}} options */
  constructor({ visit, onChange, onEarlier }) {
    this.#visit = visit;
    this.#onChange = onChange;
    this.#onEarlier = onEarlier;
    const { t } = visit;
    this.#earlier = el("p", { hidden: true }, el("button", { type: "button", class: "link", onclick: () => void this.#readEarlier() }, t("Show earlier messages")));
    this.#none = el("p", { class: "quiet" }, t("No messages yet. Ask here whatever concerns this commission."));
    this.#area = el("textarea", { id: "message-body", rows: 3, dir: "auto", maxlength: MAX_BODY, oninput: () => this.#keep() });
    this.#send = el("button", { type: "submit", class: "secondary" }, t("Send"));
    const commission = async () => ({ id: this.#commission?.id ?? "" });
    this.#files = filesPart({ visit, id: "letter-files", purpose: "message", commission, onChange: () => onChange(null), label: t("Send a file") });
    this.#compose = el(
      "form",
      { class: "compose", onsubmit: (event) => void this.#say(event) },
      el("label", { for: "message-body" }, t("Write to the library")),
      this.#area,
      el("div", { class: "choose" }, this.#send, this.#files.root),
      this.#problem,
    );
    this.root.append(el("h2", { id: "letters-head" }, t("Messages and files")), this.#none, this.#earlier, this.#list, this.#compose, this.#said);
  }

  get #draftKey() {
    return `services.letter.${this.#commission?.id}`;
  }

  /** @param {Commission} commission */
  draw(commission) {
    const isFirst = this.#commission === null;
    this.#commission = commission;
    if (isFirst) this.#area.value = this.#visit.shelf.get(this.#draftKey)?.body ?? "";
    this.#compose.hidden = commission.submitted_at === null;
    const shown = commission.entries.filter(({ kind, body }) => kind === "message" && body);
    this.#earlier.hidden = commission.earlier === null;
    const files = commission.files.filter(({ purpose }) => purpose === "message" || purpose === "material");
    const now = JSON.stringify([shown.length, files]);
    if (now === this.#drawn) return;
    this.#drawn = now;
    const items = [...shown.map((entry) => ({ at: entry.created_at, node: this.#message(entry) })), ...files.map((file) => ({ at: file.created_at, node: this.#file(file) }))];
    items.sort((a, b) => (a.at < b.at ? -1 : 1));
    this.#none.hidden = items.length > 0;
    this.#list.replaceChildren(...items.map(({ node }) => node));
    this.#announce(shown);
  }

  async #readEarlier() {
    await this.#onEarlier();
    if (!this.#earlier.hidden) return;
    this.#list.tabIndex = -1;
    this.#list.focus();
  }

  /** @param {Entry[]} shown */
  #announce(shown) {
    const newest = shown.findLast(({ by }) => by !== "reader");
    if (this.#announced >= 0 && newest && newest.seq > this.#announced) setText(this.#said, `${newest.name ?? this.#visit.t("The library")}: ${newest.body}`);
    this.#announced = newest?.seq ?? 0;
  }

  /** @param {Entry} entry */
  #message(entry) {
    const by = entry.by === "reader" ? this.#visit.t("You") : (entry.name ?? this.#visit.t("The library"));
    return el("li", { class: entry.by === "reader" ? "mine" : "theirs" }, this.#head(by, entry.created_at), el("p", { class: "as-written", dir: "auto" }, ...nodesOfParts(linkify(entry.body))));
  }

  /** @param {import("../wire.js").FileOfCommission} file */
  #file(file) {
    const by = file.is_from_library ? this.#visit.t("The library") : this.#visit.t("You");
    const commission = async () => ({ id: this.#commission?.id ?? "" });
    const open = el("button", { type: "button", class: "link", onclick: () => void fetchFile(this.#visit, commission, file, (text) => this.#tell(text)) }, file.name);
    return el("li", { class: file.is_from_library ? "theirs" : "mine" }, this.#head(by, file.created_at), el("p", {}, open, " ", el("small", {}, size(file.size_bytes))));
  }

  /** @param {string} by @param {string} at */
  #head(by, at) {
    return el("p", { class: "quiet" }, `${by} · `, el("time", { datetime: at }, this.#visit.moment(at)));
  }

  #keep() {
    const { shelf } = this.#visit;
    const { value } = this.#area;
    if (value.trim()) shelf.set(this.#draftKey, { body: value, client_id: newClientId() });
    else shelf.remove(this.#draftKey);
  }

  /** @param {Event} event */
  async #say(event) {
    event.preventDefault();
    const body = this.#area.value.trim();
    const id = this.#commission?.id;
    if (!body || !id || this.#send.disabled) return;
    this.#send.disabled = true;
    this.#tell("");
    const kept = this.#visit.shelf.get(this.#draftKey);
    try {
      // The number belongs to this text: sent again after a cut it is kept once.
      const commission = await this.#visit.calls.say(id, { client_id: kept?.client_id ?? newClientId(), body });
      this.#visit.shelf.remove(this.#draftKey);
      this.#area.value = "";
      this.#onChange(commission);
    } catch (error) {
      this.#tell(this.#visit.sentenceOf(error));
    }
    this.#send.disabled = false;
  }

  /** @param {string} text */
  #tell(text) {
    this.#problem.hidden = !text;
    setText(this.#problem, text);
  }
}
