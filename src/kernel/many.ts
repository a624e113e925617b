/**
 * Counts many layers at once, from columns of numbers to columns of numbers (assembly/many.ts). A
 * single layer is a batch of one row.
 */

import { column, type ResultName } from "../columns/table.js";
import type { Kind } from "../layers/kinds.js";
import type { RuleId } from "../layers/rule-table.js";
import type { Constant } from "./constants.js";
import { absentFields, columnNumber, ruleOf, upper } from "./constants.js";

/** The inputs of a batch and the results to count. */
export interface ManyPlan {
  readonly kind: Kind;
  readonly method: "closed" | "simulate";
  readonly columns: readonly ResultName[];
  /** The parameters and settings with a column in INPUT, in the order of the columns. */
  readonly fields: readonly string[];
  /**
   * Whether four more columns contain the 32-bit words of a sample rate (`RateWords` in
   * layers/read.ts).
   */
  readonly hasSampleRate: boolean;
  /**
   * Whether the rows are layers that the host has validated. Their paddings may be words, such as
   * `same`.
   */
  readonly hasWords: boolean;
  /** The parameters and settings with the same value in every row. */
  readonly values: ReadonlyMap<string, number | bigint>;
  readonly skipInvalid: boolean;
}

/** Why a batch stopped. The fault is in the row after those that are done. */
export type ManyFault =
  | { readonly kind: "overflow"; readonly column: number }
  | { readonly kind: "rule"; readonly rule: RuleId }
  | { readonly kind: "field"; readonly field: number };

/** The exports of the kernel that this file calls. */
export interface ManyExports {
  openMany(): void;
  countMany(rows: number): number;
}

/** How a result column is stored: unsigned or signed 64-bit integers, 0 or 1, or doubles. */
export type Storage = "unsigned" | "signed" | "boolean" | "double";

const STORAGE = { u64: "unsigned", i64: "signed", boolean: "boolean", decimal: "double" } as const;

export function storageOf(name: ResultName): Storage {
  return STORAGE[column(name).type];
}

/**
 * The part of a kernel that counts many layers. Its memory never grows, so all views stay valid.
 */
export class ManyKernel {
  /** The maximum number of rows of a batch, and the distance between two columns of a view. */
  readonly maxRows: number;
  /** The columns of the fields. */
  readonly input: Uint32Array;
  /** The columns of the results, as four views of the same bytes. */
  readonly unsigned: BigUint64Array;
  readonly signed: BigInt64Array;
  readonly doubles: Float64Array;
  readonly words: Uint32Array;
  /** For each result column and row, 1 if there is no value. Only set for nullable columns. */
  readonly missing: Uint8Array;
  /** For each row, 0, or 1 + the number of the rule that the layer breaks. */
  readonly rules: Uint8Array;
  readonly #exports: ManyExports;
  readonly #constant: Constant;
  readonly #header: Uint32Array;
  readonly #layer: BigUint64Array;
  readonly #report: DataView;
  #opened: ManyPlan | undefined;

  constructor(exports: ManyExports, buffer: ArrayBufferLike, constant: Constant) {
    this.#exports = exports;
    this.#constant = constant;
    this.maxRows = constant("MANY_ROWS");
    const cells = constant("MANY_COLUMNS") * this.maxRows;
    const valuesPtr = constant("MANY_VALUES_PTR");
    this.input = new Uint32Array(
      buffer,
      constant("INPUT_PTR"),
      constant("MANY_FIELDS") * this.maxRows,
    );
    this.unsigned = new BigUint64Array(buffer, valuesPtr, cells);
    this.signed = new BigInt64Array(buffer, valuesPtr, cells);
    this.doubles = new Float64Array(buffer, valuesPtr, cells);
    this.words = new Uint32Array(buffer, valuesPtr, 2 * cells);
    this.missing = new Uint8Array(buffer, constant("MANY_MISSING_PTR"), cells);
    this.rules = new Uint8Array(buffer, constant("MANY_RULES_PTR"), this.maxRows);
    this.#header = new Uint32Array(
      buffer,
      constant("MANY_PTR"),
      constant("MANY_HEADER_BYTES") / 4 + constant("MANY_COLUMNS") + constant("MANY_FIELDS"),
    );
    this.#layer = new BigUint64Array(buffer, constant("LAYER_PTR"), constant("LAYER_FIELDS"));
    this.#report = new DataView(buffer, constant("REPORT_PTR"));
  }

  /** Loads the plan of the batches that follow. Does nothing if that plan is already loaded. */
  open(plan: ManyPlan): void {
    if (this.#opened === plan) return;
    const { kind, method, columns, fields, hasSampleRate, hasWords, values, skipInvalid } = plan;
    const constant = this.#constant;
    const numberOf = (name: string) => columnNumber(kind, name, constant);
    this.#header.set([
      constant(`KIND_${upper(kind.name)}`),
      constant(`METHOD_${upper(method)}`),
      columns.length,
      fields.length,
      Number(skipInvalid),
      Number(hasSampleRate),
      Number(hasWords),
    ]);
    this.#header.set(columns.map(numberOf), constant("MANY_HEADER_BYTES") / 4);
    this.#header.set(
      fields.map(numberOf),
      constant("MANY_HEADER_BYTES") / 4 + constant("MANY_COLUMNS"),
    );
    this.#layer.fill(0n);
    for (const [field, value] of absentFields(kind, constant)) this.#layer[field] = BigInt(value);
    this.#layer[constant("SAMPLE_RATE_DENOMINATOR")] = 1n;
    for (const [name, value] of values) this.#layer[numberOf(name)] = BigInt(value);
    this.#exports.openMany();
    this.#opened = plan;
  }

  /**
   * Counts rows from the first one on. Returns how many are done: fewer than `rows` after a fault.
   */
  count(rows: number): number {
    return this.#exports.countMany(rows);
  }

  /** The fault of the last batch, if it stopped early. */
  fault(): ManyFault {
    const what = this.#report.getUint32(this.#constant("REPORT_FAULT_WHAT"), true);
    const kind = this.#report.getUint32(this.#constant("REPORT_FAULT"), true);
    if (kind === this.#constant("FAULT_OVERFLOW")) return { kind: "overflow", column: what };
    if (kind === this.#constant("FAULT_FIELD")) return { kind: "field", field: what };
    return { kind: "rule", rule: ruleOf(what, this.#constant) };
  }
}
