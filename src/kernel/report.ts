/**
 * Reads what the kernel reports of the last batch: the record REPORT (assembly/layout/records.ts),
 * the tallies of a comparison, and the totals of a list.
 */

import type { Tally } from "../conventions/tallies.js";
import { KIND_NAMES } from "../layers/kinds.js";
import { addedColumns, type ListPlan } from "../plan/list.js";
import type { ConstantName } from "./constants.generated.js";
import { type Constant, ruleOf, upper } from "./constants.js";
import type { KindTotals, ListFault, SweepFault } from "./kernel.js";

export class Report {
  readonly #view: DataView;
  readonly #constant: Constant;

  /** @param view the memory of the kernel. */
  constructor(view: DataView, constant: Constant) {
    this.#view = view;
    this.#constant = constant;
  }

  get rows(): number {
    return Number(this.#long("REPORT_ROWS"));
  }

  /** The bytes of the output buffer that are filled. */
  get bytes(): number {
    return this.#word("REPORT_BYTES");
  }

  get visits(): number {
    return this.#word("REPORT_VISITS");
  }

  /** The number of line ends of a list that were read. */
  get lines(): number {
    return this.#word("REPORT_LINES");
  }

  /** The rejection counts, in the order of the kernel. */
  get rejected(): bigint[] {
    return Array.from({ length: this.#word("REPORT_REJECTION_COUNTS") }, (_, i) =>
      this.#long("REPORT_REJECTED", i),
    );
  }

  /** @param cells for each slot of a row, the index of its cell in the plan. */
  sweepFault(cells: readonly number[]): SweepFault | undefined {
    const index = this.#long("REPORT_FAULT_AT");
    switch (this.#word("REPORT_FAULT")) {
      case this.#constant("FAULT_OVERFLOW"):
        return { kind: "overflow", index, cell: cells[this.#word("REPORT_FAULT_WHAT")] ?? 0 };
      case this.#constant("FAULT_DISAGREE"):
        return { kind: "disagree", index };
      case this.#constant("FAULT_EXPRESSION"):
        return { kind: "expression", index };
    }
    return undefined;
  }

  listFault(): ListFault | undefined {
    const at = Number(this.#long("REPORT_FAULT_AT"));
    const what = this.#word("REPORT_FAULT_WHAT");
    switch (this.#word("REPORT_FAULT")) {
      case this.#constant("FAULT_OVERFLOW"):
        return { kind: "overflow", at, result: what };
      case this.#constant("FAULT_DISAGREE"):
        return { kind: "disagree", at };
      case this.#constant("FAULT_RULE"):
        return { kind: "rule", at, rule: ruleOf(what, this.#constant) };
      case this.#constant("FAULT_FIELD"):
        return { kind: "field", at, field: what };
      case this.#constant("FAULT_FIELD_COUNT"):
        return { kind: "fieldCount", at, found: what };
      case this.#constant("FAULT_KIND"):
        return { kind: "kind", at };
    }
    return undefined;
  }

  /** The totals of a list, for each kind that it can contain. */
  totals(list: ListPlan): KindTotals[] {
    const added = addedColumns(list);
    if (list.isComparing || added.length === 0) return [];
    return (list.kindField === undefined ? [list.layer] : KIND_NAMES).map((kind) => {
      const ptr =
        this.#constant("LIST_TOTALS_PTR") +
        this.#constant(`KIND_${upper(kind)}`) * this.#constant("LIST_TOTALS_BYTES");
      const sums = added.map((name) => {
        const at = ptr + list.columns.indexOf(name) * this.#constant("LIST_TOTAL_BYTES");
        return this.#view.getBigUint64(at, true) + (this.#view.getBigUint64(at + 8, true) << 64n);
      });
      return { kind, sums };
    });
  }

  /** The tallies that a comparison wrote to an output buffer. */
  talliesAt(outputPtr: number): Tally[] {
    let at = outputPtr;
    return Array.from({ length: this.#constant("TALLY_COUNT") }, () => {
      const long = (field: ConstantName) =>
        this.#view.getBigUint64(at + this.#constant(field), true);
      const ratio = (field: ConstantName) =>
        this.#view.getFloat64(at + this.#constant(field), true);
      const tally = {
        layers: long("TALLY_LAYERS"),
        missing: long("TALLY_MISSING"),
        exact: long("TALLY_EXACT"),
        min: { ratio: ratio("TALLY_MIN"), at: long("TALLY_MIN_AT") },
        max: { ratio: ratio("TALLY_MAX"), at: long("TALLY_MAX_AT") },
      };
      const binCount = Number(long("TALLY_HEAD"));
      at += this.#constant("TALLY_HEAD") + 8;
      const bins = Array.from({ length: binCount }, (_, i): [number, number] => [
        this.#view.getUint32(at + 8 * i, true),
        this.#view.getUint32(at + 8 * i + 4, true),
      ]);
      at += 8 * binCount;
      return { ...tally, bins };
    });
  }

  #word(field: ConstantName): number {
    return this.#view.getUint32(this.#constant("REPORT_PTR") + this.#constant(field), true);
  }

  #long(field: ConstantName, index = 0): bigint {
    const at = this.#constant("REPORT_PTR") + this.#constant(field) + 8 * index;
    return this.#view.getBigUint64(at, true);
  }
}
