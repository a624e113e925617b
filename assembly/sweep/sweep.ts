// Sweeps of a plan: from block to block, with rows for all layers that keep every predicate.
//
//     seek(first)
//     for each position of the outer loops:
//         take the steps that depend on the changed loops   (axes → predicates → overlap → cells)
//         if a predicate fails   → count and skip the block of its level
//         otherwise              → THE HOT LOOP: fill, select, compute, write (block.ts)
//         advance the outer loops
//
// Plans that write no rows have blocks of one layer. Layers are compared one by one, and counted a
// block of the innermost step at a time.

import { compareLayer, startComparison, writeComparison } from "../columns/compare";
import { hasColumnRoom, openColumns, startColumns, writeColumns } from "../formats/columns";
import { openRow } from "../formats/row";
import { openRowTexts } from "../formats/row-texts";
import { writeRows } from "../formats/rows";
import { setKind } from "../layers/layer";
import { startSpotChecks } from "../layers/spot-check";
import * as layout from "../layout";
import { outputLimitPtr, outputPtr } from "../output";
import { finishReport, hasFault, reject, setFault, setVisits, startReport } from "../report";
import { openCells } from "../vectors/cells";
import { openFactors } from "../vectors/factors";
import { openFields } from "../vectors/fields";
import { blockSize, computePiece, openBlock, pieceRow, pieceVisits } from "./block";
import { openPiece } from "./piece";
import { advance, openLoops, remainingBlock, seek, skip } from "./odometer";
import {
  clearStepVisits,
  disagreeing,
  entryPoint,
  openSteps,
  REJECTED,
  rejectedLevel,
  rejectedReason,
  stepVisits,
  stoppedStep,
  takeSteps,
  UP_TO_DATE,
} from "./steps";
import { selected } from "./vector-steps";

let outerStepEnd: u32 = 0;
/** Number of rejection counts: EMPTY and the predicates. */
let rejectionReasons: u32 = 0;
/** Whether rows are written, or layers compared instead. If neither, layers are only counted. */
let isWriting: bool = false;
let isComparing: bool = false;
/**
 * The level at which the odometer advances: that of the blocks. Where layers are only counted, the
 * innermost level with a step: everything inside it is counted at once.
 */
let visitLevel: u32 = 0;

/** Whether columns of numbers are written instead of text. */
let isColumnar: bool = false;

let outPtr: usize = 0;
let rows: u64 = 0;
let visits: u32 = 0;

/** Reads the plan that the host has written into the image. Call once before `sweep`. */
export function openPlan(): void {
  const header = layout.IMAGE_PTR;
  outerStepEnd = load<u32>(header, layout.IMAGE_OUTER_STEP_END);
  rejectionReasons = 1 + load<u32>(header, layout.IMAGE_PREDICATE_COUNT);
  startSpotChecks();
  setKind(load<u32>(header, layout.IMAGE_KIND));
  isComparing = load<u32>(header, layout.IMAGE_IS_COMPARING) != 0;
  isWriting = load<u32>(header, layout.IMAGE_SLOT_COUNT) > 0;
  visitLevel = load<u32>(header, layout.IMAGE_VISIT_LEVEL);
  openLoops(load<u32>(header, layout.IMAGE_LEVEL_COUNT));
  openSteps();
  // Without reuse, the filled vectors hold one piece.
  const blockRows = max(
    load<u32>(header, layout.IMAGE_BLOCK_ROWS), load<u32>(header, layout.IMAGE_VECTOR_ROWS),
  );
  openFields(blockRows);
  openFactors();
  openCells();
  const hasVectorSteps = load<u32>(header, layout.IMAGE_VECTOR_STEP_END)
    > load<u32>(header, layout.IMAGE_FILL_STEP_END);
  openRowTexts(openPiece(blockRows, hasVectorSteps), blockRows);
  openRow(load<u32>(header, layout.IMAGE_SLOT_COUNT));
  isColumnar = openColumns();
  openBlock();
}

/**
 * Writes, compares or counts the layers of the raw indices [first, end). Stops early when the batch
 * has taken `maxVisits` visits, when the output buffer is full, or at a fault. Returns the index
 * that it has reached: `end`, the next index, or that of the layer at fault.
 */
function sweepRange(first: u64, end: u64, maxVisits: u32): u64 {
  let index = first;
  if (index < end) seek(0, first);
  let firstStep = entryPoint(0);
  while (index < end && visits < maxVisits && hasRoom()) {
    clearStepVisits();
    const outcome = takeSteps(firstStep, outerStepEnd);
    visits += stepVisits;
    if (outcome == UP_TO_DATE) {
      const layers = isWriting
        ? sweepBlock(index, end, maxVisits)
        : visitLayers(index, end);
      index += layers;
      if (hasFault()) break;
      // A block of which only a part fitted into the batch is left.
      if (isWriting && index % blockSize != 0) break;
      firstStep = entryPoint(advance(visitLevel));
    } else if (outcome == REJECTED) {
      visits++;
      const weight = min(remainingBlock(rejectedLevel, index), end - index);
      reject(rejectedReason, weight);
      index += weight;
      firstStep = entryPoint(skip(rejectedLevel));
    } else {
      setFault(layout.FAULT_EXPRESSION, index, stoppedStep);
      break;
    }
  }
  return index;
}

/**
 * Writes the rows of the current block from raw index `first` on, piece by piece. Returns the number
 * of raw indices that it has processed.
 */
function sweepBlock(first: u64, end: u64, maxVisits: u32): u64 {
  const from = first % blockSize;
  const blockEnd = min(blockSize, from + (end - first));
  let position = from;
  do {
    position = computePiece(first - from, position, blockEnd, maxVisits - visits);
    visits += pieceVisits;
    if (isColumnar) writeColumns(selected);
    else outPtr = writeRows(outPtr, selected, pieceRow);
    rows += selected;
  } while (
    position < blockEnd && !hasFault() && visits < maxVisits && hasRoom()
  );
  return position - from;
}

/** Whether the output buffer has room for another vector of rows. */
function hasRoom(): bool {
  return isColumnar ? hasColumnRoom() : outPtr < outputLimitPtr();
}

/** Compares the current layer, or counts its block. Returns the number of layers. */
function visitLayers(index: u64, end: u64): u64 {
  visits++;
  if (disagreeing) {
    setFault(layout.FAULT_DISAGREE, index, 0);
    return 0;
  }
  let layers: u64 = 1;
  if (!isComparing) {
    layers = min(remainingBlock(visitLevel, index), end - index);
  } else if (!compareLayer(index)) {
    setFault(layout.FAULT_OVERFLOW, index, 0);
    return 0;
  }
  rows += layers;
  return layers;
}

/** Clears the report, the totals of the batch and the tallies of a comparison. */
function startBatch(): void {
  startReport(rejectionReasons);
  outPtr = outputPtr();
  rows = 0;
  visits = 0;
  if (isComparing) startComparison();
  if (isColumnar) startColumns();
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
