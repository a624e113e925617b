import { clearOverflow, hasOverflowed } from "../../assembly/checked";
import { setKind } from "../../assembly/layer";
import {
  ADDITIONS, ADDITIONS_PER_FILTER, AGGREGATION_OPS, BATCH_SIZE, BIAS, BITS, COVERED, DEEPSPEED_FLOPS, DILATION, DIMENSION_COVERED, DIMENSION_FIELDS,
  DIMENSION_L_OUT, DIMENSION_TAPS, FILTERS, FIRST_PER_BATCH, FLOPS, GROUPS, HOLES, IN_CHANNELS, KERNEL_SIZE, KIND_CONV1D, KIND_CONV_TRANSPOSE1D,
  KIND_CONV_TRANSPOSE2D, KIND_CONV_TRANSPOSE3D, L_IN, L_OUT, MACS, METHOD_CLOSED, MODULEPROFILER, MULTIPLICATIONS, NO_RULE, OPS, OPS_PER_FILTER,
  OUT_CHANNELS, OUTPUT_PADDING, OUTPUT_PTR, PADDING, PARAMS, PER_BATCH_END, RESULT_0, RESULT_END, SAMPLE_RATE, SAMPLE_RATE_DENOMINATOR, SAMPLE_RATE_QUOTIENT, MACS_PER_SECOND, STRIDE, TAPS, TENSORFLOW,
} from "../../assembly/layout";
import { brokenRule, set, workOutOverlap } from "../../assembly/layer";
import { isMissing, isQuotient, value } from "../../assembly/results";
import { writeValue } from "../../assembly/row";
import { textAt, writeLayer } from "./support";

const MAX: u64 = 2147483647;

/** The parameters, then l_out, taps and covered, as the layer record holds them. */
function writeWorkedLayer(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
}

/** All results of the layer at hand, as a line of CSV without its end. */
function allResults(): string {
  let text = "";
  for (let column = RESULT_0; column < RESULT_END; column++) {
    if (column > RESULT_0) text += ",";
    clearOverflow();
    text += textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, column));
  }
  return text;
}

/** The parameters of one dimension: l_in, kernel_size, stride, padding, output_padding, dilation. */
function writeDimension(dimension: u32, parameters: StaticArray<u64>): void {
  const fields: StaticArray<u32> = [L_IN, KERNEL_SIZE, STRIDE, PADDING, OUTPUT_PADDING, DILATION];
  for (let i = 0; i < fields.length; i++) set(fields[i] + dimension * DIMENSION_FIELDS, parameters[i]);
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
    for (let column = FIRST_PER_BATCH; column < PER_BATCH_END; column++) {
      if (isQuotient(column)) continue;
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
  it("writes every result of a layer in order", () => {
    writeWorkedLayer();
    set(SAMPLE_RATE, 22050);
    expect<string>(allResults()).toBe(
      "256,504,256,0,2,2,2097152,131072,4344,33554432,248,2097408,16384,65536,602931200,66060288,66060288,66060288,132120576,1048576,536870912,67174400,536936448,536870912,67108864,536936448,67108864,134217728,67108864,536870912,268500992,602931200,134218752,134217728,true,0.876953125,15.156114178315518,5689958400,51932160000,22050",
    );
  });

  it("divides by the denominator of a sample rate that is a fraction", () => {
    writeWorkedLayer();
    set(SAMPLE_RATE, 11025);
    set(SAMPLE_RATE_DENOMINATOR, 16);
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, MACS_PER_SECOND))).toBe("177811200"); // 5689958400 / 32
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, SAMPLE_RATE_QUOTIENT))).toBe("689.0625");
  });

  it("writes the bias as a word and the additions of holes with a sign", () => {
    writeLayer([2, 1, 1, 2, 1, 4, 0, 0, 1, 1, 0, 5, 2, 2]);
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, BIAS))).toBe("false");
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, ADDITIONS_PER_FILTER))).toBe("-3");
  });

  it("writes a negative deepspeed_flops: its bias is for a convolution of -1 elements", () => {
    // Forward size (1 + 0 - (3·(3 - 1) + 1)) // 2 + 1 = -2, products 2·3.
    writeLayer([1, 1, 9, 1, 3, 2, 0, 0, 3, 1, 1, 7, 3, 3]);
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, DEEPSPEED_FLOPS))).toBe("36"); // 2·27 - 9·2
    writeLayer([1, 1, 9, 1, 3, 1, 0, 0, 9, 1, 1, 19, 3, 3]);
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, DEEPSPEED_FLOPS))).toBe("-99"); // 2·27 - 9·17
  });

  it("writes nothing where moduleprofiler raises: without output_padding there is no output", () => {
    writeLayer([1, 1, 1, 1, 1, 3, 1, 2, 1, 1, 1]); // l_out = 0·3 - 2 + 0 + 2 + 1 = 1
    expect<u32>(brokenRule()).toBe(NO_RULE);
    workOutOverlap(METHOD_CLOSED, 0);
    expect<string>(textAt(OUTPUT_PTR, writeValue(OUTPUT_PTR, MODULEPROFILER))).toBe("");
    expect<bool>(isMissing(OPS)).toBe(false);
  });
});

describe("layers of several dimensions", () => {
  it("multiply what their dimensions come to", () => {
    setKind(KIND_CONV_TRANSPOSE2D);
    writeLayer([1, 3, 2, 2, 3, 1, 0, 0, 1, 1, 1]); // height: y = 1 2 2 1
    writeDimension(1, [2, 1, 4, 0, 0, 1]); // width: y = 1 0 0 0 1
    expect<u32>(brokenRule()).toBe(NO_RULE);
    workOutOverlap(METHOD_CLOSED, 0);
    workOutOverlap(METHOD_CLOSED, 1);
    expect<u64>(value(L_OUT)).toBe(20);
    expect<u64>(value(TAPS)).toBe(12);
    expect<u64>(value(COVERED)).toBe(8);
    expect<u64>(value(HOLES)).toBe(12);
    expect<i64>(<i64>value(ADDITIONS_PER_FILTER)).toBe(-8);
    expect<u64>(value(MACS)).toBe(72); // 3·2·12
    expect<u64>(value(PARAMS)).toBe(20); // 3·2·3·1 + 2
    setKind(KIND_CONV_TRANSPOSE1D);
  });

  it("have as many holes as a large difference of products says, though these pass 64 bits", () => {
    setKind(KIND_CONV_TRANSPOSE3D);
    for (let dimension: u32 = 0; dimension < 3; dimension++) {
      set(DIMENSION_L_OUT + dimension * DIMENSION_FIELDS, 1 << 30);
      set(DIMENSION_COVERED + dimension * DIMENSION_FIELDS, dimension == 1 ? (1 << 30) - 1 : 1 << 30);
    }
    clearOverflow();
    expect<u64>(value(HOLES)).toBe(1 << 60);
    expect<bool>(hasOverflowed()).toBe(false);
    expect<bool>(overflows(L_OUT)).toBe(true);
    setKind(KIND_CONV_TRANSPOSE1D);
  });

  it("have no overlaps where nothing lands in one dimension, though the others pass 64 bits", () => {
    setKind(KIND_CONV_TRANSPOSE3D);
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0]);
    for (let dimension: u32 = 0; dimension < 3; dimension++) {
      set(DIMENSION_TAPS + dimension * DIMENSION_FIELDS, dimension == 2 ? 0 : 1 << 40);
      set(DIMENSION_COVERED + dimension * DIMENSION_FIELDS, dimension == 2 ? 0 : 1 << 39);
    }
    clearOverflow();
    expect<u64>(value(ADDITIONS)).toBe(0);
    expect<bool>(hasOverflowed()).toBe(false);
    setKind(KIND_CONV_TRANSPOSE1D);
  });

  it("have no answer of moduleprofiler and TensorFlow in 3-d", () => {
    setKind(KIND_CONV_TRANSPOSE3D);
    expect<bool>(isMissing(MODULEPROFILER)).toBe(true);
    expect<bool>(isMissing(TENSORFLOW)).toBe(true);
    setKind(KIND_CONV_TRANSPOSE1D);
    expect<bool>(isMissing(TENSORFLOW)).toBe(false);
  });
});

describe("convolutions that are not transposed", () => {
  it("are counted as documented: 2·K operations for each output and input channel with bias, one less for each output without", () => {
    setKind(KIND_CONV1D);
    writeLayer([2, 6, 4, 10, 3, 1, 1, 0, 1, 2, 1]); // y = 2 3 3 3 3 3 3 3 3 2
    expect<u32>(brokenRule()).toBe(NO_RULE);
    workOutOverlap(METHOD_CLOSED, 0);
    expect<u64>(value(L_OUT)).toBe(10);
    expect<u64>(value(TAPS)).toBe(28);
    expect<u64>(value(OPS)).toBe(1440); // 2·4·10·6·2·3/2
    set(BIAS, 0);
    expect<u64>(value(OPS)).toBe(1360);
    expect<u64>(value(MACS)).toBe(672); // 2·12·28
    setKind(KIND_CONV_TRANSPOSE1D);
  });
});
