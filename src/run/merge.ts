/** Parts of a sweep joined to the file that they are parts of. */
import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errors } from "../errors.js";
import { hasHeader } from "../formats/encoding.js";
import { type FormatName, formatOf } from "../formats/format.js";
import { manifestOf } from "../sink/file.js";
import { difference, FORMAT, type Identity, SHARD, SIZE } from "./identity.js";
import { type Manifest, readManifest } from "./manifest.js";
import { nameOfPart, type Part, partNamed } from "./part.js";
import type { Position } from "./sweep.js";

/** Bytes that are copied at once. */
const PIECE_BYTES = 4 * 1024 * 1024;

const LONGEST_HEADER = 65_536;

/** A part that is whole. */
interface WholePart extends Manifest {
  readonly path: string;
  readonly part: Part;
}

/** All parts of a sweep, in order. */
export interface Parts {
  readonly parts: readonly WholePart[];
  /** The first line of each, with its line end. */
  readonly header: string;
  /** Of all together. */
  readonly position: Position;
  readonly accounts: readonly string[];
  readonly bytes: number;
}

/**
 * The parts of `path`: those named, or those that stand beside it by their names.
 *
 * @throws UpsweepError when one is missing, not whole, there twice, of another sweep, or `path` itself.
 */
export function findParts(path: string, named: readonly string[]): Parts {
  const paths = named.length > 0 ? named : partsBeside(path);
  const there = existsSync(path) ? realpathSync(path) : undefined;
  const itself = paths.find((part) => existsSync(part) && realpathSync(part) === there);
  if (itself !== undefined) throw errors.mergeIntoPart(path);
  const parts = paths.map(readPart).sort((a, b) => a.part.index - b.part.index);
  const [first] = parts as [WholePart];
  for (const part of parts) {
    const changed = difference({ ...part.identity, [SHARD]: "" }, { ...first.identity, [SHARD]: "" });
    if (changed !== undefined) throw errors.otherPart(part.path, first.path, changed, part.identity[changed], first.identity[changed]);
    if (part.part.of !== first.part.of) {
      throw errors.otherPart(part.path, first.path, "the number of parts", String(part.part.of), String(first.part.of));
    }
  }
  for (const [i, part] of parts.entries()) {
    const before = parts[i - 1];
    if (before?.part.index === part.part.index) throw errors.partTwice(part.path, before.path);
  }
  const given = new Set(parts.map(({ part }) => part.index));
  const missing = Array.from({ length: first.part.of }, (_, index) => index).filter((index) => !given.has(index));
  if (missing.length > 0) throw errors.missingParts(path, missing, first.part.of);
  const { format } = formatOf(path, (first.identity[FORMAT] ?? "csv") as FormatName);
  const header = hasHeader(format) ? headerOf(first.path) : "";
  for (const part of hasHeader(format) ? parts : [])
    if (headerOf(part.path) !== header) throw errors.unfinishedPart(part.path, `its first line is not that of ${first.path}`);
  const sum = (of: (position: Position) => bigint) => parts.reduce((all, { position }) => all + of(position), 0n);
  const position: Position = {
    done: sum(({ done }) => done),
    rows: sum(({ rows }) => rows),
    nothing: sum(({ nothing }) => nothing),
    leftOut: first.accounts.map((_, account) => sum(({ leftOut }) => leftOut[account] ?? 0n)),
    ...(parts.every(({ position: { gridRows } }) => gridRows) && {
      gridRows: (first.position.gridRows as readonly bigint[]).map((_, grid) => sum(({ gridRows }) => gridRows?.[grid] ?? 0n)),
    }),
  };
  if (String(position.done) !== first.identity[SIZE]) {
    throw errors.unfinishedPart(first.path, `with the others it has ${position.done} of ${first.identity[SIZE]} raw indices`);
  }
  const bytes = parts.reduce((all, part) => all + part.bytes - header.length, header.length);
  return { parts, header, position, accounts: first.accounts, bytes };
}

/** @throws UpsweepError when there are none, or of several divisions. */
function partsBeside(path: string): string[] {
  const folder = dirname(path);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw errors.cannotRead(folder, error);
  }
  const found = names.flatMap((name) => {
    const part = partNamed(path, name);
    return part ? [{ name, part }] : [];
  });
  const counts = [...new Set(found.map(({ part }) => part.of))].sort((a, b) => a - b);
  if (counts.length === 0) throw errors.noParts(path, nameOfPart(path, { index: 0, of: 16 }));
  if (counts.length > 1) throw errors.mixedParts(path, counts);
  return found.map(({ name }) => join(folder, name));
}

function readPart(path: string): WholePart {
  const beside = manifestOf(path);
  if (!existsSync(path)) throw errors.cannotRead(path, "there is no such file or folder");
  if (!existsSync(beside)) throw errors.unfinishedPart(path, `${beside} is not there`);
  const manifest = readManifest(beside);
  const { size } = statSync(path);
  if (!manifest.isWhole) throw errors.unfinishedPart(path, `${beside} says that it was stopped`);
  if (size !== manifest.bytes) throw errors.unfinishedPart(path, `it has ${size} bytes, ${beside} says ${manifest.bytes}`);
  const part = partOf(manifest.identity);
  if (!part) throw errors.unfinishedPart(path, `${beside} does not say which part it is`);
  return { ...manifest, path, part };
}

function partOf(identity: Identity): Part | undefined {
  const match = /^([0-9]{1,5})\/([0-9]{1,5})$/.exec(identity[SHARD] ?? "");
  return match ? { index: Number(match[1]), of: Number(match[2]) } : undefined;
}

function headerOf(path: string): string {
  const bytes = Buffer.alloc(LONGEST_HEADER);
  try {
    const fd = openSync(path, "r");
    try {
      const filled = readSync(fd, bytes, 0, bytes.length, 0);
      return bytes.toString("utf8", 0, bytes.subarray(0, filled).indexOf("\n") + 1);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw errors.cannotRead(path, error);
  }
}

/** How far the joining has come. */
export interface MergeProgress {
  /** Rows of the parts that are copied. */
  readonly rows: bigint;
  readonly bytes: number;
}

/** The rows of all parts, in order, without their headers. The bytes are good until the next are asked for. */
export async function* mergedRows({ parts, header }: Parts): AsyncGenerator<{ csv: Uint8Array[]; progress: MergeProgress }, MergeProgress> {
  const piece = new Uint8Array(PIECE_BYTES);
  let [rows, copied] = [0n, header.length];
  for (const { path, bytes, position } of parts) {
    const cannotRead = (error: unknown) => {
      throw errors.cannotRead(path, error);
    };
    const file = await open(path, "r").catch(cannotRead);
    try {
      for (let at = header.length; at < bytes; ) {
        const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, bytes - at), at).catch(cannotRead);
        if (bytesRead === 0) throw errors.unfinishedPart(path, "it has become shorter meanwhile");
        at += bytesRead;
        copied += bytesRead;
        yield { csv: [piece.subarray(0, bytesRead)], progress: { rows, bytes: copied } };
      }
    } finally {
      await file.close();
    }
    rows += position.rows;
  }
  return { rows, bytes: copied };
}
