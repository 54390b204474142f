/**
 * The keys of the desk. Letters work only outside of text fields and can be switched off; keys with Alt work everywhere.
 *
 * @typedef {{action: string, keys: string, label: string, isLetter: boolean}} Shortcut
 */

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  { action: "next", keys: "Alt+↓ j", label: "Next conversation", isLetter: false },
  { action: "previous", keys: "Alt+↑ k", label: "Previous conversation", isLetter: false },
  { action: "unread", keys: "u", label: "Next one with unread messages", isLetter: true },
  { action: "claim-next", keys: "Alt+Q q", label: "Claim the next question", isLetter: false },
  { action: "claim", keys: "c", label: "Claim the open question", isLetter: true },
  { action: "reply", keys: "r", label: "Write an answer", isLetter: true },
  { action: "note", keys: "Alt+N n", label: "Write a note for colleagues", isLetter: false },
  { action: "insert", keys: "Alt+1 … Alt+5", label: "Insert a suggestion with its source", isLetter: false },
  { action: "replies", keys: "Alt+/", label: "Canned replies; in an answer or a note / or ; and the shortcut", isLetter: false },
  { action: "send", keys: "Alt+Shift+1 … Alt+Shift+5", label: "Send a suggestion with its source at once, where nothing else is written", isLetter: false },
  { action: "search", keys: "/", label: "Search the knowledge base", isLetter: true },
  { action: "close", keys: "x", label: "Close the conversation", isLetter: true },
  { action: "hand-over", keys: "t", label: "Hand the question over", isLetter: true },
  { action: "accept", keys: "a", label: "Take what is handed or offered to me", isLetter: true },
  { action: "release", keys: "b", label: "Give the question back", isLetter: true },
  { action: "colleagues", keys: "m", label: "Colleagues: talk and what is new for me", isLetter: true },
  { action: "presence", keys: "p", label: "Choose whether questions come to me", isLetter: true },
  { action: "palette", keys: "Ctrl+K", label: "All commands; on a Mac with ⌘", isLetter: false },
  { action: "leave", keys: "Esc", label: "Leave the text field", isLetter: false },
  { action: "help", keys: "?", label: "Show this list", isLetter: true },
];

const LETTERS = new Map([
  ["j", "next"],
  ["k", "previous"],
  ["u", "unread"],
  ["c", "claim"],
  ["r", "reply"],
  ["n", "note"],
  ["/", "search"],
  ["x", "close"],
  ["b", "release"],
  ["t", "hand-over"],
  ["a", "accept"],
  ["q", "claim-next"],
  ["m", "colleagues"],
  ["p", "presence"],
  ["?", "help"],
]);

/**
 * @typedef {object} Key what is used of a KeyboardEvent
 * @property {string} key
 * @property {string} code
 * @property {boolean} altKey
 * @property {boolean} [shiftKey]
 * @property {boolean} ctrlKey
 * @property {boolean} metaKey
 * @property {boolean} isComposing
 */

/**
 * @param {Key} event
 * @param {{isInField: boolean, hasLetters: boolean}} where
 * @returns {{action: string, number?: number} | null}
 */
export function actionOf(event, { isInField, hasLetters }) {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return withAlt(event);
  if (event.key === "Escape") return { action: "leave" };
  if (isInField || !hasLetters) return null;
  const action = LETTERS.get(event.key.toLowerCase());
  return action ? { action } : null;
}

/** @param {Key} event */
function withAlt({ key, code, shiftKey = false }) {
  if (key === "ArrowDown") return { action: "next" };
  if (key === "ArrowUp") return { action: "previous" };
  if (code === "KeyN") return { action: "note" };
  if (code === "KeyQ") return { action: "claim-next" };
  if (code === "Slash") return { action: "replies" };
  // By its place on the keyboard: with Alt the key itself may be another character.
  const digit = /^(?:Digit|Numpad)([1-5])$/.exec(code);
  return digit ? { action: shiftKey ? "send" : "insert", number: Number(digit[1]) } : null;
}

/**
 * Say whether a key sends what is in the composer. Enter that ends the choice of a character never does.
 *
 * @param {{key: string, keyCode: number, shiftKey: boolean, altKey: boolean, isComposing: boolean}} event
 * @returns {boolean}
 */
export function isSendKey({ key, keyCode, shiftKey, altKey, isComposing }) {
  // 229 is what some input methods report instead of isComposing.
  return key === "Enter" && !shiftKey && !altKey && !isComposing && keyCode !== 229;
}
