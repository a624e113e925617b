import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import {
  additions,
  aggregationOps,
  documentedOps,
  macs,
  opsPerFilter,
  params,
} from "../../../assembly/columns/ops";
import {
  countByDefinition,
  expectedCovered,
  expectedLOut,
  expectedTaps,
  expectedY,
} from "../support";

const MAX: u64 = 2147483647;
const TWO_63: u64 = 9223372036854775808;

let firstDifference: string = "";
let expectedMultiplications: u64 = 0;
let expectedAdditions: u64 = 0;
let expectedDocumented: i64 = 0;

/**
 * Counts each product of a layer with its batch and channels, from the y of the layer counted last.
 */
function countEachProduct(
  batchSize: u64,
  inChannels: u64,
  outChannels: u64,
  groups: u64,
  bias: bool,
): void {
  expectedMultiplications = expectedAdditions = 0;
  for (let n: u64 = 0; n < batchSize; n++) {
    for (let to: u64 = 0; to < outChannels; to++) {
      for (let j = 0; j < <i32>expectedLOut; j++) {
        let products: u64 = 0;
        for (let from: u64 = 0; from < inChannels; from++) {
          const sameGroup = (from * groups) / inChannels == (to * groups) / outChannels;
          if (sameGroup) products += expectedY[j];
        }
        expectedMultiplications += products;
        if (products > 0) expectedAdditions += bias ? products : products - 1;
      }
    }
  }
}

/** Evaluates the documented formula, term by term. */
function evaluateFormula(
  batchSize: i64,
  inChannels: i64,
  outChannels: i64,
  groups: i64,
  bias: i64,
  kernelSize: i64,
): void {
  let perFilter: i64 = expectedLOut * kernelSize;
  for (let j = 0; j < <i32>expectedLOut; j++) perFilter += <i64>expectedY[j] - 1;
  const aggregation = outChannels * expectedLOut * (inChannels / groups - 1 + bias);
  expectedDocumented =
    batchSize * (((inChannels * outChannels) / groups) * perFilter + aggregation);
}

function compare(
  batchSize: u64,
  inChannels: u64,
  outChannels: u64,
  groups: u64,
  bias: u64,
  kernelSize: u64,
): void {
  countEachProduct(batchSize, inChannels, outChannels, groups, bias != 0);
  evaluateFormula(batchSize, inChannels, outChannels, groups, bias, kernelSize);
  const psi = (inChannels / groups) * outChannels;
  const gamma = aggregationOps(expectedLOut, inChannels / groups, outChannels, bias);
  const ops = documentedOps(
    batchSize,
    psi,
    opsPerFilter(expectedTaps, expectedLOut, kernelSize),
    gamma,
  );
  const same =
    macs(batchSize, psi, expectedTaps) == expectedMultiplications &&
    additions(
      batchSize,
      inChannels / groups,
      outChannels,
      bias,
      expectedTaps,
      expectedTaps - expectedCovered,
    ) == expectedAdditions &&
    ops == <u64>expectedDocumented;
  if (!same && firstDifference == "") {
    const channels = `in ${inChannels} out ${outChannels} g ${groups}`;
    firstDifference = `N ${batchSize} ${channels} b ${bias} k ${kernelSize}`;
  }
}

describe("the worked examples", () => {
  it("have the documented operations: l_in=2 k=3 with bias takes 18", () => {
    expect<u64>(opsPerFilter(6, 4, 3)).toBe(14);
    expect<u64>(aggregationOps(4, 1, 1, 1)).toBe(4);
    expect<u64>(documentedOps(1, 1, 14, 4)).toBe(18);
  });

  it("have exact counts: l_in=2 k=3 takes 6 products and 6 or 2 additions", () => {
    expect<u64>(macs(1, 1, 6)).toBe(6);
    expect<u64>(additions(1, 1, 1, 1, 6, 2)).toBe(6);
    expect<u64>(additions(1, 1, 1, 0, 6, 2)).toBe(2);
    expect<u64>(params(1, 3, 1, 1)).toBe(4);
    expect<u64>(params(1, 3, 1, 0)).toBe(3);
  });

  it("have exact counts with channels: in=512 out=256 k=16 s=8 p=4 l_in=32", () => {
    expect<u64>(opsPerFilter(504, 256, 16)).toBe(4344); // 256·16 + 504 - 256
    expect<u64>(aggregationOps(256, 512, 256, 1)).toBe(33554432); // 256·256·512
    expect<u64>(documentedOps(1, 131072, 4344, 33554432)).toBe(602931200);
    expect<u64>(macs(1, 131072, 504)).toBe(66060288);
    expect<u64>(additions(1, 512, 256, 1, 504, 248)).toBe(66060288);
    // One addition less for each of 65536 outputs.
    expect<u64>(additions(1, 512, 256, 0, 504, 248)).toBe(65994752);
    expect<u64>(params(131072, 16, 256, 1)).toBe(2097408);
  });
});

describe("all channels, groups and batches", () => {
  it("agree with a count of each product", () => {
    firstDifference = "";
    for (let kernelSize: u64 = 1; kernelSize <= 3; kernelSize++) {
      for (let padding: i64 = 0; padding <= 2; padding++) {
        if (!countByDefinition(3, kernelSize, 2, padding, 1, 1)) continue;
        for (let batchSize: u64 = 0; batchSize <= 2; batchSize++) {
          for (let groups: u64 = 1; groups <= 3; groups++) {
            for (let inChannels = groups; inChannels <= 6; inChannels += groups) {
              for (let outChannels = groups; outChannels <= 6; outChannels += groups) {
                compare(batchSize, inChannels, outChannels, groups, 0, kernelSize);
                compare(batchSize, inChannels, outChannels, groups, 1, kernelSize);
              }
            }
          }
        }
      }
    }
    expect<string>(firstDifference).toBe("");
  });

  it("have as many additions as multiplications with a bias", () => {
    expect<u64>(additions(3, 2, 12, 1, 35, 15)).toBe(2520); // 3 · 8·12/4 · 35
    expect<u64>(macs(3, 24, 35)).toBe(2520);
  });
});

describe("the limit of 2^64 - 1", () => {
  it("is not exceeded by the largest number of filters with 4 taps, but with 5", () => {
    clearOverflow();
    expect<u64>(macs(1, MAX * MAX, 4)).toBe(18446744056529682436);
    expect<bool>(hasOverflowed()).toBe(false);
    macs(1, MAX * MAX, 5);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is not exceeded by l_out·K if holes bring ops_per_filter below it", () => {
    clearOverflow();
    expect<u64>(opsPerFilter(5, TWO_63, 2)).toBe(9223372036854775813); // 2·2^63 + 5 - 2^63
    expect<u64>(opsPerFilter(TWO_63 - 1, TWO_63, 2)).toBe(18446744073709551615);
    expect<bool>(hasOverflowed()).toBe(false);
    opsPerFilter(TWO_63, TWO_63, 2);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is not exceeded by additions if products exceed it and nothing is added", () => {
    clearOverflow();
    expect<u64>(additions(MAX, 1, MAX, 0, 17179869184, 0)).toBe(0);
    expect<u64>(additions(1, 1, MAX, 0, 8589934598, 8589934592)).toBe(
      18446744065119617024, // (2^31 - 1) · 2^33
    );
    expect<bool>(hasOverflowed()).toBe(false);
    additions(1, 1, MAX, 0, 8589934605, 8589934605);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is checked by each count, which flags the overflow", () => {
    clearOverflow();
    aggregationOps(5, MAX, MAX, 1);
    expect<bool>(hasOverflowed()).toBe(true);
    clearOverflow();
    documentedOps(2, 1, TWO_63 - 1, 2);
    expect<bool>(hasOverflowed()).toBe(true);
    clearOverflow();
    documentedOps(1, 2, TWO_63, 0);
    expect<bool>(hasOverflowed()).toBe(true);
    clearOverflow();
    params(MAX * MAX, 5, MAX, 0);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is not exceeded by the largest parameter count that fits", () => {
    clearOverflow();
    expect<u64>(params(MAX * MAX, 4, MAX, 1)).toBe(18446744058677166083);
    expect<bool>(hasOverflowed()).toBe(false);
  });
});
