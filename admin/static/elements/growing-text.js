const CHARACTERS_A_LINE = 60;

/**
 * Let a text field be as high as its text. Style sheets do it where browsers know how; elsewhere it is estimated.
 *
 * @param {HTMLTextAreaElement} field
 */
export function growing(field) {
  field.classList.add("growing");
  if (CSS.supports("field-sizing", "content")) return field;
  const least = field.rows;
  const fit = () => {
    const lines = field.value.split("\n").map((line) => Math.ceil(line.length / CHARACTERS_A_LINE) || 1);
    field.rows = Math.max(least, lines.reduce((sum, each) => sum + each, 0));
  };
  field.addEventListener("input", fit);
  fit();
  return field;
}
