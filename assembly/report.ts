// The report of a batch: what was written, what was rejected and why, and what stopped the batch.
// It is a record in memory, drawn in layout/records.ts, which the host reads after each call.

import * as layout from "./layout";

/**
 * Clears the report, with one rejection count for each reason. A sweep has `layout.EMPTY` and its
 * predicates as reasons; a list or a batch of many layers has the rules.
 */
export function startReport(rejectionReasons: u32): void {
  memory.fill(layout.REPORT_PTR, 0, layout.REPORT_REJECTED + 8 * <usize>rejectionReasons);
  store<u32>(layout.REPORT_PTR, rejectionReasons, layout.REPORT_REJECTION_COUNTS);
}

/** Adds `count` layers to the rejection count of a reason. */
export function reject(rejectionReason: u32, count: u64): void {
  const ptr = layout.REPORT_PTR + layout.REPORT_REJECTED + 8 * <usize>rejectionReason;
  store<u64>(ptr, load<u64>(ptr) + count);
}

/**
 * Records why the batch stops: the kind of fault (FAULT_…), its raw index, byte of INPUT or row,
 * and the detail that layout/records.ts lists for the kind.
 */
export function setFault(kind: u32, at: u64, detail: u32): void {
  store<u32>(layout.REPORT_PTR, kind, layout.REPORT_FAULT);
  store<u64>(layout.REPORT_PTR, at, layout.REPORT_FAULT_AT);
  store<u32>(layout.REPORT_PTR, detail, layout.REPORT_FAULT_WHAT);
}

/** Whether a fault has stopped the batch. */
export function hasFault(): bool {
  return load<u32>(layout.REPORT_PTR, layout.REPORT_FAULT) != layout.FAULT_NONE;
}

/** Counts one line end of a list. */
export function countLine(): void {
  const lines = load<u32>(layout.REPORT_PTR, layout.REPORT_LINES);
  store<u32>(layout.REPORT_PTR, lines + 1, layout.REPORT_LINES);
}

/** Records the cost of a sweep in visits. */
export function setVisits(visits: u32): void {
  store<u32>(layout.REPORT_PTR, visits, layout.REPORT_VISITS);
}

/** Records the rows that were written or counted, and the bytes of OUTPUT that they fill. */
export function finishReport(rows: u64, bytes: usize): void {
  store<u64>(layout.REPORT_PTR, rows, layout.REPORT_ROWS);
  store<u32>(layout.REPORT_PTR, <u32>bytes, layout.REPORT_BYTES);
}
