import { fill } from "./words.js";

/**
 * Why a question stands in a list, and what became of it so far: sentences from the records the server keeps.
 *
 * @typedef {(message: string, details?: Record<string, unknown>) => string} Translate
 */

/**
 * @param {any} item a conversation as staff see it
 * @param {(deskId: string) => boolean} isMyDesk
 * @returns {{code: string, details: Record<string, any>}[]} why it is here, the way first, then what makes it urgent
 */
export function whyHere(item, isMyDesk) {
  const found = [];
  const reach = isMyDesk(item.desk_id) ? null : (item.reached ?? []).find((/** @type {any} */ each) => isMyDesk(each.desk_id));
  if (isMyDesk(item.desk_id)) found.push({ code: "own", details: {} });
  else if (reach) found.push({ code: reach.reason, details: reach.details ?? {} });
  else found.push({ code: "supervised", details: {} });
  if (item.priority > 0) found.push({ code: "priority", details: { priority: item.priority } });
  return found;
}

/**
 * Put decisions, hand-overs and what supervisors did into one order. A hand-over that was accepted is told once.
 *
 * @param {any} way
 * @returns {{at: string, type: "decision" | "hand_over" | "supervision", entry: any}[]} oldest first
 */
export function history(way) {
  const entries = [
    ...way.decisions.filter((/** @type {any} */ { action }) => action !== "handed_over").map((/** @type {any} */ entry) => ({ at: entry.decided_at, type: "decision", entry })),
    ...way.hand_overs.map((/** @type {any} */ entry) => ({ at: entry.offered_at, type: "hand_over", entry })),
    ...way.supervision.map((/** @type {any} */ entry) => ({ at: entry.happened_at, type: "supervision", entry })),
  ];
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/**
 * @param {any} decision
 * @param {Record<string, string>} sentences by action
 * @param {string} language
 * @returns {string}
 */
export function decisionText(decision, sentences, language) {
  const { action, reasons } = decision;
  const sentence = sentences[action] ?? action;
  return fill(sentence, { desk: decision[`desk_${language}`] ?? "–", name: decision[`librarian_${language}`] ?? "–", step: reasons.step ?? "" });
}

/**
 * Tell what counted for a person, with the points.
 *
 * @param {any} reasons of a decision: of a claim the reasons of the claimer, of an offer those of everybody looked at
 * @param {string | null} librarianId
 * @param {Record<string, string>} names of reasons
 * @returns {string} such as "home library +1000, language +100"; empty when nothing was weighed
 */
export function pointsText(reasons, librarianId, names) {
  const judged = reasons.judged?.find((/** @type {any} */ each) => each.librarian_id === librarianId) ?? reasons;
  const counted = Array.isArray(judged.reasons) ? judged.reasons : [];
  return counted.map((/** @type {any} */ { code, points }) => `${names[code] ?? code} ${points < 0 ? "−" : "+"}${Math.abs(points)}`).join(", ");
}

/**
 * @param {number} milliseconds left
 * @returns {string} minutes and seconds, such as 1:05; never below 0:00
 */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * Turn the desks and people who are there into choices.
 *
 * @param {any[]} targets as the server lists them
 * @param {string} language
 * @param {string} searched shown are those in which every word of it occurs
 * @returns {{relation: string, choices: {value: {kind: string, desk_id: string, librarian_id: string | null}, name: string, note: string, people: number}[]}[]}
 */
export function choicesOf(targets, language, searched) {
  const words = searched.toLowerCase().split(/\s+/).filter(Boolean);
  const name = (/** @type {any} */ each) => each[`name_${language}`];
  const groups = new Map();
  for (const desk of targets) {
    const where = `${name(desk)} ${desk.library_code}`;
    const all = [
      { value: { kind: kindOf(desk), desk_id: desk.desk_id, librarian_id: null }, name: name(desk), note: desk.library_code, people: desk.people.length, text: `${desk.name_zh} ${desk.name_en} ${desk.library_code}` },
      ...desk.people.map((/** @type {any} */ each) => ({
        value: { kind: "person", desk_id: desk.desk_id, librarian_id: each.id },
        name: name(each),
        note: [where, `${each.load}/${each.max_load}`, each.subjects.join(" ")].filter(Boolean).join(" · "),
        people: 0,
        text: `${each.name_zh} ${each.name_en} ${where} ${each.subjects.join(" ")}`,
      })),
    ];
    const found = all.filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)));
    if (found.length > 0) groups.set(desk.relation, [...(groups.get(desk.relation) ?? []), ...found]);
  }
  return [...groups].map(([relation, choices]) => ({ relation, choices }));
}

function kindOf(/** @type {any} */ { relation }) {
  if (relation === "home" || relation === "expert") return relation;
  return "desk";
}
