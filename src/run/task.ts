/** From task to answer, on whatever thread: the kernel's batches put together. */
import { mergedTallies } from "../conventions/tallies.js";
import type { Held, Kernel, Tally } from "../kernel/kernel.js";
import { addAccount } from "../rules.js";
import { joined, NO_BYTES } from "../sum.js";
import { NEWLINE, recordEnd } from "./chunks.js";
import type { Answer, Chunk, Job, ListAnswer, Picks, RecordText, Shard, SweepAnswer, Task } from "./protocol.js";

/** Whoever answers the tasks of a job with a kernel of its own. */
export function performer(kernel: Kernel, job: Job): (task: Task) => Answer {
  if (job.kind === "list") {
    kernel.openList(job.list, job.method);
    return (task) => countChunk(kernel, task as Chunk);
  }
  let opened = -1;
  return (task) => {
    const { grid } = task as Shard | Picks;
    if (grid !== opened) kernel.openPlan(job.plan, grid, job.method);
    opened = grid;
    return task.kind === "picks" ? sweepPicks(kernel, task, job.isSummed) : sweepShard(kernel, task as Shard, job.isSummed);
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

  keep(kernel: Kernel, csv: Uint8Array): void {
    if (csv.length === 0) return;
    const held = kernel.hold(PATIENCE);
    if (held) this.held.push(held);
    this.csv.push(held ? csv : csv.slice());
  }
}

/** One batch: what is left of the shard is another's task. */
function sweepShard(kernel: Kernel, { first, end, visitsMost }: Shard, isSummed = false): SweepAnswer {
  const batch = kernel.sweep(first, end, visitsMost);
  // Summed while they are still in the cache.
  const sum = isSummed ? { sum: kernel.sum(batch.csv) } : {};
  const kept = new KeptRows();
  kept.keep(kernel, batch.csv);
  return { ...batch, ...kept, ...sum };
}

function sweepPicks(kernel: Kernel, { indices }: Picks, isSummed = false): SweepAnswer {
  const kept = new KeptRows();
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, visits, done] = [0, 0, 0];
  let sum = NO_BYTES;
  const answer = (): SweepAnswer => ({
    ...{ ...kept, rows, leftOut, visits, next: BigInt(done) },
    ...(tallies.length > 0 && { tallies: mergedTallies(tallies) }),
    ...(isSummed && { sum }),
  });
  while (done < indices.length) {
    const batch = kernel.sweepPicks(indices.subarray(done, done + kernel.picksMost));
    if (isSummed) sum = joined(sum, kernel.sum(batch.csv));
    kept.keep(kernel, batch.csv);
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    visits += batch.visits;
    done += batch.done;
    if (batch.tallies) tallies.push(batch.tallies);
    if (batch.fault) return { ...answer(), fault: batch.fault };
  }
  return answer();
}

function countChunk(kernel: Kernel, { bytes }: Chunk): ListAnswer {
  const kept = new KeptRows();
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, lines] = [0, 0];
  const answer = (): ListAnswer => {
    if (tallies.length === 0) return { ...kept, rows, leftOut, lines };
    const merged = mergedTallies(tallies);
    const places = merged.flatMap(({ layers, least, most }) => (layers > 0n ? [least.at, most.at] : []));
    return { ...kept, rows, leftOut, lines, tallies: merged, records: new Map(places.map((at) => [at, recordAt(bytes, Number(at))])) };
  };
  for (let at = 0; at < bytes.length; ) {
    const batch = kernel.countList(bytes, at);
    kept.keep(kernel, batch.csv);
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    lines += batch.lines;
    if (batch.tallies) tallies.push(batch.tallies);
    if (batch.fault) return { ...answer(), fault: batch.fault, faultRecord: recordAt(bytes, batch.fault.at) };
    at = batch.next;
  }
  return answer();
}

/** The record that begins at a byte of a chunk: the chunk itself stays here, its text goes into the message. */
function recordAt(chunk: Uint8Array, at: number): RecordText {
  const end = recordEnd(chunk, at);
  const bytes = chunk.subarray(at, end < 0 ? chunk.length : end);
  const linesBefore = chunk.subarray(0, at).reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return { text: Buffer.from(bytes).toString("utf8").replace(/\r$/, ""), linesBefore };
}
