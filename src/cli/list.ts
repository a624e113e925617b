/** `upsweep count --from`: every layer of a list, with the results behind its columns. */
import { createReadStream, statSync } from "node:fs";
import { DEFAULT_COLUMNS } from "../columns.js";
import { errors } from "../errors.js";
import type { Check } from "../plan/method.js";
import { countListRows } from "../run/list.js";
import { LIST_ACCOUNTS } from "../run/summary.js";
import { type AxisFlags, columnsFrom, kindFrom, type LayerOptions, methodFrom, settingsFrom } from "./options.js";
import { type FormatOptions, outputFormat, writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";

interface ListOptions extends LayerOptions, FormatOptions {
  readonly from: string;
  readonly force?: boolean;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly check?: Check;
  readonly skipInvalid?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export async function countList(flags: AxisFlags, options: ListOptions): Promise<void> {
  const [axis] = flags.axes;
  if (axis !== undefined) throw errors.usage(`both --from and ${axis.flag} are given`, "Put the parameter into the list as a column, or leave --from out.");
  if (options.json) throw errors.usage("both --from and --json are given", "Write --format jsonl to have one JSON object a line.");
  const { format, bigInts, compression } = await outputFormat(options);
  const [kind, settings] = [kindFrom(options), settingsFrom(options)];
  // Whether the list has a column sample_rate shows when its header is read; groups go by the flag.
  const columns = columnsFrom(options.columns, kind, settings.sample_rate !== undefined || "later") ?? DEFAULT_COLUMNS;
  const { stream, size, name } = openList(options.from);
  const batches = countListRows(stream, name, { ...options, method: methodFrom(options), layer: kind.name, settings, columns, format, bigInts });
  const outcome = await writeOutput(batches, options.output, {
    compression,
    quiet: options.quiet,
    fraction: ({ bytesRead }) => (size ? bytesRead / size : undefined),
    mayReplace: options.force,
  });
  say(`${accountText(outcome.progress, LIST_ACCOUNTS, "rows")}\n${options.output === "-" ? "" : `${options.output}: `}${writtenText(outcome)}`, options.quiet);
}

/** The list as a stream, and its size where it has one. */
export function openList(path: string): { stream: AsyncIterable<Uint8Array>; size?: number; name: string } {
  if (path === "-") return { stream: named(process.stdin, "standard input"), name: "standard input" };
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw errors.cannotRead(path, "it is a folder");
    const stream = named(createReadStream(path, { highWaterMark: 1 << 20 }), path);
    return found.isFile() ? { stream, size: found.size, name: path } : { stream, name: path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno === undefined) throw error;
    throw errors.cannotRead(path, error);
  }
}

/** A stream whose errors name what could not be read. */
async function* named(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw errors.cannotRead(name, error);
  }
}
