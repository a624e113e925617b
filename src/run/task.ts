/** From task to answer, on whatever thread: the kernel's batches, copied out of its memory and put together. */
import { mergedTallies } from "../conventions/tallies.js";
import type { Kernel, Tally } from "../kernel/kernel.js";
import { addAccount } from "../rules.js";
import { NEWLINE, recordEnd } from "./chunks.js";
import type { Answer, Chunk, Job, ListAnswer, Picks, RecordText, Shard, Spare, SweepAnswer, Task } from "./protocol.js";

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
    return task.kind === "picks" ? sweepPicks(kernel, task) : sweepShard(kernel, task as Shard);
  };
}

/** The memory of an answer's rows, unless they are few: a batch of the kernel and its last row. */
export const ANSWER_BYTES = 4 * 1024 * 1024 + 64 * 1024;

/**
 * The rows, copied out of the kernel's memory: a view would drag all of it along. Into the spare memory of the task, if it is enough.
 * Measured 2026-11-23, vocoder.yaml to /dev/null: fresh memory for each answer took a fifth of the time.
 */
function copied(csv: Uint8Array, spare?: Spare): Uint8Array<ArrayBuffer>[] {
  if (csv.length === 0) return [];
  const isLong = csv.length > ANSWER_BYTES / 4;
  const memory = spare && spare.byteLength >= csv.length ? spare : new ArrayBuffer(isLong ? Math.max(ANSWER_BYTES, csv.length) : csv.length);
  const rows = new Uint8Array(memory, 0, csv.length);
  rows.set(csv);
  return [rows];
}

/** One batch: what is left of the shard is another's task. */
function sweepShard(kernel: Kernel, { first, end, visitsMost, spare }: Shard): SweepAnswer {
  const batch = kernel.sweep(first, end, visitsMost);
  return { ...batch, csv: copied(batch.csv, spare) };
}

function sweepPicks(kernel: Kernel, { indices, spare }: Picks): SweepAnswer {
  const csv: Uint8Array<ArrayBuffer>[] = [];
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, visits, done] = [0, 0, 0];
  const answer = (): SweepAnswer => ({ csv, rows, leftOut, visits, next: BigInt(done), ...(tallies.length > 0 && { tallies: mergedTallies(tallies) }) });
  while (done < indices.length) {
    const batch = kernel.sweepPicks(indices.subarray(done, done + kernel.picksMost));
    csv.push(...copied(batch.csv, csv.length === 0 ? spare : undefined));
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    visits += batch.visits;
    done += batch.done;
    if (batch.tallies) tallies.push(batch.tallies);
    if (batch.fault) return { ...answer(), fault: batch.fault };
  }
  return answer();
}

function countChunk(kernel: Kernel, { bytes, spare }: Chunk): ListAnswer {
  const csv: Uint8Array<ArrayBuffer>[] = [];
  const leftOut: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, lines] = [0, 0];
  const answer = (): ListAnswer => {
    if (tallies.length === 0) return { csv, rows, leftOut, lines };
    const merged = mergedTallies(tallies);
    const places = merged.flatMap(({ layers, least, most }) => (layers > 0n ? [least.at, most.at] : []));
    return { csv, rows, leftOut, lines, tallies: merged, records: new Map(places.map((at) => [at, recordAt(bytes, Number(at))])) };
  };
  for (let at = 0; at < bytes.length; ) {
    const batch = kernel.countList(bytes, at);
    csv.push(...copied(batch.csv, csv.length === 0 ? spare : undefined));
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
