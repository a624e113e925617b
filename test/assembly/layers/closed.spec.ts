import { closedOverlaps, closedTaps, floorSum, low } from "../../../assembly/layers/closed";
import { expectedCovered, expectedTaps, forSmallLayers, layerLabel } from "../support";

const MAX: i64 = 2147483647;

let firstDifference: string = "";

function naiveFloorSum(n: u64, m: u64, a: u64, b: u64): u64 {
  let sum: u64 = 0;
  for (let i: u64 = 0; i < n; i++) sum += (a * i + b) / m;
  return sum;
}

function naiveLow(lIn: i64, kernelSize: i64, c: i64, stride: i64, dilation: i64): i64 {
  let count: i64 = 0;
  for (let i: i64 = 0; i < lIn; i++) {
    for (let k: i64 = 0; k < kernelSize; k++) if (i * stride + k * dilation < c) count++;
  }
  return count;
}

function closedCovered(
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  outputPadding: i64,
  dilation: i64,
): i64 {
  const taps = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  return taps - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
}

describe("floorSum", () => {
  it("adds the floors of worked examples", () => {
    expect<u64>(floorSum(0, 5, 3, 2)).toBe(0);
    expect<u64>(floorSum(1, 5, 3, 14)).toBe(2);
    expect<u64>(floorSum(4, 10, 6, 3)).toBe(3); // 0 + 0 + 1 + 2
    expect<u64>(floorSum(6, 5, 4, 3)).toBe(13); // 0 + 1 + 2 + 3 + 3 + 4
    expect<u64>(floorSum(5, 1, 1, 0)).toBe(10);
    expect<u64>(floorSum(5, 7, 0, 15)).toBe(10);
  });

  it("agrees with a loop, for every small line", () => {
    firstDifference = "";
    for (let n: u64 = 0; n <= 8; n++) {
      for (let m: u64 = 1; m <= 8; m++) {
        for (let a: u64 = 0; a <= 18; a++) {
          for (let b: u64 = 0; b <= 18; b++) {
            if (floorSum(n, m, a, b) != naiveFloorSum(n, m, a, b) && firstDifference == "")
              firstDifference = `${n} ${m} ${a} ${b}`;
          }
        }
      }
    }
    expect<string>(firstDifference).toBe("");
  });

  it("agrees with a loop, for long lines with difficult slopes", () => {
    expect<u64>(floorSum(31415, 92653, 58979, 32384)).toBe(314095480);
    // Fibonacci numbers take the most steps.
    expect<u64>(floorSum(20000, 17711, 10946, 17710)).toBe(
      naiveFloorSum(20000, 17711, 10946, 17710),
    );
    expect<u64>(floorSum(20000, 3, 2147483647, 2147483647)).toBe(
      naiveFloorSum(20000, 3, 2147483647, 2147483647),
    );
    expect<u64>(floorSum(20000, 2147483647, 2147483646, 1)).toBe(
      naiveFloorSum(20000, 2147483647, 2147483646, 1),
    );
  });

  it("adds a billion floors", () => {
    expect<u64>(floorSum(1000000000, 1000000000, 999999999, 999999999)).toBe(499999999500000000);
  });
});

describe("low", () => {
  it("counts the points of worked examples", () => {
    // i + k < c over a box of 2 × 3
    expect<i64>(low(2, 3, 1, 1, 1)).toBe(1);
    expect<i64>(low(2, 3, 2, 1, 1)).toBe(3);
    expect<i64>(low(2, 3, 3, 1, 1)).toBe(5);
    expect<i64>(low(2, 3, 4, 1, 1)).toBe(6);
  });

  it("is zero if no point is below the line, or the box is empty", () => {
    expect<i64>(low(2, 3, 0, 1, 1)).toBe(0);
    expect<i64>(low(2, 3, -1, 1, 1)).toBe(0);
    expect<i64>(low(2, 3, i64.MIN_VALUE, 1, 1)).toBe(0);
    expect<i64>(low(0, 3, 5, 1, 1)).toBe(0);
    expect<i64>(low(2, 0, 5, 1, 1)).toBe(0);
  });

  it("agrees with a double loop, for every small box and line", () => {
    firstDifference = "";
    for (let lIn: i64 = 0; lIn <= 5; lIn++) {
      for (let kernelSize: i64 = 0; kernelSize <= 5; kernelSize++) {
        for (let stride: i64 = 1; stride <= 6; stride++) {
          for (let dilation: i64 = 1; dilation <= 6; dilation++) {
            for (let c: i64 = -3; c <= 52; c++) {
              const found = low(lIn, kernelSize, c, stride, dilation);
              if (found == naiveLow(lIn, kernelSize, c, stride, dilation) || firstDifference != "")
                continue;
              const box = `L ${lIn} K ${kernelSize} c ${c} s ${stride} d ${dilation}`;
              firstDifference = `${box}: ${found}`;
            }
          }
        }
      }
    }
    expect<string>(firstDifference).toBe("");
  });

  it("agrees with a double loop if the line cuts a larger box in the middle", () => {
    expect<i64>(low(200, 150, 997, 7, 5)).toBe(naiveLow(200, 150, 997, 7, 5));
    expect<i64>(low(150, 200, 1200, 12, 8)).toBe(naiveLow(150, 200, 1200, 12, 8));
    expect<i64>(low(10, 300, 500, 89, 3)).toBe(naiveLow(10, 300, 500, 89, 3));
    expect<i64>(low(300, 10, 500, 3, 89)).toBe(naiveLow(300, 10, 500, 3, 89));
  });

  it("counts up to 2^31 - 1 inputs and taps", () => {
    expect<i64>(low(MAX, 1, MAX, 1, 1)).toBe(MAX);
    expect<i64>(low(MAX, 1, MAX - 1, 1, MAX)).toBe(MAX - 1);
    expect<i64>(low(1, MAX, MAX, MAX, 1)).toBe(MAX);
    expect<i64>(low(MAX, MAX, 1, MAX, MAX)).toBe(1);
    expect<i64>(low(MAX, MAX, MAX, MAX, MAX)).toBe(1);
    // i + k < n has n·(n + 1)/2 points
    expect<i64>(low(MAX, MAX, MAX, 1, 1)).toBe(2305843008139952128);
  });
});

describe("closedTaps and closedOverlaps", () => {
  it("count the worked examples", () => {
    expect<i64>(closedTaps(2, 3, 1, 0, 0, 1)).toBe(6); // y = 1 2 2 1
    expect<i64>(closedOverlaps(2, 3, 1, 0, 0, 1)).toBe(2);
    expect<i64>(closedTaps(2, 3, 1, 1, 0, 1)).toBe(4); // y = 2 2
    expect<i64>(closedOverlaps(2, 3, 1, 1, 0, 1)).toBe(2);
    expect<i64>(closedTaps(32, 16, 8, 4, 0, 1)).toBe(504);
    expect<i64>(closedOverlaps(32, 16, 8, 4, 0, 1)).toBe(248);
  });

  it("agree with the definition, for every small layer", () => {
    firstDifference = "";
    const visited = forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      const taps = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
      const covered =
        taps - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
      if ((taps == <i64>expectedTaps && covered == <i64>expectedCovered) || firstDifference != "")
        return;
      const layer = layerLabel(lIn, kernelSize, stride, padding, outputPadding, dilation);
      firstDifference = `${layer}: ${taps} ${covered}`;
    });
    expect<string>(firstDifference).toBe("");
    expect<u32>(visited).toBeGreaterThan(5000);
  });

  it("find no tap if padding crops every product", () => {
    expect<i64>(closedTaps(2, 1, 2, 1, 0, 1)).toBe(0);
    expect<i64>(closedOverlaps(2, 1, 2, 1, 0, 1)).toBe(0);
    expect<i64>(closedTaps(2, 1, MAX, MAX / 2, 0, 1)).toBe(0);
  });

  it("crop nothing at the upper end if output_padding compensates the padding", () => {
    // Products at positions 0, 2 and 4, outputs from 1 to 5: only the first is cropped.
    expect<i64>(closedTaps(3, 1, 2, 1, 1, 1)).toBe(2);
    expect<i64>(closedCovered(3, 1, 2, 1, 1, 1)).toBe(2);
  });

  it("count 2^31 - 1 inputs with as many taps", () => {
    expect<i64>(closedTaps(MAX, MAX, 1, 0, 0, 1)).toBe(4611686014132420609);
    expect<i64>(closedCovered(MAX, MAX, 1, 0, 0, 1)).toBe(4294967293); // every output
    // Only the middle output remains, on which one product of each input lands.
    expect<i64>(closedTaps(MAX, MAX, 1, MAX - 1, 0, 1)).toBe(MAX);
    expect<i64>(closedCovered(MAX, MAX, 1, MAX - 1, 0, 1)).toBe(1);
  });

  it("count 2^31 - 1 inputs and taps at the widest stride and dilation", () => {
    // s = d: positions are s·(i + k), so the products overlap as with s = d = 1.
    expect<i64>(closedTaps(MAX, MAX, MAX, 0, 0, MAX)).toBe(4611686014132420609);
    expect<i64>(closedCovered(MAX, MAX, MAX, 0, 0, MAX)).toBe(4294967293);
    // s and d are coprime: i·s + k·d = i'·s + k'·d only if (i', k') differs by a multiple of
    // (d, -s), and the box has no two such points.
    expect<i64>(closedCovered(MAX, MAX, MAX, 0, 0, MAX - 1)).toBe(4611686014132420609);
    // A padding of 2^31 - 1 crops position 0, and with s = 2^31 - 2 also the position of (1, 0).
    // The same number of positions is cropped at the upper end.
    expect<i64>(closedTaps(MAX, MAX, MAX, MAX, 0, MAX)).toBe(4611686014132420607);
    expect<i64>(closedTaps(MAX, MAX, MAX - 1, MAX, 0, MAX)).toBe(4611686014132420605);
  });
});
