import { make } from "../lib/dom.js";
import { decisionText, history, pointsText } from "../lib/whereabouts.js";
import { DeskElement } from "./desk-element.js";

/** Why the open question is where it is: its steps, every decision with its reasons, hand-overs, what supervisors did. */
export class DeskWay extends DeskElement {
  /** @type {any} */
  #shown = null;
  #isOpen = false;

  show() {
    const { model } = this.desk;
    const way = model.open ? model.passing.way(model.open.id) : null;
    if (way === this.#shown) return;
    this.#shown = way;
    this.replaceChildren(...(way ? [this.#part(way)] : []));
  }

  #part(/** @type {any} */ way) {
    const { t, words } = this.desk;
    const entries = history(way);
    const last = entries.at(-1);
    const list = make("ol", { className: "way" }, ...entries.map((each) => this.#entry(each)));
    const facts = [words.question_kinds[way.kind], way.subject && `${way.subject} ${words.clc_classes[way.subject[0]] ?? ""}`.trim(), way.due_at && t("moves on at {time}", { time: this.desk.clockTime(way.due_at) })];
    const more = make("details", { open: this.#isOpen }, make("summary", {}, t("History and reasons"), " ", make("span", { className: "quiet" }, String(entries.length))), list);
    more.addEventListener("toggle", () => (this.#isOpen = more.open));
    return make(
      "section",
      { className: "aside-part", "aria-label": t("Why it is here") },
      make("h2", { className: "aside-head" }, t("Why it is here"), make("span", { className: "quiet" }, facts.filter(Boolean).join(" · "))),
      make("ol", { className: "way-steps" }, ...way.steps.map((/** @type {any} */ step) => this.#step(step))),
      last ? make("p", { className: "way-last" }, this.#text(last)) : null,
      more,
    );
  }

  #step(/** @type {any} */ step) {
    const { t, words, language } = this.desk;
    const state = step.is_reached ? t("reached") : t("not yet");
    return make("li", { className: step.is_reached ? "is-reached" : "", title: `${words.relations[step.relation] ?? step.relation} · ${state}` }, step[`name_${language}`], make("span", { className: "visually-hidden" }, ` (${state})`));
  }

  #entry(/** @type {any} */ each) {
    const { clockTime, fullTime } = this.desk;
    const why = this.#why(each);
    const time = make("time", { datetime: each.at, title: fullTime(each.at) }, clockTime(each.at));
    return make("li", {}, time, make("span", {}, this.#text(each), why ? make("small", {}, why) : null));
  }

  #text(/** @type {any} */ { type, entry }) {
    const { t, words, language } = this.desk;
    if (type === "decision") return decisionText(entry, words.decisions, language);
    if (type === "supervision") return words.supervision[entry.action]?.replace("{name}", entry[`name_${language}`]) ?? entry.action;
    const names = { from: entry[`from_name_${language}`], to: entry[`to_name_${language}`] ?? entry[`to_desk_${language}`] };
    const offered = entry.kind === "asked_back" ? t("{to} asked {from} to give it back", names) : t("{from} handed it over to {to}", names);
    return `${offered}: ${words.hand_over_states[entry.state] ?? entry.state}`;
  }

  #why(/** @type {any} */ { type, entry }) {
    const { words } = this.desk;
    if (type === "supervision") return entry.reason ?? "";
    if (type === "hand_over") return [words.hand_over_reasons[entry.reason], entry.note, entry.answer_note].filter(Boolean).join(" · ");
    const { reasons } = entry;
    const parts = [pointsText(reasons, entry.librarian_id, words.points)];
    if (reasons.relation) parts.push(words.relations[reasons.relation]);
    if (reasons.waited_seconds !== undefined) parts.push(this.desk.t("after {seconds} s", { seconds: reasons.waited_seconds }));
    for (const skipped of reasons.passed_over ?? []) parts.push(`${this.#deskOf(skipped.desk_id)}: ${words.skips[skipped.reason] ?? skipped.reason}`);
    return parts.filter(Boolean).join(" · ");
  }

  #deskOf(/** @type {string} */ deskId) {
    return this.#shown.steps.find((/** @type {any} */ { desk_id }) => desk_id === deskId)?.[`name_${this.desk.language}`] ?? "–";
  }
}
