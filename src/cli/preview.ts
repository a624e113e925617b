/** A sweep to a terminal: its first rows as a table, and how to get all of them. */
import type { Method } from "../plan/method.js";
import type { Plan } from "../plan/model.js";
import { sweepPlan } from "../run/sweep.js";
import { accountText } from "./report.js";
import { print, say, terminalWidth } from "./terminal.js";
import { counted, table } from "./text.js";
import { fractionOf, watch } from "./watch.js";

/** Rows that are shown; --limit can ask for more, as long as they fit on a screen or two. */
const ROWS_SHOWN = 10;
const ROWS_MOST = 100;

interface PreviewOptions {
  readonly method: Method;
  readonly limit?: number | undefined;
  readonly workers?: number | undefined;
  readonly quiet?: boolean | undefined;
}

export async function preview(plan: Plan, { method, limit, workers, quiet = false }: PreviewOptions): Promise<void> {
  const most = limit !== undefined && limit <= ROWS_MOST ? limit : ROWS_SHOWN;
  let csv = "";
  // One row more shows whether there are more.
  const end = await watch(sweepPlan(plan, { method, workers, limit: most === limit ? most : most + 1 }), {
    quiet,
    fraction: fractionOf,
    interrupted: (rows) => `interrupted after ${counted(rows, "row")}`,
    onBatch: (batch) => (csv += Buffer.concat(batch.csv).toString()),
  });
  const rows = csv.split("\n").filter((line) => line !== "");
  const isWhole = rows.length <= most && most !== limit;
  const shown = rows.slice(0, most);
  if (shown.length > 0) print(previewText(plan, shown, terminalWidth() ?? 80), (_, i) => (i === 0 ? "bold" : i > shown.length ? "dim" : undefined));
  if (isWhole) say(accountText(end, plan.accounts, "rows"), quiet);
  if (shown.length === 0) return;
  const what = isWhole
    ? `All ${counted(shown.length, "row")} shown.`
    : `The first ${counted(shown.length, "row")} shown, of ${counted(end.total, "raw index", "raw indices")}.`;
  const how = `Add -o FILE to write ${isWhole ? "them" : "all rows"} to a file, or pipe them to another program.`;
  say(`${what} ${how}`, quiet);
}

/** The rows without what is the same in all of them, and without columns that do not fit. */
function previewText({ cells, grids }: Plan, rows: readonly string[], width: number): string {
  const [first, ...others] = grids.map(({ fixed }) => fixed);
  const same = (first ?? []).filter(
    ({ name, value }) => cells.includes(name) && others.every((fixed) => fixed.some((other) => other.name === name && other.value === value)),
  );
  const isSame = (name: string) => same.some((fixed) => fixed.name === name);
  const split = rows.map((row) => row.split(","));
  const columns = cells.flatMap((name, i) => (isSame(name) ? [] : [{ name, cells: split.map((row) => row[i] ?? "") }]));
  const widths = columns.map(({ name, cells: own }) => Math.max(name.length, ...own.map((cell) => cell.length)));
  let used = -2;
  const fitting = columns.filter((_, i) => {
    used += (widths[i] as number) + 2;
    return used <= width || i === 0;
  });
  const text = table(
    [fitting.map(({ name }) => name), ...rows.map((_, row) => fitting.map((column) => column.cells[row] as string))],
    fitting.map((_, i) => i),
  );
  const hidden = columns.slice(fitting.length).map(({ name }) => name);
  const notes = [
    ...(same.length > 0 ? [`fixed: ${same.map(({ name, value }) => `${name} ${name === "bias" ? value === 1 : value}`).join(", ")}`] : []),
    ...(hidden.length > 0 ? [`not shown: ${hidden.join(", ")}`] : []),
  ];
  return [text, ...notes].join("\n");
}
