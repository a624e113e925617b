// THE HOT LOOP: from one layer of a plan to the next, and a row of CSV for each legal one.
//
//     seek(first)
//     for each index:   settle what depends on the axes that have turned   (rules → overlap → cells)
//                       a rule is broken → count and skip everything below the rule's level
//                       otherwise        → write the row
//                       step the odometer
//
// The plan's schedule is the list of things to settle, outermost level first; `begin[level]` says where to start when the
// axis at `level` has turned. So a rule is checked, the overlap worked out and a cell's text made once per turn of the
// deepest axis they depend on, not once per row.

import { workOutOverlap, keepsRule } from "./layer";
import {
  FAULT_DISAGREE, FAULT_OVERFLOW, IMAGE_BEGIN_PTR, IMAGE_PTR, IMAGE_STEPS_PTR, NO_RULE, OUTPUT_BYTES,
  OUTPUT_PTR, PARAMETER_COUNT, STEP_BYTES, STEP_CELL, STEP_GEOMETRY, STEP_RULE,
} from "./layout";
import { openAxes, restOfTurn, seek, step } from "./odometer";
import { fault, finishReport, skip, startReport } from "./report";
import { setCell, writeRow } from "./row";

let cellCount: u32 = 0;
let stepCount: u32 = 0;
let method: u32 = 0;

/** One bit a cell slot: its value passes 2^64 - 1. An error only once a row with it is due. */
let overflowing: u32 = 0;
/** The level and rule that the last `settle` stopped at. */
let brokenLevel: u32 = 0;
let broken: u32 = NO_RULE;
let disagrees: bool = false;

/** Reads the plan that the host has written into the image. Call once before `sweep`. */
export function openPlan(): void {
  cellCount = load<u32>(IMAGE_PTR);
  stepCount = load<u32>(IMAGE_PTR, 4);
  method = load<u32>(IMAGE_PTR, 8);
  // What the plan before has left behind.
  overflowing = 0;
  disagrees = false;
  openAxes();
}

/** Brings up to date what depends on the axes at `turned` and inside. Returns false at the first rule that is broken. */
function settle(turned: u32): bool {
  const endPtr = IMAGE_STEPS_PTR + <usize>stepCount * STEP_BYTES;
  let ptr = IMAGE_STEPS_PTR + <usize>load<u32>(IMAGE_BEGIN_PTR + ((<usize>turned) << 2)) * STEP_BYTES;
  for (; ptr < endPtr; ptr += STEP_BYTES) {
    const operand = load<u32>(ptr, 8);
    switch (load<u32>(ptr)) {
      case STEP_RULE: {
        if (!keepsRule(operand)) {
          brokenLevel = load<u32>(ptr, 4);
          broken = operand;
          return false;
        }
        break;
      }
      case STEP_GEOMETRY: {
        disagrees = !workOutOverlap(method);
        break;
      }
      case STEP_CELL: {
        const bit: u32 = 1 << operand;
        if (setCell(operand, load<u32>(ptr, 12), operand + 1 == cellCount)) overflowing &= ~bit;
        else overflowing |= bit;
        break;
      }
    }
  }
  return true;
}

/**
 * Writes the rows of the raw indices [first, end) to OUTPUT, as many as fit, and fills the report. Returns the index it
 * got to: `end`, or where to go on once OUTPUT is taken away, or the layer at fault.
 */
export function sweep(first: u64, end: u64): u64 {
  startReport();
  let outPtr: usize = OUTPUT_PTR;
  let rows: u64 = 0;
  let index = first;
  let turned: u32 = 0;
  seek(first);
  while (index < end) {
    if (settle(turned)) {
      if (disagrees) {
        fault(FAULT_DISAGREE, index, 0);
        break;
      }
      if (overflowing) {
        // The slot of the first cell that overflows; the host knows its column.
        fault(FAULT_OVERFLOW, index, ctz(overflowing));
        break;
      }
      outPtr = writeRow(outPtr, cellCount);
      rows++;
      index++;
      if (outPtr >= OUTPUT_PTR + <usize>OUTPUT_BYTES) break;
      turned = step(PARAMETER_COUNT - 1);
    } else {
      const subtree = min(restOfTurn(brokenLevel, index), end - index);
      skip(broken, subtree);
      index += subtree;
      turned = step(brokenLevel);
    }
  }
  finishReport(rows, outPtr - OUTPUT_PTR);
  return index;
}
