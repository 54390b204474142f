/**
 * Messages and internal notes as one column, by time; the messages keep their order.
 *
 * @param {any[]} messages numbered, in order
 * @param {any[]} notes oldest first
 * @returns {any[]}
 */
export function withNotes(messages, notes) {
  const column = [];
  const left = notes.map((note) => ({ ...note, kind: "note" }));
  for (const message of messages) {
    while (left.length > 0 && Date.parse(left[0].created_at) < Date.parse(message.created_at)) column.push(left.shift());
    column.push(message);
  }
  return [...column, ...left];
}
