import {
  BATCH_SIZE,
  BIAS,
  BITS,
  DILATION,
  FAULT_FIELD,
  FAULT_NONE,
  FAULT_OVERFLOW,
  FAULT_RULE,
  GROUPS,
  IN_CHANNELS,
  INPUT_PTR,
  KERNEL_SIZE,
  KIND_CONV_TRANSPOSE1D,
  KIND_CONV_TRANSPOSE3D,
  L_IN,
  MACS,
  MACS_PER_SECOND,
  MANY_COLUMNS,
  MANY_COLUMNS_PTR,
  MANY_FIELDS,
  MANY_FIELDS_PTR,
  MANY_MISSING_PTR,
  MANY_PTR,
  MANY_ROWS,
  MANY_RULES_PTR,
  MANY_VALUES_END,
  MANY_VALUES_PTR,
  METHOD_CLOSED,
  METHOD_SIMULATE,
  MODULEPROFILER,
  OUT_CHANNELS,
  OUTPUT_BUFFER_BYTES,
  OUTPUT_PTR,
  OVERLAP_EVEN,
  PADDING,
  PARAMS,
  RULE_L_OUT,
  RULE_RANGE,
  SAMPLE_RATE,
  SAMPLE_RATE_DENOMINATOR,
  STRIDE,
  TENSORFLOW,
  ZERO_INSERTION_WASTE,
} from "../../assembly/layout";
import { set } from "../../assembly/layers/layer";
import { countMany, openMany } from "../../assembly/many";
import { reportFault, reportFaultAt, reportFaultDetail } from "./support";

const MAX: u32 = 2147483647;

function open(
  kind: u32,
  method: u32,
  columns: StaticArray<u32>,
  fields: StaticArray<u32>,
  skipInvalid: bool = false,
  hasSampleRate: bool = false,
): void {
  store<u32>(MANY_PTR, kind);
  store<u32>(MANY_PTR, method, 4);
  store<u32>(MANY_PTR, columns.length, 8);
  store<u32>(MANY_PTR, fields.length, 12);
  store<u32>(MANY_PTR, <u32>skipInvalid, 16);
  store<u32>(MANY_PTR, <u32>hasSampleRate, 20);
  for (let i = 0; i < columns.length; i++) store<u32>(MANY_COLUMNS_PTR + 4 * <usize>i, columns[i]);
  for (let i = 0; i < fields.length; i++) store<u32>(MANY_FIELDS_PTR + 4 * <usize>i, fields[i]);
  openMany();
}

/** Sets the fields that no column sets: one channel each, L = 4, K = 3, stride 2. */
function setDefaults(): void {
  for (let dimension: u32 = 0; dimension < 3; dimension++) {
    const at = dimension * 9;
    set(L_IN + at, 4);
    set(KERNEL_SIZE + at, 3);
    set(STRIDE + at, 2);
    set(PADDING + at, 0);
    set(PADDING + 1 + at, 0);
    set(DILATION + at, 1);
  }
  set(BATCH_SIZE, 1);
  set(IN_CHANNELS, 1);
  set(OUT_CHANNELS, 1);
  set(GROUPS, 1);
  set(BIAS, 1);
  set(BITS, 32);
}

function column(i: u32, values: StaticArray<u32>): void {
  for (let row = 0; row < values.length; row++)
    store<u32>(INPUT_PTR + 4 * <usize>(i * MANY_ROWS + row), values[row]);
}

function result(i: u32, row: u32): u64 {
  return load<u64>(MANY_VALUES_PTR + 8 * <usize>(i * MANY_ROWS + row));
}

function decimal(i: u32, row: u32): f64 {
  return load<f64>(MANY_VALUES_PTR + 8 * <usize>(i * MANY_ROWS + row));
}

function missing(i: u32, row: u32): u8 {
  return load<u8>(MANY_MISSING_PTR + <usize>(i * MANY_ROWS + row));
}

function rule(row: u32): u8 {
  return load<u8>(MANY_RULES_PTR + <usize>row);
}

describe("countMany", () => {
  it("fits all results into one output buffer, and all fields into INPUT", () => {
    expect<usize>(MANY_VALUES_END).toBeLessThanOrEqual(OUTPUT_PTR + OUTPUT_BUFFER_BYTES);
    expect<u32>(4 * MANY_FIELDS * MANY_ROWS).toBeLessThanOrEqual(524288);
    expect<u32>(MANY_COLUMNS).toBe(46);
  });

  it("counts every row, and reads the fields that differ from columns", () => {
    setDefaults();
    open(
      KIND_CONV_TRANSPOSE1D,
      METHOD_CLOSED,
      [MACS, PARAMS, OVERLAP_EVEN, ZERO_INSERTION_WASTE],
      [L_IN, IN_CHANNELS],
    );
    column(0, [4, 4, 5]);
    column(1, [1, 2, 1]);
    expect<u32>(countMany(3)).toBe(3);
    expect<u32>(reportFault()).toBe(FAULT_NONE);
    // Nothing is cropped, so macs = C_in·L·K and params = C_in·K + 1. With K = 3 and s = 2, the two
    // residues have 2 taps and 1.
    expect<u64>(result(0, 0)).toBe(12);
    expect<u64>(result(0, 1)).toBe(24);
    expect<u64>(result(0, 2)).toBe(15);
    expect<u64>(result(1, 1)).toBe(7);
    expect<u64>(result(2, 0)).toBe(0);
    // l_out = 9: 27 products with zeros, 12 without.
    expect<f64>(decimal(3, 0)).toBe(15.0 / 27.0);
    expect<u8>(rule(2)).toBe(0);
  });

  it("gives the same counts by simulation", () => {
    setDefaults();
    open(KIND_CONV_TRANSPOSE1D, METHOD_SIMULATE, [MACS], [PADDING]);
    column(0, [0, 1, 2]);
    expect<u32>(countMany(3)).toBe(3);
    const unpadded = result(0, 0),
      padded1 = result(0, 1),
      padded2 = result(0, 2);
    open(KIND_CONV_TRANSPOSE1D, METHOD_CLOSED, [MACS], [PADDING]);
    expect<u32>(countMany(3)).toBe(3);
    expect<u64>(result(0, 0)).toBe(unpadded);
    expect<u64>(result(0, 1)).toBe(padded1);
    expect<u64>(result(0, 2)).toBe(padded2);
  });

  it("stops at a layer that breaks a rule or has a field out of range", () => {
    setDefaults();
    open(KIND_CONV_TRANSPOSE1D, METHOD_CLOSED, [MACS], [PADDING, STRIDE]);
    column(0, [0, 9]);
    column(1, [2, 2]);
    expect<u32>(countMany(2)).toBe(1);
    expect<u32>(reportFault()).toBe(FAULT_RULE);
    expect<u64>(reportFaultAt()).toBe(1);
    expect<u32>(reportFaultDetail()).toBe(RULE_L_OUT);
    column(0, [0, 0]);
    column(1, [2, 0]);
    expect<u32>(countMany(2)).toBe(1);
    expect<u32>(reportFault()).toBe(FAULT_FIELD);
    expect<u32>(reportFaultDetail()).toBe(1);
  });

  it("marks invalid layers and continues if skipInvalid is set", () => {
    setDefaults();
    open(
      KIND_CONV_TRANSPOSE1D,
      METHOD_CLOSED,
      [MACS, ZERO_INSERTION_WASTE, MODULEPROFILER],
      [PADDING, STRIDE],
      true,
    );
    column(0, [0, 9, 0, 0]);
    column(1, [2, 2, 0, 2]);
    expect<u32>(countMany(4)).toBe(4);
    expect<u8>(rule(0)).toBe(0);
    expect<u8>(rule(1)).toBe(<u8>(1 + RULE_L_OUT));
    expect<u8>(rule(2)).toBe(<u8>(1 + RULE_RANGE));
    expect<u64>(result(0, 1)).toBe(0);
    expect<bool>(isNaN(decimal(1, 1))).toBe(true);
    expect<u8>(missing(2, 1)).toBe(0);
    expect<u64>(result(0, 3)).toBe(12);
  });

  it("stops at a result that overflows and reports its column", () => {
    setDefaults();
    open(
      KIND_CONV_TRANSPOSE1D,
      METHOD_CLOSED,
      [PARAMS, MACS, ZERO_INSERTION_WASTE],
      [IN_CHANNELS, OUT_CHANNELS],
    );
    column(0, [1, MAX]);
    column(1, [1, MAX]);
    expect<u32>(countMany(2)).toBe(1);
    expect<u32>(reportFault()).toBe(FAULT_OVERFLOW);
    expect<u32>(reportFaultDetail()).toBe(1);
  });

  it("reads sample rates as two words of the numerator and two of the denominator", () => {
    setDefaults();
    open(KIND_CONV_TRANSPOSE1D, METHOD_CLOSED, [MACS_PER_SECOND], [L_IN], true, true);
    column(0, [4, 4, 4, 4, 4, 0, 4]);
    // 2; 11025/16; 2^32 / 3; 3 / 2^32; 0; 5 for an invalid layer; 2^31.
    column(1, [2, 11025, 0, 3, 0, 5, 0x80000000]);
    column(2, [0, 0, 1, 0, 0, 0, 0]);
    column(3, [1, 16, 3, 0, 1, 0, 1]);
    column(4, [0, 0, 0, 1, 0, 0, 0]);
    expect<u32>(countMany(7)).toBe(7);
    // 12 MACs for 9 outputs.
    expect<f64>(decimal(0, 0)).toBe(24.0 / 9.0);
    expect<f64>(decimal(0, 1)).toBe(918.75);
    expect<f64>(decimal(0, 2)).toBe(51539607552.0 / 27.0);
    expect<f64>(decimal(0, 3)).toBe(36.0 / 38654705664.0);
    for (let row: u32 = 4; row < 7; row++) {
      expect<u8>(rule(row)).toBe(<u8>(1 + RULE_RANGE));
      expect<bool>(isNaN(decimal(0, row))).toBe(true);
    }
    open(KIND_CONV_TRANSPOSE1D, METHOD_CLOSED, [MACS_PER_SECOND], [L_IN], false, true);
    expect<u32>(countMany(7)).toBe(4);
    expect<u32>(reportFault()).toBe(FAULT_FIELD);
    expect<u32>(reportFaultDetail()).toBe(1);
    // One rate for all rows.
    set(SAMPLE_RATE, 11025);
    set(SAMPLE_RATE_DENOMINATOR, 16);
    open(KIND_CONV_TRANSPOSE1D, METHOD_CLOSED, [MACS_PER_SECOND], [L_IN]);
    expect<u32>(countMany(1)).toBe(1);
    expect<f64>(decimal(0, 0)).toBe(918.75);
  });

  it("marks missing values", () => {
    setDefaults();
    open(KIND_CONV_TRANSPOSE3D, METHOD_CLOSED, [TENSORFLOW, MODULEPROFILER, MACS], [IN_CHANNELS]);
    column(0, [1]);
    expect<u32>(countMany(1)).toBe(1);
    expect<u8>(missing(0, 0)).toBe(1);
    expect<u8>(missing(1, 0)).toBe(1);
    expect<bool>(isNaN(decimal(0, 0))).toBe(true);
    expect<u64>(result(1, 0)).toBe(0);
    expect<u64>(result(2, 0)).toBe(12 * 12 * 12);
  });
});
