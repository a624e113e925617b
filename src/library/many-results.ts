/** The results of `countMany`: counts every batch, and collects the answers in typed arrays. */
import { column, type ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { type ManyKernel, type Storage, storageOf } from "../kernel/many.js";
import { throwFault } from "./counter.js";
import type { Batches } from "./many-batches.js";
import type { ManyResults } from "./many-types.js";

type ResultArray = BigUint64Array | BigInt64Array | Float64Array | Uint8Array;

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

/** Counts every batch on a kernel. */
export function collect(
  kernel: ManyKernel,
  batches: Batches,
  columns: readonly ResultName[],
  bigInts: "bigint" | "number",
): ManyResults<ResultName, "bigint" | "number"> {
  const { rows } = batches;
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
