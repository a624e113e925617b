import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import {
  computeQuotient,
  denominator,
  isMissing,
  isQuotient,
  numerator,
  value,
} from "../../../assembly/columns/results";
import { nearestDouble } from "../../../assembly/digits";
import { set } from "../../../assembly/layers/layer";
import * as layout from "../../../assembly/layout";
import {
  columnOfCell,
  computeCells,
  isSignedNumber,
  isUnsigned,
  missingOfCell,
  NO_SLOT,
  openCells,
  overflowingSlot,
  slotOfCell,
  vectorOfCell,
} from "../../../assembly/vectors/cells";
import { fieldVector, loadRow } from "../../../assembly/vectors/fields";
import { entry, fillLayers, LAYERS, openRowFields, writeVectorCells } from "./support";

/** Compares a column of a filled block with its value in each row; `isBounded` chooses the way. */
function expectCell(column: u32, isBounded: u32): void {
  writeVectorCells([layout.L_IN, 0, 1, column, 1, isBounded]);
  openCells();
  clearOverflow();
  expect<u32>(computeCells(LAYERS)).toBe(LAYERS);
  for (let row: u32 = 0; row < LAYERS; row++) {
    loadRow(row);
    const label = `column ${column} row ${row} bounded ${isBounded}`;
    if (column >= layout.FIRST_SPECIAL) {
      expect<u32>(load<u8>(missingOfCell(1) + <usize>row)).toBe(u32(isMissing(column)), label);
      if (isMissing(column)) continue;
    }
    if (isQuotient(column)) {
      computeQuotient(column);
      const found = load<f64>(vectorOfCell(1) + 8 * <usize>row);
      expect<f64>(found).toBe(nearestDouble(numerator(), denominator()), label);
    } else {
      expect<u64>(entry(vectorOfCell(1), row)).toBe(value(column), label);
    }
  }
}

describe("computeCells", () => {
  it("gives every column of every kind its value, as sums of products and by row", () => {
    for (let kind: u32 = 0; kind < layout.KIND_COUNT; kind++) {
      for (let differ = 1; differ <= 3; differ++) {
        fillLayers(kind, (differ & 1) != 0, (differ & 2) != 0);
        for (let column = layout.RESULT_0; column < layout.QUOTIENT_END; column++) {
          expectCell(column, 0);
          expectCell(column, 1);
        }
      }
    }
  });

  it("takes the vector of a field as it is", () => {
    fillLayers(layout.KIND_CONV1D, true, true);
    writeVectorCells([layout.L_IN, 0, 0, layout.DIMENSION_TAPS, 1, 0]);
    openCells();
    expect<u32>(computeCells(LAYERS)).toBe(LAYERS);
    expect<usize>(vectorOfCell(0)).toBe(fieldVector(layout.L_IN));
    expect<usize>(vectorOfCell(1)).toBe(fieldVector(layout.DIMENSION_TAPS));
    expect<u32>(columnOfCell(1)).toBe(layout.DIMENSION_TAPS);
    expect<u32>(slotOfCell(1)).toBe(1);
    expect<u32>(overflowingSlot(0)).toBe(NO_SLOT);
  });

  it("has 0 in the rows of an empty batch, however large the other factors are", () => {
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, false, false);
    openRowFields([layout.BATCH_SIZE], LAYERS);
    for (let row: u32 = 0; row < LAYERS; row++)
      store<u64>(fieldVector(layout.BATCH_SIZE) + 8 * <usize>row, row);
    set(layout.IN_PER_GROUP, 1 << 31);
    set(layout.OUT_CHANNELS, 1 << 31);
    set(layout.DIMENSION_TAPS, 3);
    writeVectorCells([layout.MACS, 0, 0, layout.TENSORFLOW, 1, 0]);
    openCells();
    // One sample has 3 · 2^62 MACs, two have more than 2^64.
    expect<u32>(computeCells(LAYERS)).toBe(1);
    expect<u64>(entry(vectorOfCell(0), 0)).toBe(0);
    expect<f64>(load<f64>(vectorOfCell(1))).toBe(0);
    expect<u32>(overflowingSlot(0)).toBe(NO_SLOT);
    expect<u32>(overflowingSlot(1)).toBe(1); // 2·2^62·K·O
    expect<u32>(overflowingSlot(2)).toBe(0);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("tells numbers with and without a sign from other columns", () => {
    expect<bool>(isUnsigned(layout.MACS)).toBe(true);
    expect<bool>(isUnsigned(layout.BIAS)).toBe(false);
    expect<bool>(isUnsigned(layout.ADDITIONS_PER_FILTER)).toBe(false);
    expect<bool>(isUnsigned(layout.TENSORFLOW)).toBe(false);
    expect<bool>(isSignedNumber(layout.ADDITIONS_PER_FILTER)).toBe(true);
    expect<bool>(isSignedNumber(layout.VARIABLE_0)).toBe(true);
    expect<bool>(isSignedNumber(layout.TENSORFLOW)).toBe(false);
    expect<bool>(isSignedNumber(layout.MACS)).toBe(false);
  });
});
