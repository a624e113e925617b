import { compareLayer, startComparison, writeComparison } from "../../../assembly/columns/compare";
import {
  OUTPUT_BUFFER_BYTES,
  OUTPUT_PTR,
  TALLY_COUNT,
  TALLY_EXACT,
  TALLY_HEAD,
  TALLY_LAYERS,
  TALLY_MAX,
  TALLY_MAX_AT,
  TALLY_MIN,
  TALLY_MIN_AT,
  TALLY_MISSING,
} from "../../../assembly/layout";
import { useOutputBuffer, outputPtr } from "../../../assembly/output";
import { writeLayer } from "../support";

// The numbers of the tallies, in the order of compare.ts.
const TORCH = 8,
  FVCORE = 7,
  THOP = 4;

/** The address of a tally. For TALLY_COUNT, the address after the last one. */
function tallyPtr(tally: u32): usize {
  let ptr = outputPtr();
  for (let i: u32 = 0; i < tally; i++)
    ptr += TALLY_HEAD + 8 + 8 * <usize>load<u64>(ptr, TALLY_HEAD);
  return ptr;
}

/**
 * in=64 out=32 k=4 s=2 p=1 l_in=16 without bias: 64·32·(16·4 - 2) = 126,976 MACs. fvcore counts
 * 64·32·16·4 = 131,072.
 */
function writeSmallLayer(): void {
  writeLayer([1, 64, 32, 16, 4, 2, 1, 0, 1, 1, 0, 32, 62, 32]);
}

describe("a comparison", () => {
  it("counts each counter's exact answers, and records its extremes with their locations", () => {
    startComparison();
    writeSmallLayer();
    expect<bool>(compareLayer(7)).toBe(true);
    // Without padding nothing is cropped, and fvcore is exact: in=1 out=1 k=3 l_in=2 has 6 MACs.
    writeLayer([1, 1, 1, 2, 3, 1, 0, 0, 1, 1, 0, 4, 6, 4]);
    expect<bool>(compareLayer(9)).toBe(true);
    const endPtr = writeComparison();
    expect<usize>(tallyPtr(TALLY_COUNT)).toBe(endPtr);
    const ptr = tallyPtr(FVCORE);
    expect<u64>(load<u64>(ptr, TALLY_LAYERS)).toBe(2);
    expect<u64>(load<u64>(ptr, TALLY_EXACT)).toBe(1);
    expect<u64>(load<u64>(ptr, TALLY_MISSING)).toBe(0);
    expect<f64>(load<f64>(ptr, TALLY_MIN)).toBe(1.0);
    expect<u64>(load<u64>(ptr, TALLY_MIN_AT)).toBe(9);
    expect<f64>(load<f64>(ptr, TALLY_MAX)).toBe(131072.0 / 126976.0);
    expect<u64>(load<u64>(ptr, TALLY_MAX_AT)).toBe(7);
    expect<u64>(load<u64>(ptr, TALLY_HEAD)).toBe(2);
    // FlopCounterMode counts two FLOPs where fvcore counts one product.
    expect<f64>(load<f64>(tallyPtr(TORCH), TALLY_MAX)).toBe(131072.0 / 126976.0);
    // thop multiplies by the length of the output instead, which is twice as much at stride 2.
    expect<f64>(load<f64>(tallyPtr(THOP), TALLY_MAX)).toBe(262144.0 / 126976.0);
  });

  it("starts at 0, and omits layers without a product", () => {
    startComparison();
    // An empty batch.
    writeLayer([0, 1, 1, 2, 3, 1, 0, 0, 1, 1, 0, 4, 6, 4]);
    expect<bool>(compareLayer(1)).toBe(true);
    writeComparison();
    for (let i: u32 = 0; i < TALLY_COUNT; i++)
      expect<u64>(load<u64>(tallyPtr(i), TALLY_LAYERS)).toBe(0);
  });

  it("returns false if a count exceeds 64 bits", () => {
    startComparison();
    writeLayer([2147483647, 2147483647, 2147483647, 2, 3, 1, 0, 0, 1, 1, 0, 4, 6, 4]);
    expect<bool>(compareLayer(1)).toBe(false);
  });

  it("writes into the selected output buffer", () => {
    useOutputBuffer(1);
    startComparison();
    const endPtr = writeComparison();
    expect<usize>(outputPtr()).toBe(OUTPUT_PTR + OUTPUT_BUFFER_BYTES);
    expect<usize>(endPtr).toBe(outputPtr() + (TALLY_HEAD + 8) * <usize>TALLY_COUNT);
    useOutputBuffer(0);
  });
});
