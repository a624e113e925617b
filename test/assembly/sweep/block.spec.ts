import {
  BATCH_SIZE,
  BIAS,
  DILATION,
  FAULT_EXPRESSION,
  FAULT_NONE,
  GROUPS,
  IN_CHANNELS,
  KERNEL_SIZE,
  L_IN,
  L_OUT,
  MACS,
  METHOD_CLOSED,
  METHOD_SPOT_CHECK,
  METHOD_VERIFY,
  OP_ADD,
  OP_FIELD,
  OP_FLOOR_DIVIDE,
  OP_LESS,
  OP_MODULO,
  OP_NOT_EQUAL,
  OP_NUMBER,
  OP_SUBTRACT,
  OUT_CHANNELS,
  PADDING,
  RULE_COUNT,
  RULE_IN_CHANNELS,
  RULE_L_OUT,
  STRIDE,
  TAPS,
  VECTOR_ROWS,
} from "../../../assembly/layout";
import { openPlan, sweep } from "../../../assembly/sweep/sweep";
import {
  countByDefinition,
  expectedLOut,
  expectedTaps,
  output,
  PlanImage,
  reportBytes,
  reportFault,
  reportFaultAt,
  reportFaultDetail,
  reportRejected,
  reportRows,
} from "../support";

const SIZE: u64 = 3 * 4 * 3 * 3;
const UNLIMITED: u32 = u32.MAX_VALUE;
const LENGTHS: StaticArray<u32> = [1, 2, 3, 7, VECTOR_ROWS];
/** Predicates of the steps that are not rules. */
const SUM = RULE_COUNT;
const DILATION_FITS = RULE_COUNT + 2;
const LESS = RULE_COUNT + 3;
const PREDICATES = RULE_COUNT + 5;

/**
 * Opens a grid of stride 1..3, kernel_size 1..4, padding 0..2 and groups 1..3, with six channels and
 * five inputs. The dilation is derived as kernel_size - 1, (kernel_size + stride) % 3 must not be 0,
 * and stride + padding < 4 + groups. The first two conditions on the stride have a program for
 * vectors; `isByRow` leaves it out.
 */
function open(method: u32, level: u32, rows: u32, blockRows: u32, isByRow: bool): void {
  const image = new PlanImage();
  image.blockLevel = level;
  image.vectorRows = rows;
  image.blockRows = blockRows;
  image.hasTexts = blockRows > 0;
  image.fixed(BATCH_SIZE, 1);
  image.fixed(IN_CHANNELS, 6);
  image.fixed(OUT_CHANNELS, 6);
  image.fixed(L_IN, 5);
  image.fixed(BIAS, 1);
  image.axis(STRIDE, [1, 1, 3]);
  image.axis(KERNEL_SIZE, [1, 1, 4]);
  image.axis(PADDING, [0, 1, 3]);
  image.axis(GROUPS, [1, 1, 3]);
  const sum = image.program([
    [OP_FIELD, KERNEL_SIZE, 0],
    [OP_FIELD, STRIDE, 0],
    [OP_ADD, 0, 0],
    [OP_NUMBER, 0, 3],
    [OP_MODULO, 0, 0],
    [OP_NUMBER, 0, 0],
    [OP_NOT_EQUAL, 0, 0],
  ]);
  const dilation = image.program([
    [OP_FIELD, KERNEL_SIZE, 0],
    [OP_NUMBER, 0, 1],
    [OP_SUBTRACT, 0, 0],
  ]);
  const less = image.program([
    [OP_FIELD, STRIDE, 0],
    [OP_FIELD, PADDING, 0],
    [OP_ADD, 0, 0],
    [OP_NUMBER, 0, 4],
    [OP_FIELD, GROUPS, 0],
    [OP_ADD, 0, 0],
    [OP_LESS, 0, 0],
  ]);
  const hasVectorSteps = level > 0;
  image.isMixed = hasVectorSteps;
  if (isByRow) image.where(2, SUM, sum);
  else image.where(2, SUM, sum, sum);
  image.isMixed = false;
  image.derive(2, DILATION_FITS - 1, dilation, DILATION);
  image.isMixed = hasVectorSteps;
  image.rule(3, RULE_L_OUT);
  image.overlap(3);
  image.isMixed = false;
  image.rule(4, RULE_IN_CHANNELS);
  image.isMixed = hasVectorSteps;
  if (isByRow) image.where(4, LESS, less);
  else image.where(4, LESS, less, less);
  image.isMixed = false;
  image.cell(1, STRIDE, true);
  image.cell(2, KERNEL_SIZE, true);
  image.cell(3, PADDING, true);
  image.cell(2, DILATION, true);
  image.isMixed = hasVectorSteps;
  image.cell(3, L_OUT, false);
  image.isMixed = false;
  image.cell(4, GROUPS, true);
  image.isMixed = hasVectorSteps;
  image.cell(3, TAPS, true);
  image.cell(4, MACS, !isByRow);
  image.finish(method, PREDICATES);
  openPlan();
}

/** The rejection counts of the raw indices [first, end), by predicate. */
const rejections = new StaticArray<u64>(PREDICATES);

/** The rows of the raw indices [first, end), counted by the definition; sets their rejections. */
function rowsOf(first: u64, end: u64): string {
  for (let i: u32 = 0; i < PREDICATES; i++) rejections[i] = 0;
  let text = "";
  for (let index = first; index < end; index++) {
    const stride = 1 + <i64>(index / 36),
      kernelSize = 1 + <i64>((index / 9) % 4);
    const padding = <i64>((index / 3) % 3),
      groups = 1 + <i64>(index % 3);
    const isLegal = countByDefinition(5, kernelSize, stride, padding, 0, kernelSize - 1);
    if ((kernelSize + stride) % 3 == 0) rejections[SUM]++;
    else if (kernelSize == 1) rejections[DILATION_FITS]++;
    else if (!isLegal) rejections[RULE_L_OUT]++;
    else if (stride + padding >= 4 + groups) rejections[LESS]++;
    else {
      const geometry = `${stride},${kernelSize},${padding},${kernelSize - 1},${expectedLOut}`;
      text += `${geometry},${groups},${expectedTaps},${(36 / groups) * <i64>expectedTaps}\n`;
    }
  }
  return text;
}

function expectRange(first: u64, end: u64): void {
  expect<u64>(sweep(first, end, UNLIMITED)).toBe(end);
  const expected = rowsOf(first, end);
  expect<string>(reportBytes() > 0 ? output() : "").toBe(expected);
  for (let i: u32 = 0; i < PREDICATES; i++)
    expect<u64>(reportRejected(1 + i)).toBe(rejections[i], `predicate ${i}`);
  expect<u32>(reportFault()).toBe(FAULT_NONE);
}

describe("a block with vector steps", () => {
  it("has the rows and rejection counts of the definition, at every level and length", () => {
    for (let level: u32 = 0; level <= 4; level++) {
      for (let i = 0; i < LENGTHS.length; i++) {
        for (let method = METHOD_CLOSED; method <= METHOD_SPOT_CHECK; method++) {
          open(method, level, LENGTHS[i], 0, (i & 1) == 1);
          expectRange(0, SIZE);
        }
      }
    }
  });

  it("has them when the block is reused, from any index to any other", () => {
    for (let level: u32 = 0; level <= 1; level++) {
      for (let i = 0; i < LENGTHS.length; i++) {
        for (let isByRow = 0; isByRow < 2; isByRow++) {
          open(METHOD_CLOSED, level, LENGTHS[i], 128, isByRow == 1);
          for (let first: u64 = 0; first < SIZE; first += 11) {
            for (let end = first; end <= SIZE; end += 17) expectRange(first, end);
          }
        }
      }
    }
  });

  it("has them when its rows do not fit", () => {
    open(METHOD_VERIFY, 1, 4, 20, false);
    expectRange(0, SIZE);
    expectRange(40, SIZE);
  });
});

/**
 * Opens a grid of stride 0..3, padding 0..5 and batch_size 1..2. A condition on the stride and the
 * padding, 12 // (padding - at) != 7, has no value where the padding is `at`. A filling step after
 * it derives the groups as 6 // (padding - later).
 */
function openFaults(level: u32, rows: u32, blockRows: u32, at: i64, later: i64): void {
  const image = new PlanImage();
  image.blockLevel = level;
  image.vectorRows = rows;
  image.blockRows = blockRows;
  image.axis(STRIDE, [0, 1, 4]);
  image.axis(PADDING, [0, 1, 6]);
  image.axis(BATCH_SIZE, [1, 1, 2]);
  const first = image.program([
    [OP_NUMBER, 0, 12],
    [OP_FIELD, PADDING, 0],
    [OP_FIELD, STRIDE, 0],
    [OP_NUMBER, 0, at],
    [OP_ADD, 0, 0],
    [OP_SUBTRACT, 0, 0],
    [OP_FLOOR_DIVIDE, 0, 0],
    [OP_NUMBER, 0, 7],
    [OP_NOT_EQUAL, 0, 0],
  ]);
  const derived = image.program([
    [OP_NUMBER, 0, 6],
    [OP_FIELD, PADDING, 0],
    [OP_NUMBER, 0, later],
    [OP_SUBTRACT, 0, 0],
    [OP_FLOOR_DIVIDE, 0, 0],
  ]);
  image.isMixed = level == 1;
  image.where(2, 0, first);
  image.isMixed = false;
  image.derive(2, 1, derived, GROUPS);
  image.cell(1, STRIDE);
  image.cell(2, PADDING);
  image.cell(2, GROUPS);
  image.cell(3, BATCH_SIZE);
  image.finish(METHOD_CLOSED, 3);
  openPlan();
}

/** Expects the fault of openFaults in the first index from `first` on that has one. */
function expectFault(first: u64, at: i64, later: i64): void {
  let text = "";
  let rejected: u64 = 0;
  let index = first;
  for (; index < 48; index++) {
    const stride = <i64>(index / 12),
      padding = <i64>((index / 2) % 6);
    if (padding - stride == at || padding == later) break;
    const quotient = 6 / (padding - later);
    // Floor division; a negative or zero quotient is out of range.
    if (padding < later || quotient < 1) rejected++;
    else text += `${stride},${padding},${quotient},${1 + (index % 2)}\n`;
  }
  const reached = sweep(first, 48, UNLIMITED);
  expect<u64>(reached).toBe(index);
  expect<string>(reportRows() > 0 ? output() : "").toBe(text);
  expect<u64>(reportRejected(3)).toBe(rejected);
  expect<u32>(reportFault()).toBe(index < 48 ? FAULT_EXPRESSION : FAULT_NONE);
  if (index < 48) expect<u64>(reportFaultAt()).toBe(index);
}

describe("a fault in a block", () => {
  it("is that of the first layer without a value, whichever step finds it", () => {
    for (let level: u32 = 0; level <= 3; level++) {
      for (let i = 0; i < LENGTHS.length; i++) {
        for (let blockRows: u32 = 0; blockRows <= 48; blockRows += 48) {
          if (blockRows > 0 && level > 1) continue;
          for (let at: i64 = -9; at <= 9; at += 3) {
            for (let later: i64 = -1; later <= 6; later++) {
              openFaults(level, LENGTHS[i], blockRows, at, later);
              expectFault(0, at, later);
              expectFault(15, at, later);
            }
          }
        }
      }
    }
  });

  it("names the step", () => {
    openFaults(3, 1, 0, 9, 2);
    sweep(0, 48, UNLIMITED);
    const detail = reportFaultDetail();
    openFaults(0, 8, 0, 9, 2);
    sweep(0, 48, UNLIMITED);
    // Without outer steps, the filling steps come first: the condition, then the derived groups.
    expect<u32>(reportFaultDetail()).toBe(1);
    expect<u32>(detail).toBeGreaterThan(1);
  });
});
