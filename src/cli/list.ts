/** `upsweep count --from`: every layer of a list, with the results behind its columns. */
import { DEFAULT_COLUMNS } from "../columns.js";
import { errors } from "../errors.js";
import { openList } from "../input/list.js";
import type { Check } from "../plan/method.js";
import { countListRows } from "../run/list.js";
import { LIST_ACCOUNTS } from "../run/summary.js";
import { type AxisFlags, columnsFrom, kindFrom, type LayerOptions, methodFrom, settingsFrom } from "./options.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";
import { thousands } from "./text.js";

interface ListOptions extends LayerOptions {
  readonly from: string;
  readonly output: string;
  readonly force?: boolean;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly check?: Check;
  readonly skipInvalid?: boolean;
  readonly errors?: "stop" | "row";
  readonly delimiter?: string;
  readonly workers?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function countList(flags: AxisFlags, options: ListOptions): Promise<void> {
  const [axis] = flags.axes;
  if (axis !== undefined) throw errors.usage(`both --from and ${axis.flag} are given`, "Put the parameter into the list as a column, or leave --from out.");
  if (options.json) throw errors.usage("both --from and --json are given", "Lists are written as CSV; leave --json out.");
  const [kind, settings] = [kindFrom(options), settingsFrom(options)];
  // Whether the list has a column sample_rate shows when its header is read; groups go by the flag.
  const columns = columnsFrom(options.columns, kind, settings.sample_rate !== undefined || "later") ?? DEFAULT_COLUMNS;
  const hasErrorColumn = options.errors === "row";
  if (hasErrorColumn && options.skipInvalid)
    throw errors.usage("both --skip-invalid and --errors row are given", "Rows at fault are left out or answered; leave one out.");
  const { bytes, name } = openList(options.from, options.delimiter);
  const batches = countListRows(bytes, name, { ...options, hasErrorColumn, method: methodFrom(options), layer: kind.name, settings, columns });
  const outcome = await writeOutput(batches, options.output, {
    quiet: options.quiet,
    fraction: ({ fraction }) => fraction,
    mayReplace: options.force,
  });
  const { errorRows } = outcome.progress;
  const errorText = errorRows > 0n ? `\n${thousands(errorRows)} more with an error` : "";
  say(
    `${accountText(outcome.progress, LIST_ACCOUNTS, "rows")}${errorText}\n${options.output === "-" ? "" : `${options.output}: `}${writtenText(outcome)}`,
    options.quiet,
  );
}
