import {
  BATCH_SIZE, BIAS, DILATION, FAULT_NONE, FAULT_OVERFLOW, FILTERS, GROUPS, IN_CHANNELS, KERNEL_SIZE, L_IN, L_OUT, MACS, METHOD_CLOSED,
  METHOD_SIMULATE, METHOD_VERIFY, OUT_CHANNELS, OUTPUT_BYTES, OUTPUT_PADDING, PADDING, RULE_COUNT, RULE_IN_CHANNELS, RULE_L_OUT,
  RULE_OUT_CHANNELS, RULE_OUTPUT_PADDING, STRIDE, TAPS,
} from "../../assembly/layout";
import { openPlan, sweep } from "../../assembly/sweep";
import { output, PlanImage, reportBytes, reportFault, reportFaultAt, reportFaultWhat, reportRows, reportLeftOut } from "./support";

/**
 * Level 1: groups 1, 2, 3; level 2: padding 0, 5; level 3: l_in 2, 3. in_channels 4, out_channels 6, kernel_size 3.
 * Groups 3 breaks a rule; padding 5 leaves no output. Cells: groups, l_in, l_out, taps, filters.
 */
function open(method: u32): void {
  const image = new PlanImage();
  image.fixed(BATCH_SIZE, 1);
  image.fixed(IN_CHANNELS, 4);
  image.fixed(OUT_CHANNELS, 6);
  image.fixed(KERNEL_SIZE, 3);
  image.fixed(STRIDE, 1);
  image.fixed(OUTPUT_PADDING, 0);
  image.fixed(DILATION, 1);
  image.fixed(BIAS, 1);
  image.axis(GROUPS, [1, 1, 3]);
  image.axis(PADDING, [0, 5, 2]);
  image.axis(L_IN, [2, 1, 2]);
  image.rule(0, RULE_OUTPUT_PADDING);
  image.rule(1, RULE_IN_CHANNELS);
  image.rule(1, RULE_OUT_CHANNELS);
  image.cell(1, GROUPS);
  image.rule(3, RULE_L_OUT);
  image.overlap(3);
  image.cell(3, L_IN);
  image.cell(3, L_OUT);
  image.cell(3, TAPS);
  image.cell(1, FILTERS);
  image.finish(method);
  openPlan();
}

const ROWS = "1,2,4,6,24\n1,3,5,9,24\n2,2,4,6,12\n2,3,5,9,12\n";

function skippedInAll(): u64 {
  let sum: u64 = 0;
  for (let rule: u32 = 0; rule < RULE_COUNT; rule++) sum += reportLeftOut(1 + rule);
  return sum;
}

/** One axis that counts batch sizes, and macs of 2^60 for each. */
function openMacs(first: u32, count: u32): void {
  const image = new PlanImage();
  image.fixed(IN_CHANNELS, 1073741824);
  image.fixed(OUT_CHANNELS, 1073741824);
  image.fixed(L_IN, 1);
  image.fixed(KERNEL_SIZE, 1);
  image.fixed(STRIDE, 1);
  image.fixed(PADDING, 0);
  image.fixed(OUTPUT_PADDING, 0);
  image.fixed(DILATION, 1);
  image.fixed(GROUPS, 1);
  image.fixed(BIAS, 1);
  image.axis(BATCH_SIZE, [first, 1, count]);
  image.rule(0, RULE_L_OUT);
  image.overlap(0);
  image.cell(1, BATCH_SIZE);
  image.cell(1, MACS);
  image.finish(METHOD_CLOSED);
  openPlan();
}

/** So many visits that they never run out. */
const UNBOUNDED: u32 = u32.MAX_VALUE;

describe("a sweep", () => {
  it("writes a row for each legal layer and charges the others to their rules, by either method", () => {
    for (let method = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
      open(method);
      expect<u64>(sweep(0, 12, UNBOUNDED)).toBe(12);
      expect<string>(output()).toBe(ROWS);
      expect<u64>(reportRows()).toBe(4);
      expect<u64>(reportLeftOut(1 + RULE_L_OUT)).toBe(4);
      expect<u64>(reportLeftOut(1 + RULE_IN_CHANNELS)).toBe(4);
      expect<u64>(skippedInAll()).toBe(8);
      expect<u32>(reportFault()).toBe(FAULT_NONE);
    }
  });

  it("gives the same rows and account wherever it is cut in two", () => {
    open(METHOD_CLOSED);
    for (let cut: u64 = 0; cut <= 12; cut++) {
      expect<u64>(sweep(0, cut, UNBOUNDED)).toBe(cut);
      let text = reportBytes() > 0 ? output() : "";
      const rows = reportRows();
      const skipped = skippedInAll();
      expect<u64>(rows + skipped).toBe(cut);
      expect<u64>(sweep(cut, 12, UNBOUNDED)).toBe(12);
      if (reportBytes() > 0) text += output();
      expect<string>(text).toBe(ROWS);
      expect<u64>(reportRows() + skippedInAll()).toBe(12 - cut);
    }
  });

  it("stops when the output is full, and goes on from there", () => {
    const image = new PlanImage();
    image.fixed(BATCH_SIZE, 1);
    image.fixed(IN_CHANNELS, 1);
    image.fixed(OUT_CHANNELS, 1);
    image.fixed(KERNEL_SIZE, 1);
    image.fixed(STRIDE, 1);
    image.fixed(PADDING, 0);
    image.fixed(OUTPUT_PADDING, 0);
    image.fixed(DILATION, 1);
    image.fixed(GROUPS, 1);
    image.fixed(BIAS, 1);
    image.axis(L_IN, [1000000000, 1, 1000000]);
    image.rule(1, RULE_L_OUT);
    image.overlap(1);
    image.cell(1, L_IN);
    image.finish(METHOD_CLOSED);
    openPlan();
    // Every row has eleven bytes: ten digits and a line end.
    const first = sweep(0, 1000000, UNBOUNDED);
    expect<u64>(first).toBe((OUTPUT_BYTES + 10) / 11);
    expect<u64>(reportBytes()).toBe(first * 11);
    let rows = reportRows();
    for (let at = first; at < 1000000; ) {
      at = sweep(at, 1000000, UNBOUNDED);
      rows += reportRows();
    }
    expect<u64>(rows).toBe(1000000);
    expect<string>(output().slice(-11)).toBe("1000999999\n");
  });

  it("stops at the first row with a cell above 2^64 - 1, behind the rows before it", () => {
    openMacs(14, 4);
    expect<u64>(sweep(0, 4, UNBOUNDED)).toBe(2);
    expect<string>(output()).toBe("14,16140901064495857664\n15,17293822569102704640\n");
    expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
    expect<u64>(reportFaultAt()).toBe(2);
    expect<u32>(reportFaultWhat()).toBe(1);
  });

  it("does not mind a cell above 2^64 - 1 that stands in no row", () => {
    openMacs(16, 1);
    expect<u64>(sweep(0, 0, UNBOUNDED)).toBe(0);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    const image = new PlanImage();
    image.fixed(IN_CHANNELS, 1073741824);
    image.fixed(OUT_CHANNELS, 1073741824);
    image.fixed(BATCH_SIZE, 16);
    image.fixed(L_IN, 1);
    image.fixed(KERNEL_SIZE, 1);
    image.fixed(STRIDE, 1);
    image.fixed(PADDING, 0);
    image.fixed(DILATION, 1);
    image.fixed(BIAS, 1);
    image.axis(GROUPS, [1, 0, 1]);
    // A vast axis whose every value is illegal: the overflowing cell outside of it never reaches a row.
    image.axis(OUTPUT_PADDING, [1, 1, 2000000000]);
    image.rule(0, RULE_L_OUT);
    image.overlap(0);
    image.cell(1, MACS);
    image.rule(2, RULE_OUTPUT_PADDING);
    image.finish(METHOD_CLOSED);
    openPlan();
    expect<u64>(sweep(0, 1000, UNBOUNDED)).toBe(1000);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<u64>(reportLeftOut(1 + RULE_OUTPUT_PADDING)).toBe(1000);
  });

  it("skips billions of layers in one step, to the last one", () => {
    const image = new PlanImage();
    image.axis(GROUPS, [3, 1, 2]); // 3 and 4: only 4 divides the channels
    image.fixed(IN_CHANNELS, 4);
    image.fixed(OUT_CHANNELS, 4);
    image.fixed(KERNEL_SIZE, 1);
    image.fixed(STRIDE, 1);
    image.fixed(PADDING, 0);
    image.fixed(OUTPUT_PADDING, 0);
    image.fixed(DILATION, 1);
    image.fixed(BIAS, 1);
    image.axis(BATCH_SIZE, [0, 1, 2000000000]);
    image.axis(L_IN, [1, 1, 2000000000]);
    image.rule(1, RULE_IN_CHANNELS);
    image.rule(3, RULE_L_OUT);
    image.overlap(3);
    image.cell(3, L_IN);
    image.finish(METHOD_CLOSED);
    openPlan();
    const turn: u64 = 4000000000000000000;
    expect<u64>(sweep(5, turn + 2, UNBOUNDED)).toBe(turn + 2);
    expect<u64>(reportLeftOut(1 + RULE_IN_CHANNELS)).toBe(turn - 5);
    expect<string>(output()).toBe("1\n2\n");
  });

  it("forgets an overflow with the plan that had it", () => {
    openMacs(16, 1);
    sweep(0, 1, UNBOUNDED);
    expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
    open(METHOD_SIMULATE);
    sweep(0, 12, UNBOUNDED);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<string>(output()).toBe(ROWS);
  });
});
