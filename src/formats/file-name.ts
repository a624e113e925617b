/** Derives the format of a file from its name. */
import { basename } from "node:path";
import { errors } from "../errors.js";
import { FORMAT_NAMES, FORMATS, type FormatName, formatFor } from "./registry.js";

export type Compression = "none" | "gzip";

/** The content of a file: the format of its rows, and the compression of its bytes. */
export interface OutputFormat {
  readonly format: FormatName;
  readonly compression: Compression;
}

/** The extensions of the formats. */
const EXTENSIONS: Readonly<Record<string, FormatName>> = Object.fromEntries(
  FORMATS.flatMap(({ name, extensions }) => extensions.map((extension) => [extension, name])),
);

const GZIP = "gz";

/** The supported extensions, as messages list them. */
const SUPPORTED = [...Object.keys(EXTENSIONS), GZIP].map((extension) => `.${extension}`);

/** Extensions of formats that upsweep never writes. They are errors even with `--format`. */
const UNSUPPORTED = new Set(
  [
    "ipc orc avro json json5 xlsx xls xlsm xlsb ods",
    "h5 hdf5 hdf nc npy npz mat pkl pickle pt pth rds sav dta sas7bdat",
    "db sqlite sqlite3 duckdb sql yaml yml toml xml html htm md tex pdf svg png jpg",
    "zip zst zstd bz2 xz lz4 lzma br z 7z rar tar tgz sz snappy",
  ].flatMap((line) => line.split(" ")),
);

/**
 * The extensions of a file name that denote a format or a compression: `.csv`, `.jsonl.gz`, `.gz`.
 * Returns "" if there are none.
 */
export function extensionsOf(path: string): string {
  const name = basename(path);
  const base = withoutGzip(name);
  const extension = extensionOf(base);
  const isKnown = extension !== undefined && Object.hasOwn(EXTENSIONS, extension.toLowerCase());
  return name.slice(base.length - (isKnown ? extension.length + 1 : 0));
}

/**
 * The format that the extension of a file name implies. A name without a format extension gets the
 * `requested` format, or CSV if none is requested.
 *
 * @param isFile whether the path is, or becomes, a regular file. Pipes and devices may have any
 * name.
 * @throws UpsweepError if the extension implies a format other than `requested`, or belongs to an
 * unsupported format. Also if a regular file has an unknown extension and no format is requested.
 */
export function formatOf(path: string, requested?: FormatName, isFile = true): OutputFormat {
  if (path === "-") return { format: requested ?? "csv", compression: "none" };
  const name = basename(path);
  const base = withoutGzip(name);
  const compression: Compression = base === name ? "none" : "gzip";
  const extension = extensionOf(base);
  if (extension === undefined) return { format: requested ?? "csv", compression };
  const key = extension.toLowerCase();
  const implied = Object.hasOwn(EXTENSIONS, key) ? EXTENSIONS[key] : undefined;
  if (implied === undefined) {
    if (UNSUPPORTED.has(key)) throw errors.unsupportedFormat(path, `.${extension}`, SUPPORTED);
    if (requested === undefined && isFile)
      throw errors.unknownFormat(path, `.${extension}`, SUPPORTED, FORMAT_NAMES);
    return { format: requested ?? "csv", compression };
  }
  if (requested !== undefined && requested !== implied)
    throw errors.formatMismatch(path, `.${extension}`, implied, formatFor(requested));
  if (compression === "gzip" && formatFor(implied).isColumnar)
    throw errors.gzippedColumns(path, implied, base);
  return { format: implied, compression };
}

/**
 * Checks the output file name of a command that counts one layer. The result is text or JSON, so
 * the extension must not imply rows or another known format.
 *
 * @throws UpsweepError if it does.
 */
export function checkLayerFile(path: string, isJson: boolean): void {
  const extension = path === "-" ? undefined : extensionOf(basename(path))?.toLowerCase();
  if (extension === undefined || (isJson && extension === "json")) return;
  if (Object.hasOwn(EXTENSIONS, extension) || extension === GZIP || UNSUPPORTED.has(extension))
    throw errors.layerFile(path, `.${extension}`, isJson);
}

function withoutGzip(name: string): string {
  return extensionOf(name)?.toLowerCase() === GZIP ? name.slice(0, -GZIP.length - 1) : name;
}

/**
 * The part of a file name after its last dot. A leading dot marks a hidden file and does not begin
 * an extension.
 */
function extensionOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1) : undefined;
}
