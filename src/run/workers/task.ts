/** Executes tasks on any thread: combines the batches of the kernel into an answer. */

import { textOfUtf8 } from "../../bytes.js";
import { joined, NO_BYTES, type Sum } from "../../checksum.js";
import { mergedTallies, type Tally } from "../../conventions/tallies.js";
import { encoderOf } from "../../formats/encoding.js";
import type { Encode } from "../../formats/format.js";
import { NEWLINE } from "../../input/bytes.js";
import type { ColumnBatch, ColumnValues } from "../../kernel/column-layout.js";
import {
  addTotals,
  type Kernel,
  type KindTotals,
  type Lease,
  type ListBatch,
} from "../../kernel/kernel.js";
import { addCounts } from "../../layers/rules.js";
import type { ListPlan } from "../../plan/list.js";
import type { RowBatch } from "../output/row-batch.js";
import { type Decoding, decodeRows, type RefusedCell } from "./decode.js";
import type {
  ChunkTask,
  CountAnswer,
  CountTask,
  IndicesTask,
  Job,
  ListAnswer,
  RangeTask,
  RecordText,
  SweepAnswer,
} from "./protocol.js";
import { lineEndsOutsideQuotes, recordEnd } from "./records.js";
import { verifyRows } from "./verify.js";

/**
 * Returns the task handler of a job. No other handler may use the same kernel.
 *
 * @param leaseTimeout how long it waits for its oldest rows to be used before it copies the newest
 * ones, in milliseconds. 0 on the thread that uses the rows, where waiting would be in vain.
 */
export function taskHandler(
  kernel: Kernel,
  job: Job,
  leaseTimeout = job.kind === "sweep" && job.isEncoded ? ENCODED_LEASE_TIMEOUT : LEASE_TIMEOUT,
): (task: CountTask) => CountAnswer {
  const encode = job.encoding && encoderOf(job.encoding);
  const isSummed = job.kind === "sweep" && job.isSummed === true;
  const decoding = job.kind === "list" ? job.decoding : undefined;
  const isColumnar = job.kind === "sweep" && job.isColumnar === true;
  const newBuffers = () => new AnswerBuffers(encode, isSummed, isColumnar, leaseTimeout);
  if (job.kind === "list") {
    kernel.openList(job.list, job.method);
    const { list } = job;
    return (task) => countChunk(kernel, { list, decoding }, task as ChunkTask, newBuffers());
  }
  let opened = -1;
  return (task) => {
    const { grid } = task as RangeTask | IndicesTask;
    if (grid !== opened) kernel.openPlan(job.plan, grid, job.method, { isColumnar });
    opened = grid;
    return task.kind === "indices"
      ? sweepIndices(kernel, task, newBuffers())
      : sweepRange(kernel, task as RangeTask, newBuffers());
  };
}

/**
 * How long a worker waits for its oldest rows to be written before it copies the newest ones, in
 * milliseconds. A slow disk takes this long to write them. The wait must be limited, because the
 * next rows to write may come from a task that is queued in this worker.
 */
const LEASE_TIMEOUT = 20;

/** The same for columns if tasks that are queued in this worker may be those that encode them. */
const ENCODED_LEASE_TIMEOUT = 1;

/**
 * Collects rows that stay valid while the kernel continues. They stay in leased output buffers of
 * the kernel, or are copied if no buffer is free. Measured 2026-11-23, vocoder.yaml to /dev/null:
 * copying all rows into reused memory takes a tenth more time, into new memory a third more.
 */
class AnswerBuffers {
  readonly buffers: Uint8Array[] = [];
  readonly leases: Lease[] = [];
  readonly #encode: Encode | undefined;
  readonly #columns: ColumnBatch[] | undefined;
  readonly #leaseTimeout: number;
  #sum: Sum | undefined;

  constructor(
    encode: Encode | undefined,
    isSummed: boolean,
    isColumnar: boolean,
    leaseTimeout: number,
  ) {
    this.#encode = encode;
    this.#columns = isColumnar ? [] : undefined;
    this.#leaseTimeout = leaseTimeout;
    this.#sum = isSummed ? NO_BYTES : undefined;
  }

  add(kernel: Kernel, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const rows = this.#encode ? this.#encode(bytes) : bytes;
    // Sum the rows while they are still in the cache.
    if (this.#sum) this.#sum = joined(this.#sum, kernel.sum(rows));
    // If the encoder has produced new bytes, the kernel's memory is free again.
    if (rows.buffer !== bytes.buffer) {
      this.buffers.push(rows);
      return;
    }
    const lease = kernel.lease(this.#leaseTimeout);
    if (lease) this.leases.push(lease);
    this.buffers.push(lease ? rows : rows.slice());
  }

  /** Adds columns of numbers, which are in the kernel's memory. */
  addColumns(kernel: Kernel, { rows, columns }: ColumnBatch): void {
    if (rows === 0) return;
    const lease = kernel.lease(this.#leaseTimeout);
    if (lease) this.leases.push(lease);
    this.#columns?.push({ rows, columns: lease ? columns : columns.map(copyOf) });
  }

  /** Adds rows that are not in the kernel's memory. */
  addUnleased(bytes: Uint8Array): void {
    this.buffers.push(this.#encode ? this.#encode(bytes) : bytes);
  }

  /** The fields of an answer that describe the rows. */
  get fields(): {
    readonly buffers: readonly Uint8Array[];
    readonly leases: readonly Lease[];
    readonly sum?: Sum;
    readonly columns?: readonly ColumnBatch[];
  } {
    return {
      buffers: this.buffers,
      leases: this.leases,
      ...(this.#sum && { sum: this.#sum }),
      ...(this.#columns && { columns: this.#columns }),
    };
  }
}

/** Copies a column out of the kernel's memory. Its runs are copies already. */
function copyOf(column: ColumnValues): ColumnValues {
  if (!("vector" in column)) return column;
  const { vector, missing } = column;
  return { ...column, vector: vector.slice(), ...(missing && { missing: missing.slice() }) };
}

/** Sweeps one batch of a range. The rest of the range becomes another task. */
function sweepRange(
  kernel: Kernel,
  { first, end, maxVisits }: RangeTask,
  answerBuffers: AnswerBuffers,
): SweepAnswer {
  const { columns, ...batch } = kernel.sweep(first, end, maxVisits);
  answerBuffers.add(kernel, batch.bytes);
  if (columns) answerBuffers.addColumns(kernel, { rows: batch.rows, columns });
  return { ...batch, ...answerBuffers.fields };
}

function sweepIndices(
  kernel: Kernel,
  { indices }: IndicesTask,
  answerBuffers: AnswerBuffers,
): SweepAnswer {
  const rejected: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let [rows, visits, done] = [0, 0, 0];
  const answer = (): SweepAnswer => ({
    ...answerBuffers.fields,
    rows,
    rejected,
    visits,
    next: BigInt(done),
    ...(tallies.length > 0 && { tallies: mergedTallies(tallies) }),
  });
  while (done < indices.length) {
    const batch = kernel.sweepIndices(indices.subarray(done, done + kernel.maxIndices));
    answerBuffers.add(kernel, batch.bytes);
    if (batch.columns)
      answerBuffers.addColumns(kernel, { rows: batch.rows, columns: batch.columns });
    addCounts(rejected, batch.rejected);
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
  { list, decoding }: { readonly list: ListPlan; readonly decoding: Decoding | undefined },
  { bytes }: ChunkTask,
  answerBuffers: AnswerBuffers,
): ListAnswer {
  const rejected: bigint[] = [];
  const tallies: (readonly Tally[])[] = [];
  let totals: readonly KindTotals[] = [];
  let [rows, lines] = [0, 0];
  const columns: RowBatch[] = [];
  const answer = (): ListAnswer => {
    const counted = {
      ...answerBuffers.fields,
      ...(decoding && { columns }),
      rows,
      rejected,
      lines,
      totals,
    };
    if (tallies.length === 0) return counted;
    const merged = mergedTallies(tallies);
    const locations = merged.flatMap(({ layers, min, max }) =>
      layers > 0n ? [min.at, max.at] : [],
    );
    const records = new Map(locations.map((at) => [at, recordAt(bytes, Number(at))]));
    return { ...counted, tallies: merged, records };
  };
  const addBatch = (batch: ListBatch) => {
    addCounts(rejected, batch.rejected);
    rows += batch.rows;
    lines += batch.lines;
    totals = addTotals(totals, batch.totals);
    if (batch.tallies) tallies.push(batch.tallies);
  };
  for (let at = 0; at < bytes.length; ) {
    const batch = kernel.countList(bytes, at);
    const verified = list.verified && verifyRows(list, bytes, at, batch.bytes);
    const rowsOfBatch = verified || batch;
    const decoded = decoding && decodeRows(decoding, rowsOfBatch.bytes, rowsOfBatch.rows);
    if (decoded) columns.push({ rows: decoded.rows, columns: decoded.columns });
    else if (verified) answerBuffers.addUnleased(verified.bytes);
    else answerBuffers.add(kernel, batch.bytes);
    const fault = decoded?.refused
      ? cellFault(kernel, bytes, at, decoded.refused)
      : verified?.difference && ({ kind: "differs", ...verified.difference } as const);
    if (fault) {
      // The batch has counted the record at fault and those after it. Count the ones before it
      // alone, whose rows are in the answer.
      if (fault.at > at) addBatch(kernel.countList(bytes.subarray(0, fault.at), at));
      return { ...answer(), fault, faultRecord: recordAt(bytes, fault.at) };
    }
    addBatch(batch);
    if (batch.fault)
      return { ...answer(), fault: batch.fault, faultRecord: recordAt(bytes, batch.fault.at) };
    at = batch.next;
  }
  return answer();
}

/**
 * The fault of a cell that was refused, with the record that its row was made from. Records that are
 * blank or rejected have no row, so the kernel counts the rows of the records before it.
 *
 * @param from the byte at which the rows begin.
 */
function cellFault(kernel: Kernel, bytes: Uint8Array, from: number, { row, ...cell }: RefusedCell) {
  const starts = [from];
  for (const end of lineEndsOutsideQuotes(bytes.subarray(from), 0)) starts.push(from + end + 1);
  // The last start with at most `row` rows before it: that of the record, after any blank ones.
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const before = kernel.countList(bytes.subarray(0, starts[middle]), from).rows;
    if (before <= row) low = middle;
    else high = middle;
  }
  return { kind: "cell", at: starts[low] as number, ...cell } as const;
}

/** The record that begins at byte `at` of a chunk. Only its text is sent to the main thread. */
function recordAt(chunk: Uint8Array, at: number): RecordText {
  const end = recordEnd(chunk, at);
  const bytes = chunk.subarray(at, end < 0 ? chunk.length : end);
  const linesBefore = chunk
    .subarray(0, at)
    .reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  return { text: textOfUtf8(bytes).replace(/\r$/, ""), linesBefore };
}
