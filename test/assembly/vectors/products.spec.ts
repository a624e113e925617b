import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import {
  computeQuotient,
  isMissing,
  isQuotient,
  numerator,
  denominator,
  value,
} from "../../../assembly/columns/results";
import { get, set } from "../../../assembly/layers/layer";
import * as layout from "../../../assembly/layout";
import { doesDiffer, factorNumber, factorVector } from "../../../assembly/vectors/factors";
import { loadRow } from "../../../assembly/vectors/fields";
import {
  denominatorFactor,
  hasQuotientOfFields,
  isSumOfProducts,
  writeProducts,
} from "../../../assembly/vectors/products";
import { entry, fillLayers, LAYERS, openRowFields } from "./support";

const RATES: StaticArray<u32> = [layout.MACS_PER_SECOND, layout.OPS_PER_SECOND];

/** Compares a column with `value`, or the quotient, of each row. Returns whether it is a sum. */
function expectColumn(column: u32, label: string): bool {
  if (!isSumOfProducts(column)) return false;
  if (isMissing(column)) return true;
  const ptr = layout.VALUES_PTR;
  writeProducts(ptr, column, LAYERS);
  const factor = denominatorFactor(column);
  for (let row: u32 = 0; row < LAYERS; row++) {
    const by = doesDiffer(factor) ? entry(factorVector(factor, LAYERS), row) : factorNumber(factor);
    loadRow(row);
    clearOverflow();
    if (!isQuotient(column)) {
      expect<u64>(entry(ptr, row)).toBe(value(column), `${label} column ${column} row ${row}`);
    } else {
      computeQuotient(column);
      const scale = RATES.includes(column) ? get(layout.SAMPLE_RATE_DENOMINATOR) : 1;
      expect<u64>(entry(ptr, row) * denominator()).toBe(
        numerator() * scale * by,
        `${label} quotient ${column} row ${row}`,
      );
    }
    expect<bool>(hasOverflowed()).toBe(false);
  }
  return true;
}

/** Compares all columns of the layers of a kind. Returns the number of sums of products. */
function expectColumns(kind: u32, haveChannels: bool, haveGeometry: bool): u32 {
  fillLayers(kind, haveChannels, haveGeometry);
  let sums: u32 = 0;
  for (let column = layout.RESULT_0; column < layout.RESULT_END; column++) {
    if (expectColumn(column, `kind ${kind}`)) sums++;
  }
  return sums;
}

describe("writeProducts", () => {
  it("has the value of each column, in all families and up to three dimensions", () => {
    for (let kind: u32 = 0; kind < layout.KIND_COUNT; kind++) {
      const sums = expectColumns(kind, true, false);
      expect<u32>(sums).toBeGreaterThan(20);
      expect<u32>(expectColumns(kind, true, true)).toBeGreaterThan(20);
      expect<u32>(expectColumns(kind, false, true)).toBeGreaterThan(20);
      expect<u32>(expectColumns(kind, false, false)).toBe(sums);
    }
  });

  it("has the worked counts of the documentation", () => {
    // ConvTranspose1d(512, 256, 16, stride=8, padding=4) on 32 inputs.
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, false, false);
    set(layout.BATCH_SIZE, 1);
    set(layout.IN_CHANNELS, 512);
    set(layout.OUT_CHANNELS, 256);
    set(layout.GROUPS, 1);
    set(layout.BIAS, 1);
    set(layout.IN_PER_GROUP, 512);
    set(layout.OUT_PER_GROUP, 256);
    set(layout.L_IN, 32);
    set(layout.KERNEL_SIZE, 16);
    set(layout.STRIDE, 8);
    set(layout.DIMENSION_L_OUT, 256);
    set(layout.DIMENSION_TAPS, 504);
    set(layout.DIMENSION_COVERED, 256);
    openRowFields([], LAYERS);
    writeProducts(layout.VALUES_PTR, layout.MACS, 3);
    expect<u64>(entry(layout.VALUES_PTR, 2)).toBe(512 * 256 * 504);
    writeProducts(layout.VALUES_PTR, layout.OPS, 3);
    expect<u64>(entry(layout.VALUES_PTR, 1)).toBe(602931200);
    writeProducts(layout.VALUES_PTR, layout.PARAMS, 1);
    expect<u64>(entry(layout.VALUES_PTR, 0)).toBe(2097408);
  });

  it("is for blocks whose batch and rate are the same in all rows", () => {
    openRowFields([layout.BATCH_SIZE], LAYERS);
    expect<bool>(isSumOfProducts(layout.MACS)).toBe(false);
    openRowFields([layout.SAMPLE_RATE], LAYERS);
    expect<bool>(isSumOfProducts(layout.MACS)).toBe(false);
    openRowFields([layout.BIAS], LAYERS);
    expect<bool>(isSumOfProducts(layout.MACS)).toBe(true);
    expect<bool>(isSumOfProducts(layout.OVERLAP_MIN)).toBe(false);
  });

  it("divides fields for three columns only", () => {
    for (let column = layout.RESULT_0; column < layout.RESULT_END; column++) {
      expect<bool>(hasQuotientOfFields(column)).toBe(
        column == layout.DEEPSPEED_MACS ||
          column == layout.DEEPSPEED_FLOPS ||
          column == layout.MODULEPROFILER,
      );
    }
  });
});
