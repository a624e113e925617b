/**
 * Counts a list of layers: stream → header → chunks → runner → reorder buffer → batches of rows.
 */

import { isUtf8 } from "node:buffer";
import { defaultColumns } from "../../columns/derived.js";
import type { ResultName } from "../../columns/table.js";
import type { Tally } from "../../conventions/tallies.js";
import { errors, UpsweepError } from "../../errors.js";
import { type ListBytes, NEWLINE } from "../../input/bytes.js";
import { builtKernel } from "../../kernel/built.js";
import { addTotals, type KindTotals, releaseLease } from "../../kernel/kernel.js";
import { DEFAULT_KIND, type KindName } from "../../layers/kinds.js";
import type { Layer, Settings } from "../../layers/layer.js";
import { RULES } from "../../layers/rule-table.js";
import { addCounts } from "../../layers/rules.js";
import { INPUT_BYTES } from "../../limits.js";
import {
  addedColumns,
  type ListPlan,
  type ListRequest,
  planList,
  splitRecord,
} from "../../plan/list.js";
import { ERROR_COLUMN } from "../../plan/list-types.js";
import { type Method, simulatesAll } from "../../plan/method.js";
import { defaultWorkers, type GrowingRunner, growingRunner, threadedRunner } from "../runner.js";
import type { Job, ListAnswer, RecordText } from "../workers/protocol.js";
import { recordEnd } from "../workers/records.js";
import { inOrder, inOrderWhenReady } from "../workers/reorder-buffer.js";
import { inlineRunner } from "../workers/runner.js";
import { type Chunks, cutIntoChunks, type SharedBytes, SMALL_CHUNK_BYTES } from "./chunks.js";
import { faultError, layerOf } from "./faults.js";
import { type ListRows, type RowShape, rowFormOf } from "./rows.js";

/**
 * Maximum size of a chunk if each row at fault gets an error row. It is smaller, because the rest
 * of the chunk is passed to the kernel again after each fault.
 */
const ERROR_CHUNK_BYTES = 64 * 1024;

/** The progress of a list. */
export interface ListProgress {
  /** The fraction of the list that has been read, from 0 to 1. Undefined if its size is unknown. */
  readonly fraction?: number | undefined;
  readonly rows: bigint;
  /** Number of rows with an error instead of results. */
  readonly errorRows: bigint;
  /** Number of layers rejected by each rule (skipInvalid), in the order of `RULES`. */
  readonly rejected: readonly bigint[];
  readonly totals: ListTotals;
}

/** Exact sums over the layers of a list, by kind. */
export interface ListTotals {
  /** The columns that are totalled. */
  readonly columns: readonly ResultName[];
  readonly kinds: readonly KindTotals[];
}

/** A batch of rows in order. The bytes are valid until the next batch is requested. */
export interface ListedRows extends ListRows {
  readonly rows: number;
  /**
   * If the list is compared, the tallies of these rows. `recordAt` returns the location and the
   * layer of the record at a position in the tallies.
   */
  readonly compared?: {
    readonly tallies: readonly Tally[];
    readonly recordAt: (at: bigint) => ListedRecord;
  };
  readonly progress: ListProgress;
}

interface ListedRecord {
  /** The file, and the line or row in it. */
  readonly location: string;
  readonly layer: Layer;
}

export interface ListOptions extends RowShape {
  /**
   * The kind of all layers. Must be omitted if the list has a column `layer` with the kind per row.
   */
  readonly layer?: KindName | undefined;
  readonly settings?: Settings | undefined;
  /** The result columns, or a function that chooses them once the possible kinds are known. */
  readonly columns?: ListRequest["columns"] | undefined;
  readonly method?: Method | undefined;
  readonly workers?: number | undefined;
  /** Compare the conventions instead of writing rows. */
  readonly isComparing?: boolean | undefined;
  /** Skip and count layers that break a rule, instead of stopping at the first one. */
  readonly skipInvalid?: boolean | undefined;
  /** Columns to copy as labels, even if their names have a meaning. */
  readonly carry?: readonly string[] | undefined;
  /** Compare the results already in the list with the new ones. */
  readonly verifyResults?: boolean | undefined;
  /** Total the columns that can be totalled. Defaults to true. */
  readonly isTotalled?: boolean | undefined;
  /** Called with the plan of the list before counting starts. */
  readonly onPlan?: ((list: ListPlan) => void) | undefined;
}

/**
 * Counts every layer of a list. Yields the header first, then the rows. A row has the columns of
 * the list unchanged, followed by the results.
 *
 * @param location the name of the list in error messages, such as its file name.
 * @returns the final progress.
 * @throws UpsweepError with the line of the first row that is malformed or not a legal layer. The
 * rows before it are yielded first.
 */
export async function* countListRows(
  stream: ListBytes,
  location: string,
  options: ListOptions = {},
): AsyncGenerator<ListedRows, ListProgress> {
  let chunks: Chunks | undefined;
  try {
    chunks = await cutIntoChunks(stream, options.hasErrorColumn ? ERROR_CHUNK_BYTES : INPUT_BYTES);
    return yield* countChunks(chunks, stream, location, options);
  } finally {
    if (chunks) await chunks.close();
    else stream.close?.();
  }
}

/** Plans the list from its header. */
function planOf(chunks: Chunks, location: string, at: string, options: ListOptions): ListPlan {
  const {
    layer,
    settings = {},
    columns = defaultColumns,
    skipInvalid = false,
    isComparing = false,
    carry,
    verifyResults,
    isTotalled,
  } = options;
  if (!isUtf8(chunks.header)) throw errors.badEncoding(at, "the header is not valid UTF-8");
  const request = {
    layer: layer ?? DEFAULT_KIND,
    isKindGiven: layer !== undefined,
    settings,
    columns,
    skipInvalid,
    isComparing,
    carry,
    verifyResults,
    isTotalled,
  };
  const list = planList(Buffer.from(chunks.header).toString("utf8"), location, request, at);
  if (options.hasErrorColumn && list.fields.some(({ name }) => name === ERROR_COLUMN))
    throw errors.errorColumn(at, ERROR_COLUMN);
  return list;
}

async function* countChunks(
  chunks: Chunks,
  { isLive = false, lines, fraction }: ListBytes,
  location: string,
  options: ListOptions,
): AsyncGenerator<ListedRows, ListProgress> {
  const { method = "closed", workers = defaultWorkers(), hasErrorColumn = false } = options;
  const locationOf = (line: number) => lines?.locate(location, line) ?? `${location}:${line}`;
  const list = planOf(chunks, location, locationOf(1), options);
  options.onPlan?.(list);
  const rejected = RULES.map(() => 0n);
  let rows = 0n;
  let errorRows = 0n;
  let line = chunks.headerLines + 1;
  let kinds: readonly KindTotals[] = [];
  const totals = (): ListTotals => ({ columns: addedColumns(list), kinds });
  const progress = (): ListProgress => ({
    fraction: fraction?.(),
    rows,
    errorRows,
    rejected: [...rejected],
    totals: totals(),
  });
  const form = rowFormOf(list, options);
  yield { ...form.start(chunks.header), rows: 0, progress: progress() };

  const job: Job = { kind: "list", list, method, ...form.job };
  const { runner, tasks } = await runnerFor(job, workers, chunks, { isLive, hasErrorColumn });
  const runChunk = async (bytes: SharedBytes, isAlone: boolean) => {
    const isLarge = bytes.length >= INPUT_BYTES / 2 && !chunks.hasEnded();
    const isSmallAndAlone = isAlone && bytes.length <= SMALL_CHUNK_BYTES;
    return (await runner.run({ kind: "chunk", bytes }, { isLarge, isSmallAndAlone })) as ListAnswer;
  };
  // A record that is too long (undefined) passes through in order, so that the rows before it are
  // written and its line number is correct.
  const run = async (
    bytes: SharedBytes | undefined,
    isAlone = false,
  ): Promise<AnswerPart[] | undefined> => {
    if (bytes === undefined) return undefined;
    const parts: AnswerPart[] = [];
    for (let rest = bytes; ; ) {
      const answer = await runChunk(rest, isAlone);
      if (!hasErrorColumn || answer.fault === undefined) {
        parts.push({ answer });
        break;
      }
      const { at } = answer.fault;
      const end = recordEnd(rest, at) < 0 ? rest.length : recordEnd(rest, at) + 1;
      parts.push({ answer, record: rest.slice(at, end) });
      rest = rest.subarray(end);
      if (rest.length === 0) break;
    }
    chunks.releaseChunk(bytes);
    return parts;
  };
  try {
    for await (const { answer: parts } of isLive
      ? inOrderWhenReady(tasks, run, () => runner.width)
      : inOrder(tasks, run, runner.width)) {
      if (parts === undefined)
        throw errors.longRecord(locationOf(line), hasErrorColumn ? ERROR_CHUNK_BYTES : INPUT_BYTES);
      for (const { answer, record } of parts) {
        rows += BigInt(answer.rows);
        addCounts(rejected, answer.rejected);
        kinds = addTotals(kinds, answer.totals);
        const { tallies, records } = answer;
        const lineBefore = line;
        const recordAt = (at: bigint): ListedRecord => {
          const { text, linesBefore } = (records as ReadonlyMap<bigint, RecordText>).get(
            at,
          ) as RecordText;
          return {
            location: locationOf(lineBefore + linesBefore),
            layer: layerOf(list, splitRecord(text) as string[]),
          };
        };
        const compared = tallies && { tallies, recordAt };
        yield {
          ...form.rowsOf(answer),
          rows: answer.rows,
          ...(compared && { compared }),
          progress: progress(),
        };
        for (const lease of answer.leases) releaseLease(lease);
        if (answer.fault && answer.faultRecord) {
          const { text, linesBefore } = answer.faultRecord;
          const error = faultError(list, answer.fault, text, locationOf(line + linesBefore));
          if (!record || !(error instanceof UpsweepError && error.isInputError)) throw error;
          errorRows++;
          yield { ...form.errorRow(record, error.message), rows: 0, progress: progress() };
          line += linesBefore + countLineEnds(record);
        } else {
          line += answer.lines;
        }
      }
      lines?.forget(line);
    }
  } finally {
    await runner.close();
  }
  return progress();
}

/**
 * The answer to a chunk, or to the rest of a chunk after a row at fault. `record` is the row at
 * fault that gets an error row.
 */
interface AnswerPart {
  readonly answer: ListAnswer;
  readonly record?: Uint8Array;
}

/**
 * Chooses the runner of a list. A live list is counted as it arrives. A list of one chunk is
 * counted on this thread, because starting another thread takes longer.
 */
async function runnerFor(
  job: Job,
  workers: number,
  chunks: Chunks,
  { isLive, hasErrorColumn }: { readonly isLive: boolean; readonly hasErrorColumn: boolean },
): Promise<{ runner: GrowingRunner; tasks: Chunks["records"] }> {
  // Simulating a layer can take hours, which must not block this thread.
  const needsThreads = simulatesAll(job.method);
  // Rows at fault return to this thread one by one, so worker threads would only slow this down.
  if (hasErrorColumn && !needsThreads)
    return { runner: inlineRunner(builtKernel(), job), tasks: chunks.records };
  if (isLive) return { runner: growingRunner(job, workers, needsThreads), tasks: chunks.records };
  const first = await chunks.records.next();
  const second = first.done ? first : await chunks.records.next();
  const tasks = async function* (): AsyncGenerator<SharedBytes | undefined> {
    if (!first.done) yield first.value;
    if (!second.done) yield second.value;
    yield* chunks.records;
  };
  return {
    runner:
      second.done && !needsThreads
        ? inlineRunner(builtKernel(), job)
        : threadedRunner(job, workers),
    tasks: tasks(),
  };
}

function countLineEnds(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
}
