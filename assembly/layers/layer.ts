// The layer record: the parameters of the layer at hand, and what has been worked out from them. Whoever moves through
// layers (odometer, list, host) writes the parameters here; whoever counts reads them here.
//
// A layer has one to three spatial dimensions. Each has its own length, kernel size, stride and so on, and is worked out by
// itself; taps, covered and l_out of the layer are the products over them (see results.ts).

import { closedOverlaps, closedTaps } from "./closed";
import { convolvedCovered, convolvedLength, convolvedTaps, isPaddingWord, lowerPadding } from "./convolution";
import {
  BATCH_SIZE, BIAS, BITS, DILATION, DIMENSION_COVERED, DIMENSION_FIELDS, DIMENSION_L_OUT, DIMENSION_TAPS, GROUPS, IN_CHANNELS,
  IN_PER_GROUP, KERNEL_SIZE, FAMILY_LINEAR, FAMILY_TRANSPOSED, FIRST_DIMENSION_RULE, KIND_DIMENSIONS, KIND_FAMILY, LAYER_FIELDS, MAX_VISITS, PARAMETER_MAX, BITS_MAX, LAYER_PTR, L_IN, METHOD_CLOSED,
  METHOD_SPOT_CHECK, METHOD_SIMULATE, METHOD_VERIFY, NO_RULE, OUT_CHANNELS, OUTPUT_PADDING, PADDING, OUT_PER_GROUP, RANGES_PTR, RULE_IN_CHANNELS, RULE_L_OUT, RULE_OUT_CHANNELS,
  RULE_OUTPUT_PADDING, RULE_SAME_STRIDE, PADDING_SAME, PADDING_VALID, STRIDE,
} from "../layout";
import { simulate, simulatedCovered, simulationCost } from "./simulate";
import { isSpotChecked } from "./spot-check";
import { outputLength, outputPaddingFits } from "./transposed";

/** How many spatial dimensions the layers at hand have, and whether they are transposed convolutions. */
export let dimensions: u32 = 1;
export let isTransposed: bool = true;
/** Whether they are linear layers, which have no spatial dimensions. */
export let isLinear: bool = false;

/** Says of what kind (KIND_…) the layers to come are. */
export function setKind(kind: u32): void {
  isTransposed = KIND_FAMILY[kind] == FAMILY_TRANSPOSED;
  isLinear = KIND_FAMILY[kind] == FAMILY_LINEAR;
  dimensions = KIND_DIMENSIONS[kind];
}

/** A field of the layer. */
export function get(field: u32): u64 {
  return load<u64>(LAYER_PTR + ((<usize>field) << 3));
}

export function set(field: u32, value: u64): void {
  store<u64>(LAYER_PTR + ((<usize>field) << 3), value);
}

/** A field of one dimension, named as that of the first. */
export function getAt(field: u32, dimension: u32): u64 {
  return get(field + dimension * DIMENSION_FIELDS);
}

function rangePtr(field: u32): usize {
  return RANGES_PTR + ((<usize>field) << 3);
}

// Looked up rather than worked out. Measured 2026-11-24 on a list of eleven fields: a sixth less time for the whole record.
for (let field: u32 = 0; field < LAYER_FIELDS; field++) {
  const ofDimension = field < L_IN ? field : L_IN + (field - L_IN) % DIMENSION_FIELDS;
  const mayBeZero = field == BATCH_SIZE || field == BIAS || ofDimension == PADDING || ofDimension == OUTPUT_PADDING;
  store<u32>(rangePtr(field), mayBeZero ? 0 : 1);
  store<u32>(rangePtr(field), field == BIAS ? 1 : field == BITS ? BITS_MAX : PARAMETER_MAX, 4);
}

/** Whether a field can have a value. A variable can have any. */
// @ts-ignore: decorator
@inline
export function isInRange(field: u32, value: i64): bool {
  return field >= LAYER_FIELDS
    || (value >= <i64>load<u32>(rangePtr(field)) && value <= <i64>load<u32>(rangePtr(field), 4));
}

/** Whether a field is a padding of a plain convolution, and a value stands for `same` or `valid`. */
export function canBeWord(field: u32, value: i64): bool {
  return !isTransposed && (value == <i64>PADDING_SAME || value == <i64>PADDING_VALID)
    && field >= L_IN && (field - L_IN) % DIMENSION_FIELDS == PADDING - L_IN;
}

/**
 * Whether the layer keeps a rule; those of the output, in that dimension. What a rule is about is worked out with it: the
 * channels of a group, and l_out.
 */
// @ts-ignore: decorator
@inline
export function keepsRule(rule: u32, dimension: u32): bool {
  switch (rule) {
    case RULE_IN_CHANNELS: return splitsChannels(IN_CHANNELS, IN_PER_GROUP);
    case RULE_OUT_CHANNELS: return splitsChannels(OUT_CHANNELS, OUT_PER_GROUP);
    case RULE_OUTPUT_PADDING:
      return outputPaddingFits(getAt(OUTPUT_PADDING, dimension), getAt(STRIDE, dimension), getAt(DILATION, dimension));
    case RULE_SAME_STRIDE:
      return getAt(PADDING, dimension) != PADDING_SAME || getAt(STRIDE, dimension) == 1;
    default: {
      const lOut = dimensionLength(dimension);
      set(DIMENSION_L_OUT + dimension * DIMENSION_FIELDS, lOut);
      return lOut >= 1;
    }
  }
}

/** floor(channels / groups). */
export function channelsPerGroup(channels: u64, groups: u64): u64 {
  // Parameters are below 2^31, where 32-bit division is several times cheaper than 64-bit.
  return <u64>(<u32>channels / <u32>groups);
}

/** Whether `groups` splits channels evenly, and into how many each. */
function splitsChannels(channels: u32, perGroup: u32): bool {
  const all = get(channels), groups = get(GROUPS);
  const ofGroup = channelsPerGroup(all, groups);
  set(perGroup, ofGroup);
  return ofGroup * groups == all;
}

function dimensionLength(dimension: u32): i64 {
  const lIn = getAt(L_IN, dimension), kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
  const padding = getAt(PADDING, dimension), dilation = getAt(DILATION, dimension);
  if (!isTransposed) return convolvedLength(lIn, kernelSize, stride, padding, dilation);
  return outputLength(lIn, kernelSize, stride, padding, getAt(OUTPUT_PADDING, dimension), dilation);
}

/** The first rule that the layer breaks, or NO_RULE; its output lengths are worked out when it gets that far. */
export function brokenRule(): u32 {
  for (let rule = RULE_IN_CHANNELS; rule <= RULE_L_OUT; rule++) {
    for (let dimension: u32 = 0; dimension < (rule < FIRST_DIMENSION_RULE ? 1 : dimensions); dimension++) {
      if (!keepsRule(rule, dimension)) return rule;
    }
  }
  for (let dimension: u32 = 0; hasPaddingWord() && dimension < dimensions; dimension++) {
    if (!keepsRule(RULE_SAME_STRIDE, dimension)) return RULE_SAME_STRIDE;
  }
  return NO_RULE;
}

/** Padding of a simulation: elements that are cropped, or zeros that are added, at the lower end. */
function simulatedPadding(dimension: u32): i64 {
  const padding = getAt(PADDING, dimension);
  return isTransposed ? padding : lowerPadding(padding, getAt(KERNEL_SIZE, dimension), getAt(DILATION, dimension));
}

/** Whether a plain convolution has the padding `same` or `valid`. All dimensions have the same word. */
export function hasPaddingWord(): bool {
  return !isTransposed && isPaddingWord(get(PADDING));
}

/** How the overlaps of the layer at hand have been found. */
let methodUsed: u32 = METHOD_CLOSED;

/**
 * Works out taps and covered of one dimension of a legal layer whose l_out is known. Returns false only when closed form and simulation have been
 * compared, and differ.
 */
export function workOutOverlap(method: u32, dimension: u32): bool {
  methodUsed = method;
  const lIn = getAt(L_IN, dimension), kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
  const padding = getAt(PADDING, dimension), outputPadding = getAt(OUTPUT_PADDING, dimension), dilation = getAt(DILATION, dimension);
  const lOut = getAt(DIMENSION_L_OUT, dimension);
  const tapsPtr = LAYER_PTR + 8 * <usize>(DIMENSION_TAPS + dimension * DIMENSION_FIELDS);
  const coveredPtr = LAYER_PTR + 8 * <usize>(DIMENSION_COVERED + dimension * DIMENSION_FIELDS);
  const isCompared = method == METHOD_VERIFY || (method == METHOD_SPOT_CHECK && isSpotChecked(isTransposed, lOut, lIn, kernelSize, stride));
  let taps: u64 = 0, covered: u64 = 0;
  if (method == METHOD_SIMULATE || isCompared) {
    taps = simulate(isTransposed, lOut, lIn, kernelSize, stride, simulatedPadding(dimension), dilation);
    covered = simulatedCovered();
    store<u64>(tapsPtr, taps);
    store<u64>(coveredPtr, covered);
    if (!isCompared) return true;
  }
  let closed: u64, closedCovered: u64;
  if (isTransposed) {
    closed = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
    closedCovered = closed - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  } else {
    closed = convolvedTaps(lOut, lIn, kernelSize, stride, padding, dilation);
    closedCovered = convolvedCovered(closed, lOut, lIn, kernelSize, stride, padding, dilation);
  }
  store<u64>(tapsPtr, closed);
  store<u64>(coveredPtr, closedCovered);
  return !isCompared || (taps == closed && covered == closedCovered);
}

/** A look at a layer takes some nanoseconds; a simulation counts as so many looks as it takes as long as. */
const VISIT_NANOSECONDS: f64 = 20;

/** What it takes to simulate one dimension of a legal layer whose l_out is known, in looks at layers. */
export function simulationVisits(dimension: u32): u32 {
  const lIn = getAt(L_IN, dimension), kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
  const cost = simulationCost(isTransposed, getAt(DIMENSION_L_OUT, dimension), lIn, kernelSize, stride);
  return <u32>min(cost / VISIT_NANOSECONDS, <f64>MAX_VISITS);
}

/**
 * The l_out of a dimension of the layer without its output_padding: what moduleprofiler runs. Below 1 there is none, and it
 * raises.
 */
export function unpaddedLength(dimension: u32): i64 {
  return <i64>getAt(DIMENSION_L_OUT, dimension) - <i64>getAt(OUTPUT_PADDING, dimension);
}

/** The taps of that. */
export function unpaddedTaps(dimension: u32): u64 {
  if (getAt(OUTPUT_PADDING, dimension) == 0) return getAt(DIMENSION_TAPS, dimension);
  const lIn = getAt(L_IN, dimension), kernelSize = getAt(KERNEL_SIZE, dimension), stride = getAt(STRIDE, dimension);
  const padding = getAt(PADDING, dimension), dilation = getAt(DILATION, dimension);
  if (methodUsed == METHOD_SIMULATE) return simulate(true, unpaddedLength(dimension), lIn, kernelSize, stride, padding, dilation);
  return closedTaps(lIn, kernelSize, stride, padding, 0, dilation);
}
