// THE HOT LOOP: from one layer of a plan to the next, and a row of CSV for each that is legal and wanted.
//
//     seek(first)
//     for each index:   settle what depends on the loops that have turned   (axes → requirements → overlap → cells)
//                       a requirement is not met → count and skip everything below its level
//                       otherwise                → write the row, or where layers are only counted, count all in this turn
//                       step the odometer
//
// The plan's schedule is the list of things to settle, outermost level first; `begin[level]` says where to start when the
// loop at `level` has turned. So a rule or constraint is checked, a derived axis worked out and a cell's text made once per
// turn of the innermost loop they depend on, not once per row; and what is ruled out at a level costs one step of index
// arithmetic, whatever its size.

import { hasOverflowed } from "./checked";
import { holds, metMissing } from "./condition";
import { compareLayer, startComparison, writeComparison } from "./compare";
import { fill, expansionVisits, select, SELECTED, SELECTED_END, SELECTED_INEXACT, SELECTED_REPEAT } from "./dependent";
import { isInRange, keepsRule, simulationVisits, set, setKind, workOutOverlap } from "./layer";
import * as layout from "./layout";
import { advance, openLoops, positionOf, remainingBlock, seek, skip } from "./odometer";
import { evaluate } from "./program";
import { setFault, finishReport, reject, startReport, setVisits } from "./report";
import { firstOverflow, joinSegment, openRow, setCell, writeRow } from "./row";
import { startSpotChecks } from "./spot-check";
import { evalStatus } from "./signed";
import { outputLimitPtr, outputPtr } from "./output";

let slotCount: u32 = 0;
let stepCount: u32 = 0;
let method: u32 = 0;
/** Whether every layer is simulated, which can take as long as a million others do. */
let isSimulating: bool = false;
let rejectionCounts: u32 = 0;
/** Whether rows are written, or layers compared instead; else they are only counted. */
let isWriting: bool = false;
let isComparing: bool = false;
/**
 * The loop from turn to turn of which the sweep goes: the innermost; where layers are only counted, the last at which anything is
 * decided, for what lies inside counts as a whole.
 */
let visitLevel: u32 = 0;

/** Whether a cell may hold a value that passes 64 bits: an error only once a row with one is due. */
let mayOverflow: bool = false;
/** One bit a dimension on which the methods differ. */
let disagreeing: u32 = 0;

/** How the last `update` ended. */
const SETTLED: u32 = 0;
/** Everything in the turn of the loop at `stoppedLevel` is left out, on `stoppedReason`. */
const REJECTED: u32 = 1;
/** The expression of step `stoppedStep` has no value. */
const FAILED: u32 = 2;
let stoppedLevel: u32 = 0;
let stoppedReason: u32 = layout.EMPTY;
let stoppedStep: u32 = 0;

let outPtr: usize = 0;
let rows: u64 = 0;
let visits: u32 = 0;

/** Reads the plan that the host has written into the image. Call once before `sweep`. */
export function openPlan(): void {
  slotCount = load<u32>(layout.IMAGE_PTR);
  stepCount = load<u32>(layout.IMAGE_PTR, 4);
  method = load<u32>(layout.IMAGE_PTR, 8);
  isSimulating = method == layout.METHOD_SIMULATE || method == layout.METHOD_VERIFY;
  rejectionCounts = 1 + load<u32>(layout.IMAGE_PTR, 16);
  // What the plan before has left behind.
  mayOverflow = false;
  disagreeing = 0;
  startSpotChecks();
  setKind(load<u32>(layout.IMAGE_PTR, 20));
  isComparing = load<u32>(layout.IMAGE_PTR, 24) != 0;
  isWriting = slotCount > 0;
  visitLevel = load<u32>(layout.IMAGE_PTR, 32);
  openRow(slotCount);
  openLoops(load<u32>(layout.IMAGE_PTR, 12));
}

function rejected(level: u32, rejectionReason: u32): u32 {
  stoppedLevel = level;
  stoppedReason = rejectionReason;
  return REJECTED;
}

/** What comes of an expression that has no value. */
function failed(stepPtr: usize): u32 {
  // Accounts begin behind NOTHING.
  if (evalStatus() == layout.EVAL_INEXACT) return rejected(load<u32>(stepPtr, 4), 1 + load<u32>(stepPtr, 8));
  stoppedStep = <u32>((stepPtr - layout.IMAGE_STEPS_PTR) / layout.STEP_BYTES);
  return FAILED;
}

function firstStep(turned: u32): u32 {
  return load<u32>(layout.IMAGE_ENTRY_POINTS_PTR + ((<usize>turned) << 2));
}

/** Brings up to date what depends on the loops at `turned` and inside, up to the first requirement that is not met. */
function update(turned: u32): u32 {
  const endPtr = layout.IMAGE_STEPS_PTR + <usize>stepCount * layout.STEP_BYTES;
  let ptr = layout.IMAGE_STEPS_PTR + <usize>firstStep(turned) * layout.STEP_BYTES;
  for (; ptr < endPtr; ptr += layout.STEP_BYTES) {
    const first = load<u32>(ptr, 8), second = load<u32>(ptr, 12);
    switch (load<u32>(ptr)) {
      case layout.STEP_RULE: {
        if (!keepsRule(second, load<u32>(ptr, 16))) return rejected(load<u32>(ptr, 4), 1 + first);
        break;
      }
      case layout.STEP_WHERE: {
        const found = evaluate(second);
        if (evalStatus()) return failed(ptr);
        if (found == 0) return rejected(load<u32>(ptr, 4), 1 + first);
        break;
      }
      case layout.STEP_WHERE_EXACT: {
        const isKept = holds(second);
        if (evalStatus()) return failed(ptr);
        if (!isKept) return rejected(load<u32>(ptr, 4), (metMissing ? 2 : 1) + first);
        break;
      }
      case layout.STEP_DERIVE: {
        const value = evaluate(second);
        if (evalStatus()) return failed(ptr);
        const field = load<u32>(ptr, 16);
        if (!isInRange(field, value)) return rejected(load<u32>(ptr, 4), 2 + first);
        set(field, <u64>value);
        break;
      }
      case layout.STEP_EXPAND: {
        if (!fill(first)) return failed(ptr);
        visits += expansionVisits;
        break;
      }
      case layout.STEP_SELECT: {
        const level = load<u32>(ptr, 4);
        const selected = select(second, positionOf(level));
        if (selected == SELECTED) break;
        // Past the end, the rest of the loop's positions go with it: the rest of the turn of the loop around it.
        if (selected == SELECTED_END) return rejected(level - 1, layout.EMPTY);
        if (selected == SELECTED_REPEAT) return rejected(level, layout.EMPTY);
        return rejected(level, selected == SELECTED_INEXACT ? 1 + first : 2 + first);
      }
      case layout.STEP_OVERLAP: {
        const bit: u32 = 1 << first;
        if (isSimulating) visits += simulationVisits(first);
        if (workOutOverlap(method, first)) disagreeing &= ~bit;
        else disagreeing |= bit;
        break;
      }
      case layout.STEP_CELL: {
        if (!setCell(first, second, first + 1 == slotCount)) mayOverflow = true;
        break;
      }
      case layout.STEP_JOIN: {
        joinSegment(first, second);
        break;
      }
    }
  }
  return SETTLED;
}

/**
 * Writes the rows of the raw indices [first, end), until `maxVisits` looks at layers are taken, counted over the whole batch.
 * Returns the index it got to.
 */
function sweepStretch(first: u64, end: u64, maxVisits: u32): u64 {
  let index = first;
  let turned: u32 = 0;
  if (index < end) seek(first);
  while (index < end && visits < maxVisits && outPtr < outputLimitPtr()) {
    const outcome = firstStep(turned) < stepCount ? update(turned) : SETTLED;
    visits++;
    if (outcome == SETTLED) {
      if (disagreeing) {
        setFault(layout.FAULT_DISAGREE, index, 0);
        break;
      }
      let layers: u64 = 1;
      if (isWriting) {
        const endPtr = writeRow(outPtr);
        if (mayOverflow || hasOverflowed()) {
          const slot = firstOverflow(outPtr, slotCount);
          if (slot < slotCount) {
            setFault(layout.FAULT_OVERFLOW, index, slot);
            break;
          }
          mayOverflow = false; // it has been written again since
        }
        outPtr = endPtr;
      } else if (!isComparing) {
        layers = min(remainingBlock(visitLevel, index), end - index);
      } else if (!compareLayer(index)) {
        setFault(layout.FAULT_OVERFLOW, index, 0);
        break;
      }
      rows += layers;
      index += layers;
      turned = advance(visitLevel);
    } else if (outcome == REJECTED) {
      const weight = min(remainingBlock(stoppedLevel, index), end - index);
      reject(stoppedReason, weight);
      index += weight;
      turned = skip(stoppedLevel);
    } else {
      setFault(layout.FAULT_EXPRESSION, index, stoppedStep);
      break;
    }
  }
  return index;
}

function startBatch(): void {
  startReport(rejectionCounts);
  outPtr = outputPtr();
  rows = 0;
  visits = 0;
  if (isComparing) startComparison();
}

function finishBatch(): void {
  if (isComparing) outPtr = writeComparison();
  setVisits(visits);
  finishReport(rows, outPtr - outputPtr());
}

/**
 * Writes the rows of the raw indices [first, end) to OUTPUT, as many as fit and as `maxVisits` looks at layers find, one at least, and
 * fills the report. Returns the index it got to: `end`, or where to go on, or the layer at fault.
 */
export function sweep(first: u64, end: u64, maxVisits: u32): u64 {
  startBatch();
  const next = sweepStretch(first, end, maxVisits);
  finishBatch();
  return next;
}

/**
 * The same for single raw indices: `count` of them stand in INPUT as u64. Returns how many it got through; the one at which
 * it stopped is not among them.
 */
export function sweepIndices(count: u32): u32 {
  startBatch();
  let done: u32 = 0;
  for (; done < count; done++) {
    const index = load<u64>(layout.INPUT_PTR + ((<usize>done) << 3));
    if (sweepStretch(index, index + 1, u32.MAX_VALUE) == index) break;
  }
  finishBatch();
  return done;
}
