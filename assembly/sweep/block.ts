// A block: one position of the outer loops of a plan, with all positions of the inner loops. Its
// rows are computed column by column (vectorised execution):
//
//   fill      the odometer of the inner loops finds the layers that keep the predicates which it
//             checks, and saves their fields as vectors. If nothing there depends on the outer
//             loops, a block is filled once and reused for every position of the outer loops.
//   select    the remaining predicates reject rows, step by step. A selection vector has the rows
//             that are left; their fields are gathered.
//   compute   each column is computed for all rows in one loop (vectors/cells.ts).
//
// A block of more raw indices than a vector has entries is processed in several pieces.
//
// Rejection counts and faults are those of the layer-by-layer order. A layer is rejected by the
// first predicate of the schedule that it does not keep. So if a filling step follows a vector step
// in the schedule, the rows that it rejects are kept as failed rows until the vector steps before
// it have been taken. A fault stops the sweep at its raw index: everything before is computed again
// without the layers from there on.

import { firstOverflow } from "../formats/row";
import { saveRowTexts } from "../formats/row-texts";
import * as layout from "../layout";
import { setFault } from "../report";
import { computeCells } from "../vectors/cells";
import { forgetFactors } from "../vectors/factors";
import { gatherLiveRows, saveRow, useFilledRows } from "../vectors/fields";
import {
  clearCounts,
  clearFault,
  count,
  fault,
  faultDetail,
  faultPosition,
  recordFault,
  reportCounts,
} from "./faults";
import { advance, remainingBlock, seek, skip } from "./odometer";
import {
  clearMayOverflow,
  clearStepVisits,
  disagreeing,
  entryPoint,
  FAILED,
  mayOverflow,
  rejectedLevel,
  rejectedReason,
  stepPtr,
  stepVisits,
  stoppedStep,
  takeSteps,
  UP_TO_DATE,
} from "./steps";
import {
  selectAll,
  selected,
  selectNone,
  stopAtDisagreement,
  stopAtOverflow,
  takeVectorStep,
} from "./vector-steps";

let blockLevel: u32 = 0;
let innermostLevel: u32 = 0;
let outerStepEnd: u32 = 0;
let fillStepEnd: u32 = 0;
let vectorStepEnd: u32 = 0;
let slotCount: u32 = 0;
/** Rows of a piece of a block, at most. */
let vectorRows: u32 = 1;
/** Whether a block is filled once for all positions of the outer loops. */
let isReused: bool = false;
let reasonCount: u32 = 0;

/** Raw indices of a block. */
export let blockSize: u64 = 1;

let filledRows: u32 = 0;
/** The position that filling has reached. */
let filledEnd: u64 = 0;
/** Whether the filled rows are those of a complete block, which is reused. */
let isFilled: bool = false;
let hasFailedRows: bool = false;
let isDisagreementPossible: bool = false;

/** Visits that the last piece has taken. */
export let pieceVisits: u32 = 0;

/** Reads the header of the image. */
export function openBlock(): void {
  const header = layout.IMAGE_PTR;
  blockLevel = load<u32>(header, layout.IMAGE_BLOCK_LEVEL);
  innermostLevel = load<u32>(header, layout.IMAGE_LEVEL_COUNT) - 1;
  outerStepEnd = load<u32>(header, layout.IMAGE_OUTER_STEP_END);
  fillStepEnd = load<u32>(header, layout.IMAGE_FILL_STEP_END);
  vectorStepEnd = load<u32>(header, layout.IMAGE_VECTOR_STEP_END);
  slotCount = load<u32>(header, layout.IMAGE_SLOT_COUNT);
  vectorRows = load<u32>(header, layout.IMAGE_VECTOR_ROWS);
  isReused = load<u32>(header, layout.IMAGE_IS_REUSED) != 0;
  reasonCount = 1 + load<u32>(header, layout.IMAGE_PREDICATE_COUNT);
  const method = load<u32>(header, layout.IMAGE_METHOD);
  isDisagreementPossible = method == layout.METHOD_VERIFY || method == layout.METHOD_SPOT_CHECK;
  blockSize = 1;
  for (let level = blockLevel + 1; level <= innermostLevel; level++) {
    blockSize *= load<u32>(layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>level);
  }
  isFilled = false;
  clearCounts(layout.FILLED_REJECTED_PTR, reasonCount);
  clearCounts(layout.DROPPED_PTR, reasonCount);
}

// ── Filling ──

/**
 * Finds the layers at the positions [from, end) of the block, for the current position of the outer
 * loops. Stops early once it has vectorRows rows, or after `maxVisits` visits.
 */
function fill(from: u64, end: u64, maxVisits: u32): void {
  isFilled = false;
  filledRows = 0;
  hasFailedRows = false;
  clearCounts(layout.FILLED_REJECTED_PTR, reasonCount);
  clearStepVisits();
  useFilledRows();
  forgetFactors(true);
  let visits: u32 = 0;
  let position = from;
  let firstStep = outerStepEnd;
  seek(blockLevel + 1, position);
  while (
    position < end && filledRows < vectorRows && (visits == 0 || visits + stepVisits < maxVisits)
  ) {
    const outcome = takeSteps(firstStep, fillStepEnd);
    visits++;
    if (outcome == UP_TO_DATE) {
      appendRow(position);
      position++;
      if (position < end) firstStep = entryPoint(advance(innermostLevel));
    } else {
      // A value that a step does not have is missing in its complete block.
      const level = outcome == FAILED ? load<u32>(stepPtr(stoppedStep), 4) : rejectedLevel;
      const weight = min(remainingBlock(level, position), end - position);
      if (load<u32>(stepPtr(stoppedStep), layout.STEP_IS_LATE) != 0) {
        appendFailedRow(position, outcome == FAILED, weight);
      } else if (outcome == FAILED) {
        recordFault(layout.FAULT_EXPRESSION, position, stoppedStep);
        break;
      } else {
        count(layout.FILLED_REJECTED_PTR, rejectedReason, weight);
      }
      position += weight;
      if (position < end) firstStep = entryPoint(skip(level));
    }
  }
  filledEnd = position;
  pieceVisits += visits + stepVisits;
}

function appendRow(position: u64): void {
  const row = <usize>filledRows;
  store<u64>(layout.POSITIONS_PTR + (row << 3), position);
  store<u32>(layout.FAILED_STEPS_PTR + (row << 2), 0);
  store<u32>(
    layout.FAILED_REASONS_PTR + (row << 2), disagreeing ? layout.FAILED_DISAGREEING : 0,
  );
  saveRow(filledRows);
  saveRowTexts(filledRows);
  filledRows++;
}

/** Appends a block of `weight` raw indices that the step `stoppedStep` has rejected. */
function appendFailedRow(position: u64, isFatal: bool, weight: u64): void {
  const row = <usize>filledRows;
  store<u64>(layout.POSITIONS_PTR + (row << 3), position);
  store<u32>(layout.FAILED_STEPS_PTR + (row << 2), stoppedStep + 1);
  store<u32>(
    layout.FAILED_REASONS_PTR + (row << 2), isFatal ? layout.FAILED_FATALLY : rejectedReason,
  );
  store<u64>(layout.FAILED_WEIGHTS_PTR + (row << 3), weight);
  saveRow(filledRows);
  hasFailedRows = true;
  filledRows++;
}

// ── A piece ──

/**
 * Computes the vectors of the positions from `from` on: at most up to `end`, to a full vector, or
 * to the fault. Returns the position that it has reached.
 */
function compute(from: u64, end: u64, maxVisits: u32): u64 {
  clearFault();
  const isComplete = isReused && from == 0 && end == blockSize;
  if (isComplete && isFilled) {
    useFilledRows();
    forgetFactors(false);
  } else {
    fill(from, end, isComplete ? u32.MAX_VALUE : maxVisits);
    isFilled = isComplete && !fault;
  }
  selectAll(filledRows);
  if (fillStepEnd < vectorStepEnd) {
    clearCounts(layout.DROPPED_PTR, reasonCount);
    for (let step = fillStepEnd; step < vectorStepEnd; step++) takeVectorStep(step);
    pieceVisits += filledRows;
  }
  if (isDisagreementPossible) stopAtDisagreement();
  if (selected == 0) return fault ? faultPosition : filledEnd;
  // Every row field that a vector step has set makes the factors differ from block to block.
  if (selected < filledRows || fillStepEnd < vectorStepEnd) {
    forgetFactors(true);
    if (selected < filledRows) gatherLiveRows(selected);
  }
  // A cell of an outer loop that overflows is a fault of the first row that has the cell.
  const rows: u32 = mayOverflow ? 0 : computeCells(selected);
  if (rows < selected) {
    const slot = firstOverflow(rows, slotCount);
    if (slot < slotCount) stopAtOverflow(rows, slot);
    else clearMayOverflow(); // the cell has been rewritten without overflow
  }
  return fault ? faultPosition : filledEnd;
}

/** Forgets the rows and rejection counts of a piece whose first layer is at fault. */
function forgetPiece(): void {
  selectNone();
  clearCounts(layout.FILLED_REJECTED_PTR, reasonCount);
  clearCounts(layout.DROPPED_PTR, reasonCount);
  isFilled = false;
}

/**
 * Computes the rows of the positions from `from` on, as `compute` does, and reports what was
 * rejected. `index` is the raw index of the block. At a fault, the rows are those before it.
 */
export function computePiece(index: u64, from: u64, end: u64, maxVisits: u32): u64 {
  pieceVisits = 0;
  const reached = compute(from, end, maxVisits);
  if (fault) {
    const kind = fault, detail = faultDetail;
    if (reached > from) compute(from, reached, u32.MAX_VALUE);
    else forgetPiece();
    setFault(kind, index + reached, detail);
  }
  reportCounts(layout.FILLED_REJECTED_PTR, reasonCount);
  if (fillStepEnd < vectorStepEnd) reportCounts(layout.DROPPED_PTR, reasonCount);
  pieceVisits += selected;
  return reached;
}
