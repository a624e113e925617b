import { clearOverflow, hasOverflowed } from "../../assembly/checked";
import {
  ADDITIONS, ADDITIONS_PER_FILTER, AGGREGATION_OPS, BATCH_SIZE, BIAS, CELL_BYTES, CELL_LENGTH, CELLS_PTR, COLUMN_COUNT, COVERED, FILTERS,
  FLOPS, HOLES, KERNEL_SIZE, L_OUT, MACS, MULTIPLICATIONS, OPS, OPS_PER_FILTER, OUTPUT_PTR, PARAMS, TAPS,
} from "../../assembly/layout";
import { set } from "../../assembly/layer";
import { setCell, value, writeRow, writeValue } from "../../assembly/row";
import { textAt, writeLayer } from "./support";

const MAX: u64 = 2147483647;

/** The parameters, then l_out, taps and covered, as the layer record holds them. */
function writeWorkedLayer(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
}

/** All columns of the layer at hand, as a line of CSV without its end. */
function allColumns(): string {
  let text = "";
  for (let column: u32 = 0; column < COLUMN_COUNT; column++) {
    if (column > 0) text += ",";
    text += textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, column));
  }
  return text;
}

function cellText(slot: u32): string {
  const slotPtr = CELLS_PTR + CELL_BYTES * <usize>slot;
  return textAt(slotPtr, slotPtr + load<u32>(slotPtr, CELL_LENGTH));
}

function overflows(column: u32): bool {
  clearOverflow();
  value(column);
  return hasOverflowed();
}

describe("value", () => {
  it("gives every result of the layer in=512 out=256 k=16 s=8 p=4 l_in=32", () => {
    writeWorkedLayer();
    expect<u64>(value(L_OUT)).toBe(256);
    expect<u64>(value(TAPS)).toBe(504);
    expect<u64>(value(COVERED)).toBe(256);
    expect<u64>(value(HOLES)).toBe(0);
    expect<u64>(value(ADDITIONS_PER_FILTER)).toBe(248);
    expect<u64>(value(FILTERS)).toBe(131072);
    expect<u64>(value(OPS_PER_FILTER)).toBe(4344);
    expect<u64>(value(AGGREGATION_OPS)).toBe(33554432);
    expect<u64>(value(OPS)).toBe(602931200);
    expect<u64>(value(MACS)).toBe(66060288);
    expect<u64>(value(MULTIPLICATIONS)).toBe(66060288);
    expect<u64>(value(ADDITIONS)).toBe(66060288);
    expect<u64>(value(FLOPS)).toBe(132120576);
    expect<u64>(value(PARAMS)).toBe(2097408);
  });

  it("scales with the batch what is a sum over it, and nothing else", () => {
    writeWorkedLayer();
    set(BATCH_SIZE, 3);
    expect<u64>(value(OPS)).toBe(1808793600);
    expect<u64>(value(MACS)).toBe(198180864);
    expect<u64>(value(ADDITIONS)).toBe(198180864);
    expect<u64>(value(FLOPS)).toBe(396361728);
    expect<u64>(value(AGGREGATION_OPS)).toBe(33554432);
    expect<u64>(value(PARAMS)).toBe(2097408);
  });

  it("counts holes, and fewer additions than none for them", () => {
    writeLayer([1, 1, 1, 2, 1, 4, 0, 0, 1, 1, 0, 5, 2, 2]); // y = 1 0 0 0 1
    expect<u64>(value(HOLES)).toBe(3);
    expect<i64>(<i64>value(ADDITIONS_PER_FILTER)).toBe(-3);
    expect<u64>(value(ADDITIONS)).toBe(0);
    expect<u64>(value(OPS)).toBe(2); // lambda = 5·1 - 3, gamma = 5·(1 - 1 + 0)
  });

  it("is 0 for an empty batch, however large its factors are", () => {
    writeLayer([0, MAX, MAX, MAX, MAX, 1, 0, 0, 1, 1, 1, 4294967293, 4611686014132420609, 4294967293]);
    for (let column = OPS; column <= FLOPS; column++) {
      clearOverflow();
      expect<u64>(value(column)).toBe(0);
      expect<bool>(hasOverflowed()).toBe(false);
    }
    expect<bool>(overflows(AGGREGATION_OPS)).toBe(true);
    expect<bool>(overflows(PARAMS)).toBe(true);
  });

  it("marks flops whose two halves fit and whose sum does not", () => {
    writeLayer([1, MAX, MAX, 2, 2, 2, 0, 0, 1, 1, 1, 4, 4, 4]); // (2^31 - 1)^2 · 4 each
    expect<bool>(overflows(MACS)).toBe(false);
    expect<bool>(overflows(ADDITIONS)).toBe(false);
    expect<bool>(overflows(FLOPS)).toBe(true);
    expect<u64>(value(MACS)).toBe(18446744056529682436);
  });
});

describe("writeValue", () => {
  it("writes every column of a layer in order", () => {
    writeWorkedLayer();
    expect<string>(allColumns()).toBe(
      "1,512,256,32,16,8,4,0,1,1,true,256,504,256,0,248,131072,4344,33554432,602931200,66060288,66060288,66060288,132120576,2097408",
    );
  });

  it("writes the bias as a word and the additions of holes with a sign", () => {
    writeLayer([2, 1, 1, 2, 1, 4, 0, 0, 1, 1, 0, 5, 2, 2]);
    expect<string>(allColumns()).toBe("2,1,1,2,1,4,0,0,1,1,false,5,2,2,3,-3,1,2,0,4,4,4,0,4,1");
  });
});

describe("setCell", () => {
  it("puts a comma behind each cell but the last, and a line end behind that", () => {
    writeWorkedLayer();
    expect<bool>(setCell(0, OPS, false)).toBe(true);
    expect<bool>(setCell(1, BIAS, true)).toBe(true);
    expect<string>(cellText(0)).toBe("602931200,");
    expect<string>(cellText(1)).toBe("true\n");
  });

  it("holds the longest text there is", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, i64.MAX_VALUE, u64.MAX_VALUE, 0]);
    setCell(0, TAPS, false);
    expect<string>(cellText(0)).toBe("18446744073709551615,");
    set(TAPS, 0);
    setCell(0, ADDITIONS_PER_FILTER, false);
    expect<string>(cellText(0)).toBe("-9223372036854775807,");
  });

  it("says whether the value of this very cell overflows", () => {
    writeLayer([1, MAX, MAX, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    expect<bool>(setCell(0, MACS, false)).toBe(false);
    expect<bool>(setCell(1, TAPS, false)).toBe(true);
  });
});

describe("writeRow", () => {
  it("strings cells of unlike lengths together", () => {
    writeWorkedLayer();
    setCell(0, KERNEL_SIZE, false);
    setCell(1, BIAS, false);
    setCell(2, OPS, false);
    setCell(3, HOLES, true);
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, 4))).toBe("16,true,602931200,0\n");
    setCell(1, BIAS, true);
    expect<string>(textAt(OUTPUT_PTR + 3, writeRow(OUTPUT_PTR + 3, 2))).toBe("16,true\n");
  });

  it("strings 25 cells of 20 digits together", () => {
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, u64.MAX_VALUE, 1]);
    let expected = "";
    for (let slot: u32 = 0; slot < COLUMN_COUNT; slot++) {
      setCell(slot, TAPS, slot + 1 == COLUMN_COUNT);
      expected += slot + 1 == COLUMN_COUNT ? "18446744073709551615\n" : "18446744073709551615,";
    }
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, COLUMN_COUNT))).toBe(expected);
  });
});
