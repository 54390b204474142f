/** @import { Stage } from "./stage.js" */
import { ApiError } from "../lib/api.js";
import { hasEnded } from "../lib/wire.js";
import { el, icon, setText } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
// Light squares that a reading camera needs around the code.
const QUIET_ZONE = 4;

/** How to get the answer elsewhere too: an e-mail address for the librarians, a private link for another device. */
export class TouchView {
  #stage;
  #mail;
  #address;
  #hint = el("p", {});
  #transcript;
  #target;
  #sent = el("p", { class: "said", role: "status" });
  #kept = el("p", { class: "said", role: "status" });
  #made = el("div", { class: "made", role: "status" });
  #problem = el("p", { class: "hint", role: "alert", hidden: true });
  #off;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    const { t } = stage.texts;
    this.#address = el("input", { id: "address", type: "email", maxlength: 254, autocomplete: "email" });
    this.#mail = el(
      "form",
      { novalidate: true, onsubmit: (event) => this.#leaveAddress(event) },
      el("h2", {}, t("Leave an e-mail address")),
      this.#hint,
      el("label", { for: "address" }, t("E-mail")),
      el("div", { class: "row" }, this.#address, el("button", { type: "submit", class: "secondary" }, t("Save"))),
      this.#kept,
    );
    this.#target = el("input", { id: "target", type: "email", maxlength: 254, autocomplete: "email" });
    this.#transcript = el(
      "form",
      { novalidate: true, onsubmit: (event) => this.#mailTranscript(event) },
      el("h2", {}, t("Transcript by e-mail")),
      el("p", {}, t("Sent once to this address, which is not kept.")),
      el("label", { for: "target" }, t("Send the transcript to")),
      el("div", { class: "row" }, this.#target, el("button", { type: "submit", class: "secondary" }, t("Send"))),
      this.#sent,
    );
    const make = el("button", { type: "button", class: "secondary", onclick: () => void this.#makeLink() }, t("Make a private link"));
    this.#off = el("button", { type: "button", class: "quiet", onclick: () => void this.#switchOff() }, t("Switch my links off"));
    const link = el(
      "section",
      {},
      el("h2", {}, t("Go on with another device")),
      el("p", {}, t("A private link opens your questions there, without an account. Whoever has it can read and write as you: keep it to yourself.")),
      make,
      this.#made,
      this.#off,
    );
    // Who came by a link makes no more of them.
    const parts = [this.#mail, this.#transcript, ...(stage.isLinked ? [] : [link])];
    this.root = el("div", { class: "view touch" }, el("div", { class: "scroll" }, ...parts, this.#problem));
  }

  focus() {
    if (!this.#mail.hidden) this.#address.focus();
    else if (!this.#transcript.hidden) this.#target.focus();
    else this.#off.focus();
  }

  draw() {
    const { thread, settings } = this.#stage.chat;
    const { t } = this.#stage.texts;
    this.#mail.hidden = !thread || hasEnded(thread.conversation);
    this.#transcript.hidden = !thread || !settings?.mails_transcripts;
    const seen = t("The librarian may write to you there. Nobody else sees it.");
    const told = t("An answer that comes while you are away is told to you there, at most every ten minutes. Leave the field empty to stop that.");
    setText(this.#hint, settings?.mails_answers ? `${told} ${seen}` : seen);
  }

  /** @param {SubmitEvent} event */
  async #mailTranscript(event) {
    event.preventDefault();
    const { chat, texts } = this.#stage;
    const id = chat.thread?.conversation.id;
    const email = this.#target.value.trim();
    if (!id) return;
    if (!email || !this.#target.validity.valid) return setText(this.#sent, texts.t("This is not an e-mail address."));
    setText(this.#sent, "");
    const isSent = await this.#try(() => chat.api.request("POST", `conversations/${id}/transcript/mail`, { body: { email } }));
    if (!isSent) return;
    this.#target.value = "";
    setText(this.#sent, texts.t("The transcript is on its way to {address}.", { address: email }));
  }

  /** @param {SubmitEvent} event */
  async #leaveAddress(event) {
    event.preventDefault();
    const { chat, texts } = this.#stage;
    const id = chat.thread?.conversation.id;
    if (!id) return;
    if (!this.#address.validity.valid) return setText(this.#kept, texts.t("This is not an e-mail address."));
    const email = this.#address.value.trim();
    const told = await this.#try(() => chat.api.request("PUT", `conversations/${id}/address`, { body: { email } }));
    if (told) setText(this.#kept, email ? texts.t("Kept beside your question.") : texts.t("Removed."));
  }

  async #makeLink() {
    const { chat, texts } = this.#stage;
    await this.#try(async () => {
      await chat.reader.ensure();
      const { url, qr, expires_at } = await chat.api.request("POST", "readers/links");
      const field = el("input", { readonly: true, value: url, "aria-label": texts.t("Private link") });
      field.addEventListener("focus", () => field.select());
      const copy = el("button", { type: "button", class: "secondary", onclick: () => void this.#copy(field, copy) }, texts.t("Copy"));
      const until = el("p", {}, texts.t("It works until {date}.", { date: texts.date(expires_at) }));
      this.#made.replaceChildren(el("div", { class: "row" }, field, copy), qrCode(qr, texts.t("QR code of the link")), until);
    });
  }

  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} button
   */
  async #copy(field, button) {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.replaceChildren(icon("check"), this.#stage.texts.t("Copied"));
    } catch {
      field.focus(); // Selected: the reader's own way of copying takes it from here.
    }
  }

  async #switchOff() {
    const { chat, texts } = this.#stage;
    const isOff = await this.#try(() => chat.api.request("POST", "readers/links/withdrawal"));
    if (isOff) this.#made.replaceChildren(el("p", {}, texts.t("Your links are switched off.")));
  }

  /**
   * @param {() => Promise<unknown>} work
   * @returns {Promise<boolean>} whether it went well
   */
  async #try(work) {
    this.#problem.hidden = true;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#problem.hidden = false;
      setText(this.#problem, error.message || this.#stage.texts.t("The service is out of reach. Please try again in a moment."));
      return false;
    }
  }
}

/**
 * @param {string[]} rows 1 for a dark square
 * @param {string} label
 */
function qrCode(rows, label) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const size = rows.length + 2 * QUIET_ZONE;
  const squares = rows.flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : "")));
  path.setAttribute("d", squares.join(""));
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.append(path);
  return svg;
}
