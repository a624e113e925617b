// The report of a batch: what was written, what was left out and why, and what stopped it. The host reads it after each
// call; its record is drawn in layout.ts.

import {
  FAULT_NONE, REPORT_REJECTION_COUNTS, REPORT_BYTES, REPORT_FAULT, REPORT_FAULT_AT, REPORT_FAULT_WHAT, REPORT_REJECTED, REPORT_LINES,
  REPORT_PTR, REPORT_ROWS, REPORT_VISITS,
} from "./layout";

/** Clears the report, with as many accounts as will be used. */
export function startReport(rejectionReasons: u32): void {
  memory.fill(REPORT_PTR, 0, REPORT_REJECTED + 8 * <usize>rejectionReasons);
  store<u32>(REPORT_PTR, rejectionReasons, REPORT_REJECTION_COUNTS);
}

/** Adds layers that are left out to an account. */
export function reject(rejectionReason: u32, count: u64): void {
  const ptr = REPORT_PTR + REPORT_REJECTED + 8 * <usize>rejectionReason;
  store<u64>(ptr, load<u64>(ptr) + count);
}

/** Says why the batch stops, and where. */
export function fault(kind: u32, at: u64, what: u32): void {
  store<u32>(REPORT_PTR, kind, REPORT_FAULT);
  store<u64>(REPORT_PTR, at, REPORT_FAULT_AT);
  store<u32>(REPORT_PTR, what, REPORT_FAULT_WHAT);
}

/** Whether the batch has stopped at a fault. */
export function hasFault(): bool {
  return load<u32>(REPORT_PTR, REPORT_FAULT) != FAULT_NONE;
}

/** Counts a line end of a list. */
export function passLine(): void {
  store<u32>(REPORT_PTR, load<u32>(REPORT_PTR, REPORT_LINES) + 1, REPORT_LINES);
}

/** Says how often a sweep has looked at a layer. */
export function visited(visits: u32): void {
  store<u32>(REPORT_PTR, visits, REPORT_VISITS);
}

export function finishReport(rows: u64, bytes: usize): void {
  store<u64>(REPORT_PTR, rows, REPORT_ROWS);
  store<u32>(REPORT_PTR, <u32>bytes, REPORT_BYTES);
}
