import { errors } from "../errors.js";
import type { ManyPlan } from "../kernel/many.js";
import { otherKindsParameter } from "../layers/errors.js";
import {
  isParameterName,
  type Kind,
  type KindName,
  namesOfParameter,
  parameterOf,
  shortNames,
  wordValue,
} from "../layers/kinds.js";
import { DEFAULT_BITS, RATE_DENOMINATOR, SETTINGS, settingOf } from "../layers/parameters.js";
import {
  checkInteger,
  checkRate,
  checkValue,
  rateWords,
  readKind,
  readLayer,
} from "../layers/read.js";
import { firstRateColumn } from "./counter.js";
import { type Batches, OUT_OF_RANGE, type Request } from "./many-batches.js";
import type { LayerColumn } from "./many-types.js";
import { checkColumns } from "./options.js";

export type Table = Readonly<Record<string, unknown>>;

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

export function batchesOfColumns(table: Table, request: Request, defaultKind: KindName): Batches {
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
