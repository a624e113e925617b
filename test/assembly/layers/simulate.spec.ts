import { closedOverlaps, closedTaps } from "../../../assembly/layers/closed";
import { SCRATCH_COUNTERS, SCRATCH_PTR } from "../../../assembly/layout";
import { simulate, simulatedCovered } from "../../../assembly/layers/simulate";
import {
  expectedCovered,
  expectedLOut,
  expectedTaps,
  forSmallLayers,
  layerLabel,
} from "../support";

let firstDifference: string = "";

function counter(at: u32): u32 {
  return load<u32>(SCRATCH_PTR + 4 * <usize>at);
}

/** The number of counters that are not zero. */
function nonzeroCounters(): u32 {
  let count: u32 = 0;
  for (let at: u32 = 0; at < SCRATCH_COUNTERS; at++) if (counter(at) != 0) count++;
  return count;
}

/** The counts of a simulation, as "taps covered". */
function simulated(
  lOut: i64,
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  dilation: i64,
): string {
  const taps = simulate(true, lOut, lIn, kernelSize, stride, padding, dilation);
  return `${taps} ${simulatedCovered()}`;
}

/** The counts of the closed form for the same layer, as "taps covered". */
function closed(
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  outputPadding: i64,
  dilation: i64,
): string {
  const taps = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  const overlaps = closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  return `${taps} ${taps - overlaps}`;
}

/**
 * The number of products that land on the `lOut` elements from `padding` on at stride 1, summed
 * position by position.
 */
function naiveBand(lOut: i64, lIn: i64, kernelSize: i64, padding: i64): i64 {
  let sum: i64 = 0;
  for (let position = padding; position < padding + lOut; position++) {
    sum += max<i64>(0, min(position, lIn - 1) - max<i64>(0, position - kernelSize + 1) + 1);
  }
  return sum;
}

/** The counts of a simulated convolution, as "taps covered". */
function convolved(
  lOut: i64,
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  dilation: i64,
): string {
  const taps = simulate(false, lOut, lIn, kernelSize, stride, padding, dilation);
  return `${taps} ${simulatedCovered()}`;
}

/** The same counts, by a pass over all outputs and taps. */
function convolvedNaively(
  lOut: i64,
  lIn: i64,
  kernelSize: i64,
  stride: i64,
  padding: i64,
  dilation: i64,
): string {
  let taps: u64 = 0,
    covered: u64 = 0;
  for (let j: i64 = 0; j < lOut; j++) {
    let read: u64 = 0;
    for (let k: i64 = 0; k < kernelSize; k++) {
      const i = j * stride + k * dilation - padding;
      if (i >= 0 && i < lIn) read++;
    }
    taps += read;
    if (read > 0) covered++;
  }
  return `${taps} ${covered}`;
}

describe("simulate", () => {
  it("counts the worked examples", () => {
    expect<string>(simulated(4, 2, 3, 1, 0, 1)).toBe("6 4");
    expect<string>(simulated(256, 32, 16, 8, 4, 1)).toBe("504 256");
  });

  it("agrees with the definition, for every small layer", () => {
    firstDifference = "";
    const visited = forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      const taps = simulate(true, expectedLOut, lIn, kernelSize, stride, padding, dilation);
      if (
        (taps != expectedTaps || simulatedCovered() != expectedCovered) &&
        firstDifference == ""
      ) {
        firstDifference = layerLabel(lIn, kernelSize, stride, padding, outputPadding, dilation);
      }
    });
    expect<string>(firstDifference).toBe("");
    expect<u32>(visited).toBeGreaterThan(5000);
  });

  it("counts no tap if padding crops every product", () => {
    expect<string>(simulated(1, 2, 1, 2, 1, 1)).toBe("0 0"); // products at 0 and 2, output at 1
  });

  it("resets the counters to zero", () => {
    simulate(true, 4, 2, 3, 1, 0, 1);
    simulate(true, 70002, 70000, 3, 1, 0, 1);
    simulate(true, 3, 1, 1, 3, 0, 1);
    expect<u32>(nonzeroCounters()).toBe(0);
  });
});

describe("simulate, with counters of each size", () => {
  it("counts as many taps on one element as a counter can hold, and one more", () => {
    // `max` taps meet on every element except near the ends. 8 bits hold 255 taps, and 16 bits
    // hold 65,535. Sums of four counters fit up to a quarter of that.
    for (let max: i64 = 62; max <= 65; max++)
      expect<string>(simulated(999 + max, 1000, max, 1, 0, 1)).toBe(`${1000 * max} ${999 + max}`);
    for (let max: i64 = 16382; max <= 16385; max++)
      expect<string>(simulated(100, 17000, max, 1, 16500, 1)).toBe(`${100 * max} 100`);
    for (let max: i64 = 254; max <= 257; max++)
      expect<string>(simulated(2 * max - 1, max, max, 1, 0, 1)).toBe(`${max * max} ${2 * max - 1}`);
    for (let max: i64 = 65534; max <= 65537; max++)
      expect<string>(simulated(max + 9, 10, max, 1, 0, 1)).toBe(`${10 * max} ${max + 9}`);
  });

  it("agrees with the closed form if residues have different numbers of taps", () => {
    expect<string>(simulated(1494, 100, 999, 5, 0, 1)).toBe(closed(100, 999, 5, 0, 0, 1));
    expect<string>(simulated(5193, 1000, 599, 4, 0, 2)).toBe(closed(1000, 599, 4, 0, 0, 2));
    expect<string>(simulated(11998, 3000, 1001, 3, 0, 3)).toBe(closed(3000, 1001, 3, 0, 0, 3));
  });

  it("adds product by product if there are more residues than outputs", () => {
    expect<string>(simulated(5, 3, 1000, 1000003, 500, 1)).toBe("5 5");
    expect<string>(simulated(1, 1, 2147483647, 2147483647, 1073741823, 1)).toBe("1 1");
    expect<string>(simulated(2, 2147483647, 1, 2147483647, 0, 1)).toBe("1 1");
  });
});

describe("simulate, of a convolution", () => {
  it("agrees with a pass over outputs and taps, for small layers", () => {
    firstDifference = "";
    let visited = 0;
    for (let lIn: i64 = 1; lIn <= 7; lIn++) {
      for (let kernelSize: i64 = 1; kernelSize <= 5; kernelSize++) {
        for (let stride: i64 = 1; stride <= 4; stride++) {
          for (let padding: i64 = 0; padding <= 7; padding++) {
            for (let dilation: i64 = 1; dilation <= 4; dilation++) {
              const span = lIn + 2 * padding - dilation * (kernelSize - 1) - 1;
              if (span < 0) continue;
              visited++;
              const found = convolved(
                span / stride + 1,
                lIn,
                kernelSize,
                stride,
                padding,
                dilation,
              );
              const expected = convolvedNaively(
                span / stride + 1,
                lIn,
                kernelSize,
                stride,
                padding,
                dilation,
              );
              if (found == expected || firstDifference != "") continue;
              const layer = `${lIn} ${kernelSize} ${stride} ${padding} ${dilation}`;
              firstDifference = `${layer}: ${found}, not ${expected}`;
            }
          }
        }
      }
    }
    expect<string>(firstDifference).toBe("");
    expect<i32>(visited).toBeGreaterThan(3000);
  });

  it("agrees with a pass over outputs and taps, in blocks of 8-bit and 16-bit counters", () => {
    for (let lIn: i64 = 16383; lIn <= 16385; lIn++)
      expect<string>(convolved(lIn, lIn, 3, 1, 1, 1)).toBe(convolvedNaively(lIn, lIn, 3, 1, 1, 1));
    expect<string>(convolved(20001, 40000, 2, 2, 1, 2)).toBe(
      convolvedNaively(20001, 40000, 2, 2, 1, 2),
    );
    expect<string>(convolved(9701, 10000, 300, 1, 0, 1)).toBe(
      convolvedNaively(9701, 10000, 300, 1, 0, 1),
    );
    expect<string>(convolved(9000, 5000, 256, 1, 2127, 1)).toBe(
      convolvedNaively(9000, 5000, 256, 1, 2127, 1),
    );
  });
});

describe("simulate, in blocks", () => {
  it("counts products that overlap across the border of two blocks", () => {
    // y = 1 2 3 3 … 3 2 1
    expect<string>(simulated(70002, 70000, 3, 1, 0, 1)).toBe("210000 70002");
    expect<string>(simulated(70000, 70000, 3, 1, 1, 1)).toBe("209998 70000");
  });

  it("counts an output of exactly one block, one element less and one more", () => {
    // A block in vectors has 2,048 counters of 8 bits, 1,024 of 16 bits or 512 of 32 bits. A block
    // in memory has eight times as many.
    for (let extra: i64 = -1; extra <= 1; extra++) {
      for (let taps: i64 = 1; taps <= 3; taps++)
        expect<string>(simulated(2048 + extra, 2049 + extra - taps, taps, 1, 0, 1)).toBe(
          `${taps * (2049 + extra - taps)} ${2048 + extra}`,
        );
      expect<string>(simulated(1024 + extra, 725 + extra, 300, 1, 0, 1)).toBe(
        closed(725 + extra, 300, 1, 0, 0, 1),
      );
      expect<string>(simulated(512 + extra, 70000, 70001, 1, 67952, 1)).toBe(
        `${naiveBand(512 + extra, 70000, 70001, 67952)} ${512 + extra}`,
      );
      expect<string>(simulated(16384 + extra, 16384 + extra, 1, 1, 0, 1)).toBe(
        `${16384 + extra} ${16384 + extra}`,
      );
      expect<string>(simulated(8192 + extra, 7893 + extra, 300, 1, 0, 1)).toBe(
        closed(7893 + extra, 300, 1, 0, 0, 1),
      );
      expect<string>(simulated(4096 + extra, 70000, 70001, 1, 67952, 1)).toBe(
        `${naiveBand(4096 + extra, 70000, 70001, 67952)} ${4096 + extra}`,
      );
    }
    expect<string>(simulated(65535, 65535, 1, 1, 0, 1)).toBe("65535 65535");
    expect<string>(simulated(65536, 65536, 1, 1, 0, 1)).toBe("65536 65536");
    expect<string>(simulated(65537, 65537, 1, 1, 0, 1)).toBe("65537 65537");
    expect<string>(simulated(131073, 131072, 2, 1, 0, 1)).toBe("262144 131073");
  });

  it("counts holes across the border of two blocks", () => {
    expect<string>(simulated(89998, 30000, 1, 3, 0, 1)).toBe("30000 30000");
    expect<string>(simulated(65538, 2, 1, 65537, 0, 1)).toBe("2 2");
    // 50 products, a hole across the border, then 50 products.
    expect<string>(simulated(65637, 2, 50, 65587, 0, 1)).toBe("100 100");
  });

  it("skips blocks on which nothing lands", () => {
    expect<string>(simulated(200001, 2, 1, 200000, 0, 1)).toBe("2 2");
    expect<string>(simulated(200001, 1, 2, 1, 0, 200000)).toBe("2 2");
    expect<string>(simulated(199999, 2, 1, 200000, 1, 1)).toBe("0 0");
    expect<string>(simulated(4294967295, 1, 3, 1, 0, 2147483647)).toBe("3 3");
  });

  it("agrees with the closed form for long outputs", () => {
    expect<string>(simulated(65539, 32768, 5, 2, 0, 1)).toBe(closed(32768, 5, 2, 0, 0, 1));
    expect<string>(simulated(131072, 16384, 16, 8, 4, 1)).toBe(closed(16384, 16, 8, 4, 0, 1));
    expect<string>(simulated(99986, 10000, 7, 10, 13, 3)).toBe(closed(10000, 7, 10, 13, 3, 3));
    expect<string>(simulated(196623, 3, 3, 65536, 0, 32775)).toBe(closed(3, 3, 65536, 0, 0, 32775));
    expect<string>(simulated(65900, 500, 600, 100, 40000, 160)).toBe(
      closed(500, 600, 100, 40000, 159, 160),
    );
  });
});
