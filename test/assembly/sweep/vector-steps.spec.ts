import {
  BATCH_SIZE,
  BIAS,
  DILATION,
  DIMENSION_TAPS,
  FAULT_EXPRESSION,
  FAULT_NONE,
  FAULT_OVERFLOW,
  GROUPS,
  IN_CHANNELS,
  KERNEL_SIZE,
  L_IN,
  L_OUT,
  MACS,
  METHOD_CLOSED,
  METHOD_VERIFY,
  OP_FIELD,
  OP_FLOOR_DIVIDE,
  OP_LESS,
  OP_NUMBER,
  OP_SUBTRACT,
  OUT_CHANNELS,
  OUTPUT_PADDING,
  PADDING,
  RULE_COUNT,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_OUT_CHANNELS,
  RULE_OUTPUT_PADDING,
  RULE_SAME_STRIDE,
  STRIDE,
  TAPS,
  VARIABLE_0,
  VECTOR_ROWS,
} from "../../../assembly/layout";
import { openPlan, sweep } from "../../../assembly/sweep/sweep";
import {
  output,
  PlanImage,
  reportFault,
  reportFaultAt,
  reportFaultDetail,
  reportRejected,
  reportRows,
} from "../support";

const SIZE: u64 = 3 * 2 * 3 * 4;
const PREDICATES: u32 = RULE_COUNT + 6;
const LENGTHS: StaticArray<u32> = [1, 3, VECTOR_ROWS];

/**
 * Opens a grid of stride 1..3, groups 1..2, kernel_size 2..4 and out_channels 1..4. Every step inside
 * of the groups depends on an outer loop: the padding is kernel_size - stride, a variable is
 * 12 // (out_channels - stride - `at`), and two conditions are exact or without a vector program.
 */
function open(method: u32, level: u32, rows: u32, blockRows: u32, at: i64): void {
  const image = new PlanImage();
  image.blockLevel = level;
  image.vectorRows = rows;
  image.blockRows = blockRows;
  image.fixed(BATCH_SIZE, 1);
  image.fixed(IN_CHANNELS, 2);
  image.fixed(L_IN, 6);
  image.fixed(OUTPUT_PADDING, 1);
  image.fixed(DILATION, 1);
  image.fixed(BIAS, 1);
  image.axis(STRIDE, [1, 1, 3]);
  image.axis(GROUPS, [1, 1, 2]);
  image.axis(KERNEL_SIZE, [2, 1, 3]);
  image.axis(OUT_CHANNELS, [1, 1, 4]);
  const padding = image.program([
    [OP_FIELD, KERNEL_SIZE, 0],
    [OP_FIELD, STRIDE, 0],
    [OP_SUBTRACT, 0, 0],
  ]);
  const variable = image.program([
    [OP_NUMBER, 0, 12],
    [OP_FIELD, OUT_CHANNELS, 0],
    [OP_FIELD, STRIDE, 0],
    [OP_SUBTRACT, 0, 0],
    [OP_NUMBER, 0, at],
    [OP_SUBTRACT, 0, 0],
    [OP_FLOOR_DIVIDE, 0, 0],
  ]);
  const less = image.program([
    [OP_FIELD, STRIDE, 0],
    [OP_FIELD, KERNEL_SIZE, 0],
    [OP_LESS, 0, 0],
  ]);
  image.rule(2, RULE_IN_CHANNELS);
  image.isMixed = level == 2;
  image.derive(3, RULE_COUNT, padding, PADDING);
  image.rule(3, RULE_OUTPUT_PADDING);
  image.rule(3, RULE_SAME_STRIDE);
  image.rule(3, RULE_L_OUT);
  image.overlap(3);
  image.whereExact(3, RULE_COUNT + 2, less);
  image.rule(4, RULE_OUT_CHANNELS);
  image.derive(4, RULE_COUNT + 4, variable, VARIABLE_0);
  image.where(4, RULE_COUNT + 3, less);
  image.isMixed = false;
  image.cell(1, STRIDE);
  image.cell(4, OUT_CHANNELS);
  image.cell(3, PADDING);
  image.cell(3, L_OUT);
  image.cell(3, TAPS);
  image.cell(4, VARIABLE_0);
  image.cell(4, MACS);
  image.finish(method, PREDICATES);
  openPlan();
}

describe("steps of a block that run on its vectors", () => {
  it("give the rows, rejections and faults of the layers one by one", () => {
    for (let at: i64 = -5; at <= 9; at += 2) {
      open(METHOD_CLOSED, 4, 1, 0, at);
      sweep(0, SIZE, u32.MAX_VALUE);
      const rows = reportRows(),
        text = rows > 0 ? output() : "";
      const fault = reportFault(),
        faultAt = reportFaultAt();
      const rejected = new StaticArray<u64>(PREDICATES);
      for (let i: u32 = 0; i < PREDICATES; i++) rejected[i] = reportRejected(1 + i);
      if (at > 4) expect<u64>(rows).toBeGreaterThan(4);
      for (let method = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
        for (let i = 0; i < 2 * LENGTHS.length; i++) {
          open(method, 2, LENGTHS[i >> 1], i & 1 ? 12 : 0, at);
          sweep(0, SIZE, u32.MAX_VALUE);
          expect<u64>(reportRows()).toBe(rows);
          expect<string>(rows > 0 ? output() : "").toBe(text);
          expect<u32>(reportFault()).toBe(fault);
          expect<u64>(reportFaultAt()).toBe(faultAt);
          for (let reason: u32 = 0; reason < PREDICATES; reason++)
            expect<u64>(reportRejected(1 + reason)).toBe(rejected[reason], `reason ${reason}`);
        }
      }
    }
  });

  it("stop at a layer without a value", () => {
    open(METHOD_CLOSED, 2, 8, 12, 0);
    sweep(0, SIZE, u32.MAX_VALUE);
    // Layers of stride 1 break the rule of output_padding, and one of stride 2 needs a kernel_size
    // of 3. Its first layer has 12 // -1, the second one 12 // 0.
    expect<u32>(reportFault()).toBe(FAULT_EXPRESSION);
    expect<u64>(reportFaultAt()).toBe(29);
    expect<u64>(reportRows()).toBe(1);
    expect<string>(output()).toBe("2,1,1,12,17,-12,34\n");
  });
});

describe("a cell of an outer loop above 64 bits", () => {
  it("is a fault of the first row that has it, and names its slot", () => {
    for (let i = 0; i < 2 * LENGTHS.length; i++) {
      const image = new PlanImage();
      image.blockLevel = 1;
      image.vectorRows = LENGTHS[i >> 1];
      image.blockRows = i & 1 ? 3 : 0;
      image.fixed(IN_CHANNELS, 1073741824);
      image.fixed(OUT_CHANNELS, 1073741824);
      image.fixed(L_IN, 1);
      image.fixed(KERNEL_SIZE, 1);
      image.fixed(STRIDE, 1);
      image.fixed(DILATION, 1);
      image.fixed(BIAS, 1);
      // Batches of 15, 16 and 2 samples, of 2^60 MACs each; three paddings, all but 0 illegal.
      image.axis(BATCH_SIZE, [15, 1, 2, 2, 1, 1]);
      image.axis(PADDING, [1, -1, 2, 2, 1, 1]);
      image.fixed(GROUPS, 1);
      image.rule(0, RULE_IN_CHANNELS);
      image.rule(2, RULE_L_OUT);
      image.cell(1, BATCH_SIZE);
      image.cell(1, MACS);
      image.cell(2, PADDING);
      image.fixed(DIMENSION_TAPS, 1);
      image.finish(METHOD_CLOSED);
      openPlan();
      sweep(0, 9, u32.MAX_VALUE);
      expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
      expect<u64>(reportFaultAt()).toBe(4);
      expect<u32>(reportFaultDetail()).toBe(1);
      expect<u64>(reportRows()).toBe(1);
      expect<u64>(reportRejected(1 + RULE_L_OUT)).toBe(3);
      // Rejected layers have no fault, and later rows are not affected.
      sweep(5, 9, u32.MAX_VALUE);
      expect<u32>(reportFault()).toBe(FAULT_NONE);
      expect<u64>(reportRows()).toBe(1);
    }
  });
});
