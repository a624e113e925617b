/** Numbers and tables for people to read. */

/** 6220800 → 6,220,800. */
export function thousands(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

/** A number with its noun in the singular or plural: 1 row, 2 rows, 1,000 rows. */
export function counted(value: number | bigint, noun: string, several = `${noun}s`): string {
  return `${thousands(value)} ${value === 1 || value === 1n ? noun : several}`;
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"] as const;

/** 4210753 → 4.21 M. */
export function scaled(value: number): string {
  let prefix = 0;
  while (value >= 999.5 && prefix < PREFIXES.length - 1) {
    value /= 1000;
    prefix++;
  }
  const digits = prefix === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${PREFIXES[prefix]}`.trimEnd();
}

/** Bytes in decimal units, like those of disk sizes and `df -H`. */
export function bytesText(bytes: number | bigint): string {
  const text = scaled(Number(bytes));
  return /[a-zA-Z]$/.test(text) ? `${text}B` : `${text} byte${text === "1" ? "" : "s"}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** 1.234 → 1.2 s; 75 → 1 min 15 s; 1e9 → 32 years. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < HOUR)
    return `${Math.floor(seconds / MINUTE)} min ${Math.floor(seconds % MINUTE)} s`;
  if (seconds < DAY)
    return `${Math.floor(seconds / HOUR)} h ${Math.floor((seconds % HOUR) / MINUTE)} min`;
  if (seconds < YEAR) return `${Math.floor(seconds / DAY)} days`;
  return `${thousands(Math.floor(seconds / YEAR))} years`;
}

/**
 * Formats rows of cells as lines. Each column is as wide as its widest cell. `right` columns are
 * right-aligned.
 */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows.reduce<number[]>(
    (max, row) => row.map((cell, i) => Math.max(max[i] ?? 0, cell.length)),
    [],
  );
  const padded = (cell: string, i: number) =>
    right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}

/** Minimum width of a column that is narrowed to fit a terminal. */
const MIN_COLUMN = 12;

/**
 * A table whose cells are wrapped so that its lines fit `width`. Narrows the widest columns first,
 * but none below 12 characters, so lines can still be longer than `width`.
 */
export function fittedTable(
  rows: readonly (readonly string[])[],
  width: number | undefined,
  right: readonly number[] = [],
): string {
  const widths = rows.reduce<number[]>(
    (max, row) => row.map((cell, i) => Math.max(max[i] ?? 0, cell.length)),
    [],
  );
  const total = () => widths.reduce((sum, each) => sum + each + 2, -2);
  if (width === undefined || total() <= width) return table(rows, right);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= MIN_COLUMN) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  const lines = rows.flatMap((row) => {
    const cells = row.map((cell, i) => wrapped(cell, widths[i] as number));
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ""));
  });
  return table(lines, right);
}

/** Wraps text into lines of at most `width` characters. Longer words are cut. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) as string;
    if (last !== "" && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else {
      const pieces = word.match(new RegExp(`.{1,${Math.max(1, width)}}`, "gsu")) ?? [""];
      if (last === "") lines.pop();
      lines.push(...pieces);
    }
  }
  return lines;
}
