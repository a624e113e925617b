/** Texts that people wrote, and the places in them that messages point at. */

/** A text and where it stands. Plain data. */
export interface SourceText {
  readonly text: string;
  /** What a message about it begins with: file:line:column, --flag, or spec.axes.stride[1]. */
  readonly location: string;
  /** Where its first character stands in a file, when every further one stands a column behind the one before. */
  readonly start?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A part of a text: the characters [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The place of a character of a text, or of the whole text where that is all that is known. */
export function locationIn({ location, start }: SourceText, offset: number): string {
  return start ? `${start.file}:${start.line}:${start.column + offset}` : location;
}

/** The longest piece of a text that a message shows. */
const MAX_WIDTH = 100;

/** A text with a caret under one of its parts; long texts are cut to what stands around it. */
export function pointed({ text }: SourceText, { start, end }: Span): string {
  const from =
    text.length <= MAX_WIDTH
      ? 0
      : Math.max(0, Math.min(start - MAX_WIDTH / 2, text.length - MAX_WIDTH));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach the terminal
  const line = text.slice(from, from + MAX_WIDTH).replace(/[\s\u0000-\u001f\u007f-\u009f]/g, " ");
  const [before, after] = [from > 0 ? "…" : "", from + MAX_WIDTH < text.length ? "…" : ""];
  const width = Math.max(1, Math.min(end, from + MAX_WIDTH) - start);
  return `  ${before}${line}${after}\n  ${" ".repeat(before.length + start - from)}^${"~".repeat(width - 1)}`;
}
