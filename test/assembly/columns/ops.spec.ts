import { clearOverflow, hasOverflowed } from "../../../assembly/checked";
import {
  additions,
  aggregationOps,
  documentedOps,
  macs,
  opsPerFilter,
  params,
} from "../../../assembly/columns/ops";
import { countPlainly, plainCovered, plainLOut, plainTaps, plainY } from "../support";

const MAX: u64 = 2147483647;
const TWO_63: u64 = 9223372036854775808;

let firstDifference: string = "";
let plainMultiplications: u64 = 0;
let plainAdditions: u64 = 0;
let plainDocumented: i64 = 0;

/** Goes through every product of a whole layer, batch and channels included, over the y that was counted last. */
function operatePlainly(batchSize: u64, inChannels: u64, outChannels: u64, groups: u64, bias: bool): void {
  plainMultiplications = plainAdditions = 0;
  for (let n: u64 = 0; n < batchSize; n++) {
    for (let to: u64 = 0; to < outChannels; to++) {
      for (let j = 0; j < <i32>plainLOut; j++) {
        let products: u64 = 0;
        for (let from: u64 = 0; from < inChannels; from++) {
          const sameGroup = from * groups / inChannels == to * groups / outChannels;
          if (sameGroup) products += plainY[j];
        }
        plainMultiplications += products;
        if (products > 0) plainAdditions += bias ? products : products - 1;
      }
    }
  }
}

/** The documented formula, term by term. */
function documentPlainly(batchSize: i64, inChannels: i64, outChannels: i64, groups: i64, bias: i64, kernelSize: i64): void {
  let perFilter: i64 = plainLOut * kernelSize;
  for (let j = 0; j < <i32>plainLOut; j++) perFilter += <i64>plainY[j] - 1;
  const aggregation = outChannels * plainLOut * (inChannels / groups - 1 + bias);
  plainDocumented = batchSize * (inChannels * outChannels / groups * perFilter + aggregation);
}

function compare(batchSize: u64, inChannels: u64, outChannels: u64, groups: u64, bias: u64, kernelSize: u64): void {
  operatePlainly(batchSize, inChannels, outChannels, groups, bias != 0);
  documentPlainly(batchSize, inChannels, outChannels, groups, bias, kernelSize);
  const psi = inChannels / groups * outChannels;
  const gamma = aggregationOps(plainLOut, inChannels / groups, outChannels, bias);
  const ops = documentedOps(batchSize, psi, opsPerFilter(plainTaps, plainLOut, kernelSize), gamma);
  const same = macs(batchSize, psi, plainTaps) == plainMultiplications
    && additions(batchSize, inChannels / groups, outChannels, bias, plainTaps, plainTaps - plainCovered) == plainAdditions
    && ops == <u64>plainDocumented;
  if (!same && firstDifference == "") firstDifference = `N ${batchSize} in ${inChannels} out ${outChannels} g ${groups} b ${bias} k ${kernelSize}`;
}

describe("the layers worked by hand", () => {
  it("are counted as documented: l_in=2 k=3 with bias takes 18 operations", () => {
    expect<u64>(opsPerFilter(6, 4, 3)).toBe(14);
    expect<u64>(aggregationOps(4, 1, 1, 1)).toBe(4);
    expect<u64>(documentedOps(1, 1, 14, 4)).toBe(18);
  });

  it("are counted exactly: l_in=2 k=3 takes 6 products and 6 or 2 sums", () => {
    expect<u64>(macs(1, 1, 6)).toBe(6);
    expect<u64>(additions(1, 1, 1, 1, 6, 2)).toBe(6);
    expect<u64>(additions(1, 1, 1, 0, 6, 2)).toBe(2);
    expect<u64>(params(1, 3, 1, 1)).toBe(4);
    expect<u64>(params(1, 3, 1, 0)).toBe(3);
  });

  it("are counted with channels: in=512 out=256 k=16 s=8 p=4 l_in=32", () => {
    expect<u64>(opsPerFilter(504, 256, 16)).toBe(4344); // 256·16 + 504 - 256
    expect<u64>(aggregationOps(256, 512, 256, 1)).toBe(33554432); // 256·256·512
    expect<u64>(documentedOps(1, 131072, 4344, 33554432)).toBe(602931200);
    expect<u64>(macs(1, 131072, 504)).toBe(66060288);
    expect<u64>(additions(1, 512, 256, 1, 504, 248)).toBe(66060288);
    expect<u64>(additions(1, 512, 256, 0, 504, 248)).toBe(65994752); // one less for each of 65536 outputs
    expect<u64>(params(131072, 16, 256, 1)).toBe(2097408);
  });
});

describe("all channels, groups and batches", () => {
  it("are counted as a pass over every product counts them", () => {
    firstDifference = "";
    for (let kernelSize: u64 = 1; kernelSize <= 3; kernelSize++) {
      for (let padding: i64 = 0; padding <= 2; padding++) {
        if (!countPlainly(3, kernelSize, 2, padding, 1, 1)) continue;
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

  it("need as many additions as multiplications with a bias", () => {
    expect<u64>(additions(3, 2, 12, 1, 35, 15)).toBe(2520); // 3 · 8·12/4 · 35
    expect<u64>(macs(3, 24, 35)).toBe(2520);
  });
});

describe("the edge of 2^64", () => {
  it("is met by the largest filter count without an overflow", () => {
    clearOverflow();
    expect<u64>(macs(1, MAX * MAX, 4)).toBe(18446744056529682436);
    expect<bool>(hasOverflowed()).toBe(false);
    macs(1, MAX * MAX, 5);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is not passed by l_out·K alone when holes bring ops_per_filter below it", () => {
    clearOverflow();
    expect<u64>(opsPerFilter(5, TWO_63, 2)).toBe(9223372036854775813); // 2·2^63 + 5 - 2^63
    expect<u64>(opsPerFilter(TWO_63 - 1, TWO_63, 2)).toBe(18446744073709551615);
    expect<bool>(hasOverflowed()).toBe(false);
    opsPerFilter(TWO_63, TWO_63, 2);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is not passed by products alone when nothing has to be added", () => {
    clearOverflow();
    expect<u64>(additions(MAX, 1, MAX, 0, 17179869184, 0)).toBe(0);
    expect<u64>(additions(1, 1, MAX, 0, 8589934598, 8589934592)).toBe(18446744065119617024); // (2^31 - 1) · 2^33
    expect<bool>(hasOverflowed()).toBe(false);
    additions(1, 1, MAX, 0, 8589934605, 8589934605);
    expect<bool>(hasOverflowed()).toBe(true);
  });

  it("is marked by each count that passes it", () => {
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

  it("is not marked by the largest parameter count that fits", () => {
    clearOverflow();
    expect<u64>(params(MAX * MAX, 4, MAX, 1)).toBe(18446744058677166083);
    expect<bool>(hasOverflowed()).toBe(false);
  });
});
