/**
 * How far a file of rows has come, as it stands beside the file:
 *
 *   OUT.partial.json   beside OUT.partial: a sweep that is under way or was stopped
 *   PART.json          beside a part that is whole (--shard), for `merge`
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { errors } from "../errors.js";
import type { Identity } from "./identity.js";
import type { Position } from "./sweep.js";

const FORMAT = 1;

export interface Manifest {
  /** What is swept, in parts with a name each. */
  readonly identity: Identity;
  /** So many bytes of the file are good. */
  readonly bytes: number;
  /** The account behind them. */
  readonly position: Position;
  /** The names of its `leftOut`. */
  readonly accounts: readonly string[];
  /** Whether that is all there is to sweep. */
  readonly isWhole: boolean;
  /** Whether the file may take the place of one that is there. */
  readonly mayReplace: boolean;
}

/** Replaces the manifest before in one step; on a disk it is there when this returns. */
export function writeManifest(path: string, { identity, bytes, position, accounts, isWhole, mayReplace }: Manifest): void {
  const { done, rows, nothing, leftOut, gridRows } = position;
  const account = { done: String(done), rows: String(rows), nothing: String(nothing), leftOut: leftOut.map(String), gridRows: gridRows?.map(String) };
  const written = { format: FORMAT, whole: isWhole, replace: mayReplace, identity, bytes, ...account, accounts };
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(written, null, 2)}\n`, { flush: true });
    renameSync(`${path}.new`, path);
  } catch (error) {
    rmSync(`${path}.new`, { force: true });
    throw error;
  }
}

const isCount = (value: unknown) => typeof value === "string" && /^[0-9]{1,20}$/.test(value);
const isListOf = (value: unknown, isOne: (one: unknown) => boolean) => Array.isArray(value) && value.every(isOne);

/** @throws UpsweepError when it cannot be read, or is no manifest of this version. */
export function readManifest(path: string): Manifest {
  let read: Record<string, unknown> | null;
  try {
    read = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown> | null;
  } catch (error) {
    throw errors.badManifest(path, error instanceof SyntaxError ? "it is no JSON" : error);
  }
  const { format, whole, replace, identity, bytes, done, rows, nothing, leftOut, gridRows, accounts } = read ?? {};
  if (format !== FORMAT) throw errors.badManifest(path, "it is of another version of upsweep, or of something else");
  const isSound =
    typeof whole === "boolean" &&
    typeof replace === "boolean" &&
    identity instanceof Object &&
    Number.isSafeInteger(bytes) &&
    Number(bytes) > 0 &&
    [done, rows, nothing].every(isCount) &&
    isListOf(leftOut, isCount) &&
    (gridRows === undefined || isListOf(gridRows, isCount)) &&
    isListOf(accounts, (name) => typeof name === "string") &&
    (leftOut as string[]).length === (accounts as string[]).length;
  if (!isSound) throw errors.badManifest(path, "something is missing in it");
  const [doneBefore, rowsBefore, nothingBefore] = [done, rows, nothing].map((count) => BigInt(count as string)) as [bigint, bigint, bigint];
  return {
    identity: identity as Identity,
    bytes: bytes as number,
    position: {
      done: doneBefore,
      rows: rowsBefore,
      nothing: nothingBefore,
      leftOut: (leftOut as string[]).map(BigInt),
      ...(gridRows !== undefined && { gridRows: (gridRows as string[]).map(BigInt) }),
    },
    accounts: accounts as string[],
    isWhole: whole,
    mayReplace: replace,
  };
}
