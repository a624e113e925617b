// Vector steps: the predicates of a block that depend on outer loops as well. Each step is taken for
// all rows before the next one. A selection vector lists the rows that are left.

import * as layout from "../layout";
import { evaluateVector } from "../vectors/condition";
import { forgetFactors } from "../vectors/factors";
import { loadRow, saveField } from "../vectors/fields";
import {
  checkChannels,
  checkLengths,
  checkOutputPadding,
  doAllKeep,
  KEEPS_PTR,
  saveOverlaps,
} from "../vectors/steps";
import {
  countRejected,
  failedReason,
  hasFailedAt,
  positionOfRow,
  recordFault,
  selectGroups,
  weightOfRow,
} from "./piece";
import {
  disagreeing,
  FAILED,
  method,
  REJECTED,
  rejectedReason,
  stepPtr,
  takeSteps,
} from "./steps";

/** Number of rows in the selection vector. */
export let selected: u32 = 0;
/** Whether the rows have groups, and the innermost level of the loops that differ between them. */
let isGrouped: bool = false;
let groupLevel: u32 = 0;
/** The first row of each group of a piece: u32. */
const GROUPS_PTR: usize = layout.SPARE_VECTORS_PTR;

/** Sets whether the rows have groups: those with the same position of the loops up to `level`. */
export function useGroups(areUsed: bool, level: u32): void {
  isGrouped = areUsed;
  groupLevel = level;
}

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

/** Takes one vector step for all selected ones of `rows` rows. */
export function takeVectorStep(step: u32, rows: u32): void {
  const ptr = stepPtr(step);
  const kind = load<u32>(ptr), first = load<u32>(ptr, 8), third = load<u32>(ptr, 16);
  if (kind == layout.STEP_DROP) {
    dropFailedRows(first);
  } else if (kind == layout.STEP_WHERE && third != 0) {
    const isOfGroups = isGrouped && load<u32>(ptr, 4) <= groupLevel;
    if (isOfGroups && isComplete && selected == rows) keepGroups(third - 1, rows, 1 + first);
    else keepWhere<i64>(evaluateVector(third - 1, selected, rows), 1 + first);
  } else if (kind == layout.STEP_RULE && checkRule(load<u32>(ptr, 12), third)) {
    if (!doAllKeep(selected)) keepWhere<u8>(KEEPS_PTR, 1 + first);
    forgetFactors(true);
  } else if (
    kind == layout.STEP_OVERLAP
    && (method == layout.METHOD_CLOSED || method == layout.METHOD_SPOT_CHECK)
  ) {
    const agreeing = saveOverlaps(first, selected, method == layout.METHOD_SPOT_CHECK);
    if (agreeing < selected) stopAt(agreeing, layout.FAULT_DISAGREE, 0);
    forgetFactors(true);
  } else {
    takeStepByRow(step, kind);
    forgetFactors(true);
  }
}

/** Checks a rule for all selected rows. Returns false if it must be checked row by row. */
function checkRule(rule: u32, dimension: u32): bool {
  switch (rule) {
    case layout.RULE_IN_CHANNELS: {
      checkChannels(layout.IN_CHANNELS, layout.IN_PER_GROUP, selected);
      return true;
    }
    case layout.RULE_OUT_CHANNELS: {
      checkChannels(layout.OUT_CHANNELS, layout.OUT_PER_GROUP, selected);
      return true;
    }
    case layout.RULE_OUTPUT_PADDING: {
      checkOutputPadding(dimension, selected);
      return true;
    }
    case layout.RULE_L_OUT: {
      checkLengths(dimension, selected);
      return true;
    }
    default: return false;
  }
}

/**
 * Checks a condition on the loops up to some level: once for each group of rows with the same
 * position of those loops. Conditions on the outer loops of a block cost as little as they do layer
 * by layer.
 */
function keepGroups(program: u32, rows: u32, reason: u32): void {
  const groups = selectGroups(rows);
  const answersPtr = evaluateVector(program, groups, rows);
  // The rows of each group follow it in the selection vector, which has the groups at its start.
  // So the groups are moved out of the way.
  memory.copy(GROUPS_PTR, layout.SELECTION_PTR, (<usize>groups) << 2);
  let kept: u32 = 0;
  for (let group: u32 = 0; group < groups; group++) {
    const ptr = GROUPS_PTR + ((<usize>group) << 2);
    const endRow = group + 1 < groups ? load<u32>(ptr, 4) : rows;
    const keeps = load<i64>(answersPtr + ((<usize>group) << 3)) != 0;
    for (let row = load<u32>(ptr); row < endRow; row++) {
      if (keeps) appendSelected(kept++, row);
      else rejectRow(row, reason);
    }
  }
  keep(kept);
}

/** Keeps the selected rows whose answer at `ptr` is not 0: a T for each. */
function keepWhere<T>(ptr: usize, reason: u32): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < selected; i++) {
    const row = selectedRow(i);
    const keeps = load<T>(ptr + <usize>i * sizeof<T>()) != 0;
    appendSelected(kept, row);
    kept += u32(keeps);
    if (!keeps) rejectRow(row, reason);
  }
  keep(kept);
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

/** Leaves out all selected rows: closed form and simulation differ in an outer loop. */
export function stopAtDisagreement(): void {
  stopAt(0, layout.FAULT_DISAGREE, 0);
}

/** Leaves out the selected rows from number `i` on: that row has a value above 64 bits, in a slot. */
export function stopAtOverflow(i: u32, slot: u32): void {
  stopAt(i, layout.FAULT_OVERFLOW, slot);
}

function stopAt(i: u32, kind: u32, detail: u32): void {
  recordFault(kind, positionOfRow(selectedRow(i)), detail);
  keep(i);
}
