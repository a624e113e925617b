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
import { fill, looksToFill, pick, PICKED, PICKED_END, PICKED_INEXACT, PICKED_REPEAT } from "./dependent";
import { isInRange, keepsRule, looksToSimulate, set, setKind, workOutOverlap } from "./layer";
import {
  FAULT_DISAGREE, FAULT_EXPRESSION, FAULT_OVERFLOW, IMAGE_BEGIN_PTR, IMAGE_PTR, IMAGE_STEPS_PTR, INPUT_PTR, METHOD_SIMULATE, METHOD_VERIFY, NOTHING, STEP_BYTES, STEP_CELL, STEP_DERIVE, STEP_FILL, STEP_JOIN, STEP_OVERLAP, STEP_PICK, STEP_RULE, STEP_WHERE, STEP_WHERE_EXACT,
  TROUBLE_FATAL, TROUBLE_INEXACT,
} from "./layout";
import { openLoops, positionOf, restOfTurn, seek, step, stepOver } from "./odometer";
import { run } from "./program";
import { fault, finishReport, leaveOut, startReport, visited } from "./report";
import { firstOverflow, joinPart, openRow, setCell, writeRow } from "./row";
import { startSample } from "./sample";
import { troubleFound } from "./signed";
import { windowEndPtr, windowPtr } from "./window";

let slotCount: u32 = 0;
let stepCount: u32 = 0;
let method: u32 = 0;
/** Whether every layer is simulated, which can take as long as a million others do. */
let isSimulating: bool = false;
let accountCount: u32 = 0;
/** Whether rows are written, or layers compared instead; else they are only counted. */
let isWriting: bool = false;
let isComparing: bool = false;
/**
 * The loop from turn to turn of which the sweep goes: the innermost; where layers are only counted, the last at which anything is
 * decided, for what lies inside counts as a whole.
 */
let lookLevel: u32 = 0;

/** Whether a cell may hold a value that passes 64 bits: an error only once a row with one is due. */
let mayOverflow: bool = false;
/** One bit a dimension on which the methods differ. */
let disagreeing: u32 = 0;

/** How the last `settle` ended. */
const SETTLED: u32 = 0;
/** Everything in the turn of the loop at `stoppedLevel` is left out, on `stoppedAccount`. */
const LEFT_OUT: u32 = 1;
/** The expression of step `stoppedStep` has no value. */
const FAILED: u32 = 2;
let stoppedLevel: u32 = 0;
let stoppedAccount: u32 = NOTHING;
let stoppedStep: u32 = 0;

let outPtr: usize = 0;
let rows: u64 = 0;
let visits: u32 = 0;

/** Reads the plan that the host has written into the image. Call once before `sweep`. */
export function openPlan(): void {
  slotCount = load<u32>(IMAGE_PTR);
  stepCount = load<u32>(IMAGE_PTR, 4);
  method = load<u32>(IMAGE_PTR, 8);
  isSimulating = method == METHOD_SIMULATE || method == METHOD_VERIFY;
  accountCount = 1 + load<u32>(IMAGE_PTR, 16);
  // What the plan before has left behind.
  mayOverflow = false;
  disagreeing = 0;
  startSample();
  setKind(load<u32>(IMAGE_PTR, 20));
  isComparing = load<u32>(IMAGE_PTR, 24) != 0;
  isWriting = slotCount > 0;
  lookLevel = load<u32>(IMAGE_PTR, 32);
  openRow(slotCount);
  openLoops(load<u32>(IMAGE_PTR, 12));
}

function leftOut(level: u32, account: u32): u32 {
  stoppedLevel = level;
  stoppedAccount = account;
  return LEFT_OUT;
}

/** What comes of an expression that has no value. */
function failed(stepPtr: usize): u32 {
  // Accounts begin behind NOTHING.
  if (troubleFound() == TROUBLE_INEXACT) return leftOut(load<u32>(stepPtr, 4), 1 + load<u32>(stepPtr, 8));
  stoppedStep = <u32>((stepPtr - IMAGE_STEPS_PTR) / STEP_BYTES);
  return FAILED;
}

function firstStep(turned: u32): u32 {
  return load<u32>(IMAGE_BEGIN_PTR + ((<usize>turned) << 2));
}

/** Brings up to date what depends on the loops at `turned` and inside, up to the first requirement that is not met. */
function settle(turned: u32): u32 {
  const endPtr = IMAGE_STEPS_PTR + <usize>stepCount * STEP_BYTES;
  let ptr = IMAGE_STEPS_PTR + <usize>firstStep(turned) * STEP_BYTES;
  for (; ptr < endPtr; ptr += STEP_BYTES) {
    const first = load<u32>(ptr, 8), second = load<u32>(ptr, 12);
    switch (load<u32>(ptr)) {
      case STEP_RULE: {
        if (!keepsRule(second, load<u32>(ptr, 16))) return leftOut(load<u32>(ptr, 4), 1 + first);
        break;
      }
      case STEP_WHERE: {
        const found = run(second);
        if (troubleFound()) return failed(ptr);
        if (found == 0) return leftOut(load<u32>(ptr, 4), 1 + first);
        break;
      }
      case STEP_WHERE_EXACT: {
        const isKept = holds(second);
        if (troubleFound()) return failed(ptr);
        if (!isKept) return leftOut(load<u32>(ptr, 4), (metMissing ? 2 : 1) + first);
        break;
      }
      case STEP_DERIVE: {
        const value = run(second);
        if (troubleFound()) return failed(ptr);
        const field = load<u32>(ptr, 16);
        if (!isInRange(field, value)) return leftOut(load<u32>(ptr, 4), 2 + first);
        set(field, <u64>value);
        break;
      }
      case STEP_FILL: {
        if (!fill(first)) return failed(ptr);
        visits += looksToFill;
        break;
      }
      case STEP_PICK: {
        const level = load<u32>(ptr, 4);
        const picked = pick(second, positionOf(level));
        if (picked == PICKED) break;
        // Past the end, the rest of the loop's positions go with it: the rest of the turn of the loop around it.
        if (picked == PICKED_END) return leftOut(level - 1, NOTHING);
        if (picked == PICKED_REPEAT) return leftOut(level, NOTHING);
        return leftOut(level, picked == PICKED_INEXACT ? 1 + first : 2 + first);
      }
      case STEP_OVERLAP: {
        const bit: u32 = 1 << first;
        if (isSimulating) visits += looksToSimulate(first);
        if (workOutOverlap(method, first)) disagreeing &= ~bit;
        else disagreeing |= bit;
        break;
      }
      case STEP_CELL: {
        if (!setCell(first, second, first + 1 == slotCount)) mayOverflow = true;
        break;
      }
      case STEP_JOIN: {
        joinPart(first, second);
        break;
      }
    }
  }
  return SETTLED;
}

/**
 * Writes the rows of the raw indices [first, end), until `visitsMost` looks at layers are taken, counted over the whole batch.
 * Returns the index it got to.
 */
function sweepStretch(first: u64, end: u64, visitsMost: u32): u64 {
  let index = first;
  let turned: u32 = 0;
  if (index < end) seek(first);
  while (index < end && visits < visitsMost && outPtr < windowEndPtr()) {
    const outcome = firstStep(turned) < stepCount ? settle(turned) : SETTLED;
    visits++;
    if (outcome == SETTLED) {
      if (disagreeing) {
        fault(FAULT_DISAGREE, index, 0);
        break;
      }
      let layers: u64 = 1;
      if (isWriting) {
        const endPtr = writeRow(outPtr);
        if (mayOverflow || hasOverflowed()) {
          const slot = firstOverflow(outPtr, slotCount);
          if (slot < slotCount) {
            fault(FAULT_OVERFLOW, index, slot);
            break;
          }
          mayOverflow = false; // it has been written again since
        }
        outPtr = endPtr;
      } else if (!isComparing) {
        layers = min(restOfTurn(lookLevel, index), end - index);
      } else if (!compareLayer(index)) {
        fault(FAULT_OVERFLOW, index, 0);
        break;
      }
      rows += layers;
      index += layers;
      turned = step(lookLevel);
    } else if (outcome == LEFT_OUT) {
      const subtree = min(restOfTurn(stoppedLevel, index), end - index);
      leaveOut(stoppedAccount, subtree);
      index += subtree;
      turned = stepOver(stoppedLevel);
    } else {
      fault(FAULT_EXPRESSION, index, stoppedStep);
      break;
    }
  }
  return index;
}

function startBatch(): void {
  startReport(accountCount);
  outPtr = windowPtr();
  rows = 0;
  visits = 0;
  if (isComparing) startComparison();
}

function finishBatch(): void {
  if (isComparing) outPtr = writeComparison();
  visited(visits);
  finishReport(rows, outPtr - windowPtr());
}

/**
 * Writes the rows of the raw indices [first, end) to OUTPUT, as many as fit and as `visitsMost` looks at layers find, one at least, and
 * fills the report. Returns the index it got to: `end`, or where to go on, or the layer at fault.
 */
export function sweep(first: u64, end: u64, visitsMost: u32): u64 {
  startBatch();
  const next = sweepStretch(first, end, visitsMost);
  finishBatch();
  return next;
}

/**
 * The same for single raw indices: `count` of them stand in INPUT as u64. Returns how many it got through; the one at which
 * it stopped is not among them.
 */
export function sweepPicks(count: u32): u32 {
  startBatch();
  let done: u32 = 0;
  for (; done < count; done++) {
    const index = load<u64>(INPUT_PTR + ((<usize>done) << 3));
    if (sweepStretch(index, index + 1, u32.MAX_VALUE) == index) break;
  }
  finishBatch();
  return done;
}
