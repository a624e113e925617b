// A block: one position of the outer loops of a plan, with all positions of the inner loops. Its
// rows are computed column by column (vectorised execution), in pieces of at most vectorRows rows:
//
//   fill      the odometer of the inner loops finds the layers that keep the predicates which it
//             checks, and saves their fields as vectors. If nothing there depends on the outer
//             loops, the block is filled once and reused for every position of the outer loops.
//   select    the remaining predicates reject rows, step by step. A selection vector has the rows
//             that are left; their fields are gathered.
//   compute   each column is computed for all rows in one loop (vectors/cells.ts).
//
// Rejection counts and faults are those of the layer-by-layer order. A layer is rejected by the
// first predicate of the schedule that it does not keep. So if a filling step follows a vector step
// in the schedule, the rows that it rejects are kept as failed rows until the vector steps before
// it have been taken. A fault stops the sweep at its raw index: the piece is computed again without
// the layers from there on.

import { firstOverflow } from "../formats/row";
import { saveRowTexts } from "../formats/row-texts";
import * as layout from "../layout";
import { setFault } from "../report";
import { computeCells } from "../vectors/cells";
import { forgetFactors, haveOuterFieldsChanged } from "../vectors/factors";
import { doVectorStepsSetFields, gatherLiveRows, saveRow, useFilledRows } from "../vectors/fields";
import { advance, remainingBlock, seek, skip } from "./odometer";
import {
  beginGroup,
  clearGroups,
  clearPiece,
  clearRejected,
  countRejected,
  fault,
  faultDetail,
  faultPosition,
  openCounts,
  positionOfFilled,
  recordFault,
  reportRejected,
  setFailure,
  setPosition,
  usePiece,
} from "./piece";
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
  useGroups,
} from "./vector-steps";

/** In place of a level: no level, or none yet. */
const NO_LEVEL: u32 = 0xffffffff;

let blockLevel: u32 = 0;
let innermostLevel: u32 = 0;
let outerStepEnd: u32 = 0;
let fillStepEnd: u32 = 0;
let vectorStepEnd: u32 = 0;
let slotCount: u32 = 0;
/** Rows of a piece, at most. */
let vectorRows: u32 = 1;
/** Whether a block is filled once for all positions of the outer loops. */
let isReused: bool = false;
/** Rows of a reused block, at most. */
let blockRows: u32 = 0;

/** Raw indices of a block. */
export let blockSize: u64 = 1;

/** Rows of a reused block, or of a piece that was filled. */
let filledRows: u32 = 0;
/** The position that filling has reached. */
let filledEnd: u64 = 0;
/** Whether the filled rows are those of a complete block. */
let isFilled: bool = false;

/**
 * The position at which a spot check has found a disagreement while a reused block was filled. The
 * layer there is not checked again when its piece is filled.
 */
let disagreeingPosition: u64 = u64.MAX_VALUE;

/** Whether a block has more rows than fit in the memory of a reused block. */
let isTooLarge: bool = false;

/** Whether the host should open the plan again, with a reused block of fewer raw indices. */
export function isBlockTooLarge(): bool {
  return isTooLarge;
}

/** Whether the rejection counts of the piece are those of the reused block. */
let isWholeBlock: bool = false;
/** The position after the last piece, and the row of a reused block at which the next one begins. */
let nextPosition: u64 = 0;
let nextRow: u32 = 0;

/** The filled row at which the piece begins. */
export let pieceRow: u32 = 0;
let pieceRows: u32 = 0;

/**
 * The level of the first vector step, if that is a condition inside the block but not at its
 * innermost level: rows are grouped by the loops up to it. Otherwise NO_LEVEL.
 */
let groupLevel: u32 = NO_LEVEL;

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
  blockRows = load<u32>(header, layout.IMAGE_BLOCK_ROWS);
  isReused = blockRows > 0;
  isTooLarge = false;
  blockSize = 1;
  for (let level = blockLevel + 1; level <= innermostLevel; level++) {
    blockSize *= load<u32>(layout.IMAGE_LEVELS_PTR + layout.IMAGE_LEVEL_BYTES * <usize>level);
  }
  isFilled = false;
  disagreeingPosition = u64.MAX_VALUE;
  nextPosition = 0;
  nextRow = 0;
  groupLevel = NO_LEVEL;
  if (fillStepEnd < vectorStepEnd && load<u32>(stepPtr(fillStepEnd)) == layout.STEP_WHERE) {
    const level = load<u32>(stepPtr(fillStepEnd), 4);
    if (level < innermostLevel) groupLevel = level;
  }
  useGroups(groupLevel != NO_LEVEL, groupLevel);
  openCounts(1 + load<u32>(header, layout.IMAGE_PREDICATE_COUNT));
}

// ── Filling ──

/**
 * Finds the layers at the positions [from, end) of the block, for the current position of the outer
 * loops. Stops early once it has `maxRows` rows, after `maxVisits` visits, or at a fault.
 */
function fill(from: u64, end: u64, maxRows: u32, maxVisits: u32): void {
  filledRows = 0;
  clearStepVisits();
  let visits: u32 = 0;
  let position = from;
  let firstStep = outerStepEnd;
  clearGroups();
  let changedLevel = blockLevel;
  seek(blockLevel + 1, position);
  while (
    position < end && filledRows < maxRows && (visits == 0 || visits + stepVisits < maxVisits)
  ) {
    const outcome = takeSteps(firstStep, fillStepEnd);
    visits++;
    if (outcome == UP_TO_DATE) {
      if (disagreeing || position == disagreeingPosition) {
        recordFault(layout.FAULT_DISAGREE, position, 0);
        break;
      }
      changedLevel = groupRow(changedLevel);
      appendRow(position);
      position++;
      if (position < end) {
        const level = advance(innermostLevel);
        changedLevel = min(changedLevel, level);
        firstStep = entryPoint(level);
      }
    } else {
      // A value that a step does not have is missing in its complete block.
      const level = outcome == FAILED ? load<u32>(stepPtr(stoppedStep), 4) : rejectedLevel;
      const weight = min(remainingBlock(level, position), end - position);
      if (load<u32>(stepPtr(stoppedStep), layout.STEP_IS_LATE) != 0) {
        if (isReused && weight > maxRows - filledRows) break; // the block has too many rows
        changedLevel = groupRow(changedLevel);
        appendFailure(position, outcome == FAILED ? layout.FAILED_FATALLY : rejectedReason, weight);
      } else if (outcome == FAILED) {
        recordFault(layout.FAULT_EXPRESSION, position, stoppedStep);
        break;
      } else if (isReused) {
        rejectPositions(position, weight);
      } else {
        countRejected(layout.PIECE_REJECTED_PTR, rejectedReason, weight);
      }
      position += weight;
      if (position < end) {
        const changed = skip(level);
        changedLevel = min(changedLevel, changed);
        firstStep = entryPoint(changed);
      }
    }
  }
  filledEnd = position;
  pieceVisits += visits + stepVisits;
}

/**
 * Begins a group with the next filled row, if a loop up to the level of the groups has advanced
 * since the last row. Returns the outermost level that has changed since then.
 */
function groupRow(changedLevel: u32): u32 {
  if (groupLevel == NO_LEVEL || changedLevel > groupLevel) return changedLevel;
  beginGroup(filledRows);
  return NO_LEVEL;
}

function appendRow(position: u64): void {
  setPosition(filledRows, position);
  saveRow(filledRows);
  saveRowTexts(filledRows);
  filledRows++;
}

/**
 * Appends `weight` raw indices that the step `stoppedStep` has rejected. They are one row each in a
 * reused block, so that a piece can begin at any of them.
 */
function appendFailure(position: u64, reason: u32, weight: u64): void {
  const count: u32 = isReused ? <u32>weight : 1;
  for (let i: u32 = 0; i < count; i++) {
    setFailure(filledRows, position + i, stoppedStep, reason, isReused ? 1 : weight);
    saveRow(filledRows);
    filledRows++;
  }
}

/** Records the rejection of `weight` raw indices of a reused block. */
function rejectPositions(position: u64, weight: u64): void {
  const ptr = layout.REASONS_PTR + ((<usize>position) << 1);
  for (let i: usize = 0; i < <usize>weight; i++) store<u16>(ptr + (i << 1), <u16>rejectedReason);
  countRejected(layout.BLOCK_REJECTED_PTR, rejectedReason, weight);
}

/**
 * Fills a block that is reused. If it has a fault, or too many rows, no block is reused: then each
 * is filled piece by piece, until the fault.
 */
function fillBlock(): void {
  clearRejected(layout.BLOCK_REJECTED_PTR);
  memory.fill(layout.REASONS_PTR, 0xff, (<usize>blockSize) << 1);
  fill(0, blockSize, blockRows, u32.MAX_VALUE);
  isTooLarge = !fault && filledEnd < blockSize;
  if (fault || isTooLarge) {
    isReused = false;
    if (fault == layout.FAULT_DISAGREE) disagreeingPosition = faultPosition;
    clearPiece();
    return;
  }
  isFilled = true;
  useFilledRows(0);
  forgetFactors(true);
}

/** The first row of a reused block at a position, or after it. */
function rowAt(position: u64): u32 {
  if (position == nextPosition) return nextRow;
  if (position == blockSize) return filledRows;
  let low: u32 = 0, high = filledRows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positionOfFilled(middle) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes the rows at the positions from `from` on from a reused block. Returns their number. */
function takeRows(from: u64, end: u64): u32 {
  const first = from == 0 ? 0 : rowAt(from), endRow = rowAt(end);
  const rows = min(endRow - first, vectorRows);
  // The vectors of the factors are those of the last piece.
  const haveFieldsChanged = haveOuterFieldsChanged();
  forgetFactors(haveFieldsChanged || first != pieceRow || rows != pieceRows);
  pieceRow = first;
  pieceRows = rows;
  filledEnd = first + rows == endRow ? end : positionOfFilled(first + rows);
  nextPosition = filledEnd;
  nextRow = first + rows;
  isWholeBlock = from == 0 && filledEnd == blockSize;
  if (!isWholeBlock) countReasons(from, filledEnd);
  usePiece(first);
  useFilledRows(first);
  return rows;
}

/** Counts the rejected positions [from, end) of a reused block. */
function countReasons(from: u64, end: u64): void {
  for (let position = <usize>from; position < <usize>end; position++) {
    const reason = load<u16>(layout.REASONS_PTR + (position << 1));
    if (reason != layout.ROW_POSITION) countRejected(layout.PIECE_REJECTED_PTR, reason, 1);
  }
}

/** Fills a piece of a block that is not reused. Returns its number of rows. */
function fillRows(from: u64, end: u64, maxVisits: u32): u32 {
  isWholeBlock = false;
  fill(from, end, vectorRows, maxVisits);
  pieceRow = 0;
  usePiece(0);
  useFilledRows(0);
  forgetFactors(true);
  return filledRows;
}

// ── A piece ──

/**
 * Computes the vectors of the positions from `from` on: at most up to `end`, to a full vector, or
 * to the fault. Returns the position that it has reached.
 */
function compute(from: u64, end: u64, maxVisits: u32): u64 {
  clearPiece();
  if (isReused && !isFilled) fillBlock();
  const rows = isReused ? takeRows(from, end) : fillRows(from, end, maxVisits);
  selectAll(rows);
  // Fields that vector steps set differ from block to block, and so do the factors with them.
  if (doVectorStepsSetFields()) forgetFactors(true);
  clearStepVisits();
  for (let step = fillStepEnd; step < vectorStepEnd; step++) takeVectorStep(step, rows);
  if (fillStepEnd < vectorStepEnd) pieceVisits += rows + stepVisits;
  // Filling checks this for the blocks that it fills.
  if (isReused && disagreeing && selected > 0) stopAtDisagreement();
  if (selected > 0) computeSelected(rows);
  return fault ? faultPosition : filledEnd;
}

/** Computes the cells of the selected rows, `rows` being those before the selection. */
function computeSelected(rows: u32): void {
  if (selected < rows) {
    gatherLiveRows(selected);
    forgetFactors(true);
    pieceRows = u32.MAX_VALUE; // the factors are not those of a piece
  }
  // A cell of an outer loop that overflows is a fault of the first row that has the cell.
  const computed: u32 = mayOverflow ? 0 : computeCells(selected);
  if (computed == selected) return;
  const slot = firstOverflow(computed, slotCount);
  if (slot < slotCount) {
    stopAtOverflow(computed, slot);
  } else {
    clearMayOverflow(); // the cell has been written again without overflow
    computeSelected(selected);
  }
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
    if (reached > from) {
      compute(from, reached, u32.MAX_VALUE);
    } else {
      selectNone();
      clearPiece();
      isWholeBlock = false;
    }
    setFault(kind, index + reached, detail);
  }
  if (isWholeBlock) reportRejected(layout.BLOCK_REJECTED_PTR);
  if (!isWholeBlock || fillStepEnd < vectorStepEnd) reportRejected(layout.PIECE_REJECTED_PTR);
  pieceVisits += selected;
  return reached;
}
