/**
 * Manifests. A manifest records the progress of a file of rows, and is stored next to it:
 *
 *   OUT.partial.json   next to OUT.partial: the sweep is running or was stopped
 *   OUT.json           next to a complete shard (--shard), for `merge`, and next to a file that was
 *                      made with --resume
 *
 * A manifest contains a checksum of the file's bytes, and ends with a hash of itself.
 */
import { createHash } from "node:crypto";
import type { Sum } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import { MANIFEST_HEAD } from "../../sink/companions.js";
import { readOwn, replace } from "../../sink/own.js";
import type { Position } from "../output/position.js";
import { lanesFrom, textOfSum } from "./checksum-text.js";
import type { Identity } from "./identity.js";

const MANIFEST_FORMAT = 2;

/** How much of a file has been written, and the row it extends to. */
export interface FileProgress {
  /**
   * The checksum of all valid bytes; the file may have more. Its line count is meaningful only for
   * uncompressed rows.
   */
  readonly sum: Sum;
  /** The position of a row start within the valid bytes. */
  readonly position: Position;
  /**
   * Number of uncompressed bytes written after that row start, or of rows if the file has columns.
   * A resumed sweep skips them.
   */
  readonly skip: number;
}

export interface Manifest extends FileProgress {
  readonly identity: Identity;
  /** The reasons for the counts in `position.rejected`. */
  readonly rejectionReasons: readonly string[];
  /** Whether the file is complete. */
  readonly isComplete: boolean;
  /** Whether the finished file may replace an existing one. */
  readonly mayReplace: boolean;
  /** The name that a complete file has for a moment before it gets its own. */
  readonly temporaryName: string;
}

const checkDigest = (text: string) => createHash("sha256").update(text).digest("hex");

/** The last line of a manifest. It contains the hash of the text before it. */
const LAST_LINE = /,\n {2}"check": "([0-9a-f]{64})"\n\}\n$/;

/** Writes a manifest, atomically replacing the previous one. It is on disk when this returns. */
export function writeManifest(
  path: string,
  {
    identity,
    sum,
    skip,
    position,
    rejectionReasons,
    isComplete,
    mayReplace,
    temporaryName,
  }: Manifest,
): void {
  const { done, rows, empty, rejected, gridRows } = position;
  const counts = {
    done: String(done),
    rows: String(rows),
    empty: String(empty),
    rejected: rejectionReasons.map((_, i) => String(rejected[i] ?? 0n)),
  };
  const allCounts = { ...counts, gridRows: gridRows?.map(String) };
  const file = { bytes: sum.bytes, lines: sum.lines, checksum: textOfSum(sum), skip };
  const content = {
    upsweep: "manifest",
    format: MANIFEST_FORMAT,
    whole: isComplete,
    replace: mayReplace,
    name: temporaryName,
    identity,
    ...file,
    ...allCounts,
    rejectionReasons,
  };
  const text = JSON.stringify(content, null, 2).slice(0, -2);
  replace(path, `${text},\n  "check": "${checkDigest(text)}"\n}\n`, { flush: true });
}

const isCount = (value: unknown) => typeof value === "string" && /^[0-9]{1,20}$/.test(value);
const isLength = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isListOf = (value: unknown, isOne: (one: unknown) => boolean) =>
  Array.isArray(value) && value.every(isOne);

/**
 * Reads and validates a manifest.
 *
 * @throws UpsweepError if it cannot be read, has another version, was changed, or its counts do not
 * add up.
 */
export function readManifest(path: string): Manifest {
  let text: string;
  let read: Record<string, unknown> | null;
  try {
    text = readOwn(path);
    read = JSON.parse(text) as Record<string, unknown> | null;
  } catch (error) {
    if (error instanceof UpsweepError) throw error;
    throw errors.badManifest(path, error instanceof SyntaxError ? "it is not JSON" : error);
  }
  const {
    format,
    whole,
    replace,
    name,
    identity,
    bytes,
    lines,
    checksum,
    skip,
    done,
    rows,
    empty,
    rejected,
    gridRows,
    rejectionReasons,
  } = read ?? {};
  if (format !== MANIFEST_FORMAT || !text.startsWith(MANIFEST_HEAD))
    throw errors.badManifest(
      path,
      "it comes from another version of upsweep, or from another program",
    );
  const check = LAST_LINE.exec(text);
  if (check?.[1] !== checkDigest(text.slice(0, check?.index)))
    throw errors.badManifest(path, "it was changed or damaged after it was written");
  const isValid =
    typeof whole === "boolean" &&
    typeof replace === "boolean" &&
    typeof name === "string" &&
    identity instanceof Object &&
    [bytes, lines, skip].every(isLength) &&
    Number(bytes) > 0 &&
    typeof checksum === "string" &&
    [done, rows, empty].every(isCount) &&
    isListOf(rejected, isCount) &&
    (gridRows === undefined || isListOf(gridRows, isCount)) &&
    isListOf(rejectionReasons, (reason) => typeof reason === "string") &&
    (rejected as string[]).length === (rejectionReasons as string[]).length;
  const lanes = isValid ? lanesFrom(checksum) : undefined;
  if (!isValid || !lanes)
    throw errors.badManifest(path, "some of its entries are missing or malformed");
  const [doneCount, rowCount, emptyCount] = [done, rows, empty].map((count) =>
    BigInt(count as string),
  ) as [bigint, bigint, bigint];
  const position: Position = {
    done: doneCount,
    rows: rowCount,
    empty: emptyCount,
    rejected: (rejected as string[]).map(BigInt),
    ...(gridRows !== undefined && { gridRows: (gridRows as string[]).map(BigInt) }),
  };
  if (position.rejected.reduce((sum, count) => sum + count, rowCount + emptyCount) !== doneCount) {
    throw errors.badManifest(path, "its rows and rejected layers do not add up to its raw indices");
  }
  if (position.gridRows && position.gridRows.reduce((sum, count) => sum + count, 0n) !== rowCount) {
    throw errors.badManifest(path, "the rows of its grids do not add up to its rows");
  }
  return {
    identity: identity as Identity,
    sum: { bytes: bytes as number, lines: lines as number, lanes },
    skip: skip as number,
    position,
    rejectionReasons: rejectionReasons as string[],
    isComplete: whole,
    mayReplace: replace,
    temporaryName: name,
  };
}
