// Comparisons: how far the answers of other counters are from the exact count, over all layers of a
// batch. No rows are written. Each convention has a tally over the layers (layout/buffers.ts).
//
// Answers are converted to MACs first. A FLOP is half a MAC, and additions of the bias are
// subtracted. Documented operations come in pairs, one pair for each MAC; without a bias they are
// one less for each output, which is added. The ratio is the converted answer divided by `macs`.

import { hasOverflowed, clearOverflow, add, multiply } from "../checked";
import { nearestDouble } from "../digits";
import { get } from "../layers/layer";
import * as layout from "../layout";
import { outputPtr } from "../output";
import { isMissing, onnxToolMacs, tensorflowDenominator, torchMacs, value } from "./results";

/**
 * A bin is the exponent of a double with seven bits of the mantissa: 128 bins for each doubling,
 * from 2^-32 to 2^32.
 */
const BIN_SHIFT: u64 = 45;
const BIN_FIRST: u64 = (1023 - 32) << 7;

function tallyPtr(tally: u32): usize {
  return layout.TALLIES_PTR + layout.TALLY_BYTES * <usize>tally;
}

export function startComparison(): void {
  memory.fill(layout.TALLIES_PTR, 0, layout.TALLY_BYTES * <usize>layout.TALLY_COUNT);
}

/**
 * The bin of a ratio: 0 for the ratio 0, else by its size. A ratio outside the range is in the
 * first or last of the other bins.
 */
function binOf(ratio: f64): u32 {
  if (ratio == 0) return 0;
  const location = <i64>(reinterpret<u64>(ratio) >> BIN_SHIFT) - <i64>BIN_FIRST;
  return 1 + <u32>max<i64>(0, min<i64>(location, <i64>layout.TALLY_BINS - 2));
}

let numerator: u64 = 0;
let denominator: u64 = 1;

/** Sets `numerator` and `denominator` to the answer of a convention, converted to MACs. */
function convertToMacs(column: u32): void {
  denominator = 1;
  switch (column) {
    case layout.OPS:
    case layout.MODULEPROFILER: {
      numerator = add(value(column), get(layout.BIAS) ? 0 : value(layout.OUTPUT_ELEMENTS));
      denominator = 2;
      break;
    }
    case layout.PTFLOPS:
    case layout.PTFLOPS_0_7_4:
    case layout.TORCHINFO: {
      numerator = value(column) - (get(layout.BIAS) ? value(layout.OUTPUT_ELEMENTS) : 0);
      break;
    }
    case layout.ONNX_TOOL: {
      numerator = onnxToolMacs();
      break;
    }
    case layout.TORCH: {
      numerator = torchMacs();
      break;
    }
    case layout.DEEPSPEED_FLOPS: {
      numerator = value(layout.DEEPSPEED_MACS);
      break;
    }
    case layout.TENSORFLOW: {
      numerator = value(layout.THOP);
      denominator = tensorflowDenominator();
      break;
    }
    default: numerator = value(column);
  }
}

/** Adds the layer at index `at`, which has `macs` MACs, to the tally of a column. */
function tally(ptr: usize, column: u32, macs: u64, at: u64): void {
  if (isMissing(column)) {
    store<u64>(ptr, load<u64>(ptr, layout.TALLY_MISSING) + 1, layout.TALLY_MISSING);
    return;
  }
  if (macs == 0) return;
  convertToMacs(column);
  const exactly = multiply(denominator, macs);
  // An overflow can make `exactly` 0; the batch is discarded then.
  const ratio = nearestDouble(numerator, max(1, exactly));
  const layers = load<u64>(ptr, layout.TALLY_LAYERS);
  store<u64>(ptr, layers + 1, layout.TALLY_LAYERS);
  if (numerator == exactly) {
    store<u64>(ptr, load<u64>(ptr, layout.TALLY_EXACT) + 1, layout.TALLY_EXACT);
  }
  if (layers == 0 || ratio < load<f64>(ptr, layout.TALLY_MIN)) {
    store<f64>(ptr, ratio, layout.TALLY_MIN);
    store<u64>(ptr, at, layout.TALLY_MIN_AT);
  }
  if (layers == 0 || ratio > load<f64>(ptr, layout.TALLY_MAX)) {
    store<f64>(ptr, ratio, layout.TALLY_MAX);
    store<u64>(ptr, at, layout.TALLY_MAX_AT);
  }
  const binPtr = ptr + layout.TALLY_HEAD + ((<usize>binOf(ratio)) << 2);
  store<u32>(binPtr, load<u32>(binPtr) + 1);
}

/**
 * Adds the current layer to all tallies. `at` is its raw index, or its byte of INPUT. Returns false
 * if a number exceeds 64 bits.
 */
export function compareLayer(at: u64): bool {
  clearOverflow();
  const macs = value(layout.MACS);
  for (let i: u32 = 0; i < layout.TALLY_COUNT; i++) {
    tally(tallyPtr(i), layout.COMPARED[i], macs, at);
  }
  return !hasOverflowed();
}

/** Writes the tallies to OUTPUT, and returns the address after them. */
export function writeComparison(): usize {
  let ptr = outputPtr();
  for (let i: u32 = 0; i < layout.TALLY_COUNT; i++) {
    const fromPtr = tallyPtr(i);
    memory.copy(ptr, fromPtr, layout.TALLY_HEAD);
    const countPtr = ptr + layout.TALLY_HEAD;
    ptr = countPtr + 8;
    let bins: u64 = 0;
    for (let bin: u32 = 0; bin < layout.TALLY_BINS; bin++) {
      const count = load<u32>(fromPtr + layout.TALLY_HEAD + ((<usize>bin) << 2));
      if (count == 0) continue;
      store<u32>(ptr, bin);
      store<u32>(ptr, count, 4);
      ptr += 8;
      bins++;
    }
    store<u64>(countPtr, bins);
  }
  return ptr;
}
