// The report of a batch: what was written, what was left out and why, and what stopped it. The host reads it after each
// call; its record is drawn in layout.ts.

import * as layout from "./layout";

/** Clears the report, with as many accounts as will be used. */
export function startReport(rejectionReasons: u32): void {
  memory.fill(layout.REPORT_PTR, 0, layout.REPORT_REJECTED + 8 * <usize>rejectionReasons);
  store<u32>(layout.REPORT_PTR, rejectionReasons, layout.REPORT_REJECTION_COUNTS);
}

/** Adds layers that are left out to an account. */
export function reject(rejectionReason: u32, count: u64): void {
  const ptr = layout.REPORT_PTR + layout.REPORT_REJECTED + 8 * <usize>rejectionReason;
  store<u64>(ptr, load<u64>(ptr) + count);
}

/** Says why the batch stops, and where. */
export function fault(kind: u32, at: u64, what: u32): void {
  store<u32>(layout.REPORT_PTR, kind, layout.REPORT_FAULT);
  store<u64>(layout.REPORT_PTR, at, layout.REPORT_FAULT_AT);
  store<u32>(layout.REPORT_PTR, what, layout.REPORT_FAULT_WHAT);
}

/** Whether the batch has stopped at a fault. */
export function hasFault(): bool {
  return load<u32>(layout.REPORT_PTR, layout.REPORT_FAULT) != layout.FAULT_NONE;
}

/** Counts a line end of a list. */
export function passLine(): void {
  store<u32>(layout.REPORT_PTR, load<u32>(layout.REPORT_PTR, layout.REPORT_LINES) + 1, layout.REPORT_LINES);
}

/** Says how often a sweep has looked at a layer. */
export function visited(visits: u32): void {
  store<u32>(layout.REPORT_PTR, visits, layout.REPORT_VISITS);
}

export function finishReport(rows: u64, bytes: usize): void {
  store<u64>(layout.REPORT_PTR, rows, layout.REPORT_ROWS);
  store<u32>(layout.REPORT_PTR, <u32>bytes, layout.REPORT_BYTES);
}
