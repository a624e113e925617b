/** A sweep to a terminal: shows its first rows as a table, and says how to get all rows. */
import { isParameterName } from "../layers/kinds.js";
import type { Method } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import { sweepOnThreads } from "../run/threads.js";
import { rejectionText } from "./report.js";
import { log, print, terminalWidth } from "./terminal.js";
import { counted, table } from "./text.js";
import { fractionOf, watch } from "./watch.js";

/** Number of rows shown by default. */
const ROWS_SHOWN = 10;

/** Maximum number of rows shown, if --limit asks for more: one or two screens. */
const MAX_ROWS = 100;

interface PreviewOptions {
  readonly method: Method;
  readonly limit?: number | undefined;
  readonly workers?: number | undefined;
  readonly quiet?: boolean | undefined;
}

export async function preview(
  plan: Plan,
  { method, limit, workers, quiet = false }: PreviewOptions,
): Promise<void> {
  const max = limit !== undefined && limit <= MAX_ROWS ? limit : ROWS_SHOWN;
  let bytes = "";
  // Ask for one more row, to see whether there are more.
  const end = await watch(
    sweepOnThreads(plan, { method, workers, limit: max === limit ? max : max + 1 }),
    {
      quiet,
      fraction: fractionOf,
      interrupted: (rows) => `interrupted after ${counted(rows, "row")}`,
      onBatch: (batch) => (bytes += Buffer.concat(batch.buffers).toString()),
    },
  );
  const rows = bytes.split("\n").filter((line) => line !== "");
  const isComplete = rows.length <= max && max !== limit;
  const quote = rows.slice(0, max);
  if (quote.length > 0)
    print(previewText(plan, quote, terminalWidth() ?? 80), (_, i) =>
      i === 0 ? "bold" : i > quote.length ? "dim" : undefined,
    );
  if (isComplete) log(rejectionText(end, plan.rejectionReasons, "rows"), quiet);
  if (quote.length === 0) return;
  const what = isComplete
    ? `Showing all ${counted(quote.length, "row")}.`
    : `Showing the first ${counted(quote.length, "row")} of ${counted(end.total, "raw index", "raw indices")}.`;
  const how = `Add -o FILE to write ${isComplete ? "them" : "all rows"} to a file, or pipe the output to a program.`;
  log(`${what} ${how}`, quiet);
}

/**
 * The rows as a table, without the columns that are fixed in the grid. If the table is wider than
 * `width`, drops first the parameters that are equal in all rows shown, then the last columns.
 */
function previewText({ cells, grids }: Plan, rows: readonly string[], width: number): string {
  const [first, ...others] = grids.map(({ fixed }) => fixed);
  const same = (first ?? []).filter(
    ({ name, value }) =>
      cells.includes(name) &&
      others.every((fixed) => fixed.some((other) => other.name === name && other.value === value)),
  );
  const isSame = (name: string) => same.some((fixed) => fixed.name === name);
  const split = rows.map((row) => row.split(","));
  const columns = cells.flatMap((name, i) => (isSame(name) ? [] : [columnOf(name, split, i)]));
  const repeated = columns.filter(
    ({ name, cells: own }) =>
      rows.length > 1 && isParameterName(name) && own.every((cell) => cell === own[0]),
  );
  const alike: Column[] = [];
  const left = () => columns.filter((column) => !alike.includes(column));
  while (repeated.length > 0 && widthOf(left()) > width) alike.push(repeated.shift() as Column);
  const fitting = left().filter((_, i, all) => i === 0 || widthOf(all.slice(0, i + 1)) <= width);
  const text = table(
    [
      fitting.map(({ name }) => name),
      ...rows.map((_, row) => fitting.map((column) => column.cells[row] as string)),
    ],
    fitting.map((_, i) => i),
  );
  const hidden = left()
    .slice(fitting.length)
    .map(({ name }) => name);
  const notes = [
    ...(same.length > 0
      ? [
          `fixed: ${same.map(({ name, value }) => `${name} ${name === "bias" ? value === 1 : value}`).join(", ")}`,
        ]
      : []),
    ...(alike.length > 0
      ? [
          `the same in these rows: ${alike.map(({ name, cells: own }) => `${name} ${own[0]}`).join(", ")}`,
        ]
      : []),
    ...(hidden.length > 0 ? [`not shown: ${hidden.join(", ")}`] : []),
  ];
  return [text, ...notes].join("\n");
}

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  readonly width: number;
}

function columnOf(name: string, rows: readonly (readonly string[])[], at: number): Column {
  const cells = rows.map((row) => row[at] ?? "");
  return { name, cells, width: Math.max(name.length, ...cells.map((cell) => cell.length)) };
}

/** The width of a table in characters, with two spaces between columns. */
function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + 2, -2);
}
