/** @import { EventName, Stage, ViewName } from "./stage.js" */
/** @import { Locale, WidgetSettings } from "../lib/wire.js" */
import { ApiError } from "../lib/api.js";
import { Chat } from "../lib/chat.js";
import { systemClock } from "../lib/clock.js";
import { openStorage, Shelf, shelfPrefix } from "../lib/shelf.js";
import { Texts } from "../lib/texts.js";
import { hasEnded } from "../lib/wire.js";
import { Frame } from "./frame.js";
import { bannerText, headingOf } from "./heading.js";
import { HomeView } from "./home-view.js";
import { takeLink } from "./private-link.js";
import { ProblemView } from "./problem-view.js";
import { watchSurroundings } from "./surroundings.js";
import { ThreadView } from "./thread-view.js";

const DESK_REFRESH_MILLISECONDS = 60_000;
// A connection that comes back within this time is not worth a word.
const STALE_MILLISECONDS = 2_000;

// What few readers open comes when it is opened.
/** @type {Record<string, (stage: Stage) => Promise<any>>} */
const LATER = {
  history: async (stage) => new (await import("./history-view.js")).HistoryView(stage),
  form: async (stage) => new (await import("./form-view.js")).FormView(stage),
  touch: async (stage) => new (await import("./touch-view.js")).TouchView(stage),
};

/**
 * The window: which view is shown, what the browser says about focus, network and other tabs.
 *
 * @typedef {object} WindowOptions
 * @property {string} server
 * @property {string} library
 * @property {Locale} language
 * @property {boolean} isPage
 * @property {Record<string, string>} messages
 * @property {(name: EventName, detail?: object) => void} tell
 * @property {(settings: WidgetSettings) => void} paint
 */
export class ChatWindow {
  isOpen = false;
  #options;
  #texts;
  #session;
  #shelf;
  #isLinked;
  #stage;
  #chat;
  #frame;
  /** @type {{home: HomeView, thread: ThreadView, [name: string]: any}} */
  #views;
  #problemView;
  /** @type {ViewName} */
  #view = "home";
  /** @type {ViewName} */
  #cameFrom = "home";
  /** @type {ApiError | null} */
  #problem = null;
  #isOpening = false;
  #staleSince = 0;
  #unread = -1;
  /** @type {Record<string, string>} */
  #prefilled = {};
  /** @type {Promise<import("./identity-line.js").IdentityLine> | null} */
  #identity = null;
  #attached = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #deskTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #staleTimer;

  /** @param {WindowOptions} options */
  constructor(options) {
    this.#options = options;
    const { language, messages, library, isPage } = options;
    this.#texts = new Texts({ language, messages });
    this.#session = new Shelf(openStorage(() => window.sessionStorage), shelfPrefix(library));
    const linked = new Shelf(openStorage(() => window.sessionStorage), shelfPrefix(`${library}.link`));
    this.#isLinked = isPage && takeLink(linked);
    this.#shelf = this.#isLinked ? linked : new Shelf(openStorage(() => window.localStorage), shelfPrefix(library));
    this.#chat = this.#makeChat();
    this.#frame = new Frame({
      texts: this.#texts,
      isPage,
      onBack: () => this.#goBack(),
      onHistory: () => void this.#show("history"),
      onClose: () => this.close(),
    });
    this.#stage = this.#makeStage();
    this.#views = { home: new HomeView(this.#stage), thread: new ThreadView(this.#stage) };
    this.#problemView = new ProblemView({ texts: this.#texts, onRetry: () => void this.#start() });
    this.#frame.hold(this.#views.home.root, this.#views.thread.root, this.#problemView.root);
    this.root = this.#frame.root;
    this.root.hidden = true;
    this.#listen();
    this.#draw();
  }

  /** @param {{takesFocus: boolean, question: string}} options */
  open({ takesFocus, question }) {
    this.isOpen = true;
    this.root.hidden = false;
    if (question) this.#editQuestion(question);
    if (takesFocus) this.#focus();
    if (!this.#chat.library) void this.#start();
    else this.#wake();
    this.#draw();
  }

  /**
   * Fill in what the page knows already; nothing is sent.
   *
   * @param {{question?: string, fields?: Record<string, string>}} values
   */
  prefill({ question, fields }) {
    Object.assign(this.#prefilled, fields);
    if (question) this.#views.home.fill(question);
  }

  /** @param {string} token of the page's signed-in reader */
  async identify(token) {
    this.#identity ??= import("./identity-line.js").then(({ IdentityLine }) => {
      const line = new IdentityLine(this.#stage);
      this.#views.home.root.querySelector(".foot .primary")?.before(line.root);
      return line;
    });
    await (await this.#identity).take(token);
  }

  close() {
    this.isOpen = false;
    this.#session.remove("open");
    // Told first: what is hidden loses the focus, and whoever listens could not tell that it was here.
    this.#options.tell("wenjin-close");
    this.root.hidden = true;
  }

  stop() {
    this.#attached.abort();
    clearTimeout(this.#deskTimer);
    clearTimeout(this.#staleTimer);
    this.#views.home.stop();
    this.#chat.stop();
  }

  #makeChat() {
    const { server, library, language } = this.#options;
    const shelf = this.#shelf;
    const openSocket = (/** @type {string} */ url) => new WebSocket(url);
    return new Chat({ server, code: library, language, shelf, clock: systemClock, openSocket, isLinked: this.#isLinked, onChange: () => this.#draw() });
  }

  /** @returns {Stage} */
  #makeStage() {
    return {
      chat: this.#chat,
      texts: this.#texts,
      drafts: this.#session,
      show: (view) => void this.#show(view),
      announce: (text) => this.#frame.announce(text),
      editQuestion: (text) => this.#editQuestion(text),
      focus: () => this.#focus(),
      ask: () => this.#ask(),
      send: (fields) => this.#send(fields),
      question: () => this.#views.home.text,
      prefilled: this.#prefilled,
      kept: this.#shelf,
      isLinked: this.#isLinked,
      tell: (name, detail) => this.#options.tell(name, detail),
      language: this.#options.language,
      speak: (language) => {
        new Shelf(openStorage(() => window.localStorage), shelfPrefix(this.#options.library)).set("language", language);
        this.#options.tell("wenjin-language", { language });
      },
      isWatched: () => this.isOpen && document.visibilityState === "visible",
    };
  }

  #listen() {
    const { signal } = this.#attached;
    this.root.addEventListener("keydown", (event) => this.#keyDown(event), { signal });
    const reactions = {
      onWake: () => this.#wake(),
      onOffline: () => this.#chat.connection.drop(),
      onLeave: () => this.#chat.release(),
      onStorage: (/** @type {string | null} */ key) => this.#storageChanged(key),
    };
    watchSurroundings(reactions, signal);
  }

  /** Read the library and continue where this browser left off. */
  async #start() {
    this.#problem = null;
    void this.#chat.loadSettings().then(() => this.#applySettings());
    try {
      await this.#chat.loadLibrary();
      this.#texts.timeZone = this.#chat.library?.time_zone;
      await this.#chat.resume();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!this.#chat.library) this.#problem = error;
    }
    if (this.#chat.thread || this.#chat.asking) void this.#show("thread");
    else if (this.#isLinked && this.#chat.library) void this.#show("history");
    this.#refreshDeskLater();
    void this.#chat.countOthers().then(() => this.#remember());
    this.#draw();
  }

  #applySettings() {
    const { settings } = this.#chat;
    if (!settings) return;
    this.#options.paint(settings);
    this.#frame.showLogo(settings.logo_url);
    this.#options.tell("wenjin-settings", settings);
  }

  #wake() {
    if (!this.isOpen && !this.#chat.thread) return;
    if (this.#problem) void this.#start();
    this.#chat.wake();
    void this.#refreshDesk();
  }

  async #refreshDesk() {
    const isInFront = document.visibilityState === "visible";
    if (isInFront) void this.#chat.countOthers().then(() => this.#remember());
    if (this.isOpen && isInFront && this.#chat.library) {
      await this.#chat.loadLibrary().catch(() => {}); // The old state of the desk stays until the next round.
    }
    this.#refreshDeskLater();
  }

  #refreshDeskLater() {
    clearTimeout(this.#deskTimer);
    this.#deskTimer = setTimeout(() => void this.#refreshDesk(), DESK_REFRESH_MILLISECONDS);
  }

  /** @param {string | null} key written by another tab */
  #storageChanged(key) {
    this.#chat.storageChanged(key);
    const { current, thread } = this.#chat;
    const isIdle = this.isOpen && this.#view === "home" && !this.#views.home.text && !thread;
    if (isIdle && current && !hasEnded(current)) void this.#openCurrent();
  }

  #ask() {
    // Unknown when they could not be read: asked for again, and not waited for.
    if (!this.#chat.settings) void this.#chat.loadSettings();
    if (this.#chat.fields.length) void this.#show("form");
    else this.#send();
  }

  /** @param {Record<string, string>} [fields] */
  #send(fields) {
    const { origin, pathname, protocol } = location;
    // Without query and fragment: they may hold what the reader searched, or a session.
    const pageUrl = !this.#options.isPage && protocol.startsWith("http") ? origin + pathname : null;
    const { home } = this.#views;
    this.#chat.ask(home.text, pageUrl, fields);
    home.fill("");
    void this.#show("thread");
  }

  /** @param {string} text */
  #editQuestion(text) {
    this.#views.home.fill(text);
    void this.#show("home");
  }

  #goBack() {
    if (this.#view === "thread") this.#chat.close();
    void this.#show(this.#view === "touch" ? this.#cameFrom : "home");
  }

  /** @param {ViewName} view */
  async #show(view) {
    if (!this.#views[view] && !(await this.#bring(view))) return;
    if (view === "touch") this.#cameFrom = this.#view;
    const { current, thread } = this.#chat;
    const isElsewhere = view === "thread" && this.#view === "home" && current && thread?.conversation.id !== current.id;
    if (isElsewhere && !this.#chat.asking) return void this.#openCurrent();
    this.#view = view;
    if (view === "history") void this.#views.history.load();
    this.#draw();
    if (this.isOpen && this.root.contains(this.#focused)) this.#focus();
  }

  /**
   * @param {ViewName} view which is not here yet
   * @returns {Promise<boolean>} whether it came; a reader without network is told
   */
  async #bring(view) {
    try {
      const brought = await LATER[view](this.#stage);
      this.#views[view] ??= brought;
    } catch {
      this.#frame.announce(this.#texts.t("This part could not be loaded. Please try again."));
      this.#frame.warn(this.#texts.t("This part could not be loaded. Please try again."));
      return false;
    }
    this.#frame.hold(this.#views[view].root);
    return true;
  }

  get #focused() {
    return /** @type {ShadowRoot | Document} */ (this.root.getRootNode()).activeElement;
  }

  /** On a phone the field would bring up the keyboard before anything was read. */
  #focus() {
    if (matchMedia("(pointer: coarse)").matches || this.#problem) this.root.focus();
    else this.#views[this.#view].focus();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.key !== "Escape" || event.isComposing || this.#options.isPage) return;
    event.stopPropagation();
    if (this.#view !== "thread" || !this.#views.thread.dismiss()) this.close();
  }

  #draw() {
    if (!this.#views) return;
    this.#settle();
    for (const [name, view] of Object.entries(this.#views)) view.root.hidden = this.#problem !== null || name !== this.#view;
    this.#problemView.draw(this.#problem);
    this.#frame.draw(headingOf(this.#chat, { view: this.#view, texts: this.#texts }));
    this.#views.home.draw();
    if (this.#view !== "home") this.#views[this.#view].draw?.();
    this.#drawBanner();
    this.#remember();
  }

  /** What was on its way, or shown, may be gone: another tab sent it, or the service has forgotten this reader. */
  #settle() {
    const { current, thread, asking } = this.#chat;
    if (this.#view !== "thread" || thread || asking || this.#isOpening) return;
    if (current) void this.#openCurrent();
    else {
      this.#view = "home";
      // Its list says that the link has ended.
      if (this.#isLinked) void this.#show("history");
    }
  }

  async #openCurrent() {
    const id = this.#chat.current?.id;
    if (!id || this.#isOpening) return;
    this.#isOpening = true;
    try {
      await this.#chat.open(id);
      this.#view = "thread";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#view = "home";
    }
    this.#isOpening = false;
    this.#draw();
  }

  #drawBanner() {
    const now = systemClock.now();
    if (!this.#chat.isStale) this.#staleSince = 0;
    else this.#staleSince ||= now;
    const remaining = this.#staleSince ? this.#staleSince + STALE_MILLISECONDS - now : 0;
    const isShown = this.#staleSince > 0 && remaining <= 0;
    this.#frame.warn(isShown || this.#chat.sender.notice ? bannerText(this.#chat, { isOnline: navigator.onLine, texts: this.#texts }) : "");
    clearTimeout(this.#staleTimer);
    if (remaining > 0) this.#staleTimer = setTimeout(() => this.#draw(), remaining);
  }

  /** Tell the launcher what is unread, and keep for the next page whether the conversation was open on this one. */
  #remember() {
    const { current } = this.#chat;
    const unread = (current?.unread ?? 0) + this.#chat.others;
    if (unread !== this.#unread) this.#options.tell("wenjin-unread");
    this.#unread = unread;
    if (this.isOpen && current && !hasEnded(current)) this.#session.set("open", true);
    else if (!current || hasEnded(current)) this.#session.remove("open");
  }
}
