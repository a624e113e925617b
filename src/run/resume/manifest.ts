/**
 * How far a file of rows has come, kept beside it:
 *
 *   OUT.partial.json   beside OUT.partial: a sweep that is under way or was stopped
 *   OUT.json           beside a part that is complete (--shard), for `merge`, and beside a file that was made with --resume
 *
 * It has a checksum of the file's bytes, and at its end one of itself.
 */
import { createHash } from "node:crypto";
import { lanesFrom, type Sum, textOfSum } from "../../checksum.js";
import { errors, UpsweepError } from "../../errors.js";
import { MANIFEST_HEAD } from "../../sink/file.js";
import { readOwn, replace } from "../../sink/own.js";
import type { Position } from "../output/position.js";
import type { Identity } from "./identity.js";

const FORMAT = 2;

/** How much of a file is written, and what it is. */
export interface Reached {
  /** The checksum of all bytes that are good; the file may have more. Line ends count only where rows are not compressed. */
  readonly sum: Sum;
  /** The account up to some row. */
  readonly position: Position;
  /** Bytes of rows, before they are compressed, that are written after that row: the rows that follow are good without them. */
  readonly skip: number;
}

export interface Manifest extends Reached {
  /** What is swept, in parts with a name each. */
  readonly identity: Identity;
  /** The names of the position's `rejected`. */
  readonly rejectionReasons: readonly string[];
  /** Whether that is all there is to sweep. */
  readonly isWhole: boolean;
  /** Whether the file may take the place of one that is there. */
  readonly mayReplace: boolean;
  /** Of a whole file: the name that it has for a moment before it gets its own. */
  readonly ownName: string;
}

const checkOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** The manifest's last line; what comes before it is what the checksum is of. */
const LAST_LINE = /,\n {2}"check": "([0-9a-f]{64})"\n\}\n$/;

/** Replaces the manifest before in one step; on a disk it is there when this returns. */
export function writeManifest(
  path: string,
  { identity, sum, skip, position, rejectionReasons, isWhole, mayReplace, ownName }: Manifest,
): void {
  const { done, rows, empty, rejected, gridRows } = position;
  const counts = {
    done: String(done),
    rows: String(rows),
    empty: String(empty),
    rejected: rejectionReasons.map((_, i) => String(rejected[i] ?? 0n)),
  };
  const rejectionReason = { ...counts, gridRows: gridRows?.map(String) };
  const file = { bytes: sum.bytes, lines: sum.lines, checksum: textOfSum(sum), skip };
  const written = {
    upsweep: "manifest",
    format: FORMAT,
    whole: isWhole,
    replace: mayReplace,
    name: ownName,
    identity,
    ...file,
    ...rejectionReason,
    rejectionReasons,
  };
  const text = JSON.stringify(written, null, 2).slice(0, -2);
  replace(path, `${text},\n  "check": "${checkOf(text)}"\n}\n`, { flush: true });
}

const isCount = (value: unknown) => typeof value === "string" && /^[0-9]{1,20}$/.test(value);
const isLength = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isListOf = (value: unknown, isOne: (one: unknown) => boolean) =>
  Array.isArray(value) && value.every(isOne);

/** @throws UpsweepError when it cannot be read, is no manifest of this version, or has been changed. */
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
  if (format !== FORMAT || !text.startsWith(MANIFEST_HEAD))
    throw errors.badManifest(
      path,
      "it comes from another version of upsweep, or from another program",
    );
  const check = LAST_LINE.exec(text);
  if (check?.[1] !== checkOf(text.slice(0, check?.index)))
    throw errors.badManifest(path, "it was changed or damaged after it was written");
  const isSound =
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
    isListOf(rejectionReasons, (rejectionReason) => typeof rejectionReason === "string") &&
    (rejected as string[]).length === (rejectionReasons as string[]).length;
  const lanes = isSound ? lanesFrom(checksum) : undefined;
  if (!isSound || !lanes)
    throw errors.badManifest(path, "some of its entries are missing or malformed");
  const [doneBefore, rowsBefore, emptyBefore] = [done, rows, empty].map((count) =>
    BigInt(count as string),
  ) as [bigint, bigint, bigint];
  const position: Position = {
    done: doneBefore,
    rows: rowsBefore,
    empty: emptyBefore,
    rejected: (rejected as string[]).map(BigInt),
    ...(gridRows !== undefined && { gridRows: (gridRows as string[]).map(BigInt) }),
  };
  if (
    position.rejected.reduce((sum, count) => sum + count, rowsBefore + emptyBefore) !== doneBefore
  ) {
    throw errors.badManifest(path, "its rows and rejected layers do not add up to its raw indices");
  }
  if (
    position.gridRows &&
    position.gridRows.reduce((sum, count) => sum + count, 0n) !== rowsBefore
  ) {
    throw errors.badManifest(path, "the rows of its grids do not add up to its rows");
  }
  return {
    identity: identity as Identity,
    sum: { bytes: bytes as number, lines: lines as number, lanes },
    skip: skip as number,
    position,
    rejectionReasons: rejectionReasons as string[],
    isWhole: whole,
    mayReplace: replace,
    ownName: name,
  };
}
