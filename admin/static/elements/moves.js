import { neighbour } from "../lib/sections.js";
import { actionOf } from "../lib/shortcuts.js";

/** Moves about the desk: addresses and the back button, the two steps of a phone, the keyboard. */
export class Moves {
  #desk;
  #main = /** @type {HTMLElement} */ (document.querySelector("main.desk"));

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {string | null} openId what the address names */
  start(openId) {
    const { model } = this.#desk;
    model.addEventListener("go", (/** @type {any} */ event) => this.#go(event.detail));
    model.addEventListener("help-panel", () => this.#toggleHelp());
    model.addEventListener("insert", () => this.#closeHelp());
    document.getElementById("close-help")?.addEventListener("click", () => this.#closeHelp());
    model.addEventListener("someone-else", () => location.reload());
    addEventListener("popstate", () => this.#show(idInAddress()));
    addEventListener("keydown", (event) => this.#press(event));
    this.#show(openId);
  }

  #goToNeighbour(/** @type {1 | -1} */ step) {
    const { forMe, mine, waiting, colleagues } = this.#desk.model.sections;
    const id = neighbour([...forMe, ...mine, ...waiting, ...colleagues], this.#desk.model.openId, step);
    if (id) this.#go(id);
  }

  #goToUnread() {
    const { model } = this.#desk;
    const found = model.sections.mine.find((/** @type {any} */ { id }) => id !== model.openId && model.unread(id) > 0);
    if (found) this.#go(found.id);
  }

  #go(/** @type {string | null} */ id) {
    if (id === this.#desk.model.openId) return this.#show(id);
    history.pushState(null, "", id ? `/console/conversations/${id}` : "/console");
    this.#show(id);
  }

  #show(/** @type {string | null} */ id) {
    this.#main.dataset.view = id ? "talk" : "list";
    this.#closeHelp();
    this.#desk.model.openConversation(id);
    // On a phone the entry that was pressed is gone from the page; on a wide one the focus stays with it.
    if (id && getComputedStyle(element("desk-queue")).display === "none") element("desk-conversation").focusLog();
  }

  #closeHelp() {
    this.#main.dataset.help = "closed";
  }

  #toggleHelp() {
    this.#main.dataset.help = this.#main.dataset.help === "open" ? "closed" : "open";
  }

  async #claimNext() {
    const { model } = this.#desk;
    const taken = await model.claims.claimNext();
    if (!taken) return;
    this.#go(taken.id);
    // Once the elements have shown it: whoever claims goes on to write.
    setTimeout(() => element("desk-conversation").focusComposer());
  }

  #choosePresence() {
    const menu = /** @type {HTMLDetailsElement} */ (document.querySelector("details.working"));
    menu.open = true;
    /** @type {HTMLElement} */ (menu.querySelector('[aria-pressed="true"]')).focus();
  }

  #press(/** @type {KeyboardEvent} */ event) {
    if (document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const isInField = target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    const found = actionOf(event, { isInField, hasLetters: this.#desk.day.preferences.letter_keys });
    if (!found) return;
    if (found.action === "leave") return isInField ? target.blur() : undefined;
    event.preventDefault();
    this.act(found);
  }

  /** @param {{action: string, number?: number}} wanted one of the shortcuts' actions */
  act({ action, number = 0 }) {
    const { model } = this.#desk;
    const open = model.open;
    if (action === "next") this.#goToNeighbour(1);
    else if (action === "previous") this.#goToNeighbour(-1);
    else if (action === "unread") this.#goToUnread();
    else if (action === "help") element("desk-shortcuts").open();
    else if (action === "insert") element("desk-suggestions").insert(number);
    else if (action === "send") element("desk-suggestions").send(number);
    else if (action === "claim-next") void this.#claimNext();
    else if (action === "colleagues") element("desk-colleagues").toggle();
    else if (action === "presence") this.#choosePresence();
    else if (action === "search") element("desk-suggestions").focusSearch();
    else if (action === "reply") element("desk-conversation").focusComposer();
    else if (action === "note") element("desk-conversation").toggleNote();
    else if (action === "replies") element("desk-conversation").toggleReplies();
    else if (action === "close") model.dispatchEvent(new Event("closing"));
    else if (action === "hand-over") model.dispatchEvent(new Event("hand-over"));
    else if (action === "accept") element("desk-conversation").accept();
    else if (action === "claim" && open?.state === "waiting") model.claims.claim(open.id);
    else if (action === "release" && model.isMine(open)) model.claims.giveBack(open.id);
  }
}

/** @param {string} tag */
function element(tag) {
  return /** @type {any} */ (document.querySelector(tag));
}

/** @returns {string | null} */
function idInAddress() {
  return /^\/console\/conversations\/([0-9a-f-]{36})$/.exec(location.pathname)?.[1] ?? null;
}
