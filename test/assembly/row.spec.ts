import { clearOverflow, hasOverflowed } from "../../assembly/checked";
import { brokenRule, workOutOverlap } from "../../assembly/layer";
import {
  ADDITIONS, ADDITIONS_PER_FILTER, AGGREGATION_OPS, BIAS, COVERED, FILTERS, FLOPS, HOLES, IN_CHANNELS, L_OUT, MACS, METHOD_CLOSED,
  MULTIPLICATIONS, OPS, OPS_PER_FILTER, OUTPUT_PTR, PARAMS, TAPS,
} from "../../assembly/layout";
import { setCell, value, writeRow, writeValue } from "../../assembly/row";
import { textAt, writeLayer } from "./support";

function workOut(parameters: StaticArray<u64>): void {
  writeLayer(parameters);
  brokenRule();
  workOutOverlap(METHOD_CLOSED);
  clearOverflow();
}

function hifigan(): void {
  workOut([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1]);
}

function text(column: u32): string {
  return textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, column));
}

describe("the value of a column", () => {
  it("is that of HiFi-GAN's first upsampler, worked out by hand", () => {
    hifigan();
    expect<u64>(value(IN_CHANNELS)).toBe(512);
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
    expect<bool>(hasOverflowed()).toBe(false);
  });

  it("without bias leaves out an addition for every covered output and the bias parameters", () => {
    workOut([2, 3, 5, 2, 3, 1, 0, 0, 1, 1, 0]);
    expect<u64>(value(ADDITIONS)).toBe(2 * 15 * 6 - 2 * 5 * 4);
    expect<u64>(value(PARAMS)).toBe(45);
    expect<u64>(value(OPS)).toBe(2 * (15 * 14 + 5 * 4 * 2));
  });

  it("of an empty batch is 0 though its factors pass 64 bits", () => {
    workOut([0, 2147483647, 2147483647, 2147483647, 2147483647, 1, 0, 0, 1, 1, 1]);
    for (let column = OPS; column <= FLOPS; column++) expect<u64>(value(column)).toBe(0);
    expect<bool>(hasOverflowed()).toBe(false);
  });
});

describe("the text of a column", () => {
  it("is a decimal integer, true or false, and has a minus sign where holes outnumber overlaps", () => {
    hifigan();
    expect<string>(text(OPS)).toBe("602931200");
    expect<string>(text(BIAS)).toBe("true");
    workOut([1, 1, 1, 3, 1, 4, 0, 0, 1, 1, 0]);
    expect<string>(text(ADDITIONS_PER_FILTER)).toBe("-6");
    expect<string>(text(BIAS)).toBe("false");
  });
});

describe("a row", () => {
  it("is made of its cells, and those that did not change need not be made again", () => {
    hifigan();
    expect<bool>(setCell(0, IN_CHANNELS, false)).toBe(true);
    expect<bool>(setCell(1, BIAS, false)).toBe(true);
    expect<bool>(setCell(2, OPS, true)).toBe(true);
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, 3))).toBe("512,true,602931200\n");
    workOut([1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 1]);
    setCell(2, OPS, true);
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, 3))).toBe("512,true,18\n");
  });

  it("holds the longest cells there are", () => {
    workOut([1, 1073741824, 1073741824, 15, 1, 1, 0, 0, 1, 1, 1]);
    expect<bool>(setCell(0, MACS, false)).toBe(true);
    workOut([1, 1, 1, 2, 1, 2147483647, 0, 2147483646, 1, 1, 1]);
    expect<bool>(setCell(1, ADDITIONS_PER_FILTER, true)).toBe(true);
    expect<string>(textAt(OUTPUT_PTR, writeRow(OUTPUT_PTR, 2))).toBe("17293822569102704640,-4294967292\n");
  });

  it("says when a cell passes 2^64 - 1", () => {
    workOut([16, 1073741824, 1073741824, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect<bool>(setCell(0, MACS, true)).toBe(false);
    expect<bool>(setCell(0, FILTERS, true)).toBe(true);
  });
});
