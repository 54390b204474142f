/** Rows out of a spreadsheet: cells parted by tabs, a row a line. */

/**
 * @param {string} text what was pasted
 * @returns {boolean} whether it is more than one cell of a spreadsheet
 */
export function isTable(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n").filter((line) => line.trim());
  return lines.some((line) => line.includes("\t"));
}
