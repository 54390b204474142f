import { make, setText } from "../lib/dom.js";
import { countdown } from "../lib/whereabouts.js";

const TICK_MILLISECONDS = 1_000;

/** The line above a conversation while it changes hands: who offers it to whom, how long that stands, and the answer. */
export class TalkPassing {
  element;
  #desk;
  #text = make("p");
  #note = make("p", { className: "passing-note" });
  #left = make("span", { className: "passing-left" });
  #reply = make("input", { maxLength: 2000, hidden: true });
  #problem = make("p", { className: "is-problem", role: "alert", hidden: true });
  #buttons;
  #shown = "";
  /** @type {any} */
  #open = null;

  /** @param {any} desk */
  constructor(desk) {
    this.#desk = desk;
    const { t } = desk;
    this.#reply.placeholder = t("A word for the sender");
    this.#reply.setAttribute("aria-label", t("A word for the sender"));
    this.#reply.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && !event.isComposing) this.#decline();
    });
    this.#buttons = {
      accept: this.#button("button-primary", () => this.accept()),
      decline: this.#button("", () => this.#decline()),
      takeBack: this.#button("", () => this.#passing.takeBack(this.#passing.of(this.#open.id))),
      read: this.#button("", () => this.#passing.markRead(this.#passing.failed(this.#open.id).id)),
    };
    setText(this.#buttons.takeBack, t("Take the offer back"));
    setText(this.#buttons.read, t("Understood"));
    const steps = make("div", { className: "passing-steps" }, this.#left, this.#reply, ...Object.values(this.#buttons));
    this.element = make("section", { className: "passing", "aria-label": t("Hand-over"), hidden: true }, make("div", { role: "status" }, this.#text, this.#note), this.#problem, steps);
    const timer = setInterval(() => this.#tick(), TICK_MILLISECONDS);
    desk.life?.addEventListener("abort", () => clearInterval(timer));
  }

  /** @param {any} open the conversation that is open */
  show(open) {
    this.#open = open;
    const told = this.#told();
    const key = told ? `${open.id} ${told.key}` : "";
    if (key !== this.#shown) {
      this.#reply.hidden = true;
      this.#reply.value = "";
    }
    this.#shown = key;
    const refused = this.#passing.problem?.id === open.id ? this.#passing.problem : null;
    this.#problem.hidden = !refused;
    setText(this.#problem, refused ? refused.message || this.#desk.t("That did not work. Please try again.") : "");
    this.element.hidden = !told && !refused;
    setText(this.#text, told?.text ?? "");
    setText(this.#note, told?.note ?? "");
    this.#note.hidden = !told?.note;
    for (const [name, button] of Object.entries(this.#buttons)) button.hidden = !told?.steps.includes(name);
    this.element.classList.toggle("is-asking", Boolean(told?.steps.includes("accept")));
    this.#tick();
  }

  /** Take what is handed or offered to this person. */
  accept() {
    const { model } = this.#desk;
    const offered = this.#passing.of(this.#open?.id);
    if (this.#passing.asksMe(offered)) return this.#passing.accept(offered);
    if (this.#offer()) return model.claims.claim(this.#open.id);
    return false;
  }

  get #passing() {
    return this.#desk.model.passing;
  }

  #button(/** @type {string} */ className, /** @type {() => void} */ act) {
    const button = make("button", { type: "button", className: `button button-small ${className}` });
    button.addEventListener("click", act);
    return button;
  }

  #offer() {
    const { model } = this.#desk;
    if (this.#open?.state !== "waiting") return null;
    return this.#open.offered?.find((/** @type {any} */ each) => each.librarian_id === model.me.id) ?? null;
  }

  /** What is said: an open hand-over first, then an offer of the desk, then what became of one's last hand-over. */
  #told() {
    const { t } = this.#desk;
    const offered = this.#passing.of(this.#open.id);
    if (offered) return this.#toldOf(offered);
    if (this.#offer()) {
      this.#name({ accept: t("Claim"), decline: t("Not me") });
      return { key: "offer", text: t("This question is offered to you before your colleagues."), note: "", steps: ["accept", "decline"] };
    }
    const failed = this.#passing.failed(this.#open.id);
    const wasAsked = failed?.kind === "asked_back";
    if (!failed || wasAsked === this.#desk.model.isMine(this.#open)) return null;
    if (wasAsked) {
      const name = failed[`from_name_${this.#desk.language}`];
      const text = failed.state === "expired" ? t("{name} did not answer in time and still has the question.", { name }) : t("{name} keeps the question.", { name });
      return { key: failed.id, text, note: failed.answer_note, steps: ["read"] };
    }
    const details = { name: this.#to(failed) };
    const text = failed.state === "expired" ? t("{name} did not answer in time. You still have the question.", details) : t("{name} declined. You still have the question.", details);
    return { key: failed.id, text, note: failed.answer_note, steps: ["read"] };
  }

  #toldOf(/** @type {any} */ offered) {
    const { t, words, language } = this.#desk;
    const asksMe = this.#passing.asksMe(offered);
    const from = offered[`from_name_${language}`];
    const why = words.hand_over_reasons[offered.reason] ?? offered.reason;
    const steps = asksMe ? ["accept", "decline"] : ["takeBack"];
    let text = t("Offered to {name}: {why}. You have the question until it is accepted.", { name: this.#to(offered), why });
    if (offered.kind === "asked_back") {
      const asker = offered[`to_name_${language}`];
      text = asksMe ? t("{name} asks to have this question back.", { name: asker }) : t("You asked {name} to give this question back.", { name: from });
    } else if (asksMe) {
      text = t("{name} hands this question over to you: {why}.", { name: from, why });
    }
    if (offered.is_warm && offered.kind !== "asked_back") text += ` ${t("Both of you are in the chat until then.")}`;
    this.#name(offered.kind === "asked_back" ? { accept: t("Give it"), decline: t("Keep it") } : { accept: t("Take the question"), decline: t("Not for us") });
    return { key: offered.id, text, note: offered.note, steps };
  }

  #to(/** @type {any} */ offered) {
    const { language } = this.#desk;
    return offered[`to_name_${language}`] ?? offered[`to_desk_${language}`];
  }

  #name(/** @type {{accept: string, decline: string}} */ { accept, decline }) {
    setText(this.#buttons.accept, accept);
    setText(this.#buttons.decline, decline);
  }

  #tick() {
    const expires = this.#passing.of(this.#open?.id)?.expires_at ?? this.#offer()?.expires_at;
    const left = expires ? this.#desk.t("{time} left", { time: countdown(Date.parse(expires) - Date.now()) }) : "";
    setText(this.#left, left);
    this.#left.hidden = !expires;
  }

  /** The first press asks for a word, the second declines; an offer of the desk needs no word. */
  #decline() {
    const offered = this.#passing.of(this.#open.id);
    if (!this.#passing.asksMe(offered)) return this.#passing.declineOffer(this.#open.id);
    if (this.#reply.hidden) {
      this.#reply.hidden = false;
      return this.#reply.focus();
    }
    return this.#passing.decline(offered, this.#reply.value.trim());
  }
}
