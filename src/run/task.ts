/** From task to answer, on whatever thread: the kernel's batches, copied out of its memory and put together. */
import type { Kernel } from "../kernel/kernel.js";
import { addAccount } from "../rules.js";
import { NEWLINE, recordEnd } from "./chunks.js";
import type { Answer, Chunk, FaultRecord, Job, ListAnswer, Picks, Shard, SweepAnswer, Task } from "./protocol.js";

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

/** A fresh copy of exactly its size: a view of the kernel's memory would drag the whole memory along. */
function copied(csv: Uint8Array): Uint8Array<ArrayBuffer>[] {
  return csv.length > 0 ? [csv.slice() as Uint8Array<ArrayBuffer>] : [];
}

/** One batch: what is left of the shard is another's task. */
function sweepShard(kernel: Kernel, { first, end, visitsMost }: Shard): SweepAnswer {
  const batch = kernel.sweep(first, end, visitsMost);
  return { ...batch, csv: copied(batch.csv) };
}

function sweepPicks(kernel: Kernel, { indices }: Picks): SweepAnswer {
  const csv: Uint8Array<ArrayBuffer>[] = [];
  const leftOut: bigint[] = [];
  let [rows, visits, done] = [0, 0, 0];
  while (done < indices.length) {
    const batch = kernel.sweepPicks(indices.subarray(done, done + kernel.picksMost));
    csv.push(...copied(batch.csv));
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    visits += batch.visits;
    done += batch.done;
    if (batch.fault) return { csv, rows, leftOut, visits, next: BigInt(done), fault: batch.fault };
  }
  return { csv, rows, leftOut, visits, next: BigInt(done) };
}

function countChunk(kernel: Kernel, { bytes }: Chunk): ListAnswer {
  const csv: Uint8Array<ArrayBuffer>[] = [];
  const leftOut: bigint[] = [];
  let [rows, lines] = [0, 0];
  for (let at = 0; at < bytes.length; ) {
    const batch = kernel.countList(bytes, at);
    csv.push(...copied(batch.csv));
    addAccount(leftOut, batch.leftOut);
    rows += batch.rows;
    lines += batch.lines;
    if (batch.fault) return { csv, rows, leftOut, lines, fault: batch.fault, faultRecord: recordAt(bytes, batch.fault.at) };
    at = batch.next;
  }
  return { csv, rows, leftOut, lines };
}

/** The record that begins at a byte of a chunk: the chunk itself stays here, its text goes into the message. */
function recordAt(chunk: Uint8Array, at: number): FaultRecord {
  const end = recordEnd(chunk, at);
  const bytes = chunk.subarray(at, end < 0 ? chunk.length : end);
  const linesBefore = chunk.subarray(0, at).reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return { text: Buffer.from(bytes).toString("utf8").replace(/\r$/, ""), linesBefore };
}
