/** A list of layers counted: stream → header → chunks → runner → ordered window → batches of rows. */
import { isUtf8 } from "node:buffer";
import { DEFAULT_COLUMNS, type ResultName } from "../columns.js";
import { errors, UpsweepError } from "../errors.js";
import { type ListBytes, NEWLINE } from "../input/bytes.js";
import { type ListFault, letGo, type Tally } from "../kernel/kernel.js";
import { anyParameter, DEFAULT_KIND, type KindName, kindOf, type Layer, layerFrom } from "../parameters.js";
import { type ListPlan, namesSet, planList, type Settings, splitRecord } from "../plan/list.js";
import { type Method, simulatesAll } from "../plan/method.js";
import { addAccount, RULES } from "../rules.js";
import { domainOf, readInteger } from "../spec/values.js";
import { type Bytes, type Chunks, cutIntoChunks, recordEnd, SMALL_BYTES } from "./chunks.js";
import type { Job, ListAnswer, RecordText } from "./protocol.js";
import { defaultWorkers, type GrowingRunner, growingRunner, inlineRunner, threadedRunner } from "./runner.js";
import { asTheyCome, inOrder } from "./window.js";

/** Bytes of a list that a worker takes at once; the kernel's input holds as much. */
const CHUNK_BYTES = 512 * 1024;

/** The same where each row at fault is answered: what follows it in its chunk is given to the kernel anew. */
const ERROR_CHUNK_BYTES = 64 * 1024;

/** How far a list has been read. */
export interface ListProgress {
  /** How much of the list has been read, from 0 to 1; undefined where its size is unknown. */
  readonly fraction?: number | undefined;
  readonly rows: bigint;
  /** Rows that have an error instead of results. */
  readonly errorRows: bigint;
  /** Layers left out (skipInvalid), in the order of `RULES`. */
  readonly leftOut: readonly bigint[];
}

/** Rows in order. The bytes are good until the next are asked for. */
export interface ListedRows {
  readonly csv: readonly Uint8Array[];
  readonly rows: number;
  /** Of a list that is compared: the tallies of these rows, and the line and text of the records that they name. */
  readonly compared?: { readonly tallies: readonly Tally[]; readonly recordAt: (at: bigint) => ListedRecord };
  readonly progress: ListProgress;
}

interface ListedRecord {
  readonly line: number;
  readonly layer: Layer;
}

export interface ListOptions {
  readonly layer?: KindName | undefined;
  readonly settings?: Settings | undefined;
  readonly columns?: readonly ResultName[] | undefined;
  readonly method?: Method | undefined;
  readonly workers?: number | undefined;
  /** Compare the conventions instead of writing rows. */
  readonly isComparing?: boolean | undefined;
  /** Leave out layers that break a rule, and count them, instead of stopping at the first. */
  readonly skipInvalid?: boolean | undefined;
  /** Answer a row that is at fault with a row too: its results are empty, and a last column `error` has the message. */
  readonly hasErrorColumn?: boolean | undefined;
}

/** The last column of lists whose rows may have an error. */
const ERROR_COLUMN = "error";

type WholeOptions = { readonly [N in keyof ListOptions]-?: NonNullable<ListOptions[N]> };

/**
 * Counts every layer of a list. Yields the header's bytes first, then the rows: the columns of the list as they are, then the results.
 *
 * @param place what messages call the list: its file name.
 * @throws UpsweepError at the first row that is malformed or not a legal layer, naming its line; after the rows before it.
 */
export async function* countListRows(
  stream: ListBytes,
  place: string,
  {
    layer = DEFAULT_KIND,
    settings = {},
    columns = DEFAULT_COLUMNS,
    method = "closed",
    workers = defaultWorkers(),
    skipInvalid = false,
    isComparing = false,
    hasErrorColumn = false,
  }: ListOptions = {},
): AsyncGenerator<ListedRows, ListProgress> {
  let chunks: Chunks | undefined;
  try {
    chunks = await cutIntoChunks(stream, hasErrorColumn ? ERROR_CHUNK_BYTES : CHUNK_BYTES);
    return yield* countChunks(chunks, stream, place, { layer, settings, columns, method, workers, skipInvalid, isComparing, hasErrorColumn });
  } finally {
    if (chunks) await chunks.close();
    else stream.close?.();
  }
}

async function* countChunks(
  chunks: Chunks,
  { isLive = false, lines, fraction }: ListBytes,
  place: string,
  { layer, settings, columns, method, workers, skipInvalid, isComparing, hasErrorColumn }: WholeOptions,
): AsyncGenerator<ListedRows, ListProgress> {
  const placeOf = (line: number) => `${place}:${lines?.of(line) ?? line}`;
  if (!isUtf8(chunks.header)) throw errors.badEncoding(placeOf(1), "the header is not valid UTF-8");
  const headerText = Buffer.from(chunks.header).toString("utf8");
  const list = planList(headerText, place, { layer, settings, columns, skipInvalid, isComparing }, placeOf(1));
  if (hasErrorColumn && list.fields.some(({ name }) => name === ERROR_COLUMN)) throw errors.errorColumn(placeOf(1), ERROR_COLUMN);
  const leftOut = RULES.map(() => 0n);
  let rows = 0n;
  let errorRows = 0n;
  let line = chunks.headerLines + 1;
  const progress = (): ListProgress => ({ fraction: fraction?.(), rows, errorRows, leftOut: [...leftOut] });
  const newColumns = ["", ...columns, ...(hasErrorColumn ? [ERROR_COLUMN] : [])];
  yield { csv: [chunks.header, Buffer.from(`${newColumns.join(",")}\n`)], rows: 0, progress: progress() };

  const job = { kind: "list", list, method } as const;
  const { runner, tasks } = await runnerFor(job, workers, chunks, { isLive, hasErrorColumn });
  const runAlone = async (bytes: Bytes, isAlone: boolean) => {
    const isMuch = bytes.length >= CHUNK_BYTES / 2 && !chunks.hasEnded();
    const isSmallAndAlone = isAlone && bytes.length <= SMALL_BYTES;
    return (await runner.run({ kind: "chunk", bytes }, { isMuch, isSmallAndAlone })) as ListAnswer;
  };
  // A record that is too long keeps its place in the order, so that the rows before it and its line come out right.
  const run = async (bytes: Bytes | undefined, isAlone = false): Promise<Part[] | undefined> => {
    if (bytes === undefined) return undefined;
    const parts: Part[] = [];
    for (let rest = bytes; ; ) {
      const answer = await runAlone(rest, isAlone);
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
    chunks.giveBack(bytes);
    return parts;
  };
  try {
    for await (const { answer: parts } of isLive ? asTheyCome(tasks, run, () => runner.width) : inOrder(tasks, run, runner.width)) {
      if (parts === undefined) throw errors.longRecord(placeOf(line), hasErrorColumn ? ERROR_CHUNK_BYTES : CHUNK_BYTES);
      for (const { answer, record } of parts) {
        rows += BigInt(answer.rows);
        addAccount(leftOut, answer.leftOut);
        const { tallies, records } = answer;
        const lineBefore = line;
        const recordAt = (at: bigint): ListedRecord => {
          const { text, linesBefore } = (records as ReadonlyMap<bigint, RecordText>).get(at) as RecordText;
          return { line: lines?.of(lineBefore + linesBefore) ?? lineBefore + linesBefore, layer: layerOf(list, splitRecord(text) as string[]) };
        };
        const compared = tallies && { tallies, recordAt };
        const csv = hasErrorColumn ? answer.csv.map(withEmptyField) : answer.csv;
        yield { csv, rows: answer.rows, ...(compared && { compared }), progress: progress() };
        for (const held of answer.held) letGo(held);
        if (answer.fault && answer.faultRecord) {
          const { text, linesBefore } = answer.faultRecord;
          const error = faultError(list, answer.fault, text, placeOf(line + linesBefore));
          if (!record || !(error instanceof UpsweepError && error.isInputError)) throw error;
          errorRows++;
          yield { csv: [errorRow(list, record, error.message)], rows: 0, progress: progress() };
          line += linesBefore + lineEnds(record);
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

/** The answer to a chunk, or to what follows a row at fault; with that row where it is to be answered by an error. */
interface Part {
  readonly answer: ListAnswer;
  readonly record?: Uint8Array;
}

/** A live list is counted as it comes. A list of one chunk is counted on this thread, as starting another takes longer. */
async function runnerFor(
  job: Job,
  workers: number,
  chunks: Chunks,
  { isLive, hasErrorColumn }: { readonly isLive: boolean; readonly hasErrorColumn: boolean },
): Promise<{ runner: GrowingRunner; tasks: Chunks["records"] }> {
  // Simulating a layer can take hours.
  const needsThreads = simulatesAll(job.method);
  // Rows at fault come back here one by one, which threads would only slow down.
  if (hasErrorColumn && !needsThreads) return { runner: inlineRunner(job), tasks: chunks.records };
  if (isLive) return { runner: growingRunner(job, workers, needsThreads), tasks: chunks.records };
  const first = await chunks.records.next();
  const second = first.done ? first : await chunks.records.next();
  const tasks = async function* (): AsyncGenerator<Bytes | undefined> {
    if (!first.done) yield first.value;
    if (!second.done) yield second.value;
    yield* chunks.records;
  };
  return { runner: second.done && !needsThreads ? inlineRunner(job) : threadedRunner(job, workers), tasks: tasks() };
}

/** The rows with an empty field behind each. */
function withEmptyField(csv: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let end = recordEnd(csv, 0); end >= 0; end = recordEnd(csv, from)) {
    pieces.push(csv.subarray(from, end), Buffer.from(",\n"));
    from = end + 1;
  }
  return Buffer.concat(pieces);
}

/** The row of a record at fault. A record that does not fit the header has its columns empty. */
function errorRow(list: ListPlan, record: Uint8Array, message: string): Uint8Array {
  const text = Buffer.from(record)
    .toString("latin1")
    .replace(/\r?\n?$/, "");
  const isOfRightForm = splitRecord(text)?.length === list.fields.length;
  const fields = isOfRightForm ? text : ",".repeat(list.fields.length - 1);
  return Buffer.concat([Buffer.from(fields, "latin1"), Buffer.from(`${",".repeat(list.columns.length + 1)}"${message.replaceAll('"', '""')}"\n`)]);
}

function lineEnds(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
}

/** The error for a record at fault; the record is read again here, where its values are at hand. */
function faultError(list: ListPlan, fault: ListFault, record: string, at: string): Error {
  const fields = splitRecord(record);
  if (fields === undefined) return errors.badQuotes(at);
  // Where a field is missing, what stands in its place is mostly wrong too: the number of fields is the better news.
  if (fault.kind === "fieldCount" || fields.length !== list.fields.length) return errors.fieldCount(at, fields.length, list.fields.length);
  switch (fault.kind) {
    case "field":
      return fieldError(list.fields[fault.field]?.sets, fields[fault.field] as string, at);
    case "rule":
      return fault.rule === "RANGE" ? rangeError(list, fields, at) : errors.invalidLayer(at, fault.rule, layerOf(list, fields));
    case "disagree":
      return errors.disagree(layerOf(list, fields));
    case "overflow":
      return errors.overflow(at, list.isComparing ? "a count" : (list.columns[fault.result] as string), layerOf(list, fields));
  }
}

function fieldError(name: string | undefined, value: string, at: string): Error {
  if (name === undefined) return errors.badQuotes(at);
  if (value === "") return errors.emptyField(at, name);
  return anyParameter(name)?.type === "boolean" ? errors.notBoolean(at, name, value) : errors.notInteger(at, name, value);
}

function rangeError(list: ListPlan, fields: readonly string[], at: string): Error {
  for (const [i, { sets: name }] of list.fields.entries()) {
    if (name === undefined || name === "bias") continue;
    try {
      readInteger(domainOf(name), fields[i] as string, at);
    } catch (error) {
      return error as Error;
    }
  }
  throw new Error(`no parameter out of range at ${at}`);
}

function layerOf(list: ListPlan, fields: readonly string[]): Layer {
  const kind = kindOf(list.layer);
  return layerFrom(kind, (p) => {
    const field = list.fields.findIndex((f) => f.sets !== undefined && namesSet(kind, f.sets).includes(p.name));
    if (field < 0) return p.default ?? p.least;
    const value = fields[field] as string;
    return p.type === "boolean" ? Number(/^(1|true)$/i.test(value)) : Number(value);
  });
}
