/** `countMany`: many layers in one call, on the calling thread. */

import { type COLUMNS, column, type ResultName, type Results } from "../columns/table.js";
import { errors, UpsweepError } from "../errors.js";
import { type ManyKernel, type ManyPlan, type Storage, storageOf } from "../kernel/many.js";
import { otherKindsParameter } from "../layers/errors.js";
import {
  DEFAULT_KIND,
  isParameterName,
  type Kind,
  type KindName,
  type NameOf,
  namesOfParameter,
  parameterOf,
  shortNames,
  wordValue,
} from "../layers/kinds.js";
import type { LayerInput } from "../layers/layer.js";
import {
  DEFAULT_BITS,
  type ParameterName,
  RATE_DENOMINATOR,
  SETTINGS,
  settingOf,
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

/** The values of a parameter: one per layer, or one for all layers. Booleans may be 0 and 1. */
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

/**
 * Layers as an object of columns, all of the same length. The names are those of the columns that a
 * sweep writes: `kernel_size` and so on. With several dimensions, `kernel_size` sets all of them,
 * and `kernel_size.h` sets one. `layer` names the kind of all layers.
 */
export type LayerColumns = { readonly layer?: NameOf<KindName> | undefined } & {
  readonly [N in Exclude<ParameterName, "padding"> | "bits" | InDimension]?:
    | LayerColumn
    | undefined;
} & {
  /** Output elements per second: numbers, or texts such as "22050/32". */
  /** Plain convolutions also take PyTorch's words, for all layers. */
  readonly padding?: LayerColumn | "same" | "valid" | undefined;
  readonly sample_rate?: LayerColumn | string | readonly (number | string)[] | undefined;
};

/** Options of `countMany`. */
export interface ManyOptions<B extends "bigint" | "number" = "bigint" | "number"> {
  /** The kind of layers that do not name their kind. Default: `conv_transpose1d`. */
  readonly layer?: NameOf<KindName> | undefined;
  /**
   * How `taps` and `covered` are computed: `closed` (the default) or `simulate`. Both give the same
   * integers.
   */
  readonly method?: "closed" | "simulate" | undefined;
  /**
   * The type of integer columns: `bigint` (the default) for BigUint64Array and BigInt64Array, or
   * `number` for Float64Array. A count beyond 2^53 - 1, which a number cannot hold exactly, is then
   * an error.
   */
  readonly bigInts?: B | undefined;
  /**
   * Continue after an illegal layer and list it in `invalid`, instead of throwing. Default: false.
   */
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

/** Results of `countMany`. */
export interface ManyResults<C extends ResultName, B extends "bigint" | "number" = "bigint"> {
  /** The number of layers, including illegal ones. */
  readonly rows: number;
  /**
   * For each result, an array with a value per layer. Rows without a value, which are listed in
   * `missing` and `invalid`, have 0, or NaN for a decimal.
   */
  readonly columns: { readonly [N in C]: ArrayFor<TypeOf<N>, B> };
  /**
   * For each result that a tool may leave unanswered, the indices of the rows without an answer.
   */
  readonly missing: { readonly [N in C as null extends Results[N] ? N : never]: Uint32Array };
  /** With `skipInvalid`, the indices of the illegal layers. Otherwise empty. */
  readonly invalid: Uint32Array;
  /** For each row in `invalid`, the first rule that the layer breaks, as an index into `RULES`. */
  readonly brokenRules: Uint8Array;
}

/** A value that is too large for every field, so that the kernel rejects it as out of range. */
const OUT_OF_RANGE = 0xffffffff;

/**
 * Counts the operations of many layers in one call, exactly. A million layers take some tenths of a
 * second, on the calling thread.
 *
 * @param layers an array of layers as `count` takes them, or an object of columns. Columns are
 * several times faster.
 * @param columns the results to count.
 * @param options the type of integers, and what to do with illegal layers.
 * @returns a typed array per result, with a value per layer.
 * @throws UpsweepError for the first faulty layer, with its index in the location. The causes are
 * those of `count`; also if columns differ in length.
 *
 * @example
 * ```ts
 * const kernel_size = Uint8Array.of(3, 5, 7);
 * const layers = { in_channels: 64, out_channels: 64, kernel_size, stride: 2, l_in: 100 };
 * const { columns } = countMany(layers, ["l_out", "macs"]);
 * columns.macs; // a BigUint64Array of three counts
 * ```
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

/** What to count, from checked arguments. */
interface Request {
  readonly columns: readonly ResultName[];
  readonly method: "closed" | "simulate";
  readonly skipInvalid: boolean;
}

type Table = Readonly<Record<string, unknown>>;

/** A source of layers, which fills the batches of the kernel. */
interface Batches {
  readonly rows: number;
  /**
   * Writes layers from `row` on into INPUT, as many as one batch takes. Returns how many there are.
   */
  fill(kernel: ManyKernel, row: number): { readonly plan: ManyPlan; readonly count: number };
  /** A layer and its location, for error messages. */
  layerAt(row: number): { readonly layer: ReturnType<typeof readLayer>; readonly location: string };
}

// ── An array of layers ───────────────────────────────────────────────────────────────────────────

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
      // A batch has layers of one kind. It ends before a layer that cannot be read: that error is
      // thrown only after the layers before it have been found to be legal.
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

/**
 * Reads a layer into a row. With `skipInvalid`, a layer with a parameter out of range is not an
 * error: it is marked so that the kernel rejects it.
 */
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

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────

type Typed = Exclude<LayerColumn, number | boolean | readonly number[] | readonly boolean[]>;
type Values = readonly unknown[] | Typed;

/** An input column with a value per layer, and the field that it sets. */
interface Field {
  /** The name of the field. */
  readonly name: string;
  /** The name of the column as it was given: `kernel_size` may set `kernel_size.h`. */
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
    hasSampleRate: rates !== undefined,
    hasWords: false,
    values,
  };
  const layerAt = (row: number) => readLayer(rowOf(table, kind, row), `layers[${row}]`, kind.name);
  return {
    rows,
    fill: (kernel, row) => {
      let count = Math.min(kernel.maxRows, rows - row);
      for (const [i, field] of fields.entries()) {
        const target = kernel.input.subarray(i * kernel.maxRows, i * kernel.maxRows + count);
        // As with objects, the rows before an unreadable value are counted first.
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
  /** The fields with a value per layer, except the sample rate. */
  readonly fields: readonly Field[];
  readonly rates?: Field;
  /** The fields with the same value for all layers. */
  readonly values: ReadonlyMap<string, number | bigint>;
}

/** Determines the fields that each column sets. */
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
      else {
        const word = typeof value === "string" ? wordValue(kind, given, value) : undefined;
        values.set(name, word ?? checkNamed(kind, name, value, `layers.${given}`));
      }
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

/** Checks a value of a parameter or of `bits`, and returns it as a number. */
function checkNamed(kind: Kind, name: string, value: unknown, location: string): number {
  if (name === "bits") return checkInteger(settingOf(name), value, location);
  return checkValue(
    parameterOf(kind, name) as NonNullable<ReturnType<typeof parameterOf>>,
    value,
    location,
  );
}

/** Throws if a field cannot have its value in a row. */
function checkField(kind: Kind, { name, given, values }: Field, row: number): void {
  const value = values[row];
  const location = `layers.${given}[${row}]`;
  // A column of 64-bit integers may have bigints.
  const isWide = values instanceof BigInt64Array || values instanceof BigUint64Array;
  const converted = isWide ? Number(value) : value;
  if (name === "sample_rate") checkRate(converted, location);
  else checkNamed(kind, name, converted, location);
}

/**
 * Copies a column from `row` on, as many values as `target` takes. A value that no field can have
 * becomes OUT_OF_RANGE.
 *
 * @returns how many values were copied: fewer than `target` takes if it met a value that is not an
 * integer.
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
    // Negative values wrap to 2^31 and above, which is out of every range.
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

/** The four input columns for the words of the sample rate. */
type RateColumns = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/**
 * Copies `count` sample rates from `row` on, as words.
 *
 * @returns how many were copied: fewer than `count` if it met a value that is not a rate.
 */
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

/** One row of a table, as a layer object. */
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

// ── Results ──────────────────────────────────────────────────────────────────────────────────────

/** The output array of a result. */
interface Target {
  readonly name: ResultName;
  readonly storage: Storage;
  readonly array: ResultArray;
  /** The rows without a value; undefined if the column always has one. */
  readonly missing: number[] | undefined;
}

function targetOf(name: ResultName, rows: number, bigInts: "bigint" | "number"): Target {
  const storage = storageOf(name);
  const arrayOf = () => {
    if (storage === "boolean") return new Uint8Array(rows);
    if (storage === "double" || bigInts === "number") return new Float64Array(rows);
    return storage === "signed" ? new BigInt64Array(rows) : new BigUint64Array(rows);
  };
  return { name, storage, array: arrayOf(), missing: column(name).missing ? [] : undefined };
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

/** Copies the results of column `i` of a batch to the output rows from `row` on. */
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

/**
 * Copies integers as doubles. Each is assembled from its two 32-bit words.
 *
 * @throws UpsweepError for an integer beyond 2^53 - 1, which a double may not hold exactly.
 */
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
