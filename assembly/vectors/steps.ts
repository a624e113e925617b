// The rules and overlaps of a block, for all selected rows in one loop. The same formulas as for the
// current layer (layers/rules.ts, layers/dimension.ts), with their parameters from vectors.

import * as layout from "../layout";
import { closedOverlaps, closedTaps } from "../layers/closed";
import * as convolution from "../layers/convolution";
import { channelsPerGroup, isTransposed } from "../layers/layer";
import { simulate, simulatedCovered } from "../layers/simulate";
import { isSpotChecked } from "../layers/spot-check";
import * as transposed from "../layers/transposed";
import { entryPtr, offsetMask } from "./fields";

/** The answers of the last rule: u8 for each selected row, 1 if it keeps the rule. */
export const KEEPS_PTR: usize = layout.VECTOR_STACK_PTR;

function selectedOffset(i: u32): usize {
  return (<usize>load<u32>(layout.SELECTION_PTR + ((<usize>i) << 2))) << 3;
}

function setKeeps(i: u32, keeps: bool): void {
  store<u8>(KEEPS_PTR + <usize>i, <u8>keeps);
}

/** Whether all selected rows keep the last rule. */
export function doAllKeep(selected: u32): bool {
  let ptr = KEEPS_PTR;
  const endPtr = ptr + <usize>selected;
  for (; ptr + 16 <= endPtr; ptr += 16) {
    if (!v128.all_true<u8>(v128.load(ptr))) return false;
  }
  for (; ptr < endPtr; ptr++) if (load<u8>(ptr) == 0) return false;
  return true;
}

/** Checks that `groups` divides the channels, and saves the channels per group. */
export function checkChannels(channels: u32, perGroup: u32, selected: u32): void {
  const channelsPtr = entryPtr(channels), channelsMask = offsetMask(channels);
  const groupsPtr = entryPtr(layout.GROUPS), groupsMask = offsetMask(layout.GROUPS);
  const toPtr = entryPtr(perGroup);
  for (let i: u32 = 0; i < selected; i++) {
    const at = selectedOffset(i);
    const all = load<u64>(channelsPtr + (at & channelsMask));
    const groups = load<u64>(groupsPtr + (at & groupsMask));
    const ofGroup = channelsPerGroup(all, groups);
    store<u64>(toPtr + at, ofGroup);
    setKeeps(i, ofGroup * groups == all);
  }
}

// The geometry of one dimension: the address and mask of each parameter.
let lInPtr: usize = 0, lInMask: usize = 0;
let kernelPtr: usize = 0, kernelMask: usize = 0;
let stridePtr: usize = 0, strideMask: usize = 0;
let paddingPtr: usize = 0, paddingMask: usize = 0;
let outputPaddingPtr: usize = 0, outputPaddingMask: usize = 0;
let dilationPtr: usize = 0, dilationMask: usize = 0;

function openGeometry(dimension: u32): void {
  const offset = dimension * layout.DIMENSION_FIELDS;
  lInPtr = entryPtr(layout.L_IN + offset);
  lInMask = offsetMask(layout.L_IN + offset);
  kernelPtr = entryPtr(layout.KERNEL_SIZE + offset);
  kernelMask = offsetMask(layout.KERNEL_SIZE + offset);
  stridePtr = entryPtr(layout.STRIDE + offset);
  strideMask = offsetMask(layout.STRIDE + offset);
  paddingPtr = entryPtr(layout.PADDING + offset);
  paddingMask = offsetMask(layout.PADDING + offset);
  outputPaddingPtr = entryPtr(layout.OUTPUT_PADDING + offset);
  outputPaddingMask = offsetMask(layout.OUTPUT_PADDING + offset);
  dilationPtr = entryPtr(layout.DILATION + offset);
  dilationMask = offsetMask(layout.DILATION + offset);
}

/** Checks that l_out is at least 1, and saves it. */
export function checkLengths(dimension: u32, selected: u32): void {
  openGeometry(dimension);
  const toPtr = entryPtr(layout.DIMENSION_L_OUT + dimension * layout.DIMENSION_FIELDS);
  for (let i: u32 = 0; i < selected; i++) {
    const at = selectedOffset(i);
    const lIn = load<i64>(lInPtr + (at & lInMask));
    const kernelSize = load<i64>(kernelPtr + (at & kernelMask));
    const stride = load<i64>(stridePtr + (at & strideMask));
    const padding = load<i64>(paddingPtr + (at & paddingMask));
    const dilation = load<i64>(dilationPtr + (at & dilationMask));
    const lOut = isTransposed
      ? transposed.outputLength(
        lIn, kernelSize, stride, padding,
        load<i64>(outputPaddingPtr + (at & outputPaddingMask)), dilation,
      )
      : convolution.outputLength(lIn, kernelSize, stride, padding, dilation);
    store<i64>(toPtr + at, lOut);
    setKeeps(i, lOut >= 1);
  }
}

/** Checks that output_padding is smaller than stride or dilation. */
export function checkOutputPadding(dimension: u32, selected: u32): void {
  openGeometry(dimension);
  for (let i: u32 = 0; i < selected; i++) {
    const at = selectedOffset(i);
    setKeeps(i, transposed.outputPaddingFits(
      load<u64>(outputPaddingPtr + (at & outputPaddingMask)),
      load<u64>(stridePtr + (at & strideMask)),
      load<u64>(dilationPtr + (at & dilationMask)),
    ));
  }
}

/**
 * Saves taps and covered of a dimension, by the closed form. With spot checks, some rows are
 * simulated as well. Returns the number of selected rows before the first one where both differ.
 */
export function saveOverlaps(dimension: u32, selected: u32, isSpotChecking: bool): u32 {
  openGeometry(dimension);
  const offset = dimension * layout.DIMENSION_FIELDS;
  const lOutField = layout.DIMENSION_L_OUT + offset;
  const lOutPtr = entryPtr(lOutField), lOutMask = offsetMask(lOutField);
  const tapsPtr = entryPtr(layout.DIMENSION_TAPS + offset);
  const coveredPtr = entryPtr(layout.DIMENSION_COVERED + offset);
  for (let i: u32 = 0; i < selected; i++) {
    const at = selectedOffset(i);
    const lIn = load<i64>(lInPtr + (at & lInMask));
    const kernelSize = load<i64>(kernelPtr + (at & kernelMask));
    const stride = load<i64>(stridePtr + (at & strideMask));
    const padding = load<i64>(paddingPtr + (at & paddingMask));
    const dilation = load<i64>(dilationPtr + (at & dilationMask));
    let taps: i64, covered: i64;
    if (isTransposed) {
      const outputPadding = load<i64>(outputPaddingPtr + (at & outputPaddingMask));
      taps = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
      covered = taps - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
    } else {
      const lOut = load<i64>(lOutPtr + (at & lOutMask));
      taps = convolution.taps(lOut, lIn, kernelSize, stride, padding, dilation);
      covered = convolution.covered(taps, lOut, lIn, kernelSize, stride, padding, dilation);
    }
    store<i64>(tapsPtr + at, taps);
    store<i64>(coveredPtr + at, covered);
    if (!isSpotChecking) continue;
    const lOut = load<i64>(lOutPtr + (at & lOutMask));
    if (!isSpotChecked(isTransposed, lOut, lIn, kernelSize, stride)) continue;
    const lower = isTransposed ? padding : convolution.lowerPadding(padding, kernelSize, dilation);
    const simulated = simulate(isTransposed, lOut, lIn, kernelSize, stride, lower, dilation);
    if (simulated != taps || simulatedCovered() != covered) return i;
  }
  return selected;
}
