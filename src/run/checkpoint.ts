/**
 * How far a sweep into a file has come, kept beside the file, so that one that was stopped goes on from there.
 *
 *   OUT.partial        the rows so far, and perhaps some more
 *   OUT.partial.json   what is swept, and how far: so many bytes of OUT.partial are good, and these are the account behind them
 *
 * What stands in the manifest is on the disk: rows first, then the manifest, which replaces the one before in one step.
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { errors, systemReason } from "../errors.js";
import { kernelHash } from "../kernel/artefact.js";
import type { GridPlan, Plan } from "../plan/model.js";
import { textOf } from "../plan/schedule.js";
import { isResumable, manifestOf } from "../sink/file.js";
import type { Sink } from "../sink/sink.js";
import type { Run } from "../spec/values.js";
import type { Position } from "./sweep.js";

/** A manifest is written when so many milliseconds or bytes have passed since the last: no more than that is ever done again. */
const MILLISECONDS_MOST = 1000;
const BYTES_MOST = 256e6;

const FORMAT = 1;

/** What is swept, in parts with a name each: a sweep goes on only if all are the same. */
export type Identity = Readonly<Record<string, string>>;

interface Manifest {
  readonly format: number;
  readonly identity: Identity;
  readonly bytes: number;
  readonly done: string;
  readonly rows: string;
  readonly nothing: string;
  readonly leftOut: readonly string[];
}

/** Where a sweep goes on, and how many bytes of its file stand before. */
export interface Start {
  readonly position: Position;
  readonly bytes: number;
}

/** A part longer than this stands in the manifest as its hash. */
const SHOWN_MOST = 120;

/** All that the bytes of a sweep depend on. The number of workers and the method are not among it. */
export function identityOf(plan: Plan, limit: number | undefined): Identity {
  const parts: [string, string][] = [
    ["the kernel", kernelHash()],
    ["the layer", plan.layer],
    ["the columns", plan.cells.join(",")],
    ["the sample", plan.sample ? `${plan.sample.rows} with seed ${plan.sample.seed}` : "none"],
    ["the limit", limit === undefined ? "none" : String(limit)],
    ["the number of grids", String(plan.grids.length)],
  ];
  for (const [i, grid] of plan.grids.entries()) {
    const of = plan.grids.length === 1 ? "" : ` of grid ${i + 1}`;
    for (const [name, text] of partsOfGrid(grid)) parts.push([`${name}${of}`, text]);
  }
  return Object.fromEntries(parts.map(([name, text]) => [name, text.length > SHOWN_MOST ? `sha256 ${sha256(text)}` : text]));
}

function partsOfGrid(grid: GridPlan): [string, string][] {
  const order = grid.loops.map(({ names }) => names.join(" and ")).join(", ");
  const loops = grid.loops.map(({ names, runs, dependent }): [string, string] => {
    const axis = dependent === undefined ? undefined : grid.dependents[dependent];
    const items = axis?.kind === "list" ? axis.items.map(textOf) : axis?.rows.map((row) => row.map(textOf));
    return [`axis ${names.join(", ")}`, runs ? runs.map((own) => own.map(runText).join(", ")).join(" with ") : JSON.stringify(items)];
  });
  return [
    ["the name", grid.name ?? ""],
    ["the order of the axes", order],
    ...loops,
    ...grid.fixed.map(({ name, value }): [string, string] => [`axis ${name}`, String(value)]),
    ...grid.derived.map(({ name, expression }): [string, string] => [`axis ${name}`, textOf(expression)]),
    ["where", grid.where.map(textOf).join(" and ")],
  ];
}

function runText({ first, step, count }: Run): string {
  return count === 1 ? String(first) : `${first}..${first + step * (count - 1)}${step === 1 ? "" : `:${step}`}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Where the sweep into `path`, whose unfinished file is `partial`, goes on; undefined when none was stopped there.
 *
 * @throws UpsweepError when what was stopped there was another sweep, or its files are not what they should be.
 */
export function readStart(path: string, partial: string, identity: Identity): Start | undefined {
  if (!isResumable(partial)) return undefined;
  const manifest = readManifest(manifestOf(partial));
  const changed = [...new Set([...Object.keys(manifest.identity), ...Object.keys(identity)])].find((name) => manifest.identity[name] !== identity[name]);
  if (changed !== undefined) throw errors.otherSweep(path, changed, manifest.identity[changed], identity[changed]);
  const { size } = statSync(partial);
  if (size < manifest.bytes) throw errors.shortPartial(partial, size, manifest.bytes);
  const { done, rows, nothing, leftOut } = manifest;
  return { bytes: manifest.bytes, position: { done: BigInt(done), rows: BigInt(rows), nothing: BigInt(nothing), leftOut: leftOut.map(BigInt) } };
}

const isCount = (value: unknown) => typeof value === "string" && /^[0-9]{1,20}$/.test(value);

function readManifest(path: string): Manifest {
  let read: Partial<Manifest> | null;
  try {
    read = JSON.parse(readFileSync(path, "utf8")) as Partial<Manifest> | null;
  } catch (error) {
    throw errors.badManifest(path, error instanceof SyntaxError ? "it is no JSON" : systemReason(error));
  }
  const { format, identity, bytes, done, rows, nothing, leftOut } = read ?? {};
  if (format !== FORMAT) throw errors.badManifest(path, "it is of another version of upsweep, or of something else");
  const isWhole =
    identity instanceof Object &&
    Number.isSafeInteger(bytes) &&
    Number(bytes) > 0 &&
    [done, rows, nothing].every(isCount) &&
    Array.isArray(leftOut) &&
    leftOut.every(isCount);
  if (!isWhole) throw errors.badManifest(path, "something is missing in it");
  return read as Manifest;
}

/** Keeps the manifest of a sweep that is under way. */
export class Checkpoint {
  readonly #path: string;
  readonly #identity: Identity;
  readonly #sink: Sink;
  #last: { readonly position: Position; readonly bytes: number } | undefined;
  #savedAt = performance.now();
  #savedBytes: number;
  #isSaving = false;

  constructor(partial: string, identity: Identity, sink: Sink, bytes: number) {
    this.#path = manifestOf(partial);
    this.#identity = identity;
    this.#sink = sink;
    this.#savedBytes = bytes;
  }

  /** So far rows are written. Now and then they are brought to the disk, beside the sweep, and the manifest behind them. */
  behind(position: Position, bytes: number): void {
    this.#last = { position, bytes };
    const isDue = performance.now() - this.#savedAt >= MILLISECONDS_MOST || bytes - this.#savedBytes >= BYTES_MOST;
    if (!isDue || this.#isSaving) return;
    this.#isSaving = true;
    this.#sink.flush().then(
      () => {
        if (this.#isSaving) this.#save(position, bytes);
        this.#isSaving = false;
      },
      // What cannot be flushed cannot be written either: the sweep meets that itself.
      () => {},
    );
  }

  /** The sweep stops here, at once: what is written stays, to go on from. Returns whether there is anything. */
  leave(): boolean {
    this.#isSaving = false;
    if (this.#last) {
      const { position, bytes } = this.#last;
      try {
        this.#sink.keepNow(bytes);
        this.#save(position, bytes);
      } catch {
        // What cannot be brought to the disk does not count: the manifest before still holds, if there is one.
      }
    }
    return this.#savedBytes > 0;
  }

  /** The sweep is whole, or will never be: there is nothing to go on from. */
  remove(): void {
    this.#isSaving = false;
    rmSync(this.#path, { force: true });
  }

  #save({ done, rows, nothing, leftOut }: Position, bytes: number): void {
    const manifest: Manifest = {
      format: FORMAT,
      identity: this.#identity,
      bytes,
      done: String(done),
      rows: String(rows),
      nothing: String(nothing),
      leftOut: leftOut.map(String),
    };
    try {
      writeFileSync(`${this.#path}.new`, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
      renameSync(`${this.#path}.new`, this.#path);
      this.#savedAt = performance.now();
      this.#savedBytes = bytes;
    } catch {
      // A full disk: the manifest before still holds.
      rmSync(`${this.#path}.new`, { force: true });
    }
  }
}
