/** @import { Command } from "../lib/palette.js" */

/** The commands that every page offers: its links, what one is to others, conversations by number or words. */

const GROUPS = [
  { links: ".bar-nav a, nav.tabs a", note: "" },
  { links: ".bar .menu-list a, .bar a.bar-link", note: "menu" },
];
const COMMISSIONS_PAGE = ".bar a[href^='/console/commissions']";
const SEARCH_PAGE = ".bar a[href^='/console/search']";

/**
 * @param {object} parts
 * @param {(message: string, details?: Record<string, unknown>) => string} parts.t
 * @param {Document} parts.document
 * @param {{now: {choice: string}}} parts.day
 * @param {Record<string, string>} parts.names of what one may be
 * @param {Record<string, string>} parts.notes
 * @param {(choice: string) => unknown} parts.choose
 * @returns {Command[]}
 */
export function pageCommands({ t, document, day, names, notes, choose }) {
  /** @type {Command[]} */
  const found = [];
  for (const [value, name] of Object.entries(names)) {
    if (value !== day.now.choice) found.push({ id: `be-${value}`, title: t("Be: {name}", { name }), note: notes[value], run: () => choose(value) });
  }
  /** @type {Command[]} */
  const pages = [];
  for (const { links, note } of GROUPS) {
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(links))) {
      const title = (link.firstChild?.nodeType === 3 ? link.firstChild.textContent : link.textContent)?.trim() ?? "";
      if (title) pages.push({ id: link.getAttribute("href") ?? "", title, note: note && groupOf(link), run: () => link.click() });
    }
  }
  const out = /** @type {HTMLFormElement | null} */ (document.querySelector('form[action="/console/sign-out"]'));
  if (out) found.push({ id: "sign-out", title: t("Sign out"), run: () => out.requestSubmit() });
  return [...pages, ...found];
}

/**
 * @param {{jumps: (text: string, signal: AbortSignal) => Promise<any[]>}} api
 * @param {string} text
 * @param {AbortSignal} signal
 * @param {{t: (message: string, details?: Record<string, unknown>) => string, language: string, go: (id: string) => void}} page
 * @returns {Promise<Command[]>}
 */
export async function jumpCommands(api, text, signal, { t, go }) {
  const found = await api.jumps(text, signal);
  const commands = found.map(({ id, number, question, is_open: isOpen }) => ({
    id: `conversation-${id}`,
    title: question,
    note: isOpen ? number : `${number} · ${t("ended")}`,
    isFound: true,
    run: () => (isOpen ? go(id) : location.assign(`/console/history/${id}`)),
  }));
  const search = /** @type {HTMLAnchorElement | null} */ (document.querySelector(SEARCH_PAGE));
  if (search) {
    const address = new URL(search.href);
    address.searchParams.set("q", text);
    commands.push({ id: "search", title: t("Search everything for “{text}”", { text }), note: "", isFound: true, run: () => location.assign(address.href) });
  }
  const list = /** @type {HTMLAnchorElement | null} */ (document.querySelector(COMMISSIONS_PAGE));
  if (list) {
    const query = new URLSearchParams({ shelf: "all", q: text });
    commands.push({ id: "commissions", title: t("Look for “{text}” among the commissions", { text }), note: "", isFound: true, run: () => location.assign(`${list.pathname}?${query}`) });
  }
  return commands;
}

/** @param {HTMLAnchorElement} link */
function groupOf(link) {
  const list = link.closest("ul");
  const head = list?.getAttribute("aria-labelledby");
  return (head && document.getElementById(head)?.textContent?.trim()) || "";
}
