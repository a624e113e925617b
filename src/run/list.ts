/** A list of layers counted: stream → header → chunks → runner → ordered window → batches of rows. */
import { DEFAULT_COLUMNS, type ResultName } from "../columns.js";
import { errors } from "../errors.js";
import { cellTypeOf, type Encoding, encoderOf, hasHeader } from "../formats/encoding.js";
import type { FormatName } from "../formats/format.js";
import type { BigInts } from "../formats/json.js";
import { type ListFault, letGo, type Tally } from "../kernel/kernel.js";
import { anyParameter, DEFAULT_KIND, type KindName, kindOf, type Layer, layerFrom } from "../parameters.js";
import { type ListPlan, namesSet, planList, type Settings, splitRecord } from "../plan/list.js";
import { type Method, simulatesAll } from "../plan/method.js";
import { addAccount, RULES } from "../rules.js";
import { domainOf, readInteger } from "../spec/values.js";
import { type Bytes, type Chunks, cutIntoChunks } from "./chunks.js";
import type { ListAnswer, RecordText } from "./protocol.js";
import { defaultWorkers, inlineRunner, threadedRunner } from "./runner.js";
import { inOrder } from "./window.js";

/** Bytes of a list that a worker takes at once; the kernel's input holds as much. */
const CHUNK_BYTES = 512 * 1024;

/** How far a list has been read. */
export interface ListProgress {
  readonly bytesRead: number;
  readonly rows: bigint;
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
  /** The format of the rows, CSV when left out. */
  readonly format?: FormatName | undefined;
  /** How JSON Lines have integers, as numbers when left out. */
  readonly bigInts?: BigInts | undefined;
}

type WholeOptions = { readonly [N in keyof ListOptions]-?: NonNullable<ListOptions[N]> };

/**
 * Counts every layer of a CSV. Yields the header's bytes first, then the rows: the columns of the list as they stand, then
 * the results.
 *
 * @param place what messages call the list: its file name.
 * @throws UpsweepError at the first row that is malformed or no legal layer, naming its line; behind the rows before it.
 */
export async function* countListRows(
  stream: AsyncIterable<Uint8Array>,
  place: string,
  {
    layer = DEFAULT_KIND,
    settings = {},
    columns = DEFAULT_COLUMNS,
    method = "closed",
    workers = defaultWorkers(),
    skipInvalid = false,
    isComparing = false,
    format = "csv",
    bigInts = "number",
  }: ListOptions = {},
): AsyncGenerator<ListedRows, ListProgress> {
  const chunks = await cutIntoChunks(stream, CHUNK_BYTES);
  try {
    return yield* countChunks(chunks, place, { layer, settings, columns, method, workers, skipInvalid, isComparing, format, bigInts });
  } finally {
    await chunks.close();
  }
}

async function* countChunks(
  chunks: Chunks,
  place: string,
  { layer, settings, columns, method, workers, skipInvalid, isComparing, format, bigInts }: WholeOptions,
): AsyncGenerator<ListedRows, ListProgress> {
  const list = planList(Buffer.from(chunks.header).toString("utf8"), place, { layer, settings, columns, skipInvalid, isComparing });
  const leftOut = RULES.map(() => 0n);
  let rows = 0n;
  let bytesRead = chunks.header.length + 1;
  let line = chunks.headerLines + 1;
  const progress = (): ListProgress => ({ bytesRead, rows, leftOut: [...leftOut] });
  const encoding = encodingOfList(list, format, bigInts);
  const header = Buffer.concat([chunks.header, Buffer.from(`${["", ...columns].join(",")}\n`)]);
  yield { csv: hasHeader(format) ? [encoderOf(encoding)?.(header) ?? header] : [], rows: 0, progress: progress() };

  // A list of one chunk is counted on this thread, as starting another takes longer; but not where a layer can take hours.
  const first = await chunks.records.next();
  const second = first.done ? first : await chunks.records.next();
  const job = { kind: "list", list, method, encoding } as const;
  const runner = second.done && !simulatesAll(method) ? inlineRunner(job) : threadedRunner(job, workers);
  const tasks = async function* (): AsyncGenerator<Bytes | undefined> {
    if (!first.done) yield first.value;
    if (!second.done) yield second.value;
    yield* chunks.records;
  };
  // A record that is too long stands in its place in the order, so that the rows before it and its line come out right.
  const run = async (bytes: Bytes | undefined) => {
    if (bytes === undefined) return undefined;
    const answer = (await runner.run({ kind: "chunk", bytes })) as ListAnswer;
    chunks.giveBack(bytes);
    return { size: bytes.length, ...answer };
  };
  try {
    for await (const { answer } of inOrder(tasks(), run, runner.width)) {
      if (answer === undefined) throw errors.longRecord(`${place}:${line}`, CHUNK_BYTES);
      rows += BigInt(answer.rows);
      bytesRead += answer.size;
      addAccount(leftOut, answer.leftOut);
      const { tallies, records } = answer;
      const lineBefore = line;
      const recordAt = (at: bigint): ListedRecord => {
        const { text, linesBefore } = (records as ReadonlyMap<bigint, RecordText>).get(at) as RecordText;
        return { line: lineBefore + linesBefore, layer: layerOf(list, splitRecord(text) as string[]) };
      };
      const compared = tallies && { tallies, recordAt };
      yield { csv: answer.csv, rows: answer.rows, ...(compared && { compared }), progress: progress() };
      for (const held of answer.held) letGo(held);
      if (answer.fault && answer.faultRecord) {
        throw faultError(list, answer.fault, answer.faultRecord.text, `${place}:${line + answer.faultRecord.linesBefore}`);
      }
      line += answer.lines;
    }
  } finally {
    await runner.close();
  }
  return progress();
}

/** How the rows of a list are written: its own fields, then the results. A field that is carried through is text. */
function encodingOfList({ fields, columns }: ListPlan, format: FormatName, bigInts: BigInts): Encoding {
  const own = fields.map(({ name, sets }) => ({ name, type: sets === undefined ? "text" : cellTypeOf(sets), isForeign: true }) as const);
  return { format, columns: [...own, ...columns.map((name) => ({ name, type: cellTypeOf(name) }))], bigInts };
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
