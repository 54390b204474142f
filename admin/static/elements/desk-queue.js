import { ageText, urgency } from "../lib/age.js";
import { make, setText, showList } from "../lib/dom.js";
import { fill, nameIn } from "../lib/words.js";
import { whyHere } from "../lib/whereabouts.js";
import { DeskElement } from "./desk-element.js";

// Ages are shown in steps of ten seconds: enough to see time pass, too slow to flicker.
const TICK_MILLISECONDS = 10_000;

/** The lists on the left: what I am asked to take, mine, waiting, at colleagues. */
export class DeskQueue extends DeskElement {
  /** @type {Record<string, {count: Element, oldest: Element, list: Element, none: any}>} */
  #parts = {};
  /** @type {string | null} */
  #shownId = null;
  /** What each entry was shown by: of hundreds, a change is about one or two. @type {WeakMap<Element, unknown[]>} */
  #shownBy = new WeakMap();

  build() {
    const { t } = this.desk;
    const timer = setInterval(() => this.show(), TICK_MILLISECONDS);
    this.life.addEventListener("abort", () => clearInterval(timer));
    this.#part("forMe", t("For you"), "");
    this.#part("mine", t("Mine"), t("Claim a question and it stands here."));
    this.#part("waiting", t("Waiting"), t("Nobody waits."));
    this.#part("colleagues", t("At colleagues"), t("Nothing at the moment."));
  }

  show() {
    const { sections, openId } = this.desk.model;
    for (const [name, { count, oldest, list, none }] of Object.entries(this.#parts)) {
      const items = sections[name];
      setText(count, String(items.length));
      setText(oldest, name === "waiting" && items.length > 0 ? this.#longest(items) : "");
      none.hidden = items.length > 0 || name === "forMe";
      if (name === "forMe") /** @type {HTMLElement} */ (count.parentElement).hidden = items.length === 0;
      showList(list, items, idOf, (item) => this.#entry(item), (element, item) => this.#update(element, item, name));
    }
    if (openId !== this.#shownId) this.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
    this.#shownId = openId;
  }

  #part(/** @type {string} */ name, /** @type {string} */ title, /** @type {string} */ empty) {
    const count = make("span", { className: "count" });
    const oldest = make("span", { className: "oldest" });
    const list = make("ul", { className: "queue" });
    const none = make("p", { className: "queue-none" }, empty);
    const head = make("h2", { className: "queue-head", id: `queue-${name}` }, title, count, oldest);
    this.append(make("section", { "aria-labelledby": head.id }, head, list, none));
    this.#parts[name] = { count, oldest, list, none };
  }

  #longest(/** @type {any[]} */ items) {
    const first = Math.min(...items.map(({ queued_at }) => Date.parse(queued_at)));
    return this.desk.t("longest {age}", { age: ageText(Date.now() - first, this.desk.t) });
  }

  #entry(/** @type {any} */ item) {
    const question = make("span", { className: "entry-question", lang: item.language });
    const age = make("span", { className: "entry-age" });
    const place = make("span", { className: "entry-place" });
    const unread = make("span", { className: "unread", hidden: true });
    const why = make("span", { className: "entry-why" });
    const link = make("a", { className: "entry", href: `/console/conversations/${item.id}` }, question, age, place, unread, why);
    link.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      this.desk.model.dispatchEvent(new CustomEvent("go", { detail: item.id }));
    });
    return make("li", {}, link);
  }

  #update(/** @type {any} */ element, /** @type {any} */ item, /** @type {string} */ part) {
    const { model, t } = this.desk;
    const waited = Date.now() - Date.parse(item.queued_at);
    const waits = ageText(waited, t);
    const count = part === "mine" ? model.unread(item.id) : 0;
    const shownBy = [item, waits, count, item.id === model.openId, model.passing.of(item.id)];
    if (this.#shownBy.get(element)?.every((each, place) => each === shownBy[place])) return;
    this.#shownBy.set(element, shownBy);
    const [question, age, place, unread, why] = element.firstElementChild.children;
    setText(question, item.question);
    setText(age, waits);
    age.className = `entry-age ${part === "waiting" ? urgency(waited) : ""}`;
    setText(place, this.#place(item, part));
    setText(why, this.#why(item, part));
    why.hidden = why.textContent === "";
    setText(unread, String(count));
    unread.hidden = count === 0;
    unread.setAttribute("aria-label", t("{count} unread", { count }));
    element.firstElementChild.classList.toggle("is-unread", count > 0);
    element.firstElementChild.setAttribute("aria-current", String(item.id === model.openId));
  }

  /** Why it stands here, where that is not plain, and what was promised. */
  #why(/** @type {any} */ item, /** @type {string} */ part) {
    const { model, words, t, clockTime, language } = this.desk;
    const offered = model.passing.of(item.id);
    const parts = [];
    if (part === "forMe" && item.review && !offered) parts.push(t("{name} has an answer to be read", { name: nameIn(item, "holder", language) ?? "?" }));
    else if (item.state === "in_review") parts.push(words.states.in_review);
    if (part === "forMe" && !item.review) parts.push(offered ? t("from {name}", { name: offered[`from_name_${language}`] }) : t("offered to you first"));
    else if (offered) parts.push(t("being handed over"));
    for (const { code, details } of whyHere(item, (id) => model.isMyDesk(id))) {
      if (code !== "own" && !(part === "forMe" && code === "hand_over")) parts.push(fill(words.why_here[code] ?? code, details));
    }
    if (item.promised_at && part !== "mine") parts.push(t("promised by {time}", { time: clockTime(item.promised_at) }));
    return parts.join(" · ");
  }

  #place(/** @type {any} */ item, /** @type {string} */ part) {
    const { model, words, language } = this.desk;
    const parts = [nameIn(item, "library", language), item.subject, words.languages[item.language]];
    if (part === "colleagues") parts.unshift(nameIn(item, "holder", language));
    if (model.hasSeveralDesks) parts.push(model.deskName(item.desk_id));
    return parts.filter(Boolean).join(" · ");
  }
}

/** @param {{id: string}} item */
function idOf({ id }) {
  return id;
}
