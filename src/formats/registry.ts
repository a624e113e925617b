/** The formats for rows. A new format is one line here and its own module. */
import { errors } from "../errors.js";
import { ARROW, FEATHER, PARQUET } from "./columnar.js";
import { CSV } from "./csv.js";
import type { Format } from "./format.js";
import { JSONL } from "./jsonl.js";
import { TSV } from "./tsv.js";

const TABLE = [CSV, TSV, JSONL, PARQUET, ARROW, FEATHER] as const satisfies readonly Format[];

export type FormatName = (typeof TABLE)[number]["name"];

/** The formats, as messages and help list them. */
export const FORMATS: readonly (Format & { readonly name: FormatName })[] = TABLE;

/** The names of the formats, as messages and help list them. */
export const FORMAT_NAMES: readonly FormatName[] = FORMATS.map(({ name }) => name);

/** The format of a name that was checked before. */
export function formatFor(name: FormatName): Format {
  return FORMATS.find((format) => format.name === name) as Format;
}

/**
 * Looks up a format by the name that `--format` or the library was given.
 *
 * @throws UpsweepError if there is no format of that name.
 */
export function formatNamed(option: string, name: string): FormatName {
  const format = FORMATS.find((known) => known.name === name || known.aliases?.includes(name));
  if (!format) throw errors.badOption(option, name, `Write one of ${FORMAT_NAMES.join(", ")}.`);
  return format.name;
}
