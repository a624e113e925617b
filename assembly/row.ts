// Cells and rows: the value of each column for the layer at hand, its text, and the row that the cells make.

import { clearOverflow, hasOverflowed, add } from "./checked";
import { writeBoolean, writeSigned, writeUnsigned } from "./digits";
import { get } from "./layer";
import {
  ADDITIONS, ADDITIONS_PER_FILTER, AGGREGATION_OPS, BATCH_SIZE, BIAS, CELL_BYTES, CELL_LENGTH, CELLS_PTR, COVERED,
  FILTERS, FLOPS, GROUPS, HOLES, IN_CHANNELS, KERNEL_SIZE, L_OUT, MACS, MULTIPLICATIONS, OPS, OPS_PER_FILTER,
  OUT_CHANNELS, PARAMS, TAPS, VARIABLE_0,
} from "./layout";
import { additions, additionsPerFilter, aggregationOps, documentedOps, filters, macs, opsPerFilter, params } from "./ops";

export const COMMA: u8 = 0x2c;
export const NEWLINE: u8 = 0x0a;

function layerFilters(): u64 {
  return filters(get(IN_CHANNELS), get(OUT_CHANNELS), get(GROUPS));
}

function layerOpsPerFilter(): u64 {
  return opsPerFilter(get(TAPS), get(L_OUT), get(KERNEL_SIZE));
}

function layerAggregationOps(): u64 {
  return aggregationOps(get(L_OUT), get(IN_CHANNELS), get(OUT_CHANNELS), get(GROUPS), get(BIAS));
}

function layerMacs(): u64 {
  return macs(get(BATCH_SIZE), layerFilters(), get(TAPS));
}

function layerAdditions(): u64 {
  return additions(get(BATCH_SIZE), get(IN_CHANNELS), get(OUT_CHANNELS), get(GROUPS), get(BIAS), get(TAPS), get(COVERED));
}

/** Whether a column is a sum over the batch, and so 0 for an empty one whatever its factors are. */
function isPerBatch(column: u32): bool {
  return column >= OPS && column <= FLOPS;
}

/**
 * The value of a column for a legal layer that is worked out; additions_per_filter as two's complement. An overflow is
 * marked in checked.ts.
 */
export function value(column: u32): u64 {
  if (isPerBatch(column) && get(BATCH_SIZE) == 0) return 0;
  switch (column) {
    case HOLES: return get(L_OUT) - get(COVERED);
    case ADDITIONS_PER_FILTER: return additionsPerFilter(get(TAPS), get(L_OUT));
    case FILTERS: return layerFilters();
    case OPS_PER_FILTER: return layerOpsPerFilter();
    case AGGREGATION_OPS: return layerAggregationOps();
    case OPS: return documentedOps(get(BATCH_SIZE), layerFilters(), layerOpsPerFilter(), layerAggregationOps());
    case MACS:
    case MULTIPLICATIONS: return layerMacs();
    case ADDITIONS: return layerAdditions();
    case FLOPS: return add(layerMacs(), layerAdditions());
    case PARAMS: return params(layerFilters(), get(KERNEL_SIZE), get(OUT_CHANNELS), get(BIAS));
    default: return get(column); // a parameter, l_out, taps, covered, a variable
  }
}

/** Writes the text of a column's value at `ptr`; returns the address behind it. Overflow as in `value`. */
export function writeValue(ptr: usize, column: u32): usize {
  const v = value(column);
  if (column == BIAS) return writeBoolean(ptr, v != 0);
  if (column == ADDITIONS_PER_FILTER || column >= VARIABLE_0) return writeSigned(ptr, v);
  return writeUnsigned(ptr, v);
}

/** Makes the text of a cell, with the comma or line end that follows it. Returns false when its value overflows. */
export function setCell(slot: u32, column: u32, isLast: bool): bool {
  const slotPtr = CELLS_PTR + <usize>slot * CELL_BYTES;
  clearOverflow();
  const endPtr = writeValue(slotPtr, column);
  store<u8>(endPtr, isLast ? NEWLINE : COMMA);
  store<u32>(slotPtr, <u32>(endPtr + 1 - slotPtr), CELL_LENGTH);
  return !hasOverflowed();
}

/** Writes the row that the first `slotCount` slots make at `ptr`; returns the address behind it. */
export function writeRow(ptr: usize, slotCount: u32): usize {
  const endPtr = CELLS_PTR + <usize>slotCount * CELL_BYTES;
  for (let slotPtr = CELLS_PTR; slotPtr < endPtr; slotPtr += CELL_BYTES) {
    // A whole slot moves at once; the next cell overwrites what is too much.
    v128.store(ptr, v128.load(slotPtr));
    v128.store(ptr, v128.load(slotPtr, 16), 16);
    ptr += load<u32>(slotPtr, CELL_LENGTH);
  }
  return ptr;
}
