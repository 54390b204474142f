import { make, setText, showList } from "../lib/dom.js";
import { nameIn } from "../lib/words.js";

/**
 * Answers of a trainee that wait below the messages of the open conversation: the mentor sends them as they are or changed, or
 * gives them back; the trainee sees who is asked, and what came back with which comment.
 */
export class TalkReview {
  element;
  #desk;
  #list = make("div", { className: "reviews-list" });
  /** @type {WeakMap<Element, ReviewCard>} */
  #cards = new WeakMap();
  #isUnattended = "";
  #alone = make("p", { className: "review-alone", role: "status", hidden: true });

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    this.element = make("section", { className: "reviews", "aria-label": desk.t("Reviewed answers"), hidden: true }, this.#alone, this.#list);
  }

  /** @param {any} open the conversation that is open */
  show(open) {
    const { model, t } = this.#desk;
    const { reviews } = model;
    const pending = reviews.pending(open.id);
    const entries = [...reviews.returned(open.id), ...pending];
    this.element.hidden = entries.length === 0;
    const isMine = model.isMine(open);
    const alone = isMine && pending.some((/** @type {any} */ each) => each.is_unattended) ? open.id : "";
    this.#alone.hidden = alone === "";
    if (alone !== this.#isUnattended) setText(this.#alone, alone ? t("No mentor is here now. Your answer waits; you may also hand the question over.") : "");
    this.#isUnattended = alone;
    showList(this.#list, entries, idOf, (review) => this.#create(review, open), (element, review) => this.#cards.get(element)?.show(review, open));
  }

  #create(/** @type {any} */ review, /** @type {any} */ open) {
    const card = new ReviewCard(this.#desk, review, open);
    this.#cards.set(card.element, card);
    return card.element;
  }
}

class ReviewCard {
  element;
  #desk;
  #review;
  #head = make("p", { className: "review-head", role: "status" });
  #body;
  #comment = make("p", { className: "passing-note" });
  #text;
  #word;
  #problem = make("p", { className: "is-problem", role: "alert", hidden: true });
  #mentor;
  #trainee;
  #writer;

  /** @param {any} desk @param {any} review @param {any} open */
  constructor(desk, review, open) {
    this.#desk = desk;
    this.#review = review;
    const { t, model } = desk;
    this.#body = make("p", { className: "review-body", lang: open.language });
    this.#text = make("textarea", { rows: 3, value: review.body, lang: open.language, "aria-label": t("The answer as it will be sent") });
    this.#word = make("input", { maxLength: 2000, placeholder: t("A word for the trainee"), "aria-label": t("A word for the trainee") });
    const send = this.#button(t("Send it"), "button-primary", () => this.#send());
    const giveBack = this.#button(t("Give it back"), "", () => model.reviews.giveBack(this.#review, this.#word.value.trim()));
    this.#mentor = make("div", { className: "review-mentor" }, this.#text, make("div", { className: "passing-steps" }, send, this.#word, giveBack));
    this.#trainee = make("div", { className: "passing-steps" }, this.#button(t("Take it back"), "", () => this.#takeBack()));
    const again = this.#button(t("Write it anew"), "button-primary", () => this.#writeAnew());
    this.#writer = make("div", { className: "passing-steps" }, again, this.#button(t("Understood"), "", () => model.reviews.markRead(this.#review.id)));
    this.element = make("article", { className: "review" }, this.#head, this.#body, this.#comment, this.#mentor, this.#trainee, this.#writer, this.#problem);
  }

  /** @param {any} review @param {any} open */
  show(review, open) {
    const { model } = this.#desk;
    this.#review = review;
    const isOwn = review.librarian_id === model.me.id;
    const isPending = review.state === "pending";
    const mayReview = isPending && model.reviews.mayReview(open);
    setText(this.#head, this.#sentence(review, isOwn));
    setText(this.#body, review.body);
    this.#body.hidden = mayReview;
    setText(this.#comment, review.comment);
    this.#comment.hidden = review.comment === "";
    this.#mentor.hidden = !mayReview;
    this.#trainee.hidden = !(isPending && isOwn);
    this.#writer.hidden = review.state !== "returned";
    this.element.classList.toggle("is-asking", mayReview && model.reviews.asksMe(open));
    const refused = model.reviews.problem?.id === review.id ? model.reviews.problem : null;
    this.#problem.hidden = !refused;
    setText(this.#problem, refused ? refused.message || this.#desk.t("That did not work. Please try again.") : "");
  }

  #sentence(/** @type {any} */ review, /** @type {boolean} */ isOwn) {
    const { t, language } = this.#desk;
    if (review.state === "returned") return t("{name} gave this answer back. The reader has not seen it.", { name: nameIn(review, "answered", language) ?? "?" });
    if (!isOwn) return t("{name} wrote this answer. The reader sees it when it is sent.", { name: nameIn(review, "", language) });
    if (review.asked_name && !review.is_open) return t("Waits for {name} to read it. The reader has not seen it.", { name: nameIn(review, "asked", language) });
    return t("Waits for a mentor to read it. The reader has not seen it.");
  }

  #button(/** @type {string} */ label, /** @type {string} */ className, /** @type {() => void} */ act) {
    const button = make("button", { type: "button", className: `button button-small ${className}` }, label);
    button.addEventListener("click", act);
    return button;
  }

  #send() {
    const body = this.#text.value.trim();
    if (body) void this.#desk.model.reviews.approve(this.#review, body);
  }

  async #takeBack() {
    if (await this.#desk.model.reviews.takeBack(this.#review)) this.#writeAnew();
  }

  #writeAnew() {
    const { model } = this.#desk;
    model.reviews.markRead(this.#review.id);
    model.dispatchEvent(new CustomEvent("insert", { detail: this.#review.body }));
  }
}

/** @param {{id: string}} review */
function idOf({ id }) {
  return id;
}
