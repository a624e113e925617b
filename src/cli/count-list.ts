/** `upsweep count --from`: every row of a list, with result columns appended. */
import { defaultColumns } from "../columns/derived.js";
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { encoderOf } from "../formats/encoding.js";
import { type FormatName, formatFor } from "../formats/registry.js";
import { openList } from "../input/list.js";
import type { Kind } from "../layers/kinds.js";
import { addedColumns, droppedColumns, headerOf, type ListPlan, quoted } from "../plan/list.js";
import type { Check } from "../plan/method.js";
import {
  countListRows,
  type ListedRows,
  type ListProgress,
  type ListTotals,
} from "../run/list/list.js";
import { encodingOfList, type RowShape } from "../run/list/rows.js";
import { LIST_REJECTIONS } from "../run/output/summary.js";
import { sinkFor } from "../sink/open.js";
import type { Sink } from "../sink/sink.js";
import {
  type AxisFlags,
  columnsFrom,
  kindFrom,
  type LayerOptions,
  methodFrom,
  refuseOutputSize,
  settingsFrom,
} from "./options.js";
import {
  type FormatOptions,
  outputFormat,
  type PageOptions,
  parquetOptions,
  writeOutput,
} from "./output.js";
import { log, rejectionText, writtenText } from "./report.js";
import { isTerminal, STDOUT } from "./terminal.js";
import { counted, table, thousands } from "./text.js";

interface ListOptions extends LayerOptions, FormatOptions, PageOptions {
  readonly from: string;
  readonly force?: boolean;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly check?: Check;
  readonly skipInvalid?: boolean;
  readonly carry?: readonly string[];
  readonly verifyResults?: boolean;
  readonly total?: boolean;
  readonly totalTo?: string;
  readonly errors?: "stop" | "row";
  readonly delimiter?: string;
  readonly workers?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function countList(flags: AxisFlags, options: ListOptions): Promise<void> {
  const [axis] = flags.axes;
  refuseOutputSize(options);
  if (axis !== undefined)
    throw errors.usage(
      `both --from and ${axis.flag} are given`,
      "Add the parameter to the list as a column, or remove --from.",
    );
  if (options.json)
    throw errors.usage(
      "both --from and --json are given",
      "Use --format jsonl to write one JSON object per line.",
    );
  const { format, bigInts, compression } = await outputFormat(options);
  const parquet = parquetOptions(options, format);
  const isColumnar = formatFor(format).isColumnar === true;
  if (isColumnar) refuseInColumns(options, format);
  const settings = settingsFrom(options);
  const hasErrorColumn = options.errors === "row";
  if (hasErrorColumn && options.skipInvalid) {
    throw errors.usage(
      "both --skip-invalid and --errors row are given",
      "Invalid rows are either skipped or answered; remove one option.",
    );
  }
  const { bytes, name } = openList(options.from, options.delimiter);
  let list: ListPlan | undefined;
  const batches = countListRows(bytes, name, {
    method: methodFrom(options),
    workers: options.workers,
    skipInvalid: options.skipInvalid,
    ...kindOption(options),
    ...carryOption(options),
    verifyResults: options.verifyResults,
    hasErrorColumn,
    isTotalled: !options.quiet || needsTotals(options),
    settings,
    format,
    bigInts,
    isUnsigned: parquet.isUnsigned,
    // A column sample_rate is known only when the header has been read. Groups depend on the
    // option.
    columns: (kinds: readonly Kind[]) =>
      columnsFrom(options.columns, kinds, settings.sample_rate !== undefined || "later") ??
      defaultColumns(kinds),
    onPlan: (planned) => {
      list = planned;
      if (needsTotals(options) && addedColumns(planned).length === 0) {
        throw errors.usage(
          `${options.total ? "--total" : "--total-to"} is given, but no column can be totalled`,
          "Choose columns such as macs and params with --columns.",
        );
      }
      const dropped = droppedColumns(planned);
      if (dropped.length > 0)
        log(`upsweep: replacing result columns of the list: ${dropped.join(", ")}`, options.quiet);
    },
  });
  const written = options.total
    ? withTotalRow(batches, () => list as ListPlan, { format, bigInts, hasErrorColumn })
    : batches;
  const outcome = await writeOutput(written, options.output, {
    compression,
    ...(isColumnar && {
      packingOf: async (sink: Sink) => {
        const { ListPacking } = await import("../run/columns/list-output.js");
        const source = { ...parquet, location: name, format, hasErrorColumn };
        return new ListPacking(sink, () => list as ListPlan, source);
      },
    }),
    quiet: options.quiet,
    fraction: ({ fraction }) => fraction,
    mayReplace: options.force,
  });
  const { progress } = outcome;
  if (options.totalTo !== undefined) await writeTotals(progress, options.totalTo, options.force);
  const withErrors =
    progress.errorRows > 0n
      ? [`${counted(progress.errorRows, "more row")} written with an error`]
      : [];
  const lines = [
    rejectionText(progress, LIST_REJECTIONS, "rows written"),
    ...withErrors,
    ...totalsText(progress.totals),
  ];
  log(
    `${lines.join("\n")}\n${options.output === "-" ? "" : `${printable(options.output)}: `}${writtenText(outcome)}`,
    options.quiet,
  );
}

/**
 * Refuses what columns cannot have.
 *
 * @throws UpsweepError for a row of totals, and for a terminal.
 */
function refuseInColumns({ total, output }: ListOptions, format: FormatName): void {
  if (total)
    throw errors.usage(
      `--total is given, but the rows are ${format}`,
      "Write the totals to a file with --total-to.",
    );
  if (output === "-" && isTerminal(STDOUT))
    throw errors.usage(
      `the rows are ${format}, and standard output is a terminal`,
      "Name a file with -o, or write to a pipe.",
    );
}

/**
 * The kind named by --layer, if given. Without it, a column of the list can give the kind per row.
 */
export function kindOption(options: LayerOptions): { readonly layer?: Kind["name"] } {
  return options.layer === undefined ? {} : { layer: kindFrom(options).name };
}

/** The columns named by --carry, which is repeatable and takes names separated by commas. */
export function carryOption({ carry = [] }: { readonly carry?: readonly string[] }): {
  readonly carry: readonly string[];
} {
  return {
    carry: carry
      .flatMap((names) => names.split(",").map((name) => name.trim()))
      .filter((name) => name !== ""),
  };
}

const needsTotals = ({ total, totalTo }: ListOptions) => total === true || totalTo !== undefined;

// ── Totals ───────────────────────────────────────────────────────────────────────────────────────

/** The sums over all kinds of layers, in the order of the columns. */
function sumsOf({ columns, kinds }: ListTotals): readonly bigint[] {
  return columns.map((_, i) => kinds.reduce((sum, { sums }) => sum + (sums[i] ?? 0n), 0n));
}

function totalsText(totals: ListTotals): readonly string[] {
  const sums = sumsOf(totals);
  return sums.length === 0
    ? []
    : [
        table(
          totals.columns.map((name, i) => ["total", name, thousands(sums[i] as bigint)]),
          [2],
        ),
      ];
}

/**
 * The rows of a list, followed by a row of totals. Its first label is `total`; columns that cannot
 * be totalled are empty.
 */
async function* withTotalRow(
  batches: AsyncGenerator<ListedRows, ListProgress>,
  listOf: () => ListPlan,
  shape: RowShape,
): AsyncGenerator<ListedRows, ListProgress> {
  const progress = yield* batches;
  const list = listOf();
  const label = list.fields.find(({ meaning }) => meaning === "label")?.name;
  const sums = new Map(
    progress.totals.columns.map((name, i) => [name as string, sumsOf(progress.totals)[i]]),
  );
  const cells = headerOf(list).map((name) =>
    name === label ? "total" : String(sums.get(name) ?? ""),
  );
  if (shape.hasErrorColumn) cells.push("");
  const row = Buffer.from(`${cells.map(quoted).join(",")}\n`);
  yield { buffers: [encoderOf(encodingOfList(list, shape))?.(row) ?? row], rows: 0, progress };
  return progress;
}

/**
 * Writes the totals as a JSON object: of all layers, and per kind if there are several. Integers
 * are exact.
 */
async function writeTotals(
  { rows, totals }: ListProgress,
  path: string,
  mayReplace?: boolean,
): Promise<void> {
  const entries = (sums: readonly bigint[]) =>
    totals.columns.map((name, i) => `${JSON.stringify(name)}: ${sums[i]}`);
  const kinds =
    totals.kinds.length < 2 ? [] : totals.kinds.filter(({ sums }) => sums.some((sum) => sum > 0n));
  const byKind = kinds.map(
    ({ kind, sums }) => `    ${JSON.stringify(kind)}: { ${entries(sums).join(", ")} }`,
  );
  const lines = [
    `"layers": ${rows}`,
    ...entries(sumsOf(totals)),
    ...(byKind.length > 0 ? [`"kinds": {\n${byKind.join(",\n")}\n  }`] : []),
  ];
  const sink = await sinkFor(path, { mayReplace });
  await sink.write(Buffer.from(`{\n${lines.map((line) => `  ${line}`).join(",\n")}\n}\n`));
  await sink.finish();
}
