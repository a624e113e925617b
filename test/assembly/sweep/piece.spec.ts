import {
  FAILED_FATALLY,
  FAULT_EXPRESSION,
  FAULT_NONE,
  IMAGE_PTR,
  IMAGE_ROW_FIELD_COUNT,
  PIECE_REJECTED_PTR,
  SELECTION_PTR,
} from "../../../assembly/layout";
import { startReport } from "../../../assembly/report";
import {
  beginGroup,
  clearGroups,
  clearPiece,
  countRejected,
  failedReason,
  fault,
  faultDetail,
  faultPosition,
  hasFailedAt,
  openCounts,
  openPiece,
  positionOfFilled,
  positionOfRow,
  recordFault,
  reportRejected,
  selectGroups,
  setFailure,
  setPosition,
  usePiece,
  weightOfRow,
} from "../../../assembly/sweep/piece";
import { openFields, vectorsEnd } from "../../../assembly/vectors/fields";
import { reportRejected as reported } from "../support";

function open(hasVectorSteps: bool): usize {
  store<u32>(IMAGE_PTR, 0, IMAGE_ROW_FIELD_COUNT);
  openFields(8);
  return openPiece(8, hasVectorSteps);
}

describe("the rows of a piece", () => {
  it("have positions, failures and weights", () => {
    expect<usize>(open(true) - vectorsEnd()).toBe(8 * 8 * 3 + 8 * 4);
    setPosition(2, 10);
    setFailure(3, 11, 5, 7, 1000000000000);
    setFailure(4, 99, 0, FAILED_FATALLY, 1);
    usePiece(2);
    expect<u64>(positionOfFilled(3)).toBe(11);
    expect<u64>(positionOfRow(0)).toBe(10);
    expect<u64>(positionOfRow(2)).toBe(99);
    expect<u64>(weightOfRow(0)).toBe(1);
    expect<u64>(weightOfRow(1)).toBe(1000000000000);
    expect<bool>(hasFailedAt(0, 0)).toBe(false);
    expect<bool>(hasFailedAt(1, 5)).toBe(true);
    expect<bool>(hasFailedAt(1, 4)).toBe(false);
    expect<bool>(hasFailedAt(2, 0)).toBe(true);
    expect<u32>(failedReason(1)).toBe(7);
    expect<u32>(failedReason(2)).toBe(FAILED_FATALLY);
    // A row that is written again has no failure.
    setPosition(3, 12);
    expect<bool>(hasFailedAt(1, 5)).toBe(false);
    expect<u64>(weightOfRow(1)).toBe(1);
  });

  it("have positions only if the block has no vector steps", () => {
    expect<usize>(open(false) - vectorsEnd()).toBe(8 * 8);
    setPosition(1, 6);
    usePiece(1);
    expect<u64>(positionOfRow(0)).toBe(6);
    expect<u64>(weightOfRow(0)).toBe(1);
    expect<bool>(hasFailedAt(0, 0)).toBe(false);
  });
});

describe("selectGroups", () => {
  it("selects the first row of each group in the piece, and its first row", () => {
    open(true);
    clearGroups();
    beginGroup(0);
    beginGroup(3);
    beginGroup(4);
    beginGroup(7);
    usePiece(0);
    expect<u32>(selectGroups(8)).toBe(4);
    usePiece(1); // in the first group
    expect<u32>(selectGroups(5)).toBe(3);
    expect<u32>(load<u32>(SELECTION_PTR)).toBe(0);
    expect<u32>(load<u32>(SELECTION_PTR + 4)).toBe(2);
    expect<u32>(load<u32>(SELECTION_PTR + 8)).toBe(3);
    usePiece(4);
    expect<u32>(selectGroups(3)).toBe(1);
    clearGroups();
    beginGroup(0);
    usePiece(0);
    expect<u32>(selectGroups(8)).toBe(1);
  });
});

describe("the counts and the fault of a piece", () => {
  it("are reported, and cleared", () => {
    startReport(3);
    openCounts(3);
    countRejected(PIECE_REJECTED_PTR, 1, 5);
    countRejected(PIECE_REJECTED_PTR, 1, 2000000000000);
    countRejected(PIECE_REJECTED_PTR, 2, 1);
    recordFault(FAULT_EXPRESSION, 17, 4);
    expect<u32>(fault).toBe(FAULT_EXPRESSION);
    expect<u64>(faultPosition).toBe(17);
    expect<u32>(faultDetail).toBe(4);
    reportRejected(PIECE_REJECTED_PTR);
    expect<u64>(reported(0)).toBe(0);
    expect<u64>(reported(1)).toBe(2000000000005);
    expect<u64>(reported(2)).toBe(1);
    clearPiece();
    expect<u32>(fault).toBe(FAULT_NONE);
    reportRejected(PIECE_REJECTED_PTR);
    expect<u64>(reported(1)).toBe(2000000000005);
  });
});
