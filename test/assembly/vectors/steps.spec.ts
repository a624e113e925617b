import { computeOverlap, outputLength } from "../../../assembly/layers/dimension";
import { get, set, setKind } from "../../../assembly/layers/layer";
import { keepsRule } from "../../../assembly/layers/rules";
import { startSpotChecks } from "../../../assembly/layers/spot-check";
import * as layout from "../../../assembly/layout";
import { fieldVector, loadRow } from "../../../assembly/vectors/fields";
import {
  checkChannels,
  checkLengths,
  checkOutputPadding,
  doAllKeep,
  KEEPS_PTR,
  saveOverlaps,
} from "../../../assembly/vectors/steps";
import { entry, openRowFields, select } from "./support";

const ROWS: u32 = 24;

/** Fills the vector of a field with first, first + 1, … modulo a number. */
function fillField(field: u32, first: u64, modulo: u64): void {
  for (let row: u32 = 0; row < ROWS; row++)
    store<u64>(fieldVector(field) + 8 * <usize>row, first + ((row * 5) % modulo));
}

/** Selects every second row from row 1 on, or all. Returns their number. */
function selectRows(isAll: bool): u32 {
  const rows = new StaticArray<u32>(isAll ? ROWS : ROWS / 2);
  for (let i = 0; i < rows.length; i++) rows[i] = isAll ? i : 2 * i + 1;
  select(rows);
  return rows.length;
}

function selectedRow(i: u32): u32 {
  return load<u32>(layout.SELECTION_PTR + 4 * <usize>i);
}

/** Opens the geometry of a dimension as vectors, with the stride the same in all rows if wanted. */
function openGeometry(kind: u32, dimension: u32, isStrideFixed: bool): void {
  setKind(kind);
  const at = dimension * layout.DIMENSION_FIELDS;
  openRowFields(
    [
      layout.L_IN + at,
      layout.KERNEL_SIZE + at,
      layout.PADDING + at,
      layout.OUTPUT_PADDING + at,
      layout.DILATION + at,
      layout.DIMENSION_L_OUT + at,
      layout.DIMENSION_TAPS + at,
      layout.DIMENSION_COVERED + at,
      isStrideFixed ? layout.BITS : layout.STRIDE + at,
    ],
    ROWS,
  );
  fillField(layout.L_IN + at, 1, 7);
  fillField(layout.KERNEL_SIZE + at, 1, 5);
  fillField(layout.PADDING + at, 0, 4);
  fillField(layout.OUTPUT_PADDING + at, 0, 3);
  fillField(layout.DILATION + at, 1, 2);
  if (isStrideFixed) set(layout.STRIDE + at, 2);
  else fillField(layout.STRIDE + at, 1, 4);
}

describe("checkChannels", () => {
  it("saves the channels per group and checks that the groups divide them", () => {
    for (let isFixed = 0; isFixed < 2; isFixed++) {
      openRowFields(
        [layout.IN_CHANNELS, layout.IN_PER_GROUP, isFixed ? layout.BITS : layout.GROUPS],
        ROWS,
      );
      fillField(layout.IN_CHANNELS, 1, 12);
      if (isFixed) set(layout.GROUPS, 3);
      else fillField(layout.GROUPS, 1, 4);
      for (let isAll = 0; isAll < 2; isAll++) {
        const count = selectRows(isAll == 1);
        checkChannels(layout.IN_CHANNELS, layout.IN_PER_GROUP, count);
        let areAllKept = true;
        for (let i: u32 = 0; i < count; i++) {
          const row = selectedRow(i);
          const channels = entry(fieldVector(layout.IN_CHANNELS), row);
          const groups = isFixed ? 3 : entry(fieldVector(layout.GROUPS), row);
          expect<u64>(entry(fieldVector(layout.IN_PER_GROUP), row)).toBe(channels / groups);
          expect<bool>(load<u8>(KEEPS_PTR + <usize>i) != 0).toBe(channels % groups == 0);
          if (channels % groups != 0) areAllKept = false;
        }
        expect<bool>(doAllKeep(count)).toBe(areAllKept);
      }
    }
  });
});

describe("doAllKeep", () => {
  it("finds one row that does not keep the rule, wherever it is", () => {
    for (let count: u32 = 0; count < 40; count++) {
      memory.fill(KEEPS_PTR, 1, count);
      store<u8>(KEEPS_PTR + <usize>count, 0);
      expect<bool>(doAllKeep(count)).toBe(true);
      for (let row: u32 = 0; row < count; row++) {
        store<u8>(KEEPS_PTR + <usize>row, 0);
        expect<bool>(doAllKeep(count)).toBe(false);
        store<u8>(KEEPS_PTR + <usize>row, 1);
      }
    }
  });
});

const KINDS: StaticArray<u32> = [
  layout.KIND_CONV_TRANSPOSE1D,
  layout.KIND_CONV1D,
  layout.KIND_CONV_TRANSPOSE3D,
  layout.KIND_CONV3D,
];

describe("checkLengths and saveOverlaps", () => {
  it("save what the functions for the current layer compute", () => {
    for (let i = 0; i < 2 * KINDS.length; i++) {
      const dimension: u32 = i >> 1 > 1 ? 2 : 0;
      const at = dimension * layout.DIMENSION_FIELDS;
      openGeometry(KINDS[i >> 1], dimension, (i & 1) == 1);
      const count = selectRows((i & 1) == 0);
      checkLengths(dimension, count);
      const legal = new Array<u32>();
      for (let n: u32 = 0; n < count; n++) {
        const row = selectedRow(n);
        loadRow(row);
        const lOut = outputLength(dimension);
        expect<i64>(<i64>entry(fieldVector(layout.DIMENSION_L_OUT + at), row)).toBe(lOut);
        expect<bool>(load<u8>(KEEPS_PTR + <usize>n) != 0).toBe(lOut >= 1);
        if (lOut >= 1) legal.push(row);
      }
      expect<u32>(legal.length).toBeGreaterThan(2);
      select(StaticArray.fromArray(legal));
      startSpotChecks();
      expect<u32>(saveOverlaps(dimension, legal.length, (i & 1) == 1)).toBe(legal.length);
      for (let n = 0; n < legal.length; n++) {
        const taps = entry(fieldVector(layout.DIMENSION_TAPS + at), legal[n]);
        const covered = entry(fieldVector(layout.DIMENSION_COVERED + at), legal[n]);
        loadRow(legal[n]);
        computeOverlap(layout.METHOD_SIMULATE, dimension);
        expect<u64>(taps).toBe(get(layout.DIMENSION_TAPS + at));
        expect<u64>(covered).toBe(get(layout.DIMENSION_COVERED + at));
      }
    }
  });

  it("stop at a row whose spot check differs", () => {
    openGeometry(layout.KIND_CONV1D, 0, true);
    const count = selectRows(true);
    checkLengths(0, count);
    // A length that does not belong to the parameters makes closed form and simulation differ.
    let at: u32 = 0;
    while (load<u8>(KEEPS_PTR + <usize>at) == 0) at++;
    select([at]);
    store<u64>(fieldVector(layout.KERNEL_SIZE) + 8 * <usize>at, 2);
    store<u64>(fieldVector(layout.DIMENSION_L_OUT) + 8 * <usize>at, 2000);
    startSpotChecks();
    expect<u32>(saveOverlaps(0, 1, true)).toBe(0);
    expect<u32>(saveOverlaps(0, 1, false)).toBe(1);
    loadRow(at);
    expect<bool>(computeOverlap(layout.METHOD_VERIFY, 0)).toBe(false);
  });
});

describe("checkOutputPadding", () => {
  it("checks that it is smaller than the stride or the dilation", () => {
    for (let isFixed = 0; isFixed < 2; isFixed++) {
      openGeometry(layout.KIND_CONV_TRANSPOSE1D, 0, isFixed == 1);
      const count = selectRows(isFixed == 0);
      checkOutputPadding(0, count);
      let broken = 0;
      for (let i: u32 = 0; i < count; i++) {
        loadRow(selectedRow(i));
        const keeps = keepsRule(layout.RULE_OUTPUT_PADDING, 0);
        expect<bool>(load<u8>(KEEPS_PTR + <usize>i) != 0).toBe(keeps);
        if (!keeps) broken++;
      }
      expect<i32>(broken).toBeGreaterThan(0);
    }
  });
});
