/** Many layers at once, as columns of numbers (assembly/many.ts). One layer is a batch of one row. */

import { column, type ResultName } from "../columns/table.js";
import type { Kind } from "../layers/kinds.js";
import type { RuleId } from "../layers/rule-table.js";
import type { Constant } from "./constants.js";
import { absentFields, columnNumber, ruleOf, upper } from "./constants.js";

/** What a batch is made of, and what is counted. */
export interface ManyPlan {
  readonly kind: Kind;
  readonly method: "closed" | "simulate";
  readonly columns: readonly ResultName[];
  /** The parameters and settings that have a column of INPUT, in its order. */
  readonly fields: readonly string[];
  /** Whether four more columns have the words of a sample rate (`wordsOfRate`). */
  readonly isRated: boolean;
  /** Whether the rows are layers that the host has read, in which a padding may be a word. */
  readonly hasWords: boolean;
  /** The values of those that are the same in every row. */
  readonly values: ReadonlyMap<string, number | bigint>;
  readonly skipInvalid: boolean;
}

/** Why a batch stopped at the row after those that are done. */
export type ManyFault =
  | { readonly kind: "overflow"; readonly column: number }
  | { readonly kind: "rule"; readonly rule: RuleId }
  | { readonly kind: "field"; readonly field: number };

/** The exports that are called here. */
export interface ManyExports {
  openMany(): void;
  countMany(rows: number): number;
}

/** How the numbers of a result column are held: as integers without or with a sign, as 0 or 1, or as doubles. */
export type Storage = "unsigned" | "signed" | "boolean" | "double";

const STORAGE = { u64: "unsigned", i64: "signed", boolean: "boolean", decimal: "double" } as const;

export function storageOf(name: ResultName): Storage {
  return STORAGE[column(name).type];
}

/** Memory never grows, so all views stay good. */
export class ManyKernel {
  /** The most rows of a batch; also the distance between two columns of a view. */
  readonly maxRows: number;
  /** The columns of the fields. */
  readonly input: Uint32Array;
  /** The columns of the results, four ways to read them. */
  readonly unsigned: BigUint64Array;
  readonly signed: BigInt64Array;
  readonly doubles: Float64Array;
  readonly words: Uint32Array;
  /** For each column of results and row, 1 where there is no value. Only of nullable columns. */
  readonly missing: Uint8Array;
  /** For each row 0, or 1 + the number of the rule that its layer breaks. */
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

  /** Takes what the batches to come are made of; does nothing when it is taken already. */
  open(plan: ManyPlan): void {
    if (this.#opened === plan) return;
    const { kind, method, columns, fields, isRated, hasWords, values, skipInvalid } = plan;
    const constant = this.#constant;
    const numberOf = (name: string) => columnNumber(kind, name, constant);
    this.#header.set([
      constant(`KIND_${upper(kind.name)}`),
      constant(`METHOD_${upper(method)}`),
      columns.length,
      fields.length,
      Number(skipInvalid),
      Number(isRated),
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

  /** Counts that many rows; returns how many are done, fewer where there is a fault. */
  count(rows: number): number {
    return this.#exports.countMany(rows);
  }

  fault(): ManyFault {
    const what = this.#report.getUint32(this.#constant("REPORT_FAULT_WHAT"), true);
    const kind = this.#report.getUint32(this.#constant("REPORT_FAULT"), true);
    if (kind === this.#constant("FAULT_OVERFLOW")) return { kind: "overflow", column: what };
    if (kind === this.#constant("FAULT_FIELD")) return { kind: "field", field: what };
    return { kind: "rule", rule: ruleOf(what, this.#constant) };
  }
}
