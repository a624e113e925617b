import { dimensions, get, getAt, isTransposed, set } from "../../../assembly/layers/layer";
import * as layout from "../../../assembly/layout";
import * as factors from "../../../assembly/vectors/factors";
import { loadRow } from "../../../assembly/vectors/fields";
import { entry, fillLayers, LAYERS, openRowFields } from "./support";

function productOf(field: u32): u64 {
  let product: u64 = 1;
  for (let dimension: u32 = 0; dimension < dimensions; dimension++)
    product *= getAt(field, dimension);
  return product;
}

/** The factor of the current layer by its formula. */
function formula(factor: u32): u64 {
  const perGroup = get(layout.IN_PER_GROUP),
    channels = get(layout.OUT_CHANNELS);
  const bias = get(layout.BIAS);
  const outputs = productOf(layout.DIMENSION_L_OUT),
    taps = productOf(layout.DIMENSION_TAPS);
  const covered = productOf(layout.DIMENSION_COVERED);
  const elements = productOf(layout.KERNEL_SIZE),
    inputs = productOf(layout.L_IN);
  const additions = isTransposed ? taps - outputs : outputs * elements - outputs;
  switch (factor) {
    case factors.ONE:
      return 1;
    case factors.FILTERS:
      return perGroup * channels;
    case factors.CHANNEL_SUMS:
      return channels * (perGroup - 1 + bias);
    case factors.FILTERS_AND_SUMS:
      return perGroup * channels + channels * (perGroup - 1 + bias);
    case factors.UNBIASED_CHANNELS:
      return bias ? 0 : channels;
    case factors.BIASED_CHANNELS:
      return bias ? channels : 0;
    case factors.INPUT_CHANNELS:
      return get(layout.IN_CHANNELS);
    case factors.OUTPUT_CHANNELS:
      return channels;
    case factors.TORCHPROFILE_CHANNELS:
      return (
        channels *
        (channels == get(layout.IN_CHANNELS)
          ? channels / get(layout.GROUPS)
          : get(layout.IN_CHANNELS))
      );
    case factors.ONNX_TOOL_CHANNELS:
      return channels * (channels / get(layout.GROUPS));
    case factors.DEEPSPEED_CHANNELS:
      return get(layout.IN_CHANNELS) * (channels / get(layout.GROUPS) / get(layout.GROUPS));
    case factors.DEEPSPEED_BIASES:
      return bias * (channels / get(layout.GROUPS));
    case factors.OUTPUTS:
      return outputs;
    case factors.TAPS:
      return taps;
    case factors.COVERED:
      return covered;
    case factors.KERNEL_ELEMENTS:
      return elements;
    case factors.INPUTS:
      return inputs;
    case factors.OVERLAPS:
      return taps - covered;
    case factors.HOLES:
      return outputs - covered;
    case factors.OUTPUT_PRODUCTS:
      return outputs * elements;
    case factors.INPUT_PRODUCTS:
      return inputs * elements;
    case factors.FILTER_ADDITIONS:
      return additions;
    case factors.FILTER_OPS:
      return outputs * elements + additions;
    case factors.CROPPED:
      return (isTransposed ? inputs : outputs) * elements - taps;
    case factors.STRIDES:
      return productOf(layout.STRIDE);
    default:
      return 0;
  }
}

/** The first factor without a formula here; products.spec.ts compares it through its columns. */
const END: u32 = factors.FORWARD_LENGTHS;

function expectFactors(kind: u32, haveChannels: bool, haveGeometry: bool): void {
  fillLayers(kind, haveChannels, haveGeometry);
  for (let factor: u32 = 0; factor < END; factor++) {
    for (let row: u32 = 0; row < LAYERS; row++) {
      const found = factors.doesDiffer(factor)
        ? entry(factors.factorVector(factor, LAYERS), row)
        : factors.factorNumber(factor);
      loadRow(row);
      expect<u64>(found).toBe(formula(factor), `kind ${kind} factor ${factor} row ${row}`);
    }
  }
}

describe("a factor", () => {
  it("is its formula as a number and as a vector, in every kind", () => {
    for (let kind: u32 = 0; kind < layout.KIND_COUNT; kind++) {
      expectFactors(kind, false, false);
      expectFactors(kind, true, false);
      expectFactors(kind, false, true);
      expectFactors(kind, true, true);
    }
  });

  it("is a vector if a field of its group differs in the block", () => {
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, true, false);
    expect<bool>(factors.doesDiffer(factors.FILTERS)).toBe(true);
    expect<bool>(factors.doesDiffer(factors.TAPS)).toBe(false);
    expect<bool>(factors.doesDiffer(factors.ONE)).toBe(false);
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, false, true);
    expect<bool>(factors.doesDiffer(factors.FILTERS)).toBe(false);
    expect<bool>(factors.doesDiffer(factors.TAPS)).toBe(true);
  });

  it("that is a number is computed again for the next block, a vector only if told so", () => {
    fillLayers(layout.KIND_CONV_TRANSPOSE1D, true, false);
    const before = entry(factors.factorVector(factors.OUTPUT_CHANNELS, LAYERS), 0);
    set(layout.KERNEL_SIZE, 5);
    expect<u64>(factors.factorNumber(factors.KERNEL_ELEMENTS)).toBe(5);
    set(layout.KERNEL_SIZE, 6);
    expect<u64>(factors.factorNumber(factors.KERNEL_ELEMENTS)).toBe(5);
    factors.forgetFactors(false);
    expect<u64>(factors.factorNumber(factors.KERNEL_ELEMENTS)).toBe(6);
    store<u64>(layout.FILLED_PTR + 8 * <usize>LAYERS, before + 1);
    expect<u64>(entry(factors.factorVector(factors.OUTPUT_CHANNELS, LAYERS), 0)).toBe(before);
    factors.forgetFactors(true);
    expect<u64>(entry(factors.factorVector(factors.OUTPUT_CHANNELS, LAYERS), 0)).toBe(before + 1);
  });

  it("that is a vector depends on fields of outer loops as well", () => {
    fillLayers(layout.KIND_CONV_TRANSPOSE2D, false, true);
    // The input channels alone differ, and the height alone.
    openRowFields([layout.IN_CHANNELS, layout.IN_PER_GROUP, layout.L_IN], LAYERS);
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(false);
    set(layout.OUT_CHANNELS, 1 + get(layout.OUT_CHANNELS));
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(true);
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(false);
    set(layout.KERNEL_SIZE + layout.DIMENSION_FIELDS, 11);
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(true);
    set(layout.L_IN, 1000);
    set(layout.IN_CHANNELS, 1000);
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(false);
    // The geometry is not in any vector.
    openRowFields([layout.BIAS], LAYERS);
    set(layout.KERNEL_SIZE, 12);
    expect<bool>(factors.haveOuterFieldsChanged()).toBe(false);
  });
});
