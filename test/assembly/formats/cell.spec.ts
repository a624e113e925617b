import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import { writeEntry, writeValue } from "../../../assembly/formats/cell";
import { set } from "../../../assembly/layers/layer";
import {
  ADDITIONS_PER_FILTER,
  BATCH_SIZE,
  BIAS,
  MACS,
  MODULEPROFILER,
  OPS,
  OUTPUT_PADDING,
  OUTPUT_PTR,
  OVERLAP_EVEN,
  PADDING_SAME,
  PADDING_TEXT,
  PADDING_VALID,
  TENSORFLOW,
  VARIABLE_0,
  ZERO_INSERTION_WASTE,
} from "../../../assembly/layout";
import { textAt, writeLayer } from "../support";

function valueText(column: u32): string {
  clearOverflow();
  return textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, column));
}

function entryText(column: u32, value: u64): string {
  return textAt(OUTPUT_PTR, writeEntry(OUTPUT_PTR, column, value));
}

describe("writeValue", () => {
  it("writes numbers, words and quotients of the current layer", () => {
    // l_in 32, kernel_size 16, stride 8, padding 4; l_out 256, taps 504, covered 256.
    writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
    expect<string>(valueText(OPS)).toBe("602931200");
    expect<string>(valueText(BIAS)).toBe("true");
    expect<string>(valueText(OVERLAP_EVEN)).toBe("true");
    // 2·512·256·16·256/8
    expect<string>(valueText(TENSORFLOW)).toBe("134217728");
    // 1 - 504/4096
    expect<string>(valueText(ZERO_INSERTION_WASTE)).toBe("0.876953125");
    writeLayer([1, 1, 1, 1, 1, 3, 0, 2, 1, 1, 0, 3, 1, 1]);
    expect<string>(valueText(ADDITIONS_PER_FILTER)).toBe("-2");
    set(VARIABLE_0, <u64>-7);
    expect<string>(valueText(VARIABLE_0)).toBe("-7");
  });

  it("writes nothing for a missing value, and 0 for a sum over an empty batch", () => {
    // Without output_padding, no output is left: moduleprofiler does not answer.
    writeLayer([0, 1, 1, 1, 1, 2, 1, 2, 1, 1, 1, 1, 1, 1]);
    expect<string>(valueText(MODULEPROFILER)).toBe("");
    set(OUTPUT_PADDING, 0);
    expect<string>(valueText(MODULEPROFILER)).toBe("0");
    expect<string>(valueText(MACS)).toBe("0");
    set(BATCH_SIZE, 1);
    expect<string>(valueText(MACS)).toBe("1");
  });

  it("marks an overflow of a number and of a quotient", () => {
    const max: u64 = 2147483647;
    writeLayer([1, max, max, 2, 3, 1, 0, 0, 1, 1, 1, 4, 6, 4]);
    valueText(MACS);
    expect<bool>(hasOverflowed()).toBe(true);
    valueText(TENSORFLOW);
    expect<bool>(hasOverflowed()).toBe(true);
    valueText(BIAS);
    expect<bool>(hasOverflowed()).toBe(false);
  });
});

describe("writeEntry", () => {
  it("writes an entry of a vector as the class of its column says", () => {
    expect<string>(entryText(MACS, u64.MAX_VALUE)).toBe("18446744073709551615");
    expect<string>(entryText(ADDITIONS_PER_FILTER, <u64>-12)).toBe("-12");
    expect<string>(entryText(VARIABLE_0, <u64>i64.MIN_VALUE)).toBe("-9223372036854775808");
    expect<string>(entryText(TENSORFLOW, reinterpret<u64>(<f64>0.1))).toBe("0.1");
    expect<string>(entryText(BIAS, 0)).toBe("false");
    expect<string>(entryText(OVERLAP_EVEN, 1)).toBe("true");
    expect<string>(entryText(PADDING_TEXT, PADDING_SAME)).toBe("same");
    expect<string>(entryText(PADDING_TEXT + 2, PADDING_VALID)).toBe("valid");
    expect<string>(entryText(PADDING_TEXT + 1, 17)).toBe("17");
  });
});
