// A piece of a block: which rows it has, what it rejects, and its first fault.

import * as layout from "../layout";
import { reject } from "../report";
import { vectorsEnd } from "../vectors/fields";

// ── Vectors of the filled rows ──

/** The addresses of the vectors of layout/vectors.ts; `failures` is 0 without vector steps. */
let positionsPtr: usize = 0;
let failuresPtr: usize = 0;
let weightsPtr: usize = 0;
let groupsPtr: usize = 0;

/** The first filled row of the current piece. */
let firstRow: u32 = 0;

/** Lays out the vectors of `rows` filled rows. Returns the address after them. */
export function openPiece(rows: u32, hasVectorSteps: bool): usize {
  const bytes = (<usize>rows) << 3;
  positionsPtr = vectorsEnd();
  failuresPtr = hasVectorSteps ? positionsPtr + bytes : 0;
  weightsPtr = failuresPtr + bytes;
  groupsPtr = weightsPtr + bytes;
  return hasVectorSteps ? groupsPtr + (bytes >> 1) : positionsPtr + bytes;
}

/** Makes the filled rows from `first` on the rows of the piece. */
export function usePiece(first: u32): void {
  firstRow = first;
}

// ── Groups: rows with the same position of the loops up to some level ──

let groupCount: u32 = 0;

export function clearGroups(): void {
  groupCount = 0;
}

/** Begins a group with a filled row. */
export function beginGroup(row: u32): void {
  store<u32>(groupsPtr + ((<usize>groupCount) << 2), row);
  groupCount++;
}

/**
 * Selects the first row of each group of the piece, which has `rows` rows. Returns the number of
 * groups. The first group may have begun before the piece.
 */
export function selectGroups(rows: u32): u32 {
  let groups: u32 = 1;
  store<u32>(layout.SELECTION_PTR, 0);
  for (let group: u32 = 0; group < groupCount; group++) {
    const row = load<u32>(groupsPtr + ((<usize>group) << 2));
    if (row <= firstRow) continue;
    if (row >= firstRow + rows) break;
    store<u32>(layout.SELECTION_PTR + ((<usize>groups) << 2), row - firstRow);
    groups++;
  }
  return groups;
}

/** The position of a filled row in the block. */
export function positionOfFilled(row: u32): u64 {
  return load<u64>(positionsPtr + ((<usize>row) << 3));
}

/** The position of a row of the piece in the block. */
export function positionOfRow(row: u32): u64 {
  return positionOfFilled(firstRow + row);
}

/** Stores the position of a filled row that has no failure. */
export function setPosition(row: u32, position: u64): void {
  store<u64>(positionsPtr + ((<usize>row) << 3), position);
  if (failuresPtr) store<u64>(failuresPtr + ((<usize>row) << 3), 0);
}

/** Stores a filled row that the step `step` has rejected, with all its raw indices. */
export function setFailure(row: u32, position: u64, step: u32, reason: u32, weight: u64): void {
  const at = (<usize>row) << 3;
  store<u64>(positionsPtr + at, position);
  store<u64>(failuresPtr + at, (<u64>(step + 1) << 32) | reason);
  store<u64>(weightsPtr + at, weight);
}

function failureOf(row: u32): u64 {
  return failuresPtr ? load<u64>(failuresPtr + ((<usize>(firstRow + row)) << 3)) : 0;
}

/** Whether the filling step `step` has rejected a row of the piece. */
export function hasFailedAt(row: u32, step: u32): bool {
  return failureOf(row) >> 32 == step + 1;
}

/** The reason for which a filling step has rejected a row, or FAILED_FATALLY. */
export function failedReason(row: u32): u32 {
  return <u32>failureOf(row);
}

/** The number of raw indices of a row of the piece. */
export function weightOfRow(row: u32): u64 {
  return failureOf(row) ? load<u64>(weightsPtr + ((<usize>(firstRow + row)) << 3)) : 1;
}

// ── Rejection counts ──

/** Reasons of the counts, with EMPTY. */
let reasonCount: u32 = 1;

export function openCounts(count: u32): void {
  reasonCount = count;
  clearPiece();
}

/** Counts rejected layers, at BLOCK_REJECTED or PIECE_REJECTED. */
export function countRejected(countsPtr: usize, reason: u32, layers: u64): void {
  const ptr = countsPtr + ((<usize>reason) << 3);
  store<u64>(ptr, load<u64>(ptr) + layers);
}

/** Adds the rejection counts at BLOCK_REJECTED or PIECE_REJECTED to the report. */
export function reportRejected(countsPtr: usize): void {
  for (let reason: u32 = 0; reason < reasonCount; reason++) {
    const layers = load<u64>(countsPtr + ((<usize>reason) << 3));
    if (layers) reject(reason, layers);
  }
}

/** Clears the rejection counts at BLOCK_REJECTED or PIECE_REJECTED. */
export function clearRejected(countsPtr: usize): void {
  memory.fill(countsPtr, 0, (<usize>reasonCount) << 3);
}

// ── The first fault ──

/** The kind of the fault, FAULT_NONE if there is none; its position, and its detail (report.ts). */
export let fault: u32 = layout.FAULT_NONE;
export let faultPosition: u64 = 0;
export let faultDetail: u32 = 0;

/** Records a fault. Every earlier fault of the piece was at a later position. */
export function recordFault(kind: u32, position: u64, detail: u32): void {
  fault = kind;
  faultPosition = position;
  faultDetail = detail;
}

/** Clears the rejection counts and the fault. */
export function clearPiece(): void {
  clearRejected(layout.PIECE_REJECTED_PTR);
  fault = layout.FAULT_NONE;
}
