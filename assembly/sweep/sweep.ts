// THE HOT LOOP: from one layer of a plan to the next, with a row of CSV for each layer that passes
// every predicate.
//
//     seek(first)
//     for each index:
//         update what depends on changed loops   (axes → predicates → overlap → cells)
//         if a predicate fails   → count and skip the block of its level
//         otherwise              → write the row; or only count all layers of the block
//         advance the odometer
//
// The schedule of a plan is a list of steps, outermost level first. Each level has an entry point:
// the first step to take after the loop at that level has changed. This is loop-invariant code
// motion. A rule or condition is checked, a derived axis computed and the text of a cell written
// once per iteration of the innermost loop that it depends on, not once per row. It is predicate
// pushdown as well: a rejected block costs one step of index arithmetic, whatever its size.

import { hasOverflowed } from "../checked";
import { holds, metMissing } from "../expression/condition";
import { compareLayer, startComparison, writeComparison } from "../columns/compare";
import {
  expand,
  expansionVisits,
  select,
  SELECTED,
  SELECTED_END,
  SELECTED_INEXACT,
  SELECTED_REPEAT,
} from "./dependent";
import { computeOverlap, simulationVisits } from "../layers/dimension";
import { set, setKind } from "../layers/layer";
import { isInRange } from "../layers/ranges";
import { keepsRule } from "../layers/rules";
import * as layout from "../layout";
import { advance, openLoops, positionOf, remainingBlock, seek, skip } from "./odometer";
import { evaluate } from "../expression/program";
import { setFault, finishReport, reject, startReport, setVisits } from "../report";
import { firstOverflow, joinSegment, openRow, setCell, writeRow } from "../formats/row";
import { startSpotChecks } from "../layers/spot-check";
import { evalStatus } from "../expression/signed";
import { outputLimitPtr, outputPtr } from "../output";

let slotCount: u32 = 0;
let stepCount: u32 = 0;
let method: u32 = 0;
/** Whether every layer is simulated; one simulation can take as long as a million other layers. */
let isSimulating: bool = false;
/** Number of rejection counts: EMPTY and the predicates. */
let rejectionReasons: u32 = 0;
/** Whether rows are written, or layers compared instead. If neither, layers are only counted. */
let isWriting: bool = false;
let isComparing: bool = false;
/**
 * The level at which the odometer advances. Normally the innermost loop. Where layers are only
 * counted, the innermost level with a step: everything inside it is counted at once.
 */
let visitLevel: u32 = 0;

/**
 * Whether the slot of a cell may hold a value that exceeds 64 bits. That is an error only when a
 * row with the cell is written.
 */
let mayOverflow: bool = false;
/** Bit n is set while closed form and simulation differ in dimension n. */
let disagreeing: u32 = 0;

// The outcomes of `update`.
/** Every step is up to date, and no predicate fails. */
const UP_TO_DATE: u32 = 0;
/** The current block of the loop at `rejectedLevel` is rejected, for `rejectedReason`. */
const REJECTED: u32 = 1;
/** The expression of step `failedStep` has no value. */
const FAILED: u32 = 2;
let rejectedLevel: u32 = 0;
let rejectedReason: u32 = layout.EMPTY;
let failedStep: u32 = 0;

let outPtr: usize = 0;
let rows: u64 = 0;
let visits: u32 = 0;

/** Reads the plan that the host has written into the image. Call once before `sweep`. */
export function openPlan(): void {
  slotCount = load<u32>(layout.IMAGE_PTR);
  stepCount = load<u32>(layout.IMAGE_PTR, 4);
  method = load<u32>(layout.IMAGE_PTR, 8);
  isSimulating = method == layout.METHOD_SIMULATE || method == layout.METHOD_VERIFY;
  rejectionReasons = 1 + load<u32>(layout.IMAGE_PTR, 16);
  // The state of the previous plan is reset.
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

/** Rejects the current block of the loop at `level`. */
function rejectBlock(level: u32, rejectionReason: u32): u32 {
  rejectedLevel = level;
  rejectedReason = rejectionReason;
  return REJECTED;
}

/**
 * The outcome of a step whose expression has no value. If the only reason is a division with a
 * remainder (EVAL_INEXACT), the block is rejected. Any other evaluation error is a fault.
 */
function failStep(stepPtr: usize): u32 {
  // The rejection counts of the predicates follow that of EMPTY.
  if (evalStatus() == layout.EVAL_INEXACT) {
    return rejectBlock(load<u32>(stepPtr, 4), 1 + load<u32>(stepPtr, 8));
  }
  failedStep = <u32>((stepPtr - layout.IMAGE_STEPS_PTR) / layout.STEP_BYTES);
  return FAILED;
}

/** The first step to take after the loop at a level has changed. */
function entryPoint(changedLevel: u32): u32 {
  return load<u32>(layout.IMAGE_ENTRY_POINTS_PTR + ((<usize>changedLevel) << 2));
}

/**
 * Takes the steps that depend on the loops at `changedLevel` and inside it, up to the first
 * predicate that fails. Returns UP_TO_DATE, REJECTED or FAILED.
 */
function update(changedLevel: u32): u32 {
  const endPtr = layout.IMAGE_STEPS_PTR + <usize>stepCount * layout.STEP_BYTES;
  let ptr = layout.IMAGE_STEPS_PTR + <usize>entryPoint(changedLevel) * layout.STEP_BYTES;
  for (; ptr < endPtr; ptr += layout.STEP_BYTES) {
    const first = load<u32>(ptr, 8), second = load<u32>(ptr, 12);
    switch (load<u32>(ptr)) {
      case layout.STEP_RULE: {
        if (!keepsRule(second, load<u32>(ptr, 16))) {
          return rejectBlock(load<u32>(ptr, 4), 1 + first);
        }
        break;
      }
      case layout.STEP_WHERE: {
        const found = evaluate(second);
        if (evalStatus()) return failStep(ptr);
        if (found == 0) return rejectBlock(load<u32>(ptr, 4), 1 + first);
        break;
      }
      case layout.STEP_WHERE_EXACT: {
        const isKept = holds(second);
        if (evalStatus()) return failStep(ptr);
        // Two rejection counts: 1 + first if the condition is false, and 2 + first if a missing
        // value made it false.
        if (!isKept) return rejectBlock(load<u32>(ptr, 4), (metMissing ? 2 : 1) + first);
        break;
      }
      case layout.STEP_DERIVE: {
        const value = evaluate(second);
        if (evalStatus()) return failStep(ptr);
        const field = load<u32>(ptr, 16);
        // Two rejection counts: 1 + first if the value is inexact (see failStep), and 2 + first if
        // it is out of range.
        if (!isInRange(field, value)) return rejectBlock(load<u32>(ptr, 4), 2 + first);
        set(field, <u64>value);
        break;
      }
      case layout.STEP_EXPAND: {
        if (!expand(first)) return failStep(ptr);
        visits += expansionVisits;
        break;
      }
      case layout.STEP_SELECT: {
        const level = load<u32>(ptr, 4);
        const selected = select(second, positionOf(level));
        if (selected == SELECTED) break;
        // All later positions of this loop are past the end of the list too. They are the rest of
        // the current block of the loop around it, at level - 1.
        if (selected == SELECTED_END) return rejectBlock(level - 1, layout.EMPTY);
        if (selected == SELECTED_REPEAT) return rejectBlock(level, layout.EMPTY);
        return rejectBlock(level, selected == SELECTED_INEXACT ? 1 + first : 2 + first);
      }
      case layout.STEP_OVERLAP: {
        const bit: u32 = 1 << first;
        if (isSimulating) visits += simulationVisits(first);
        if (computeOverlap(method, first)) disagreeing &= ~bit;
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
  return UP_TO_DATE;
}

/**
 * Writes, compares or counts the layers of the raw indices [first, end). Stops early when the batch
 * has taken `maxVisits` visits, when the output buffer is full, or at a fault. Returns the index
 * that it has reached: `end`, the next index, or that of the layer at fault.
 */
function sweepRange(first: u64, end: u64, maxVisits: u32): u64 {
  let index = first;
  let changedLevel: u32 = 0;
  if (index < end) seek(first);
  while (index < end && visits < maxVisits && outPtr < outputLimitPtr()) {
    const outcome = entryPoint(changedLevel) < stepCount ? update(changedLevel) : UP_TO_DATE;
    visits++;
    if (outcome == UP_TO_DATE) {
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
          mayOverflow = false; // the cell has been rewritten without overflow
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
      changedLevel = advance(visitLevel);
    } else if (outcome == REJECTED) {
      const weight = min(remainingBlock(rejectedLevel, index), end - index);
      reject(rejectedReason, weight);
      index += weight;
      changedLevel = skip(rejectedLevel);
    } else {
      setFault(layout.FAULT_EXPRESSION, index, failedStep);
      break;
    }
  }
  return index;
}

/** Clears the report, the totals of the batch and the tallies of a comparison. */
function startBatch(): void {
  startReport(rejectionReasons);
  outPtr = outputPtr();
  rows = 0;
  visits = 0;
  if (isComparing) startComparison();
}

/** Completes the report, and writes the tallies of a comparison to OUTPUT. */
function finishBatch(): void {
  if (isComparing) outPtr = writeComparison();
  setVisits(visits);
  finishReport(rows, outPtr - outputPtr());
}

/**
 * Sweeps the raw indices [first, end) in order: writes their rows to OUTPUT, or compares or counts
 * their layers, and fills the report. Stops early when OUTPUT is full or after `maxVisits` visits,
 * but processes at least one index. Returns the index that it has reached: `end`, the index to
 * resume at, or that of the layer at fault.
 */
export function sweep(first: u64, end: u64, maxVisits: u32): u64 {
  startBatch();
  const next = sweepRange(first, end, maxVisits);
  finishBatch();
  return next;
}

/**
 * Point lookups: `sweep` for `count` single raw indices, which are in INPUT as u64. Returns the
 * number of indices that are done. The index at which it stopped is not among them.
 */
export function sweepIndices(count: u32): u32 {
  startBatch();
  let done: u32 = 0;
  for (; done < count; done++) {
    const index = load<u64>(layout.INPUT_PTR + ((<usize>done) << 3));
    if (sweepRange(index, index + 1, u32.MAX_VALUE) == index) break;
  }
  finishBatch();
  return done;
}
