/** Many layers in one call, on this thread: `countMany`. */

import { type COLUMNS, column, type ResultName, type Results } from "../columns/columns.js";
import { errors, UpsweepError } from "../errors.js";
import { type ManyKernel, type ManyPlan, type Storage, storageOf } from "../kernel/many.js";
import { otherKindsParameter } from "../layers/errors.js";
import {
  DEFAULT_BITS,
  DEFAULT_KIND,
  isParameterName,
  type Kind,
  type KindName,
  type LayerInput,
  type NameOf,
  namesOfParameter,
  type ParameterName,
  parameterOf,
  RATE_DENOMINATOR,
  SETTINGS,
  settingOf,
  shortNames,
} from "../layers/parameters.js";
import {
  checkInteger,
  checkRate,
  checkValue,
  rateWords,
  readKind,
  readLayer,
} from "../layers/read.js";
import {
  checkColumns,
  checkNames,
  firstRateColumn,
  kernelOfThread,
  planOf,
  readChoice,
  readColumns,
  readInto,
  readMethod,
  throwFault,
} from "./count.js";

/** The values of a parameter, one for each layer; or one for all. Booleans may be 0 and 1. */
export type LayerColumn =
  | number
  | boolean
  | readonly number[]
  | readonly boolean[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

type InDimension =
  | `${"kernel_size" | "stride" | "padding" | "output_padding" | "dilation"}.${"d" | "h" | "w"}`
  | `${"d" | "h" | "w"}_in`;

/** Layers as an object of columns, by the names that `upsweep sweep` gives them: `kernel_size`, or of several dimensions also `kernel_size.h`. */
export type LayerColumns = { readonly layer?: NameOf<KindName> | undefined } & {
  readonly [N in ParameterName | "bits" | InDimension]?: LayerColumn | undefined;
} & {
  /** Numbers, or texts such as "22050/32". */
  readonly sample_rate?: LayerColumn | string | readonly (number | string)[] | undefined;
};

export interface ManyOptions<B extends "bigint" | "number" = "bigint" | "number"> {
  /** The kind of layers that do not name theirs; `conv_transpose1d` when left out. */
  readonly layer?: NameOf<KindName> | undefined;
  /** How taps and covered are found; the answers are the same. */
  readonly method?: "closed" | "simulate" | undefined;
  /** What integer columns are: `bigint` for BigUint64Array and BigInt64Array (the default), `number` for Float64Array, exact or an error. */
  readonly bigInts?: B | undefined;
  /** Go on at an illegal layer, and list it in `invalid`, instead of throwing. */
  readonly skipInvalid?: boolean | undefined;
}

type ColumnRow = (typeof COLUMNS)[number];
type TypeOf<N extends ResultName> = Extract<ColumnRow, { readonly name: N }>["type"];

type ArrayFor<T, B> = T extends "boolean"
  ? Uint8Array
  : T extends "decimal"
    ? Float64Array
    : B extends "number"
      ? Float64Array
      : T extends "i64"
        ? BigInt64Array
        : BigUint64Array;

type ResultArray = BigUint64Array | BigInt64Array | Float64Array | Uint8Array;

export interface ManyResults<C extends ResultName, B extends "bigint" | "number" = "bigint"> {
  /** How many layers there are, the illegal ones included. */
  readonly rows: number;
  /** A value for each layer. 0 (of a decimal NaN) where there is none: at the rows in `missing` and `invalid`. */
  readonly columns: { readonly [N in C]: ArrayFor<TypeOf<N>, B> };
  /** For each column in which a tool can have no answer, the rows without one. */
  readonly missing: { readonly [N in C as null extends Results[N] ? N : never]: Uint32Array };
  /** With `skipInvalid` the rows of illegal layers, and for each of them the rule that it breaks, as an index into `RULES`. */
  readonly invalid: Uint32Array;
  readonly brokenRules: Uint8Array;
}

/** Too large for any field: the kernel takes it for out of range. */
const OUT_OF_RANGE = 0xffffffff;

/**
 * Counts many layers, on this thread: a million in some tenths of a second.
 *
 * @param layers an array of layers, which `count` would take one by one, or an object of columns. Columns are several times faster.
 * @throws UpsweepError as `count` does, with the index of the first layer at fault.
 */
export function countMany<C extends ResultName, B extends "bigint" | "number" = "bigint">(
  layers: readonly LayerInput[] | LayerColumns,
  columns: readonly C[],
  options: ManyOptions<B> = {},
): ManyResults<C, B> {
  checkNames(options, ["layer", "method", "bigInts", "skipInvalid"]);
  const request = {
    columns: readColumns(columns),
    method: readMethod(options.method),
    skipInvalid: readChoice("skipInvalid", options.skipInvalid ?? false, [true, false]),
  };
  const bigInts = readChoice("bigInts", options.bigInts ?? "bigint", ["bigint", "number"]);
  const { layer = DEFAULT_KIND } = options;
  const { name: defaultKind } = readKind(layer, "layer");
  const isObject = typeof layers === "object" && layers !== null && !ArrayBuffer.isView(layers);
  if (!isObject) throw errors.notLayers("layers", layers);
  const batches = Array.isArray(layers)
    ? batchesOfLayers(layers, request, defaultKind)
    : batchesOfColumns(layers as Table, request, defaultKind);
  return collect(batches, request.columns, bigInts) as unknown as ManyResults<C, B>;
}

interface Request {
  readonly columns: readonly ResultName[];
  readonly method: "closed" | "simulate";
  readonly skipInvalid: boolean;
}

type Table = Readonly<Record<string, unknown>>;

/** Layers as the batches that the kernel takes. */
interface Batches {
  readonly rows: number;
  /** Puts layers from `row` on into INPUT, as many as one batch takes, and says how many. */
  fill(kernel: ManyKernel, row: number): { readonly plan: ManyPlan; readonly count: number };
  /** A layer in words, for its errors, and its place. */
  layerAt(row: number): { readonly layer: ReturnType<typeof readLayer>; readonly location: string };
}

// ── An array of layers ─────────────────────────────────────────────────────────────────────────────────────────────

function batchesOfLayers(
  layers: readonly unknown[],
  request: Request,
  defaultKind: KindName,
): Batches {
  const plans = new Map<Kind, ManyPlan>();
  const planFor = (kind: Kind): ManyPlan => {
    const known = plans.get(kind);
    if (known) return known;
    checkColumns(kind, request.columns);
    const plan = planOf(kind, request.columns, request);
    plans.set(kind, plan);
    return plan;
  };
  const needsRate = firstRateColumn(request.columns);
  const kindAt = (row: number) =>
    (layers[row] as { readonly layer?: unknown } | null | undefined)?.layer ?? defaultKind;
  return {
    rows: layers.length,
    fill: (kernel, row) => {
      const end = Math.min(layers.length, row + kernel.maxRows);
      const kindName = kindAt(row);
      let kind: Kind | undefined;
      let next = row;
      // A batch is of one kind. It ends before a layer that cannot be read, which is an error once those before it are found to be legal.
      for (; next < end && (next === row || kindAt(next) === kindName); next++) {
        try {
          const read = readOrMark(
            kernel,
            next - row,
            layers[next],
            `layers[${next}]`,
            defaultKind,
            request.skipInvalid,
          );
          if (read === undefined) continue;
          if (needsRate !== undefined && !read.hasSampleRate)
            throw errors.noSampleRate(`layers[${next}]`, needsRate);
          kind = read.reader.kind;
        } catch (error) {
          if (next === row) throw error;
          break;
        }
      }
      return {
        plan: planFor(kind ?? readKind(kindName, `layers[${row}].layer`)),
        count: next - row,
      };
    },
    layerAt: (row) => ({
      layer: readLayer(layers[row], `layers[${row}]`, defaultKind),
      location: `layers[${row}]`,
    }),
  };
}

/** Reads a layer into a row; where illegal ones are skipped, one with a parameter out of its range is marked for the kernel instead. */
function readOrMark(
  kernel: ManyKernel,
  row: number,
  layer: unknown,
  location: string,
  defaultKind: KindName,
  skipInvalid: boolean,
) {
  try {
    return readInto(kernel, row, layer, location, defaultKind);
  } catch (error) {
    if (!skipInvalid || !(error instanceof UpsweepError) || error.code !== "outOfRange")
      throw error;
    kernel.input[row] = OUT_OF_RANGE;
    return undefined;
  }
}

// ── Columns ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Typed = Exclude<LayerColumn, number | boolean | readonly number[] | readonly boolean[]>;
type Values = readonly unknown[] | Typed;

/** A column that differs from layer to layer, and the field that it sets. */
interface Field {
  /** The name of the field, and of the column that it was given in. */
  readonly name: string;
  readonly given: string;
  readonly values: Values;
  readonly isBoolean: boolean;
}

function isColumn(value: unknown): value is Values {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function batchesOfColumns(table: Table, request: Request, defaultKind: KindName): Batches {
  const kind = readKind(table.layer ?? defaultKind, "layers.layer");
  checkColumns(kind, request.columns);
  const { fields, rates, values } = fieldsOf(kind, table);
  const needsRate = firstRateColumn(request.columns);
  if (needsRate !== undefined && table.sample_rate === undefined)
    throw errors.noSampleRate("layers", needsRate);
  const all = rates ? [...fields, rates] : fields;
  const first = all[0];
  const rows = first?.values.length ?? 1;
  for (const { given, values: columnValues } of all) {
    if (columnValues.length !== rows)
      throw errors.columnLengths(
        "layers",
        given,
        columnValues.length,
        (first as Field).given,
        rows,
      );
  }
  const plan: ManyPlan = {
    ...request,
    kind,
    fields: fields.map(({ name }) => name),
    isRated: rates !== undefined,
    values,
  };
  const layerAt = (row: number) => readLayer(rowOf(table, kind, row), `layers[${row}]`, kind.name);
  return {
    rows,
    fill: (kernel, row) => {
      let count = Math.min(kernel.maxRows, rows - row);
      for (const [i, field] of fields.entries()) {
        const target = kernel.input.subarray(i * kernel.maxRows, i * kernel.maxRows + count);
        // As with objects: the rows before what cannot be read come first.
        count = copyColumn(field, row, target);
        if (count === 0) checkField(kind, field, row);
      }
      if (rates) {
        const columns = [0, 1, 2, 3].map((i) =>
          kernel.input.subarray((fields.length + i) * kernel.maxRows),
        ) as unknown as RateColumns;
        count = copyRates(rates.values, row, count, columns);
        if (count === 0) checkField(kind, rates, row);
      }
      return { plan, count };
    },
    layerAt: (row) => {
      for (const field of all) checkField(kind, field, row);
      return { layer: layerAt(row), location: `layers[${row}]` };
    },
  };
}

interface Fields {
  /** Those that differ from layer to layer, but for the sample rate. */
  readonly fields: readonly Field[];
  readonly rates?: Field;
  /** Those that are the same throughout. */
  readonly values: ReadonlyMap<string, number | bigint>;
}

/** What each column sets. */
function fieldsOf(kind: Kind, table: Table): Fields {
  const known = [...kind.parameterNames, ...kind.plainNames, ...SETTINGS.map(({ name }) => name)];
  const fields: Field[] = [];
  let rates: Field | undefined;
  const values = new Map<string, number | bigint>();
  const isSet = new Set<string>();
  for (const [given, value] of Object.entries(table)) {
    if (given === "layer" || value === undefined) continue;
    if (!known.includes(given))
      throw isParameterName(given)
        ? otherKindsParameter("layers", given, kind)
        : errors.unknownParameter("layers", given, known);
    const plain = kind.plainNames.find((base) => base === given);
    for (const name of plain ? namesOfParameter(kind, plain) : [given]) {
      if (isSet.has(name)) throw errors.axisTwice(`layers.${given}`, name);
      isSet.add(name);
      const field = {
        name,
        given,
        values: value as Values,
        isBoolean: parameterOf(kind, name)?.type === "boolean",
      };
      if (name === "sample_rate") {
        if (isColumn(value)) rates = field;
        else {
          const { numerator, denominator } = checkRate(value, `layers.${given}`);
          values.set(name, numerator).set(RATE_DENOMINATOR, denominator);
        }
      } else if (isColumn(value)) fields.push(field);
      else values.set(name, checkNamed(kind, name, value, `layers.${given}`));
    }
  }
  const missing = kind.parameters
    .filter((p) => p.default === undefined && !isSet.has(p.name))
    .map(({ name }) => name);
  if (missing.length > 0) throw errors.missingParameters("layers", shortNames(kind, missing));
  for (const p of kind.parameters)
    if (p.default !== undefined && !isSet.has(p.name)) values.set(p.name, p.default);
  if (!isSet.has("bits")) values.set("bits", DEFAULT_BITS);
  return { fields, ...(rates && { rates }), values };
}

/** The value of a parameter or of `bits`, if it can have it. */
function checkNamed(kind: Kind, name: string, value: unknown, location: string): number {
  if (name === "bits") return checkInteger(settingOf(name), value, location);
  return checkValue(
    parameterOf(kind, name) as NonNullable<ReturnType<typeof parameterOf>>,
    value,
    location,
  );
}

/** Throws if the value of a field in a row is not one that it can have. */
function checkField(kind: Kind, { name, given, values }: Field, row: number): void {
  const value = values[row];
  const location = `layers.${given}[${row}]`;
  // In a column of 64-bit integers a bigint is as good as a number.
  const isWide = values instanceof BigInt64Array || values instanceof BigUint64Array;
  const converted = isWide ? Number(value) : value;
  if (name === "sample_rate") checkRate(converted, location);
  else checkNamed(kind, name, converted, location);
}

/**
 * Copies a column from `row` on, as many values as `target` takes; what no field can be becomes OUT_OF_RANGE. Returns where it stopped at a value
 * that is not a whole number.
 */
function copyColumn({ values, isBoolean }: Field, row: number, target: Uint32Array): number {
  const count = target.length;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    for (let i = 0; i < count; i++) {
      const value = values[row + i] as bigint;
      target[i] = value >= 0n && value < BigInt(OUT_OF_RANGE) ? Number(value) : OUT_OF_RANGE;
    }
    return count;
  }
  if (
    ArrayBuffer.isView(values) &&
    !(values instanceof Float32Array || values instanceof Float64Array)
  ) {
    // What is below 0 wraps to 2^31 and above, which is out of every range.
    target.set(values.subarray(row, row + count));
    return count;
  }
  for (let i = 0; i < count; i++) {
    const value = values[row + i];
    if (typeof value === "number") {
      const word = value >>> 0;
      if (word !== value && !Number.isInteger(value)) return i;
      target[i] = word === value ? word : OUT_OF_RANGE;
    } else if (typeof value === "boolean" && isBoolean) {
      target[i] = Number(value);
    } else {
      return i;
    }
  }
  return count;
}

/** The four columns of the words of sample rates. */
type RateColumns = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** Copies sample rates from `row` on, `count` of them, as their words. Returns where it stopped at a value that is none. */
function copyRates(values: Values, row: number, count: number, columns: RateColumns): number {
  for (let i = 0; i < count; i++) {
    const given: unknown = values[row + i];
    const words = rateWords(typeof given === "bigint" ? Number(given) : given);
    if (words === undefined) return i;
    columns[0][i] = words[0];
    columns[1][i] = words[1];
    columns[2][i] = words[2];
    columns[3][i] = words[3];
  }
  return count;
}

/** One row of a table as a layer. */
function rowOf(table: Table, kind: Kind, row: number): object {
  const entries = Object.entries(table).filter(
    ([name, value]) => name !== "layer" && value !== undefined,
  );
  const values = entries.map(([name, value]) => {
    const cell: unknown = isColumn(value) ? value[row] : value;
    return [name, typeof cell === "bigint" ? Number(cell) : cell];
  });
  return { layer: kind.name, ...Object.fromEntries(values) };
}

// ── Results ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where the values of a column go. */
interface Target {
  readonly name: ResultName;
  readonly storage: Storage;
  readonly array: ResultArray;
  /** Of a nullable column, the rows without a value. */
  readonly missing: number[] | undefined;
}

function targetOf(name: ResultName, rows: number, bigInts: "bigint" | "number"): Target {
  const storage = storageOf(name);
  const arrayOf = () => {
    if (storage === "boolean") return new Uint8Array(rows);
    if (storage === "double" || bigInts === "number") return new Float64Array(rows);
    return storage === "signed" ? new BigInt64Array(rows) : new BigUint64Array(rows);
  };
  return { name, storage, array: arrayOf(), missing: column(name).nullable ? [] : undefined };
}

function collect(
  batches: Batches,
  columns: readonly ResultName[],
  bigInts: "bigint" | "number",
): ManyResults<ResultName, "bigint" | "number"> {
  const { rows } = batches;
  const kernel = kernelOfThread();
  const targets = columns.map((name) => targetOf(name, rows, bigInts));
  const [invalid, brokenRules]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; ) {
    const { plan, count } = batches.fill(kernel, row);
    kernel.open(plan);
    const done = kernel.count(count);
    for (const [i, target] of targets.entries()) copyResults(kernel, i, target, row, done);
    if (plan.skipInvalid) {
      for (let at = 0; at < done; at++) {
        const rule = kernel.rules[at] as number;
        if (rule === 0) continue;
        invalid.push(row + at);
        brokenRules.push(rule - 1);
      }
    }
    row += done;
    if (done < count) {
      const { layer, location } = batches.layerAt(row);
      throwFault(kernel, plan, location, layer);
    }
  }
  return {
    rows,
    columns: Object.fromEntries(targets.map(({ name, array }) => [name, array])),
    missing: Object.fromEntries(
      targets.flatMap(({ name, missing }) => (missing ? [[name, Uint32Array.from(missing)]] : [])),
    ),
    invalid: Uint32Array.from(invalid),
    brokenRules: Uint8Array.from(brokenRules),
  } as ManyResults<ResultName, "bigint" | "number">;
}

/** Takes the values of column `i` of a batch over, from `row` on. */
function copyResults(
  kernel: ManyKernel,
  i: number,
  { name, storage, array, missing }: Target,
  row: number,
  count: number,
): void {
  const from = i * kernel.maxRows;
  if (array instanceof BigUint64Array) array.set(kernel.unsigned.subarray(from, from + count), row);
  else if (array instanceof BigInt64Array)
    array.set(kernel.signed.subarray(from, from + count), row);
  else if (storage === "double") array.set(kernel.doubles.subarray(from, from + count), row);
  else if (storage === "boolean")
    for (let at = 0; at < count; at++) array[row + at] = kernel.words[2 * (from + at)] as number;
  else copyAsNumbers(kernel, from, name, storage, array, row, count);
  for (let at = 0; missing !== undefined && at < count; at++)
    if (kernel.missing[from + at] === 1) missing.push(row + at);
}

/** Integers as doubles, from two words each: those that a double holds exactly are below 2^53. */
function copyAsNumbers(
  kernel: ManyKernel,
  from: number,
  name: ResultName,
  storage: Storage,
  array: Float64Array | Uint8Array,
  row: number,
  count: number,
): void {
  const { words } = kernel;
  for (let at = 0; at < count; at++) {
    const low = words[2 * (from + at)] as number;
    const word = words[2 * (from + at) + 1] as number;
    const high = storage === "signed" ? word | 0 : word;
    const value = high * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) {
      throw errors.unsafeNumber(
        `layers[${row + at}]`,
        name,
        (storage === "signed" ? kernel.signed : kernel.unsigned)[from + at] as bigint,
      );
    }
    array[row + at] = value;
  }
}
