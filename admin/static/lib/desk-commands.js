/** @import { Command } from "./palette.js" */
import { SHORTCUTS } from "./shortcuts.js";

const ENDED = new Set(["closed", "withdrawn", "rejected", "lost"]);

/**
 * The commands of the desk: what can be done now with the open conversation, and every conversation of the lists.
 *
 * @param {{desk: any, act: (action: string) => void}} parts
 * @returns {Command[]}
 */
export function deskCommands({ desk, act }) {
  const { model, t } = desk;
  const allowed = actionsNow(model);
  const actions = SHORTCUTS.filter(({ action }) => allowed.has(action)).map(({ action, keys, label }) => ({
    id: `act-${action}`,
    title: t(label),
    keys: keys.split(" ")[0],
    run: () => act(action),
  }));
  const { forMe, mine, waiting, colleagues } = model.sections;
  const parts = [
    { items: forMe, name: t("For you") },
    { items: mine, name: t("Mine") },
    { items: waiting, name: t("Waiting") },
    { items: colleagues, name: t("At colleagues") },
  ];
  const conversations = parts.flatMap(({ items, name }) =>
    items.map((/** @type {any} */ { id, number, question }) => ({
      id: `conversation-${id}`,
      title: question,
      note: `${number} · ${name}`,
      run: () => model.dispatchEvent(new CustomEvent("go", { detail: id })),
    })),
  );
  return [...actions, ...conversations];
}

/**
 * @param {any} model
 * @returns {Set<string>} the actions that would do something
 */
export function actionsNow(model) {
  const found = new Set(["claim-next", "presence", "unread", "help"]);
  const open = model.open;
  if (!open) return found;
  found.add("search").add("note");
  const hasEnded = ENDED.has(open.state);
  if (open.state === "waiting") found.add("claim");
  if (model.passing.isForMe(open)) found.add("accept");
  if (model.isMine(open) && !hasEnded) for (const action of ["reply", "replies", "hand-over", "release", "close"]) found.add(action);
  return found;
}
