import { get, set } from "../../../assembly/layers/layer";
import {
  FIELD_COUNT,
  FILLED_PTR,
  GROUPS,
  IMAGE_FILLED_FIELD_COUNT,
  IMAGE_PTR,
  LAYER_PTR,
  STRIDE,
  VARIABLE_0,
} from "../../../assembly/layout";
import {
  doVectorStepsSetFields,
  entryPtr,
  fieldVector,
  gatherLiveRows,
  isRowField,
  loadRow,
  offsetMask,
  openFields,
  saveField,
  saveRow,
  useFilledRows,
  vectorsEnd,
} from "../../../assembly/vectors/fields";
import { entry, openRowFields, select } from "./support";

const ROWS: u32 = 6;

function fill(): void {
  openRowFields([STRIDE, VARIABLE_0], ROWS);
  for (let row: u32 = 0; row < ROWS; row++) {
    set(STRIDE, 10 + row);
    set(VARIABLE_0, <u64>(-1 - <i64>row));
    saveRow(row);
  }
}

describe("row fields", () => {
  it("are vectors one after the other; all other fields are those of the current layer", () => {
    fill();
    for (let field: u32 = 0; field < FIELD_COUNT; field++)
      expect<bool>(isRowField(field)).toBe(field == STRIDE || field == VARIABLE_0);
    expect<usize>(fieldVector(STRIDE)).toBe(FILLED_PTR);
    expect<usize>(fieldVector(VARIABLE_0)).toBe(FILLED_PTR + 8 * <usize>ROWS);
    expect<usize>(vectorsEnd()).toBe(FILLED_PTR + 16 * <usize>ROWS);
    expect<usize>(entryPtr(STRIDE)).toBe(FILLED_PTR);
    expect<usize>(offsetMask(STRIDE)).toBe(usize.MAX_VALUE);
    expect<usize>(entryPtr(GROUPS)).toBe(LAYER_PTR + 8 * <usize>GROUPS);
    expect<usize>(offsetMask(GROUPS)).toBe(0);
  });

  it("of a row become those of the current layer", () => {
    fill();
    loadRow(4);
    expect<u64>(get(STRIDE)).toBe(14);
    expect<i64>(<i64>get(VARIABLE_0)).toBe(-5);
    useFilledRows(2);
    loadRow(1);
    expect<u64>(get(STRIDE)).toBe(13);
    set(STRIDE, 99);
    set(GROUPS, 77);
    saveField(STRIDE, 0);
    saveField(GROUPS, 0);
    expect<u64>(entry(FILLED_PTR, 2)).toBe(99);
    expect<u64>(entry(fieldVector(STRIDE), 1)).toBe(13);
  });

  it("of the selected rows of a piece are gathered", () => {
    fill();
    useFilledRows(1);
    select([0, 3, 4]);
    gatherLiveRows(3);
    expect<u64>(entry(fieldVector(STRIDE), 0)).toBe(11);
    expect<u64>(entry(fieldVector(STRIDE), 1)).toBe(14);
    expect<u64>(entry(fieldVector(STRIDE), 2)).toBe(15);
    expect<i64>(<i64>entry(fieldVector(VARIABLE_0), 2)).toBe(-6);
    loadRow(1);
    expect<u64>(get(STRIDE)).toBe(14);
    expect<u64>(entry(FILLED_PTR, 0)).toBe(10);
  });

  it("that vector steps set are not saved when the block is filled", () => {
    openRowFields([STRIDE, GROUPS], ROWS);
    expect<bool>(doVectorStepsSetFields()).toBe(false);
    store<u32>(IMAGE_PTR, 1, IMAGE_FILLED_FIELD_COUNT);
    openFields(ROWS);
    expect<bool>(doVectorStepsSetFields()).toBe(true);
    store<u64>(fieldVector(GROUPS), 5);
    set(GROUPS, 6);
    saveRow(0);
    expect<u64>(entry(fieldVector(GROUPS), 0)).toBe(5);
  });
});
