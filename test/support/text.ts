/** Long texts in tests: templates over several lines. */

/**
 * The text of a template without its line breaks: lines are joined by spaces. A line that begins
 * with `|` begins a line of the text, and what follows the bar is kept as it is.
 */
export function text(parts: TemplateStringsArray, ...values: readonly unknown[]): string {
  const template = parts.reduce((before, part, i) => `${before}\ue000${i - 1}\ue000${part}`);
  const lines = template
    .split("\n")
    .map((line) => line.trimStart())
    .filter((line) => line !== "");
  return lines
    .map((line, i) => (line.startsWith("|") ? `\n${line.slice(1)}` : i > 0 ? ` ${line}` : line))
    .join("")
    .replace(/\ue000(\d+)\ue000/g, (_, i) => String(values[Number(i)]));
}

/** The same with a line break at its end, as commands print it. */
export function printed(parts: TemplateStringsArray, ...values: readonly unknown[]): string {
  return `${text(parts, ...values)}\n`;
}

/** The words of a template, for command lines. Values are split into words too. */
export function words(parts: TemplateStringsArray, ...values: readonly unknown[]): string[] {
  return text(parts, ...values).split(" ");
}

/** A pattern for output that begins with the text of a template. Its values are patterns too. */
export function pattern(parts: TemplateStringsArray, ...values: readonly RegExp[]): RegExp {
  const source = text(parts, ...values.map((_, i) => `\ue001${i}\ue001`))
    .replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
    .replace(/\ue001(\d+)\ue001/g, (_, i) => (values[Number(i)] as RegExp).source);
  return new RegExp(`^${source}`);
}
