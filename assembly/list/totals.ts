// The totals of a list: the sum of each result column that can be added up, for each kind.

import { value } from "../columns/results";
import * as layout from "../layout";

/** The address of the totals of the kind whose tables are in use. */
let totalsPtr: usize = layout.LIST_TOTALS_PTR;

/** Makes the totals of a kind those that are added to. */
export function useTotals(kind: u32): void {
  totalsPtr = layout.LIST_TOTALS_PTR + <usize>kind * layout.LIST_TOTALS_BYTES;
}

/** Sets the totals of all kinds to 0. */
export function clearTotals(): void {
  memory.fill(layout.LIST_TOTALS_PTR, 0, layout.LIST_TOTALS_BYTES * <usize>layout.KIND_COUNT);
}

/** Adds a value to the 128-bit total of a result column. */
// @ts-ignore: decorator
@inline
export function addToTotal(i: u32, v: u64): void {
  const ptr = totalsPtr + <usize>i * layout.LIST_TOTAL_BYTES;
  const sum = load<u64>(ptr) + v;
  store<u64>(ptr, sum);
  if (sum < v) store<u64>(ptr, load<u64>(ptr, 8) + 1, 8);
}

/**
 * Subtracts from the totals what the current layer has added to those of the columns 0 to `last`. A
 * layer with a result that overflows is not counted in any total: the list may go on after it, with
 * a message in place of its results.
 */
export function undoTotals(last: u32): void {
  for (let i: u32 = 0; i <= last; i++) {
    const entry = load<u32>(layout.LIST_COLUMNS_IN_USE_PTR + ((<usize>i) << 2));
    if (entry == layout.NO_COLUMN || !(entry & layout.COLUMN_IS_ADDED)) continue;
    const v = value(entry & ~layout.COLUMN_IS_ADDED);
    const ptr = totalsPtr + <usize>i * layout.LIST_TOTAL_BYTES;
    const sum = load<u64>(ptr);
    store<u64>(ptr, sum - v);
    if (sum < v) store<u64>(ptr, load<u64>(ptr, 8) - 1, 8);
  }
}
