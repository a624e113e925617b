/** From task to answer, on whatever thread: the kernel's batches, copied out of its memory and put together. */
import type { Kernel } from "../kernel/kernel.js";
import { addAccount, emptyAccount } from "../rules.js";
import { NEWLINE, recordEnd } from "./chunks.js";
import type { Answer, FaultRecord, Job, Task } from "./protocol.js";

/** Gives the kernel the job that the tasks to come belong to. */
export function openJob(kernel: Kernel, job: Job): void {
  if (job.kind === "sweep") kernel.openPlan(job.plan, job.method);
  else kernel.openList(job.list, job.method);
}

type Batch = Omit<Answer, "csv" | "lines"> & { readonly csv: Uint8Array; readonly lines?: number };

export function performTask(kernel: Kernel, task: Task): Answer {
  const csv: Uint8Array<ArrayBuffer>[] = [];
  const skipped = emptyAccount();
  let rows = 0;
  let lines = 0;
  for (const batch of batchesOf(kernel, task)) {
    // A fresh copy of exactly its size: a view of the kernel's memory would drag the whole memory along.
    if (batch.csv.length > 0) csv.push(batch.csv.slice() as Uint8Array<ArrayBuffer>);
    addAccount(skipped, batch.skipped);
    rows += batch.rows;
    lines += batch.lines ?? 0;
    if (batch.fault) {
      const stopped = { csv, rows, skipped, lines, fault: batch.fault };
      return task.kind === "chunk" && "at" in batch.fault ? { ...stopped, faultRecord: recordAt(task.bytes, batch.fault.at) } : stopped;
    }
  }
  return { csv, rows, skipped, lines };
}

function* batchesOf(kernel: Kernel, task: Task): Generator<Batch> {
  switch (task.kind) {
    case "shard":
      for (let at = task.first; at < task.end; ) {
        const batch = kernel.sweep(at, task.end);
        yield batch;
        at = batch.next;
      }
      return;
    case "picks":
      for (const index of task.indices) yield kernel.sweep(index, index + 1n);
      return;
    case "chunk":
      for (let at = 0; at < task.bytes.length; ) {
        const batch = kernel.countList(task.bytes, at);
        yield batch;
        at = batch.next;
      }
  }
}

/** The record that begins at a byte of a chunk: the chunk itself stays here, its text goes into the message. */
function recordAt(chunk: Uint8Array, at: number): FaultRecord {
  const end = recordEnd(chunk, at);
  const bytes = chunk.subarray(at, end < 0 ? chunk.length : end);
  const linesBefore = chunk.subarray(0, at).reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return { text: Buffer.from(bytes).toString("utf8").replace(/\r$/, ""), linesBefore };
}
