// The steps of a plan, taken for the current layer: axes, predicates, overlap, cells.
//
// The schedule of a plan is a list of steps, outermost level first. Each level has an entry point:
// the first step to take after the loop at that level has changed. This is loop-invariant code
// motion. A rule or condition is checked, a derived axis computed and the text of a cell written
// once per iteration of the innermost loop that it depends on, not once per row. It is predicate
// pushdown as well: a rejected block costs one step of index arithmetic, whatever its size.

import { holds, metMissing } from "../expression/condition";
import { evaluate } from "../expression/program";
import { evalStatus } from "../expression/signed";
import { setNumber } from "../formats/columns";
import { joinSegment, setCell } from "../formats/row";
import { computeOverlap, simulationVisits, useMethod } from "../layers/dimension";
import { set } from "../layers/layer";
import { isInRange } from "../layers/ranges";
import { keepsRule } from "../layers/rules";
import * as layout from "../layout";
import {
  expand,
  expansionVisits,
  select,
  SELECTED,
  SELECTED_END,
  SELECTED_INEXACT,
  SELECTED_REPEAT,
} from "./dependent";
import { positionOf } from "./odometer";

// The outcomes of `takeSteps`.
/** Every step is up to date, and no predicate fails. */
export const UP_TO_DATE: u32 = 0;
/** The current block of the loop at `rejectedLevel` is rejected, for `rejectedReason`. */
export const REJECTED: u32 = 1;
/** The expression of step `stoppedStep` has no value. */
export const FAILED: u32 = 2;
export let rejectedLevel: u32 = 0;
export let rejectedReason: u32 = layout.EMPTY;
/** The step that rejected the block or failed. */
export let stoppedStep: u32 = 0;

/** Bit n is set while closed form and simulation differ in dimension n. */
export let disagreeing: u32 = 0;
/**
 * Whether the slot of a cell may hold a value that exceeds 64 bits. That is an error only when a
 * row with the cell is written.
 */
export let mayOverflow: bool = false;
/** Visits that the steps have taken, beyond one for each layer. */
export let stepVisits: u32 = 0;

export let method: u32 = 0;
/** Whether every layer is simulated; one simulation can take as long as a million other layers. */
let isSimulating: bool = false;
let slotCount: u32 = 0;
/** Whether columns of numbers are written instead of text. */
let isColumnar: bool = false;

/** Reads the header of the image, and resets the state of the previous plan. */
export function openSteps(): void {
  slotCount = load<u32>(layout.IMAGE_PTR, layout.IMAGE_SLOT_COUNT);
  method = load<u32>(layout.IMAGE_PTR, layout.IMAGE_METHOD);
  isSimulating = method == layout.METHOD_SIMULATE || method == layout.METHOD_VERIFY;
  isColumnar = load<u32>(layout.IMAGE_PTR, layout.IMAGE_COLUMN_COUNT) > 0;
  useMethod(method);
  mayOverflow = false;
  disagreeing = 0;
  stepVisits = 0;
}

export function clearMayOverflow(): void {
  mayOverflow = false;
}

export function clearStepVisits(): void {
  stepVisits = 0;
}

export function stepPtr(step: u32): usize {
  return layout.IMAGE_STEPS_PTR + <usize>step * layout.STEP_BYTES;
}

/** The first step to take after the loop at a level has changed. */
export function entryPoint(changedLevel: u32): u32 {
  return load<u32>(layout.IMAGE_ENTRY_POINTS_PTR + ((<usize>changedLevel) << 2));
}

/** Rejects the current block of the loop at `level`. */
function rejectBlock(ptr: usize, level: u32, rejectionReason: u32): u32 {
  rejectedLevel = level;
  rejectedReason = rejectionReason;
  return stopAt(ptr, REJECTED);
}

function stopAt(ptr: usize, outcome: u32): u32 {
  stoppedStep = <u32>((ptr - layout.IMAGE_STEPS_PTR) / layout.STEP_BYTES);
  return outcome;
}

/**
 * The outcome of a step whose expression has no value. If the only reason is a division with a
 * remainder (EVAL_INEXACT), the block is rejected. Any other evaluation error is a fault.
 */
function failStep(ptr: usize): u32 {
  // The rejection counts of the predicates follow that of EMPTY.
  return evalStatus() == layout.EVAL_INEXACT
    ? rejectBlock(ptr, load<u32>(ptr, 4), 1 + load<u32>(ptr, 8))
    : stopAt(ptr, FAILED);
}

/**
 * Takes the steps [from, end) for the current layer, up to the first predicate that fails. Returns
 * UP_TO_DATE, REJECTED or FAILED.
 */
export function takeSteps(from: u32, end: u32): u32 {
  const endPtr = stepPtr(end);
  for (let ptr = stepPtr(from); ptr < endPtr; ptr += layout.STEP_BYTES) {
    const first = load<u32>(ptr, 8), second = load<u32>(ptr, 12);
    switch (load<u32>(ptr)) {
      case layout.STEP_RULE: {
        if (!keepsRule(second, load<u32>(ptr, 16))) {
          return rejectBlock(ptr, load<u32>(ptr, 4), 1 + first);
        }
        break;
      }
      case layout.STEP_WHERE: {
        const found = evaluate(second);
        if (evalStatus()) return failStep(ptr);
        if (found == 0) return rejectBlock(ptr, load<u32>(ptr, 4), 1 + first);
        break;
      }
      case layout.STEP_WHERE_EXACT: {
        const isKept = holds(second);
        if (evalStatus()) return failStep(ptr);
        // Two rejection counts: 1 + first if the condition is false, and 2 + first if a missing
        // value made it false.
        if (!isKept) return rejectBlock(ptr, load<u32>(ptr, 4), (metMissing ? 2 : 1) + first);
        break;
      }
      case layout.STEP_DERIVE: {
        const value = evaluate(second);
        if (evalStatus()) return failStep(ptr);
        const field = load<u32>(ptr, 16);
        // Two rejection counts: 1 + first if the value is inexact (see failStep), and 2 + first if
        // it is out of range.
        if (!isInRange(field, value)) return rejectBlock(ptr, load<u32>(ptr, 4), 2 + first);
        set(field, <u64>value);
        break;
      }
      case layout.STEP_EXPAND: {
        if (!expand(first)) return failStep(ptr);
        stepVisits += expansionVisits;
        break;
      }
      case layout.STEP_SELECT: {
        const level = load<u32>(ptr, 4);
        const selected = select(second, positionOf(level));
        if (selected == SELECTED) break;
        // All later positions of this loop are past the end of the list too. They are the rest of
        // the current block of the loop around it, at level - 1.
        if (selected == SELECTED_END) return rejectBlock(ptr, level - 1, layout.EMPTY);
        if (selected == SELECTED_REPEAT) return rejectBlock(ptr, level, layout.EMPTY);
        return rejectBlock(ptr, level, selected == SELECTED_INEXACT ? 1 + first : 2 + first);
      }
      case layout.STEP_OVERLAP: {
        const bit: u32 = 1 << first;
        if (isSimulating) stepVisits += simulationVisits(first);
        if (computeOverlap(method, first)) disagreeing &= ~bit;
        else disagreeing |= bit;
        break;
      }
      case layout.STEP_CELL: {
        const fits = isColumnar
          ? setNumber(first, second)
          : setCell(first, second, first + 1 == slotCount);
        if (!fits) mayOverflow = true;
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
