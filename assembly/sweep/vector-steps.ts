// Vector steps: the predicates of a block that depend on outer loops as well. Each step is taken for
// all rows before the next one. A selection vector lists the rows that are left.

import * as layout from "../layout";
import { loadRow, saveField } from "../vectors/fields";
import {
  countRejected,
  failedReason,
  hasFailedAt,
  positionOfRow,
  recordFault,
  weightOfRow,
} from "./piece";
import {
  disagreeing,
  FAILED,
  REJECTED,
  rejectedReason,
  stepPtr,
  takeSteps,
} from "./steps";

/** Number of rows in the selection vector. */
export let selected: u32 = 0;
/** Whether the selection vector is 0, 1, 2, … */
let isComplete: bool = false;

/** Selects no row. */
export function selectNone(): void {
  selected = 0;
}

/** Selects the first `rows` rows. */
export function selectAll(rows: u32): void {
  selected = rows;
  if (isComplete) return;
  for (let row: u32 = 0; row < layout.VECTOR_ROWS; row++) {
    store<u32>(layout.SELECTION_PTR + ((<usize>row) << 2), row);
  }
  isComplete = true;
}

function selectedRow(i: u32): u32 {
  return load<u32>(layout.SELECTION_PTR + ((<usize>i) << 2));
}

function rejectRow(row: u32, reason: u32): void {
  countRejected(layout.PIECE_REJECTED_PTR, reason, weightOfRow(row));
}

/** Keeps the first `kept` selected rows. */
function keep(kept: u32): void {
  if (kept < selected) isComplete = false;
  selected = kept;
}

function appendSelected(i: u32, row: u32): void {
  store<u32>(layout.SELECTION_PTR + ((<usize>i) << 2), row);
}

/** Takes one vector step for all selected rows. */
export function takeVectorStep(step: u32): void {
  const kind = load<u32>(stepPtr(step));
  if (kind == layout.STEP_DROP) dropFailedRows(load<u32>(stepPtr(step), 8));
  else takeStepByRow(step, kind);
}

/**
 * Rejects the rows that the filling step `failedStep` has rejected. A row without a value is the
 * fault of the block, and the rows after it are left out.
 */
function dropFailedRows(failedStep: u32): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < selected; i++) {
    const row = selectedRow(i);
    if (!hasFailedAt(row, failedStep)) {
      appendSelected(kept++, row);
      continue;
    }
    const reason = failedReason(row);
    if (reason == layout.FAILED_FATALLY) {
      recordFault(layout.FAULT_EXPRESSION, positionOfRow(row), failedStep);
      break;
    }
    rejectRow(row, reason);
  }
  keep(kept);
}

/** Takes a step for each selected row in turn, which becomes the current layer. */
function takeStepByRow(step: u32, kind: u32): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < selected; i++) {
    const row = selectedRow(i);
    loadRow(row);
    const outcome = takeSteps(step, step + 1);
    if (outcome == FAILED) {
      recordFault(layout.FAULT_EXPRESSION, positionOfRow(row), step);
      break;
    }
    if (outcome == REJECTED) {
      rejectRow(row, rejectedReason);
      continue;
    }
    saveResults(step, kind, row);
    if (disagreeing) {
      recordFault(layout.FAULT_DISAGREE, positionOfRow(row), 0);
      break;
    }
    appendSelected(kept++, row);
  }
  keep(kept);
}

/** Saves the fields that a step sets. */
function saveResults(step: u32, kind: u32, row: u32): void {
  if (kind == layout.STEP_DERIVE) {
    saveField(load<u32>(stepPtr(step), 16), row);
  } else if (kind == layout.STEP_RULE) {
    const rule = load<u32>(stepPtr(step), 12);
    const offset = load<u32>(stepPtr(step), 16) * layout.DIMENSION_FIELDS;
    if (rule == layout.RULE_IN_CHANNELS) saveField(layout.IN_PER_GROUP, row);
    if (rule == layout.RULE_OUT_CHANNELS) saveField(layout.OUT_PER_GROUP, row);
    if (rule == layout.RULE_L_OUT) saveField(layout.DIMENSION_L_OUT + offset, row);
  } else if (kind == layout.STEP_OVERLAP) {
    const offset = load<u32>(stepPtr(step), 8) * layout.DIMENSION_FIELDS;
    saveField(layout.DIMENSION_TAPS + offset, row);
    saveField(layout.DIMENSION_COVERED + offset, row);
  }
}

/** Leaves out the selected rows from number `i` on: that row has a value above 64 bits, in a slot. */
export function stopAtOverflow(i: u32, slot: u32): void {
  recordFault(layout.FAULT_OVERFLOW, positionOfRow(selectedRow(i)), slot);
  keep(i);
}
