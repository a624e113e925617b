/** Which format a file name promises. */
import { basename } from "node:path";
import { errors } from "../errors.js";

/** The formats in which rows can be written. */
const FORMATS = ["csv", "tsv", "jsonl"] as const;
export type FormatName = (typeof FORMATS)[number];

export type Compression = "none" | "gzip";

/** What a file holds: the format of its rows, and how its bytes are compressed. */
export interface OutputFormat {
  readonly format: FormatName;
  readonly compression: Compression;
}

const EXTENSIONS: Readonly<Record<string, FormatName>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

const GZIP = "gz";

/** The supported extensions, for messages. */
const SUPPORTED = [...Object.keys(EXTENSIONS), GZIP].map((extension) => `.${extension}`);

/** Extensions that promise something that is never written, not even with `--format`. */
const FOREIGN = new Set(
  [
    "parquet pq arrow feather ipc orc avro json json5 xlsx xls xlsm xlsb ods h5 hdf5 hdf nc npy npz mat pkl pickle pt pth rds sav dta sas7bdat",
    "db sqlite sqlite3 duckdb sql yaml yml toml xml html htm md tex pdf svg png jpg",
    "zip zst zstd bz2 xz lz4 lzma br z 7z rar tar tgz sz snappy",
  ].flatMap((line) => line.split(" ")),
);

/** The format of that name, as `--format` and the library take it. */
export function formatNamed(option: string, name: string): FormatName {
  const found =
    FORMATS.find((known) => known === name) ?? (name === "ndjson" ? "jsonl" : undefined);
  if (!found) throw errors.badOption(option, name, `Write one of ${FORMATS.join(", ")}.`);
  return found;
}

/** The extensions of a name that mean a format or a compression: `.csv`, `.jsonl.gz`, `.gz`. Empty when there is none. */
export function endingOf(path: string): string {
  const name = basename(path);
  const inner = withoutGzip(name);
  const extension = extensionOf(inner);
  const isKnown = extension !== undefined && Object.hasOwn(EXTENSIONS, extension.toLowerCase());
  return name.slice(inner.length - (isKnown ? extension.length + 1 : 0));
}

/**
 * The format that a file name promises, or that `asked` says for a name that promises none. A name without an extension is CSV.
 *
 * @param isFile whether it is a regular file, or becomes one; a pipe or a device may have any name.
 * @throws UpsweepError when the name promises another format than `asked`, one that is not supported, or has an unknown extension.
 */
export function formatOf(path: string, asked?: FormatName, isFile = true): OutputFormat {
  if (path === "-") return { format: asked ?? "csv", compression: "none" };
  const name = basename(path);
  const inner = withoutGzip(name);
  const compression: Compression = inner === name ? "none" : "gzip";
  const extension = extensionOf(inner);
  if (extension === undefined) return { format: asked ?? "csv", compression };
  const key = extension.toLowerCase();
  const promised = Object.hasOwn(EXTENSIONS, key) ? EXTENSIONS[key] : undefined;
  if (promised === undefined) {
    if (FOREIGN.has(key)) throw errors.unsupportedFormat(path, `.${extension}`, SUPPORTED);
    if (asked === undefined && isFile)
      throw errors.unknownFormat(path, `.${extension}`, SUPPORTED, FORMATS);
    return { format: asked ?? "csv", compression };
  }
  if (asked !== undefined && asked !== promised)
    throw errors.formatMismatch(path, `.${extension}`, promised, asked);
  return { format: promised, compression };
}

/** Checks the name of a file for one layer, which is shown as text or as JSON: it must not promise rows, or anything else. */
export function checkLayerFile(path: string, isJson: boolean): void {
  const extension = path === "-" ? undefined : extensionOf(basename(path))?.toLowerCase();
  if (extension === undefined || (isJson && extension === "json")) return;
  if (Object.hasOwn(EXTENSIONS, extension) || extension === GZIP || FOREIGN.has(extension))
    throw errors.layerFile(path, `.${extension}`, isJson);
}

function withoutGzip(name: string): string {
  return extensionOf(name)?.toLowerCase() === GZIP ? name.slice(0, -GZIP.length - 1) : name;
}

/** What stands after the last dot of a name; a dot at its beginning hides the file, and begins no extension. */
function extensionOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1) : undefined;
}
