import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import { computeOverlap } from "../../../assembly/layers/dimension";
import { set, setKind } from "../../../assembly/layers/layer";
import { brokenRule } from "../../../assembly/layers/rules";
import * as layout from "../../../assembly/layout";
import { isMissing, isQuotient, value } from "../../../assembly/columns/results";
import { writeValue } from "../../../assembly/formats/cell";
import { textAt, writeLayer } from "../support";

const MAX: u64 = 2147483647;

/** Writes a worked example into the layer record: parameters, then l_out, taps and covered. */
function writeWorkedLayer(): void {
  writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 256, 504, 256]);
}

/** A column with the expected text of its value. */
class Golden {
  constructor(
    public name: string,
    public column: u32,
    public text: string,
  ) {}
}

/** Checks the text of each column's value. */
function expectAll(goldens: StaticArray<Golden>): void {
  for (let i = 0; i < goldens.length; i++) {
    const golden = goldens[i];
    clearOverflow();
    const written = textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, golden.column));
    expect<string>(golden.name + " " + written).toBe(golden.name + " " + golden.text);
  }
}

/**
 * Writes the parameters of one dimension: l_in, kernel_size, stride, padding, output_padding,
 * dilation.
 */
function writeDimension(dimension: u32, parameters: StaticArray<u64>): void {
  const fields: StaticArray<u32> = [
    layout.L_IN,
    layout.KERNEL_SIZE,
    layout.STRIDE,
    layout.PADDING,
    layout.OUTPUT_PADDING,
    layout.DILATION,
  ];
  for (let i = 0; i < fields.length; i++)
    set(fields[i] + dimension * layout.DIMENSION_FIELDS, parameters[i]);
}

function overflows(column: u32): bool {
  clearOverflow();
  value(column);
  return hasOverflowed();
}

describe("value", () => {
  it("gives every result of the layer in=512 out=256 k=16 s=8 p=4 l_in=32", () => {
    writeWorkedLayer();
    expect<u64>(value(layout.L_OUT)).toBe(256);
    expect<u64>(value(layout.TAPS)).toBe(504);
    expect<u64>(value(layout.COVERED)).toBe(256);
    expect<u64>(value(layout.HOLES)).toBe(0);
    expect<u64>(value(layout.ADDITIONS_PER_FILTER)).toBe(248);
    expect<u64>(value(layout.FILTERS)).toBe(131072);
    expect<u64>(value(layout.OPS_PER_FILTER)).toBe(4344);
    expect<u64>(value(layout.AGGREGATION_OPS)).toBe(33554432);
    expect<u64>(value(layout.OPS)).toBe(602931200);
    expect<u64>(value(layout.MACS)).toBe(66060288);
    expect<u64>(value(layout.MULTIPLICATIONS)).toBe(66060288);
    expect<u64>(value(layout.ADDITIONS)).toBe(66060288);
    expect<u64>(value(layout.FLOPS)).toBe(132120576);
    expect<u64>(value(layout.PARAMS)).toBe(2097408);
  });

  it("multiplies only counts over the batch by the batch size", () => {
    writeWorkedLayer();
    set(layout.BATCH_SIZE, 3);
    expect<u64>(value(layout.OPS)).toBe(1808793600);
    expect<u64>(value(layout.MACS)).toBe(198180864);
    expect<u64>(value(layout.ADDITIONS)).toBe(198180864);
    expect<u64>(value(layout.FLOPS)).toBe(396361728);
    expect<u64>(value(layout.AGGREGATION_OPS)).toBe(33554432);
    expect<u64>(value(layout.PARAMS)).toBe(2097408);
  });

  it("counts holes, and a negative number of additions for them", () => {
    writeLayer([1, 1, 1, 2, 1, 4, 0, 0, 1, 1, 0, 5, 2, 2]); // y = 1 0 0 0 1
    expect<u64>(value(layout.HOLES)).toBe(3);
    expect<i64>(<i64>value(layout.ADDITIONS_PER_FILTER)).toBe(-3);
    expect<u64>(value(layout.ADDITIONS)).toBe(0);
    expect<u64>(value(layout.OPS)).toBe(2); // lambda = 5·1 - 3, gamma = 5·(1 - 1 + 0)
  });

  it("is 0 for an empty batch, even with the largest factors", () => {
    const outputs: u64 = 4294967293;
    const taps: u64 = 4611686014132420609;
    writeLayer([0, MAX, MAX, MAX, MAX, 1, 0, 0, 1, 1, 1, outputs, taps, outputs]);
    for (let column = layout.FIRST_PER_BATCH; column < layout.PER_BATCH_END; column++) {
      if (isQuotient(column)) continue;
      clearOverflow();
      expect<u64>(value(column)).toBe(0);
      expect<bool>(hasOverflowed()).toBe(false);
    }
    expect<bool>(overflows(layout.AGGREGATION_OPS)).toBe(true);
    expect<bool>(overflows(layout.PARAMS)).toBe(true);
  });

  it("flags an overflow of flops if both terms fit but their sum does not", () => {
    writeLayer([1, MAX, MAX, 2, 2, 2, 0, 0, 1, 1, 1, 4, 4, 4]); // (2^31 - 1)^2 · 4 each
    expect<bool>(overflows(layout.MACS)).toBe(false);
    expect<bool>(overflows(layout.ADDITIONS)).toBe(false);
    expect<bool>(overflows(layout.FLOPS)).toBe(true);
    expect<u64>(value(layout.MACS)).toBe(18446744056529682436);
  });
});

describe("writeValue", () => {
  it("writes every result of a transposed layer", () => {
    writeWorkedLayer();
    set(layout.SAMPLE_RATE, 22050);
    const goldens: StaticArray<Golden> = [
      new Golden("l_out", layout.L_OUT, "256"),
      new Golden("taps", layout.TAPS, "504"),
      new Golden("covered", layout.COVERED, "256"),
      new Golden("holes", layout.HOLES, "0"),
      new Golden("overlap_min", layout.OVERLAP_MIN, "2"),
      new Golden("overlap_max", layout.OVERLAP_MAX, "2"),
      new Golden("weight_elements", layout.WEIGHT_ELEMENTS, "2097152"),
      new Golden("filters", layout.FILTERS, "131072"),
      new Golden("ops_per_filter", layout.OPS_PER_FILTER, "4344"),
      new Golden("aggregation_ops", layout.AGGREGATION_OPS, "33554432"),
      new Golden("additions_per_filter", layout.ADDITIONS_PER_FILTER, "248"),
      new Golden("params", layout.PARAMS, "2097408"),
      new Golden("input_elements", layout.INPUT_ELEMENTS, "16384"),
      new Golden("output_elements", layout.OUTPUT_ELEMENTS, "65536"),
      new Golden("ops", layout.OPS, "602931200"),
      new Golden("macs", layout.MACS, "66060288"),
      new Golden("multiplications", layout.MULTIPLICATIONS, "66060288"),
      new Golden("additions", layout.ADDITIONS, "66060288"),
      new Golden("flops", layout.FLOPS, "132120576"),
      new Golden("cropped_products", layout.CROPPED_PRODUCTS, "1048576"),
      new Golden("zero_insertion_macs", layout.ZERO_INSERTION_MACS, "536870912"),
      new Golden("ptflops", layout.PTFLOPS, "67174400"),
      new Golden("ptflops_0_7_4", layout.PTFLOPS_0_7_4, "536936448"),
      new Golden("thop", layout.THOP, "536870912"),
      new Golden("thop_ultralytics", layout.THOP_ULTRALYTICS, "67108864"),
      new Golden("torchinfo", layout.TORCHINFO, "536936448"),
      new Golden("fvcore", layout.FVCORE, "67108864"),
      new Golden("torch", layout.TORCH, "134217728"),
      new Golden("deepspeed_macs", layout.DEEPSPEED_MACS, "67108864"),
      new Golden("torchprofile", layout.TORCHPROFILE, "536870912"),
      new Golden("onnx_tool", layout.ONNX_TOOL, "268500992"),
      new Golden("moduleprofiler", layout.MODULEPROFILER, "602931200"),
      new Golden("deepspeed_flops", layout.DEEPSPEED_FLOPS, "134218752"),
      new Golden("tensorflow", layout.TENSORFLOW, "134217728"),
      new Golden("overlap_even", layout.OVERLAP_EVEN, "true"),
      new Golden("zero_insertion_waste", layout.ZERO_INSERTION_WASTE, "0.876953125"),
      new Golden("arithmetic_intensity", layout.ARITHMETIC_INTENSITY, "15.156114178315518"),
      new Golden("macs_per_second", layout.MACS_PER_SECOND, "5689958400"),
      new Golden("ops_per_second", layout.OPS_PER_SECOND, "51932160000"),
      new Golden("sample_rate_quotient", layout.SAMPLE_RATE_QUOTIENT, "22050"),
    ];
    expectAll(goldens);
    expect<u32>(goldens.length).toBe(
      layout.RESULT_COUNT - layout.DIMENSION_COUNT, // without the columns PADDING_TEXT
    );
  });

  it("writes the family's own columns for a convolution that is not transposed", () => {
    // Conv1d(512, 256, kernel_size=16, stride=8, padding=4) on 32 inputs has 4 outputs of 16
    // products. 8 of the products are with zeros.
    setKind(layout.KIND_CONV1D);
    writeLayer([1, 512, 256, 32, 16, 8, 4, 0, 1, 1, 1, 4, 56, 4]);
    const goldens: StaticArray<Golden> = [
      new Golden("l_out", layout.L_OUT, "4"),
      new Golden("taps", layout.TAPS, "56"),
      new Golden("covered", layout.COVERED, "4"),
      new Golden("additions_per_filter", layout.ADDITIONS_PER_FILTER, "60"),
      new Golden("ops_per_filter", layout.OPS_PER_FILTER, "124"),
      new Golden("ops", layout.OPS, "16777216"),
      new Golden("macs", layout.MACS, "7340032"),
      new Golden("additions", layout.ADDITIONS, "7340032"),
      new Golden("cropped_products", layout.CROPPED_PRODUCTS, "1048576"),
      new Golden("moduleprofiler", layout.MODULEPROFILER, "16777216"),
      new Golden("ptflops", layout.PTFLOPS, "8389632"),
      new Golden("ptflops_0_7_4", layout.PTFLOPS_0_7_4, "8389632"),
      new Golden("thop", layout.THOP, "8388608"),
      new Golden("thop_ultralytics", layout.THOP_ULTRALYTICS, "8388608"),
      new Golden("torchinfo", layout.TORCHINFO, "8389632"),
      new Golden("fvcore", layout.FVCORE, "8388608"),
      new Golden("torch", layout.TORCH, "16777216"),
      new Golden("deepspeed_macs", layout.DEEPSPEED_MACS, "8388608"),
      new Golden("deepspeed_flops", layout.DEEPSPEED_FLOPS, "16778240"),
      new Golden("torchprofile", layout.TORCHPROFILE, "8388608"),
      new Golden("onnx_tool", layout.ONNX_TOOL, "8389632"),
      new Golden("tensorflow", layout.TENSORFLOW, "16778240"),
    ];
    expectAll(goldens);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });

  it("divides by the denominator of a fractional sample rate", () => {
    writeWorkedLayer();
    set(layout.SAMPLE_RATE, 11025);
    set(layout.SAMPLE_RATE_DENOMINATOR, 16);
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.MACS_PER_SECOND)),
    ).toBe("177811200"); // 5689958400 / 32
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.SAMPLE_RATE_QUOTIENT)),
    ).toBe("689.0625");
  });

  it("writes the bias as a word, and negative additions of holes with a sign", () => {
    writeLayer([2, 1, 1, 2, 1, 4, 0, 0, 1, 1, 0, 5, 2, 2]);
    expect<string>(textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.BIAS))).toBe(
      "false",
    );
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.ADDITIONS_PER_FILTER)),
    ).toBe("-3");
  });

  it("writes a negative deepspeed_flops, whose bias term is for a negative output length", () => {
    // Forward size (1 + 0 - (3·(3 - 1) + 1)) // 2 + 1 = -2, products 2·3.
    writeLayer([1, 1, 9, 1, 3, 2, 0, 0, 3, 1, 1, 7, 3, 3]);
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.DEEPSPEED_FLOPS)),
    ).toBe("36"); // 2·27 - 9·2
    writeLayer([1, 1, 9, 1, 3, 1, 0, 0, 9, 1, 1, 19, 3, 3]);
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.DEEPSPEED_FLOPS)),
    ).toBe("-99"); // 2·27 - 9·17
  });

  it("writes nothing if moduleprofiler raises: without output_padding there is no output", () => {
    writeLayer([1, 1, 1, 1, 1, 3, 1, 2, 1, 1, 1]); // l_out = 0·3 - 2 + 0 + 2 + 1 = 1
    expect<u32>(brokenRule()).toBe(layout.NO_RULE);
    computeOverlap(layout.METHOD_CLOSED, 0);
    expect<string>(
      textAt(layout.OUTPUT_PTR, writeValue(layout.OUTPUT_PTR, layout.MODULEPROFILER)),
    ).toBe("");
    expect<bool>(isMissing(layout.OPS)).toBe(false);
  });
});

describe("layers of several dimensions", () => {
  it("have the products of the counts of their dimensions", () => {
    setKind(layout.KIND_CONV_TRANSPOSE2D);
    writeLayer([1, 3, 2, 2, 3, 1, 0, 0, 1, 1, 1]); // height: y = 1 2 2 1
    writeDimension(1, [2, 1, 4, 0, 0, 1]); // width: y = 1 0 0 0 1
    expect<u32>(brokenRule()).toBe(layout.NO_RULE);
    computeOverlap(layout.METHOD_CLOSED, 0);
    computeOverlap(layout.METHOD_CLOSED, 1);
    expect<u64>(value(layout.L_OUT)).toBe(20);
    expect<u64>(value(layout.TAPS)).toBe(12);
    expect<u64>(value(layout.COVERED)).toBe(8);
    expect<u64>(value(layout.HOLES)).toBe(12);
    expect<i64>(<i64>value(layout.ADDITIONS_PER_FILTER)).toBe(-8);
    expect<u64>(value(layout.MACS)).toBe(72); // 3·2·12
    expect<u64>(value(layout.PARAMS)).toBe(20); // 3·2·3·1 + 2
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });

  it("have exact holes although the two products exceed 64 bits", () => {
    setKind(layout.KIND_CONV_TRANSPOSE3D);
    for (let dimension: u32 = 0; dimension < 3; dimension++) {
      set(layout.DIMENSION_L_OUT + dimension * layout.DIMENSION_FIELDS, 1 << 30);
      set(
        layout.DIMENSION_COVERED + dimension * layout.DIMENSION_FIELDS,
        dimension == 1 ? (1 << 30) - 1 : 1 << 30,
      );
    }
    clearOverflow();
    expect<u64>(value(layout.HOLES)).toBe(1 << 60);
    expect<bool>(hasOverflowed()).toBe(false);
    expect<bool>(overflows(layout.L_OUT)).toBe(true);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });

  it("have no overlaps if one dimension has no taps, although the others exceed 64 bits", () => {
    setKind(layout.KIND_CONV_TRANSPOSE3D);
    writeLayer([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0]);
    for (let dimension: u32 = 0; dimension < 3; dimension++) {
      set(
        layout.DIMENSION_TAPS + dimension * layout.DIMENSION_FIELDS,
        dimension == 2 ? 0 : 1 << 40,
      );
      set(
        layout.DIMENSION_COVERED + dimension * layout.DIMENSION_FIELDS,
        dimension == 2 ? 0 : 1 << 39,
      );
    }
    clearOverflow();
    expect<u64>(value(layout.ADDITIONS)).toBe(0);
    expect<bool>(hasOverflowed()).toBe(false);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });

  it("have no answer from moduleprofiler and TensorFlow in three dimensions", () => {
    setKind(layout.KIND_CONV_TRANSPOSE3D);
    expect<bool>(isMissing(layout.MODULEPROFILER)).toBe(true);
    expect<bool>(isMissing(layout.TENSORFLOW)).toBe(true);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
    expect<bool>(isMissing(layout.TENSORFLOW)).toBe(false);
  });
});

describe("convolutions that are not transposed", () => {
  it("have the documented operations, with bias and without", () => {
    // With bias, 2·K operations for each output and each input channel of its group. Without bias,
    // one less for each output.
    setKind(layout.KIND_CONV1D);
    writeLayer([2, 6, 4, 10, 3, 1, 1, 0, 1, 2, 1]); // y = 2 3 3 3 3 3 3 3 3 2
    expect<u32>(brokenRule()).toBe(layout.NO_RULE);
    computeOverlap(layout.METHOD_CLOSED, 0);
    expect<u64>(value(layout.L_OUT)).toBe(10);
    expect<u64>(value(layout.TAPS)).toBe(28);
    expect<u64>(value(layout.OPS)).toBe(1440); // 2·4·10·6·2·3/2
    set(layout.BIAS, 0);
    expect<u64>(value(layout.OPS)).toBe(1360);
    expect<u64>(value(layout.MACS)).toBe(672); // 2·12·28
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });
});

describe("linear layers", () => {
  it("have the values of their family in the columns that depend on it", () => {
    // Linear(4, 5) on 3 vectors: 4·5 = 20 MACs for each vector, and 4 - 1 + 1 = 4 additions for
    // each of 5 outputs.
    setKind(layout.KIND_LINEAR);
    writeLayer([3, 4, 5, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect<u32>(brokenRule()).toBe(layout.NO_RULE);
    const goldens: StaticArray<Golden> = [
      new Golden("filters", layout.FILTERS, "20"),
      new Golden("params", layout.PARAMS, "25"),
      new Golden("weight_elements", layout.WEIGHT_ELEMENTS, "20"),
      new Golden("input_elements", layout.INPUT_ELEMENTS, "12"),
      new Golden("output_elements", layout.OUTPUT_ELEMENTS, "15"),
      new Golden("macs", layout.MACS, "60"),
      new Golden("additions", layout.ADDITIONS, "60"),
      new Golden("flops", layout.FLOPS, "120"),
      new Golden("thop", layout.THOP, "60"),
      new Golden("torch", layout.TORCH, "120"),
      new Golden("ptflops", layout.PTFLOPS, "75"), // 60 and 15 biases
      new Golden("deepspeed_macs", layout.DEEPSPEED_MACS, "60"),
      new Golden("deepspeed_flops", layout.DEEPSPEED_FLOPS, "120"), // without the biases
      // 120 / (52 · 4)
      new Golden("arithmetic_intensity", layout.ARITHMETIC_INTENSITY, "0.5769230769230769"),
    ];
    expectAll(goldens);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });

  it("have one addition less for each output without bias", () => {
    setKind(layout.KIND_LINEAR);
    writeLayer([3, 4, 5, 1, 1, 1, 0, 0, 1, 1, 0]);
    expect<u32>(brokenRule()).toBe(layout.NO_RULE);
    expect<u64>(value(layout.MACS)).toBe(60);
    expect<u64>(value(layout.ADDITIONS)).toBe(45);
    expect<u64>(value(layout.PARAMS)).toBe(20);
    expect<u64>(value(layout.DEEPSPEED_FLOPS)).toBe(120);
    setKind(layout.KIND_CONV_TRANSPOSE1D);
  });
});
