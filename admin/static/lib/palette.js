/**
 * What the command palette finds: entries whose words, initials or letters in order fit what was typed.
 *
 * @typedef {object} Command
 * @property {string} id
 * @property {string} title
 * @property {string} [note] said beside it, searched as well
 * @property {string} [keys] the shortcut that does the same
 * @property {boolean} [isFound] it was found by somebody else and always fits
 * @property {() => unknown} run
 */

// The first characters of each initial in the order of Chinese by sound: what sorts from 芭 to before 擦 begins with b.
const FIRSTS = "阿芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝";
const INITIALS = "abcdefghjklmnopqrstwxyz";
const HAN = /\p{Script=Han}/u;
const SHOWN = 12;

/** @type {Intl.Collator | null} */
let bySound = null;

/**
 * @param {string} text
 * @returns {string} the initials of its pinyin, and of its Latin words, in small letters
 */
export function initialsOf(text) {
  const letters = [];
  let isInWord = false;
  for (const character of text.toLowerCase()) {
    if (HAN.test(character)) letters.push(initialOf(character));
    else if (/[\p{L}\p{N}]/u.test(character) && !isInWord) letters.push(character);
    isInWord = /[\p{L}\p{N}]/u.test(character) && !HAN.test(character);
  }
  return letters.join("");
}

/** @param {string} character */
function initialOf(character) {
  bySound ??= new Intl.Collator("zh-Hans-CN-u-co-pinyin");
  let found = "";
  for (const [place, first] of [...FIRSTS].entries()) {
    if (bySound.compare(character, first) < 0) break;
    found = INITIALS[place];
  }
  return found;
}

/**
 * @param {string} typed
 * @param {Command} command
 * @returns {number} how well it fits, higher is better; 0: not at all
 */
export function fit(typed, { title, note = "", isFound = false }) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return 1;
  const name = title.toLowerCase();
  if (name.startsWith(wanted)) return 100;
  if (wanted.split(/\s+/).every((word) => name.includes(word))) return 80;
  const letters = wanted.replace(/\s+/g, "");
  if (initialsOf(title).startsWith(letters)) return 70;
  if (initialsOf(title).includes(letters)) return 60;
  if (wanted.split(/\s+/).every((word) => `${name} ${note.toLowerCase()}`.includes(word))) return 50;
  if (isFound) return 40;
  // Letters in order, as a hurried hand types them; one letter fits nearly everything.
  return letters.length > 1 && isInOrder(letters, name) ? 20 : 0;
}

/**
 * @param {Command[]} commands
 * @param {string} typed
 * @returns {Command[]} what fits, the best first, equals in their given order
 */
export function rank(commands, typed) {
  return commands
    .map((command) => ({ command, points: fit(typed, command) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, SHOWN)
    .map(({ command }) => command);
}

function isInOrder(/** @type {string} */ letters, /** @type {string} */ text) {
  let place = -1;
  for (const letter of letters) {
    place = text.indexOf(letter, place + 1);
    if (place === -1) return false;
  }
  return true;
}
