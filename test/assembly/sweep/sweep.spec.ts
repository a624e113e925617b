import {
  BATCH_SIZE,
  BIAS,
  DILATION,
  FAULT_EXPRESSION,
  FAULT_NONE,
  FAULT_OVERFLOW,
  FILTERS,
  GROUPS,
  IN_CHANNELS,
  INPUT_PTR,
  ITEM_DIVISORS,
  KERNEL_SIZE,
  L_IN,
  L_OUT,
  MACS,
  METHOD_CLOSED,
  METHOD_SIMULATE,
  METHOD_VERIFY,
  OP_DIVIDE,
  OP_FIELD,
  OP_MODULO,
  OP_NOT,
  OP_NUMBER,
  OP_SUBTRACT,
  OUT_CHANNELS,
  OUTPUT_BYTES,
  OUTPUT_PADDING,
  PADDING,
  RULE_COUNT,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  RULE_OUT_CHANNELS,
  RULE_OUTPUT_PADDING,
  STRIDE,
  TAPS,
  VECTOR_ROWS,
} from "../../../assembly/layout";
import { isBlockTooLarge } from "../../../assembly/sweep/block";
import { openPlan, sweep, sweepIndices } from "../../../assembly/sweep/sweep";
import {
  output,
  PlanImage,
  reportBytes,
  reportFault,
  reportFaultAt,
  reportFaultDetail,
  reportRejected,
  reportRows,
  reportVisits,
} from "../support";

/**
 * Opens a grid of groups 1, 2, 3 (level 1), padding 0, 5 (level 2) and l_in 2, 3 (level 3), with
 * in_channels 4, out_channels 6 and kernel_size 3. Three groups break a rule, and a padding of 5
 * leaves no output. The cells are groups, l_in, l_out, taps and filters.
 */
function open(
  method: u32,
  blockLevel: u32 = 3,
  vectorRows: u32 = VECTOR_ROWS,
  reuse: bool = false,
): void {
  const image = new PlanImage();
  image.blockLevel = blockLevel;
  image.vectorRows = vectorRows;
  image.blockRows = reuse ? 12 : 0;
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
  // A reused block of l_in alone checks its lengths on the vectors, because the padding is outside.
  image.isMixed = reuse && blockLevel == 2;
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

/** The lengths of vectors that each test is run with, and how many there are. */
const LENGTHS: StaticArray<u32> = [1, 2, 3, VECTOR_ROWS];

function totalRejected(): u64 {
  let sum: u64 = 0;
  for (let rule: u32 = 0; rule < RULE_COUNT; rule++) sum += reportRejected(1 + rule);
  return sum;
}

/** Opens a grid with one axis, batch_size; each sample has 2^60 MACs. */
function openMacs(
  first: u32,
  count: u32,
  level: u32 = 1,
  rows: u32 = VECTOR_ROWS,
  reuse: bool = false,
): void {
  const image = new PlanImage();
  image.blockLevel = level;
  image.vectorRows = rows;
  image.blockRows = reuse ? 4 : 0;
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
  image.rule(0, RULE_IN_CHANNELS);
  image.rule(0, RULE_L_OUT);
  image.overlap(0);
  image.cell(1, BATCH_SIZE);
  image.cell(1, MACS);
  image.finish(METHOD_CLOSED);
  openPlan();
}

/** A budget of visits that is never used up. */
const UNLIMITED: u32 = u32.MAX_VALUE;

describe("a sweep", () => {
  it("writes a row for each valid layer and counts the others by rule, with every method", () => {
    for (let method = METHOD_CLOSED; method <= METHOD_VERIFY; method++) {
      for (let level: u32 = 0; level <= 3; level++) {
        for (let i = 0; i < 2 * LENGTHS.length; i++) {
          open(method, level, LENGTHS[i >> 1], (i & 1) == 1);
          expect<u64>(sweep(0, 12, UNLIMITED)).toBe(12);
          expect<string>(output()).toBe(ROWS);
          expect<u64>(reportRows()).toBe(4);
          expect<u64>(reportRejected(1 + RULE_L_OUT)).toBe(4);
          expect<u64>(reportRejected(1 + RULE_IN_CHANNELS)).toBe(4);
          expect<u64>(totalRejected()).toBe(8);
          expect<u32>(reportFault()).toBe(FAULT_NONE);
        }
      }
    }
  });

  it("gives the same rows and rejection counts wherever it is split in two", () => {
    for (let level: u32 = 0; level <= 3; level++) {
      for (let i = 0; i < 2 * LENGTHS.length; i++) {
        open(METHOD_CLOSED, level, LENGTHS[i >> 1], (i & 1) == 1);
        for (let cut: u64 = 0; cut <= 12; cut++) {
          expect<u64>(sweep(0, cut, UNLIMITED)).toBe(cut);
          let text = reportBytes() > 0 ? output() : "";
          const rows = reportRows();
          const rejected = totalRejected();
          expect<u64>(rows + rejected).toBe(cut);
          expect<u64>(sweep(cut, 12, UNLIMITED)).toBe(12);
          if (reportBytes() > 0) text += output();
          expect<string>(text).toBe(ROWS);
          expect<u64>(reportRows() + totalRejected()).toBe(12 - cut);
        }
      }
    }
  });

  it("stops when the output is full, and resumes from there", () => {
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
    const first = sweep(0, 1000000, UNLIMITED);
    expect<u64>(first).toBe((OUTPUT_BYTES + 10) / 11);
    expect<u64>(reportBytes()).toBe(first * 11);
    let rows = reportRows();
    for (let at = first; at < 1000000; ) {
      at = sweep(at, 1000000, UNLIMITED);
      rows += reportRows();
    }
    expect<u64>(rows).toBe(1000000);
    expect<string>(output().slice(-11)).toBe("1000999999\n");
  });

  it("stops at the first row with a cell above 2^64 - 1, after writing the previous rows", () => {
    for (let level: u32 = 0; level <= 1; level++) {
      for (let i = 0; i < 2 * LENGTHS.length; i++) {
        openMacs(14, 4, level, LENGTHS[i >> 1], (i & 1) == 1);
        expect<u64>(sweep(0, 4, UNLIMITED)).toBe(2);
        expect<string>(output()).toBe("14,16140901064495857664\n15,17293822569102704640\n");
        expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
        expect<u64>(reportFaultAt()).toBe(2);
        expect<u32>(reportFaultDetail()).toBe(1);
        // A batch that begins at the fault has no rows.
        expect<u64>(sweep(2, 4, UNLIMITED)).toBe(2);
        expect<u64>(reportRows()).toBe(0);
        expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
      }
    }
  });

  it("ignores a cell above 2^64 - 1 that is in no row", () => {
    openMacs(16, 1);
    expect<u64>(sweep(0, 0, UNLIMITED)).toBe(0);
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
    // Every value of this large axis is invalid. So the overflowing cell, which belongs to a loop
    // outside it, never reaches a row.
    image.axis(OUTPUT_PADDING, [1, 1, 2000000000]);
    image.rule(0, RULE_L_OUT);
    image.overlap(0);
    image.cell(1, MACS);
    image.rule(2, RULE_OUTPUT_PADDING);
    image.finish(METHOD_CLOSED);
    openPlan();
    expect<u64>(sweep(0, 1000, UNLIMITED)).toBe(1000);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<u64>(reportRejected(1 + RULE_OUTPUT_PADDING)).toBe(1000);
  });

  it("skips 4·10^18 layers in one step, up to the last one", () => {
    const image = new PlanImage();
    image.axis(GROUPS, [3, 1, 2]); // of 3 and 4, only 4 divides the channels
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
    const block: u64 = 4000000000000000000;
    expect<u64>(sweep(5, block + 2, UNLIMITED)).toBe(block + 2);
    expect<u64>(reportRejected(1 + RULE_IN_CHANNELS)).toBe(block - 5);
    expect<string>(output()).toBe("1\n2\n");
  });

  it("clears an overflow when another plan is opened", () => {
    openMacs(16, 1);
    sweep(0, 1, UNLIMITED);
    expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
    open(METHOD_SIMULATE);
    sweep(0, 12, UNLIMITED);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    expect<string>(output()).toBe(ROWS);
  });
});

/**
 * Opens a grid of stride 2..9 and kernel_size: divisors(12 / stride). The padding is derived as
 * kernel_size - 2, and a condition requires that it is even.
 */
function openDependent(
  blockLevel: u32 = 2,
  vectorRows: u32 = VECTOR_ROWS,
  blockRows: u32 = 0,
): void {
  const image = new PlanImage();
  image.blockLevel = blockLevel;
  image.vectorRows = vectorRows;
  image.blockRows = blockRows;
  image.fixed(BATCH_SIZE, 1);
  image.fixed(IN_CHANNELS, 1);
  image.fixed(OUT_CHANNELS, 1);
  image.fixed(L_IN, 9);
  image.fixed(DILATION, 1);
  image.fixed(GROUPS, 1);
  image.fixed(BIAS, 1);
  image.axis(STRIDE, [2, 1, 8]);
  const quotient = image.program([
    [OP_NUMBER, 0, 12],
    [OP_FIELD, STRIDE, 0],
    [OP_DIVIDE, 0, 0],
  ]);
  const axis = image.dependent(6, [KERNEL_SIZE], [[ITEM_DIVISORS, quotient, 0, 0]], 6);
  const less = image.program([
    [OP_FIELD, KERNEL_SIZE, 0],
    [OP_NUMBER, 0, 2],
    [OP_SUBTRACT, 0, 0],
  ]);
  const even = image.program([
    [OP_FIELD, PADDING, 0],
    [OP_NUMBER, 0, 2],
    [OP_MODULO, 0, 0],
    [OP_NOT, 0, 0],
  ]);
  // If the quotient is inexact, the axis has one position, marked as inexact. The predicate of the
  // select step rejects it.
  image.expand(1, axis);
  image.select(2, 0, axis);
  image.derive(2, 2, less, PADDING);
  image.where(2, 4, even);
  image.rule(2, RULE_L_OUT);
  image.cell(1, STRIDE);
  image.cell(2, KERNEL_SIZE);
  image.cell(2, PADDING);
  image.finish(METHOD_CLOSED, 5);
  openPlan();
}

describe("a sweep without cells", () => {
  it("counts the layers, a block of the innermost step at a time", () => {
    const image = new PlanImage();
    image.fixed(IN_CHANNELS, 4);
    image.axis(GROUPS, [1, 1, 4]);
    image.axis(STRIDE, [1, 1, 1000000]);
    image.rule(1, RULE_IN_CHANNELS);
    image.finish(METHOD_CLOSED);
    openPlan();
    expect<u64>(sweep(7, 3500000, UNLIMITED)).toBe(3500000);
    expect<u64>(reportRows()).toBe(2499993);
    expect<u64>(reportRejected(1 + RULE_IN_CHANNELS)).toBe(1000000);
    expect<u32>(reportBytes()).toBe(0);
    expect<u32>(reportVisits()).toBe(4);
  });

  it("stops at an expression of an outer loop without a value", () => {
    for (let level: u32 = 1; level <= 2; level++) {
      const image = new PlanImage();
      image.blockLevel = level;
      image.axis(GROUPS, [1, 1, 4]);
      image.axis(STRIDE, [1, 1, 5]);
      const rest = image.program([
        [OP_NUMBER, 0, 12],
        [OP_FIELD, GROUPS, 0],
        [OP_NUMBER, 0, 3],
        [OP_SUBTRACT, 0, 0],
        [OP_MODULO, 0, 0],
        [OP_NOT, 0, 0],
      ]);
      image.where(1, 0, rest);
      image.cell(2, STRIDE);
      image.finish(METHOD_CLOSED, 1);
      openPlan();
      expect<u64>(sweep(0, 20, UNLIMITED)).toBe(10);
      expect<u32>(reportFault()).toBe(FAULT_EXPRESSION);
      expect<u32>(reportFaultDetail()).toBe(0);
      expect<u64>(reportRows()).toBe(10);
    }
  });
});

describe("a sweep of axes that depend on others", () => {
  it("counts rejections by predicate, and skips positions past the end", () => {
    for (let level: u32 = 0; level <= 2; level++) {
      // A block of all loops can be reused, with room for its five rows and one more, or too little.
      for (let i = 0; i < 3 * LENGTHS.length; i++) {
        const blockRows: u32 = level > 0 || i % 3 == 0 ? 0 : i % 3 == 1 ? 6 : 3;
        openDependent(level, LENGTHS[i / 3], blockRows);
        expect<u64>(sweep(0, 48, UNLIMITED)).toBe(48);
        expect<bool>(isBlockTooLarge()).toBe(blockRows == 3);
        // 12/2: 1 2 3 6, 12/3: 1 2 4, 12/4: 1 3, 12/6: 1 2; 12/5, 12/7, 12/8 and 12/9 are inexact.
        expect<string>(output()).toBe("2,2,0\n2,6,4\n3,2,0\n3,4,2\n6,2,0\n");
        expect<u64>(reportRejected(1)).toBe(4); // inexact quotient
        expect<u64>(reportRejected(2)).toBe(0);
        expect<u64>(reportRejected(3)).toBe(0);
        expect<u64>(reportRejected(4)).toBe(4); // padding is -1
        expect<u64>(reportRejected(5)).toBe(2); // padding is odd
        expect<u64>(reportRejected(0)).toBe(48 - 15);
      }
    }
  });

  it("gives the same rows and rejection counts for any limit of visits", () => {
    openDependent();
    sweep(0, 48, UNLIMITED);
    const complete = output();
    for (let visits: u32 = 1; visits < 90; visits++) {
      openDependent(visits % 3, LENGTHS[visits % 4]);
      let text = "";
      let rejected: u64 = 0;
      for (let at: u64 = 0; at < 48; ) {
        const first = at;
        at = sweep(at, 48, visits);
        expect<u64>(at).toBeGreaterThan(first);
        // Filling stops at the limit; then each row takes one visit more.
        expect<u64>(<u64>reportVisits()).toBeLessThanOrEqual(<u64>visits + 1 + reportRows());
        if (reportBytes() > 0 && reportRows() > 0) text += output();
        for (let rejectionReason: u32 = 0; rejectionReason <= 5; rejectionReason++)
          rejected += reportRejected(rejectionReason);
      }
      expect<string>(text).toBe(complete);
      expect<u64>(rejected).toBe(43);
    }
  });

  it("looks up single layers by index", () => {
    for (let level: u32 = 0; level <= 2; level++) {
      openDependent(level, 2, level == 0 ? 5 : 0);
      const indices: StaticArray<u64> = [1, 3, 5, 18, 25];
      for (let i = 0; i < indices.length; i++) store<u64>(INPUT_PTR + 8 * <usize>i, indices[i]);
      expect<u32>(sweepIndices(5)).toBe(5);
      expect<string>(output()).toBe("2,2,0\n2,6,4\n6,2,0\n");
      expect<u64>(reportRows()).toBe(3);
      expect<u64>(reportRejected(0)).toBe(1);
      expect<u64>(reportRejected(1)).toBe(1);
    }
  });

  it("stops at an undefined expression, and reports its step", () => {
    for (let level: u32 = 0; level <= 1; level++) {
      for (let i = 0; i < 2 * LENGTHS.length; i++) {
        const image = new PlanImage();
        image.blockLevel = level;
        image.vectorRows = LENGTHS[i >> 1];
        image.blockRows = i & 1 ? 4 : 0;
        image.fixed(GROUPS, 1);
        image.axis(STRIDE, [0, 1, 4]);
        const rest = image.program([
          [OP_NUMBER, 0, 12],
          [OP_FIELD, STRIDE, 0],
          [OP_NUMBER, 0, 2],
          [OP_SUBTRACT, 0, 0],
          [OP_MODULO, 0, 0],
          [OP_NOT, 0, 0],
        ]);
        image.cell(1, STRIDE);
        image.where(1, 0, rest);
        image.finish(METHOD_CLOSED, 1);
        openPlan();
        expect<u64>(sweep(0, 4, UNLIMITED)).toBe(2);
        expect<string>(output()).toBe("0\n1\n");
        expect<u32>(reportFault()).toBe(FAULT_EXPRESSION);
        expect<u64>(reportFaultAt()).toBe(2);
        expect<u32>(reportFaultDetail()).toBe(0);
      }
    }
  });
});
