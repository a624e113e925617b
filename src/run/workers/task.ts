/** From task to answer, on whatever thread: the kernel's batches put together. */

import { joined, NO_BYTES, type Sum } from "../../checksum.js";
import { mergedTallies, type Tally } from "../../conventions/tallies.js";
import { type Encode, encoderOf } from "../../formats/encoding.js";
import { NEWLINE } from "../../input/bytes.js";
import { addTotals, type Held, type Kernel, type KindTotals } from "../../kernel/kernel.js";
import { addAccount } from "../../layers/rules.js";
import type { ListPlan } from "../../plan/list.js";
import { recordEnd } from "./chunks.js";
import type {
  Answer,
  Chunk,
  Job,
  ListAnswer,
  Picks,
  RecordText,
  Shard,
  SweepAnswer,
  Task,
} from "./protocol.js";
import { verifyRows } from "./verify.js";

/** Whoever answers the tasks of a job with a kernel of its own. */
export function performer(kernel: Kernel, job: Job): (task: Task) => Answer {
  const encode = job.encoding && encoderOf(job.encoding);
  const isSummed = job.kind === "sweep" && job.isSummed === true;
  const rows = () => new KeptRows(encode, isSummed);
  if (job.kind === "list") {
    kernel.openList(job.list, job.method);
    return (task) => countChunk(kernel, job.list, task as Chunk, rows());
  }
  let opened = -1;
  return (task) => {
    const { grid } = task as Shard | Picks;
    if (grid !== opened) kernel.openPlan(job.plan, grid, job.method);
    opened = grid;
    return task.kind === "picks"
      ? sweepPicks(kernel, task, rows())
      : sweepShard(kernel, task as Shard, rows());
  };
}

/**
 * How long a worker waits for its oldest rows to be written before it copies the newest, in milliseconds: as long as a slow disk takes for them.
 * It must not wait for ever: what is written next may be a task that lies behind in its own queue.
 */
const PATIENCE = 20;

/**
 * Rows that stay good while the kernel goes on: where they stand, or copied where the kernel has no more room.
 * Measured 2026-11-23, vocoder.yaml to /dev/null: copied throughout, into memory used again, a tenth more time; into fresh memory a third more.
 */
class KeptRows {
  readonly csv: Uint8Array[] = [];
  readonly held: Held[] = [];
  readonly #encode: Encode | undefined;
  #sum: Sum | undefined;

  constructor(encode: Encode | undefined, isSummed: boolean) {
    this.#encode = encode;
    this.#sum = isSummed ? NO_BYTES : undefined;
  }

  keep(kernel: Kernel, csv: Uint8Array): void {
    if (csv.length === 0) return;
    const rows = this.#encode ? this.#encode(csv) : csv;
    // Summed while they are still in the cache.
    if (this.#sum) this.#sum = joined(this.#sum, kernel.sum(rows));
    // An encoder that makes new bytes leaves the kernel's memory free.
    if (rows.buffer !== csv.buffer) {
      this.csv.push(rows);
      return;
    }
    const held = kernel.hold(PATIENCE);
    if (held) this.held.push(held);
    this.csv.push(held ? rows : rows.slice());
  }

  /** Rows that are no kernel's. */
  keepOwn(csv: Uint8Array): void {
    this.csv.push(this.#encode ? this.#encode(csv) : csv);
  }

  /** What an answer says of them. */
  get kept(): {
    readonly csv: readonly Uint8Array[];
    readonly held: readonly Held[];
    readonly sum?: Sum;
  } {
    return { csv: this.csv, held: this.held, ...(this.#sum && { sum: this.#sum }) };
  }
}

/** One batch: what is left of the shard is another's task. */
function sweepShard(
  kernel: Kernel,
  { first, end, visitsMost }: Shard,
  rowsKept: KeptRows,
): SweepAnswer {
  const batch = kernel.sweep(first, end, visitsMost);
  rowsKept.keep(kernel, batch.csv);
  return { ...batch, ...rowsKept.kept };
}

function sweepPicks(kernel: Kernel, { indices }: Picks, rowsKept: KeptRows): SweepAnswer {
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, visits, done] = [0, 0, 0];
  const answer = (): SweepAnswer => ({
    ...rowsKept.kept,
    rows,
    leftOut,
    visits,
    next: BigInt(done),
    ...(tallies.length > 0 && { tallies: mergedTallies(tallies) }),
  });
  while (done < indices.length) {
    const batch = kernel.sweepPicks(indices.subarray(done, done + kernel.picksMost));
    rowsKept.keep(kernel, batch.csv);
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    visits += batch.visits;
    done += batch.done;
    if (batch.tallies) tallies.push(batch.tallies);
    if (batch.fault) return { ...answer(), fault: batch.fault };
  }
  return answer();
}

function countChunk(
  kernel: Kernel,
  list: ListPlan,
  { bytes }: Chunk,
  rowsKept: KeptRows,
): ListAnswer {
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let totals: readonly KindTotals[] = [];
  let [rows, lines] = [0, 0];
  const answer = (): ListAnswer => {
    if (tallies.length === 0) return { ...rowsKept.kept, rows, leftOut, lines, totals };
    const merged = mergedTallies(tallies);
    const places = merged.flatMap(({ layers, least, most }) =>
      layers > 0n ? [least.at, most.at] : [],
    );
    const records = new Map(places.map((at) => [at, recordAt(bytes, Number(at))]));
    return { ...rowsKept.kept, rows, leftOut, lines, totals, tallies: merged, records };
  };
  for (let at = 0; at < bytes.length; ) {
    const batch = kernel.countList(bytes, at);
    const verified = list.verified && verifyRows(list, bytes, at, batch.csv);
    if (verified) rowsKept.keepOwn(verified.csv);
    else rowsKept.keep(kernel, batch.csv);
    if (verified?.difference) {
      return {
        ...answer(),
        fault: { kind: "differs", ...verified.difference },
        faultRecord: recordAt(bytes, verified.difference.at),
      };
    }
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    lines += batch.lines;
    totals = addTotals(totals, batch.totals);
    if (batch.tallies) tallies.push(batch.tallies);
    if (batch.fault)
      return { ...answer(), fault: batch.fault, faultRecord: recordAt(bytes, batch.fault.at) };
    at = batch.next;
  }
  return answer();
}

/** The record that begins at a byte of a chunk: the chunk itself stays here, its text goes into the message. */
function recordAt(chunk: Uint8Array, at: number): RecordText {
  const end = recordEnd(chunk, at);
  const bytes = chunk.subarray(at, end < 0 ? chunk.length : end);
  const linesBefore = chunk
    .subarray(0, at)
    .reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return { text: Buffer.from(bytes).toString("utf8").replace(/\r$/, ""), linesBefore };
}
