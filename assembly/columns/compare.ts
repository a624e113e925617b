// Comparing: how the answers of other counters stand to the exact count, over all layers of a batch. Nothing is written for a
// layer; what is kept of all of them is a tally for each convention (drawn in layout.ts).
//
// Answers are put into MACs first: a FLOP is half of one, what a tool adds for the bias is taken out, and of operations (which
// without a bias are one less for each output) each pair is one. The ratio is that number over `macs`.

import { hasOverflowed, clearOverflow, add, multiply } from "../checked";
import { nearestDouble } from "../digits";
import { get, isTransposed } from "../layers/layer";
import {
  BIAS, COMPARED, DEEPSPEED_FLOPS, DEEPSPEED_MACS, FVCORE, MACS, MODULEPROFILER, ONNX_TOOL, OPS, OUTPUT_ELEMENTS, PTFLOPS,
  PTFLOPS_0_7_4, TALLIES_PTR, TALLY_BINS, TALLY_BYTES, TALLY_COUNT, TALLY_EXACT, TALLY_HEAD, TALLY_LAYERS, TALLY_MIN,
  TALLY_MIN_AT, TALLY_MISSING, TALLY_MAX, TALLY_MAX_AT, TENSORFLOW, THOP, TORCH, TORCHINFO,
} from "../layout";
import { isMissing, onnxToolMacs, strides, value } from "./results";
import { outputPtr } from "../output";

/** The exponents of doubles between 2^-32 and 2^32, with seven bits of the mantissa: 128 bins for each doubling. */
const BIN_SHIFT: u64 = 45;
const BIN_FIRST: u64 = (1023 - 32) << 7;

function tallyPtr(tally: u32): usize {
  return TALLIES_PTR + TALLY_BYTES * <usize>tally;
}

export function startComparison(): void {
  memory.fill(TALLIES_PTR, 0, TALLY_BYTES * <usize>TALLY_COUNT);
}

/** The bin of a ratio: 0 for none, else by its size; what lies outside of all goes into the first or last. */
function binOf(ratio: f64): u32 {
  if (ratio == 0) return 0;
  const location = <i64>(reinterpret<u64>(ratio) >> BIN_SHIFT) - <i64>BIN_FIRST;
  return 1 + <u32>max<i64>(0, min<i64>(location, <i64>TALLY_BINS - 2));
}

let numerator: u64 = 0;
let denominator: u64 = 1;

/** Sets numerator / denominator to an answer in MACs. */
function workOutMacs(column: u32): void {
  denominator = 1;
  switch (column) {
    case OPS:
    case MODULEPROFILER: {
      numerator = add(value(column), get(BIAS) ? 0 : value(OUTPUT_ELEMENTS));
      denominator = 2;
      break;
    }
    case PTFLOPS:
    case PTFLOPS_0_7_4:
    case TORCHINFO: {
      numerator = value(column) - (get(BIAS) ? value(OUTPUT_ELEMENTS) : 0);
      break;
    }
    case ONNX_TOOL: {
      numerator = onnxToolMacs();
      break;
    }
    case TORCH: {
      numerator = value(isTransposed ? FVCORE : THOP);
      break;
    }
    case DEEPSPEED_FLOPS: {
      numerator = value(DEEPSPEED_MACS);
      break;
    }
    case TENSORFLOW: {
      numerator = value(THOP);
      denominator = isTransposed ? strides() : 1;
      break;
    }
    default: numerator = value(column);
  }
}

function tally(ptr: usize, column: u32, macs: u64, at: u64): void {
  if (isMissing(column)) {
    store<u64>(ptr, load<u64>(ptr, TALLY_MISSING) + 1, TALLY_MISSING);
    return;
  }
  if (macs == 0) return;
  workOutMacs(column);
  const exactly = multiply(denominator, macs);
  // Where that passes 64 bits it can come to 0; the batch is not used then.
  const ratio = nearestDouble(numerator, max(1, exactly));
  const layers = load<u64>(ptr, TALLY_LAYERS);
  store<u64>(ptr, layers + 1, TALLY_LAYERS);
  if (numerator == exactly) store<u64>(ptr, load<u64>(ptr, TALLY_EXACT) + 1, TALLY_EXACT);
  if (layers == 0 || ratio < load<f64>(ptr, TALLY_MIN)) {
    store<f64>(ptr, ratio, TALLY_MIN);
    store<u64>(ptr, at, TALLY_MIN_AT);
  }
  if (layers == 0 || ratio > load<f64>(ptr, TALLY_MAX)) {
    store<f64>(ptr, ratio, TALLY_MAX);
    store<u64>(ptr, at, TALLY_MAX_AT);
  }
  const binPtr = ptr + TALLY_HEAD + ((<usize>binOf(ratio)) << 2);
  store<u32>(binPtr, load<u32>(binPtr) + 1);
}

/** Puts the layer at hand, which stands at `at`, into the tallies. Returns false when a number passes 64 bits. */
export function compareLayer(at: u64): bool {
  clearOverflow();
  const macs = value(MACS);
  for (let i: u32 = 0; i < TALLY_COUNT; i++) tally(tallyPtr(i), COMPARED[i], macs, at);
  return !hasOverflowed();
}

/** Writes the tallies to OUTPUT; returns the address behind them. */
export function writeComparison(): usize {
  let ptr = outputPtr();
  for (let i: u32 = 0; i < TALLY_COUNT; i++) {
    const fromPtr = tallyPtr(i);
    memory.copy(ptr, fromPtr, TALLY_HEAD);
    const countPtr = ptr + TALLY_HEAD;
    ptr = countPtr + 8;
    let bins: u64 = 0;
    for (let bin: u32 = 0; bin < TALLY_BINS; bin++) {
      const count = load<u32>(fromPtr + TALLY_HEAD + ((<usize>bin) << 2));
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
