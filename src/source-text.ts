/** Texts that a user has written, and the locations in them that messages point at. */

/** A text and its location, as plain data. */
export interface SourceText {
  readonly text: string;
  /** The location with which messages begin: file:line:column, --flag, or spec.axes.stride[1]. */
  readonly location: string;
  /**
   * The position of its first character in a file. It is given only if each further character of
   * the text is one column to the right.
   */
  readonly start?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A part of a text: the characters [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The location of a character in a text, or that of the text if its position is unknown. */
export function locationIn({ location, start }: SourceText, offset: number): string {
  return start ? `${start.file}:${start.line}:${start.column + offset}` : location;
}

/** Maximum number of characters of a text that a message shows. */
const MAX_WIDTH = 100;

/**
 * Formats a text with a caret under one of its parts. A long text is cut to the surroundings of the
 * part.
 */
export function pointed({ text }: SourceText, { start, end }: Span): string {
  const from =
    text.length <= MAX_WIDTH
      ? 0
      : Math.max(0, Math.min(start - MAX_WIDTH / 2, text.length - MAX_WIDTH));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach the terminal
  const line = text.slice(from, from + MAX_WIDTH).replace(/[\s\u0000-\u001f\u007f-\u009f]/g, " ");
  const [before, after] = [from > 0 ? "…" : "", from + MAX_WIDTH < text.length ? "…" : ""];
  const width = Math.max(1, Math.min(end, from + MAX_WIDTH) - start);
  return `  ${before}${line}${after}\n  ${" ".repeat(before.length + start - from)}^${"~".repeat(width - 1)}`;
}
