/** @import { Stage } from "./stage.js" */
import { ApiError } from "../lib/api.js";
import { newClientId } from "../lib/outbox.js";
import { el, setText } from "./dom.js";

/** From a conversation to a commission: what the library offers; the form it opens knows what was said here. */
export class CommissionOffer {
  #stage;
  #id;
  #list = el("div", { class: "offers" });
  #said = el("p", { class: "said", role: "status" });
  root;

  /**
   * @param {Stage} stage
   * @param {{id: string, onClose: () => void}} options id: of the conversation
   */
  constructor(stage, { id, onClose }) {
    this.#stage = stage;
    this.#id = id;
    const { t } = stage.texts;
    const close = el("button", { type: "button", class: "secondary", onclick: onClose }, t("Not now"));
    this.root = el("div", { role: "group", "aria-label": t("Make this a commission") }, el("p", {}, t("Which service? Its form takes over what you asked here.")), this.#list, this.#said, el("div", {}, close));
    void this.#ask();
  }

  async #ask() {
    const { chat, texts } = this.#stage;
    try {
      const services = await chat.api.request("GET", "services");
      const names = services.map((/** @type {any} */ { definition }) => el("button", { type: "button", class: "secondary", onclick: () => void this.#begin(definition.code) }, texts.isChinese ? definition.name.zh : definition.name.en));
      this.#list.replaceChildren(...names);
      if (!names.length) setText(this.#said, texts.t("Your library offers no services here yet."));
      names[0]?.focus();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** @param {string} service */
  async #begin(service) {
    const { chat, kept } = this.#stage;
    // The same wish after a cut keeps its number, so that one draft is begun.
    const key = `commission.${this.#id}.${service}`;
    const client_id = kept.get(key) ?? newClientId();
    kept.set(key, client_id);
    // Opened while the click still counts as one; a window that comes later is taken for an advertisement.
    const page = window.open("", "_blank");
    try {
      const { id } = await chat.api.request("POST", "commissions", { body: { service, client_id, conversation_id: this.#id } });
      kept.remove(key);
      await this.#lead(page, `c/${id}`);
    } catch (error) {
      page?.close();
      this.#tell(error);
    }
  }

  /**
   * @param {Window | null} page
   * @param {string} path
   */
  async #lead(page, path) {
    const address = await serviceAddress(this.#stage, path);
    if (page) {
      page.opener = null;
      page.location.replace(address);
    } else this.#list.replaceChildren(el("a", { href: address, target: "_blank", rel: "noopener" }, this.#stage.texts.t("Open the form")));
  }

  /** @param {unknown} error */
  #tell(error) {
    if (!(error instanceof ApiError)) throw error;
    setText(this.#said, error.message || this.#stage.texts.t("The service is out of reach. Please try again in a moment."));
  }
}

/**
 * The address of a page of the library's services. On another site's page the reader is known there by a private link
 * only, whose token stays in the fragment.
 *
 * @param {Stage} stage
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function serviceAddress({ chat, texts, isLinked }, path) {
  // Of the service that this module came from: it may lie below a path of its own.
  const address = new URL(`../../../../services/${chat.code}/${path}?lang=${texts.tag}`, import.meta.url);
  if (address.origin === location.origin && !isLinked) return address.href;
  const { url } = isLinked ? { url: `#my=${chat.reader.token}` } : await chat.api.request("POST", "readers/links");
  return address.href + url.slice(url.indexOf("#"));
}
