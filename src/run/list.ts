/** A list of layers counted: stream → header → chunks → runner → ordered window → batches of rows. */
import { DEFAULT_COLUMNS, type ResultName } from "../columns.js";
import { errors } from "../errors.js";
import { addTotals, type KindTotals, type ListFault, letGo, type Tally } from "../kernel/kernel.js";
import { anyParameter, DEFAULT_KIND, KIND_NAMES, type Kind, type KindName, kindNamed, kindOf, type Layer, layerFrom } from "../parameters.js";
import {
  addedColumns,
  droppedColumns,
  headerOf,
  type ListPlan,
  type ListRequest,
  missingParameters,
  planList,
  quoted,
  rolesOf,
  type Settings,
  splitRecord,
} from "../plan/list.js";
import { type Method, simulatesAll } from "../plan/method.js";
import { addAccount, RULES } from "../rules.js";
import { domainOf, readInteger } from "../spec/values.js";
import { type Chunk, type Chunks, cutIntoChunks } from "./chunks.js";
import type { ListAnswer, RecordText } from "./protocol.js";
import { defaultWorkers, inlineRunner, type Runner, threadedRunner } from "./runner.js";
import { inOrder } from "./window.js";

/** Bytes of a list that a worker takes at once; the kernel's input holds as much. */
const CHUNK_BYTES = 512 * 1024;

/** How far a list has been read. */
export interface ListProgress {
  readonly bytesRead: number;
  readonly rows: bigint;
  /** Layers left out (skipInvalid), in the order of `RULES`. */
  readonly leftOut: readonly bigint[];
  readonly totals: ListTotals;
}

/** Exact sums over the layers of a list, by kind. */
export interface ListTotals {
  /** The columns that are added up. */
  readonly columns: readonly ResultName[];
  readonly kinds: readonly KindTotals[];
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
  /** The kind of all layers. A list with a column `layer` says it row by row, and then none may be given here. */
  readonly layer?: KindName | undefined;
  readonly settings?: Settings | undefined;
  /** The result columns, or how to choose them once it is known which kinds the list may hold. */
  readonly columns?: ListRequest["columns"] | undefined;
  readonly method?: Method | undefined;
  readonly workers?: number | undefined;
  /** Compare the conventions instead of writing rows. */
  readonly isComparing?: boolean | undefined;
  /** Leave out layers that break a rule, and count them, instead of stopping at the first. */
  readonly skipInvalid?: boolean | undefined;
  /** Columns that are labels, whatever they look like. */
  readonly carry?: readonly string[] | undefined;
  /** Compare results that the list has already with what is counted. */
  readonly verifyResults?: boolean | undefined;
  /** Add up the columns that can be added up (the default). */
  readonly isTotalled?: boolean | undefined;
  /** Answer what has arrived whenever the stream pauses. */
  readonly isLive?: boolean | undefined;
  /** The line of the file on which the header begins, if not the first. */
  readonly firstLine?: number | undefined;
  /** Called with the plan of the list before anything is counted. */
  readonly onPlan?: ((list: ListPlan) => void) | undefined;
}

/**
 * Counts every layer of a CSV. Yields the header's bytes first, then the rows: the columns of the list, then the results.
 *
 * @param place what messages call the list: its file name.
 * @throws UpsweepError at the first row that is malformed or not a legal layer, naming its line; after the rows before it.
 */
export async function* countListRows(stream: AsyncIterable<Uint8Array>, place: string, options: ListOptions = {}): AsyncGenerator<ListedRows, ListProgress> {
  const counting = new Set<Promise<unknown>>();
  const idle = async () => {
    await Promise.allSettled(counting);
  };
  const chunks = await cutIntoChunks(stream, CHUNK_BYTES, options.isLive ? idle : undefined);
  try {
    return yield* countChunks(chunks, place, options, counting);
  } finally {
    await chunks.close();
  }
}

/** The plan of the list whose header has been read. */
function planOf(chunks: Chunks, place: string, options: ListOptions): ListPlan {
  const { layer, settings = {}, columns = DEFAULT_COLUMNS, skipInvalid = false, isComparing = false, carry, verifyResults, isTotalled } = options;
  return planList(Buffer.from(chunks.header).toString("utf8"), place, {
    layer: layer ?? DEFAULT_KIND,
    isKindGiven: layer !== undefined,
    settings,
    columns,
    skipInvalid,
    isComparing,
    carry,
    verifyResults,
    isTotalled,
  });
}

async function* countChunks(chunks: Chunks, place: string, options: ListOptions, counting: Set<Promise<unknown>>): AsyncGenerator<ListedRows, ListProgress> {
  const { isLive = false, firstLine = 1 } = options;
  const list = planOf(chunks, place, options);
  options.onPlan?.(list);
  const leftOut = RULES.map(() => 0n);
  let rows = 0n;
  let bytesRead = chunks.header.length + 1;
  let line = chunks.headerLines + firstLine;
  let kinds: readonly KindTotals[] = [];
  const progress = (): ListProgress => ({ bytesRead, rows, leftOut: [...leftOut], totals: { columns: addedColumns(list), kinds } });
  yield { csv: headerBytes(list, chunks.header), rows: 0, progress: progress() };

  const runner = new ListRunner(list, options);
  // A record that is too long keeps its place in the order, so that the rows before it and its line come out right.
  const run = async (chunk: Chunk | undefined) => {
    if (chunk === undefined) return undefined;
    const answering = runner.run(chunk);
    counting.add(answering);
    const answer = await answering;
    counting.delete(answering);
    chunks.giveBack(chunk.bytes);
    return { size: chunk.bytes.length, ...answer };
  };
  try {
    for await (const { answer } of inOrder(chunks.records, run, runner.width, isLive)) {
      if (answer === undefined) throw errors.longRecord(`${place}:${line}`, CHUNK_BYTES);
      rows += BigInt(answer.rows);
      bytesRead += answer.size;
      addAccount(leftOut, answer.leftOut);
      kinds = addTotals(kinds, answer.totals);
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
    runner.check();
  } finally {
    await runner.close();
  }
  return progress();
}

/** The header of what is written. The list's own is copied as it is, unless columns are left out of it. */
function headerBytes(list: ListPlan, header: Uint8Array): Uint8Array[] {
  if (droppedColumns(list).length === 0 && !list.verified) return [Buffer.concat([header, Buffer.from(`${["", ...list.columns].join(",")}\n`)])];
  return [Buffer.from(`${headerOf(list).map(quoted).join(",")}\n`)];
}

/**
 * Counts chunks on this thread as long as few records arrive at once, because starting other threads takes longer; from the first full
 * chunk on with threads. Where every layer is simulated, one can take hours, so this thread counts none.
 */
class ListRunner {
  readonly width: number;
  readonly #start: { readonly inline: () => Runner; readonly threads: () => Runner };
  #inline: Runner | undefined;
  #threaded: Runner | undefined;
  readonly #simulates: boolean;

  constructor(list: ListPlan, { method = "closed", workers = defaultWorkers() }: ListOptions) {
    const job = { kind: "list", list, method } as const;
    this.#start = { inline: () => inlineRunner(job), threads: () => threadedRunner(job, workers) };
    this.#simulates = simulatesAll(method);
    this.width = 3 * workers;
  }

  run({ bytes, isFull }: Chunk): Promise<ListAnswer> {
    if (isFull || this.#simulates) this.#threaded ??= this.#start.threads();
    if (!this.#threaded) this.#inline ??= this.#start.inline();
    return (this.#threaded ?? (this.#inline as Runner)).run({ kind: "chunk", bytes }) as Promise<ListAnswer>;
  }

  /** Has the kernel look at the list's columns, where no record has had it do so. @throws UpsweepError when there are too many. */
  check(): void {
    if (!this.#threaded) this.#inline ??= this.#start.inline();
  }

  async close(): Promise<void> {
    await this.#threaded?.close();
  }
}

type Fault = ListFault | NonNullable<ListAnswer["fault"]>;

/** The error for a record at fault; the record is read again here, where its values are known. */
function faultError(list: ListPlan, fault: Fault, record: string, at: string): Error {
  const fields = splitRecord(record);
  if (fields === undefined) return errors.badQuotes(at);
  // Where a field is missing, the others are mostly in the wrong place too: the number of fields says more.
  if (fault.kind === "fieldCount" || fields.length !== list.fields.length) return errors.fieldCount(at, fields.length, list.fields.length);
  switch (fault.kind) {
    case "kind":
      return kindError(list, fields[list.kindField as number] as string, at);
    case "field":
      return fieldError(list, fields, fault.field, at);
    case "rule":
      return fault.rule === "RANGE" ? rangeError(list, fields, at) : errors.invalidLayer(at, fault.rule, layerOf(list, fields));
    case "disagree":
      return errors.disagree(layerOf(list, fields));
    case "differs":
      return errors.resultDiffers(at, fault.name, fault.given, fault.counted);
    case "overflow":
      return errors.overflow(at, list.isComparing ? "a count" : (list.columns[fault.result] as string), layerOf(list, fields));
  }
}

/** The kind of a record, which is known to be one that the list can hold. */
function kindOfRecord(list: ListPlan, fields: readonly string[]): Kind {
  return (list.kindField === undefined ? undefined : kindNamed(fields[list.kindField] as string)) ?? kindOf(list.layer);
}

function kindError(list: ListPlan, text: string, at: string): Error {
  const kind = kindNamed(text);
  if (!kind) return errors.unknownRowKind(at, text, KIND_NAMES);
  const missing = missingParameters(list, kind);
  return missing.length > 0 ? errors.kindLacksFields(at, kind.name, missing) : errors.noConventions(at, kind.name);
}

function fieldError(list: ListPlan, fields: readonly string[], field: number, at: string): Error {
  const kind = kindOfRecord(list, fields);
  const [name, role, value] = [list.fields[field]?.name as string, rolesOf(list, kind)[field], fields[field] as string];
  if (role?.does === "stay empty") return errors.notEmptyField(at, name, value, kind.name);
  if (role?.does !== "set") return errors.badQuotes(at);
  if (value === "") return errors.emptyField(at, name);
  if (anyParameter(name)?.type === "boolean") return errors.notBoolean(at, name, value);
  if (role.names.length > 1) return errors.tupleField(at, name, value, role.names);
  return errors.notInteger(at, name, value);
}

function rangeError(list: ListPlan, fields: readonly string[], at: string): Error {
  for (const [i, role] of rolesOf(list, kindOfRecord(list, fields)).entries()) {
    if (role.does !== "set" || role.name === "bias") continue;
    for (const [part, name] of role.names.entries()) {
      try {
        readInteger(domainOf(name), valueIn(fields[i] as string, part), at);
      } catch (error) {
        return error as Error;
      }
    }
  }
  throw new Error(`no parameter out of range at ${at}`);
}

/** One value of a field: the only one, or that of a dimension in a tuple. */
function valueIn(text: string, part: number): string {
  const values = text.match(/-?[0-9]+/g) ?? [];
  return (values.length > 1 ? values[part] : values[0]) ?? text;
}

function layerOf(list: ListPlan, fields: readonly string[]): Layer {
  const kind = kindOfRecord(list, fields);
  const roles = rolesOf(list, kind);
  return layerFrom(kind, (p) => {
    const field = roles.findIndex((role) => role.does === "set" && role.names.includes(p.name));
    const role = roles[field];
    if (role?.does !== "set") return p.default ?? p.least;
    const value = fields[field] as string;
    return p.type === "boolean" ? Number(/^(1|true)$/i.test(value)) : Number(valueIn(value, role.names.indexOf(p.name)));
  });
}
