import { closedOverlaps, closedTaps } from "../../../assembly/layers/closed";
import { SCRATCH_COUNTERS, SCRATCH_PTR } from "../../../assembly/layout";
import { simulate, simulatedCovered } from "../../../assembly/layers/simulate";
import { forSmallLayers, plainCovered, plainLOut, plainTaps } from "../support";

let firstDifference: string = "";

function counter(at: u32): u32 {
  return load<u32>(SCRATCH_PTR + 4 * <usize>at);
}

/** How many counters are not zero. */
function leftOver(): u32 {
  let count: u32 = 0;
  for (let at: u32 = 0; at < SCRATCH_COUNTERS; at++) if (counter(at) != 0) count++;
  return count;
}

/** What a simulation finds, as "taps covered". */
function simulated(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): string {
  const taps = simulate(true, lOut, lIn, kernelSize, stride, padding, dilation);
  return `${taps} ${simulatedCovered()}`;
}

/** What the closed form finds for the same layer. */
function closed(lIn: i64, kernelSize: i64, stride: i64, padding: i64, outputPadding: i64, dilation: i64): string {
  const taps = closedTaps(lIn, kernelSize, stride, padding, outputPadding, dilation);
  return `${taps} ${taps - closedOverlaps(lIn, kernelSize, stride, padding, outputPadding, dilation)}`;
}

/** How many products land on the `lOut` elements from `padding` on at stride 1, position by position. */
function plainBand(lOut: i64, lIn: i64, kernelSize: i64, padding: i64): i64 {
  let sum: i64 = 0;
  for (let position = padding; position < padding + lOut; position++) {
    sum += max<i64>(0, min(position, lIn - 1) - max<i64>(0, position - kernelSize + 1) + 1);
  }
  return sum;
}

/** What a simulated convolution finds, as "taps covered". */
function convolved(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): string {
  const taps = simulate(false, lOut, lIn, kernelSize, stride, padding, dilation);
  return `${taps} ${simulatedCovered()}`;
}

/** The same by a pass over all outputs and taps. */
function readPlainly(lOut: i64, lIn: i64, kernelSize: i64, stride: i64, padding: i64, dilation: i64): string {
  let taps: u64 = 0, covered: u64 = 0;
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
  it("counts the layers worked by hand", () => {
    expect<string>(simulated(4, 2, 3, 1, 0, 1)).toBe("6 4");
    expect<string>(simulated(256, 32, 16, 8, 4, 1)).toBe("504 256");
  });

  it("counts as the definition does, for every small layer", () => {
    firstDifference = "";
    const visited = forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      const taps = simulate(true, plainLOut, lIn, kernelSize, stride, padding, dilation);
      if ((taps != plainTaps || simulatedCovered() != plainCovered) && firstDifference == "") {
        firstDifference = `l_in ${lIn} k ${kernelSize} s ${stride} p ${padding} o ${outputPadding} d ${dilation}`;
      }
    });
    expect<string>(firstDifference).toBe("");
    expect<u32>(visited).toBeGreaterThan(5000);
  });

  it("counts no tap where padding crops every product", () => {
    expect<string>(simulated(1, 2, 1, 2, 1, 1)).toBe("0 0"); // products at 0 and 2, output at 1
  });

  it("leaves the counters at zero", () => {
    simulate(true, 4, 2, 3, 1, 0, 1);
    simulate(true, 70002, 70000, 3, 1, 0, 1);
    simulate(true, 3, 1, 1, 3, 0, 1);
    expect<u32>(leftOver()).toBe(0);
  });
});

describe("simulate, with counters of each size", () => {
  it("holds as many taps on one element as a counter can, and one more", () => {
    // So many taps meet everywhere but at the ends: 255 fit 8 bits, 65,535 fit 16. Sums of four fit up to a quarter of that.
    for (let max: i64 = 62; max <= 65; max++) expect<string>(simulated(999 + max, 1000, max, 1, 0, 1)).toBe(`${1000 * max} ${999 + max}`);
    for (let max: i64 = 16382; max <= 16385; max++) expect<string>(simulated(100, 17000, max, 1, 16500, 1)).toBe(`${100 * max} 100`);
    for (let max: i64 = 254; max <= 257; max++) expect<string>(simulated(2 * max - 1, max, max, 1, 0, 1)).toBe(`${max * max} ${2 * max - 1}`);
    for (let max: i64 = 65534; max <= 65537; max++) expect<string>(simulated(max + 9, 10, max, 1, 0, 1)).toBe(`${10 * max} ${max + 9}`);
  });

  it("gives the same as the closed form where residues share the taps unevenly", () => {
    expect<string>(simulated(1494, 100, 999, 5, 0, 1)).toBe(closed(100, 999, 5, 0, 0, 1));
    expect<string>(simulated(5193, 1000, 599, 4, 0, 2)).toBe(closed(1000, 599, 4, 0, 0, 2));
    expect<string>(simulated(11998, 3000, 1001, 3, 0, 3)).toBe(closed(3000, 1001, 3, 0, 0, 3));
  });

  it("goes product by product where there are more residues than outputs", () => {
    expect<string>(simulated(5, 3, 1000, 1000003, 500, 1)).toBe("5 5");
    expect<string>(simulated(1, 1, 2147483647, 2147483647, 1073741823, 1)).toBe("1 1");
    expect<string>(simulated(2, 2147483647, 1, 2147483647, 0, 1)).toBe("1 1");
  });
});

describe("simulate, of a convolution", () => {
  it("reads as often as a pass over outputs and taps does, for small layers", () => {
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
              const found = convolved(span / stride + 1, lIn, kernelSize, stride, padding, dilation);
              const expected = readPlainly(span / stride + 1, lIn, kernelSize, stride, padding, dilation);
              if (found != expected && firstDifference == "") firstDifference = `${lIn} ${kernelSize} ${stride} ${padding} ${dilation}: ${found}, not ${expected}`;
            }
          }
        }
      }
    }
    expect<string>(firstDifference).toBe("");
    expect<i32>(visited).toBeGreaterThan(3000);
  });

  it("does so over several pieces, with counters of 8 and of 16 bits", () => {
    for (let lIn: i64 = 16383; lIn <= 16385; lIn++) expect<string>(convolved(lIn, lIn, 3, 1, 1, 1)).toBe(readPlainly(lIn, lIn, 3, 1, 1, 1));
    expect<string>(convolved(20001, 40000, 2, 2, 1, 2)).toBe(readPlainly(20001, 40000, 2, 2, 1, 2));
    expect<string>(convolved(9701, 10000, 300, 1, 0, 1)).toBe(readPlainly(9701, 10000, 300, 1, 0, 1));
    expect<string>(convolved(9000, 5000, 256, 1, 2127, 1)).toBe(readPlainly(9000, 5000, 256, 1, 2127, 1));
  });
});

describe("simulate, in pieces", () => {
  it("counts products that overlap across the border of two pieces", () => {
    // y = 1 2 3 3 … 3 2 1
    expect<string>(simulated(70002, 70000, 3, 1, 0, 1)).toBe("210000 70002");
    expect<string>(simulated(70000, 70000, 3, 1, 1, 1)).toBe("209998 70000");
  });

  it("counts an output of just one piece, one element less and one more", () => {
    // In vectors a piece has 2,048 counters of 8 bits, 1,024 of 16 bits or 512 of 32; in memory eight times as many.
    for (let beyond: i64 = -1; beyond <= 1; beyond++) {
      for (let taps: i64 = 1; taps <= 3; taps++) expect<string>(simulated(2048 + beyond, 2049 + beyond - taps, taps, 1, 0, 1)).toBe(`${taps * (2049 + beyond - taps)} ${2048 + beyond}`);
      expect<string>(simulated(1024 + beyond, 725 + beyond, 300, 1, 0, 1)).toBe(closed(725 + beyond, 300, 1, 0, 0, 1));
      expect<string>(simulated(512 + beyond, 70000, 70001, 1, 67952, 1)).toBe(`${plainBand(512 + beyond, 70000, 70001, 67952)} ${512 + beyond}`);
      expect<string>(simulated(16384 + beyond, 16384 + beyond, 1, 1, 0, 1)).toBe(`${16384 + beyond} ${16384 + beyond}`);
      expect<string>(simulated(8192 + beyond, 7893 + beyond, 300, 1, 0, 1)).toBe(closed(7893 + beyond, 300, 1, 0, 0, 1));
      expect<string>(simulated(4096 + beyond, 70000, 70001, 1, 67952, 1)).toBe(`${plainBand(4096 + beyond, 70000, 70001, 67952)} ${4096 + beyond}`);
    }
    expect<string>(simulated(65535, 65535, 1, 1, 0, 1)).toBe("65535 65535");
    expect<string>(simulated(65536, 65536, 1, 1, 0, 1)).toBe("65536 65536");
    expect<string>(simulated(65537, 65537, 1, 1, 0, 1)).toBe("65537 65537");
    expect<string>(simulated(131073, 131072, 2, 1, 0, 1)).toBe("262144 131073");
  });

  it("counts holes across the border of two pieces", () => {
    expect<string>(simulated(89998, 30000, 1, 3, 0, 1)).toBe("30000 30000");
    expect<string>(simulated(65538, 2, 1, 65537, 0, 1)).toBe("2 2");
    expect<string>(simulated(65637, 2, 50, 65587, 0, 1)).toBe("100 100"); // 50, then a hole over the border, then 50
  });

  it("passes over pieces on which nothing lands", () => {
    expect<string>(simulated(200001, 2, 1, 200000, 0, 1)).toBe("2 2");
    expect<string>(simulated(200001, 1, 2, 1, 0, 200000)).toBe("2 2");
    expect<string>(simulated(199999, 2, 1, 200000, 1, 1)).toBe("0 0");
    expect<string>(simulated(4294967295, 1, 3, 1, 0, 2147483647)).toBe("3 3");
  });

  it("gives the same as the closed form for long outputs", () => {
    expect<string>(simulated(65539, 32768, 5, 2, 0, 1)).toBe(closed(32768, 5, 2, 0, 0, 1));
    expect<string>(simulated(131072, 16384, 16, 8, 4, 1)).toBe(closed(16384, 16, 8, 4, 0, 1));
    expect<string>(simulated(99986, 10000, 7, 10, 13, 3)).toBe(closed(10000, 7, 10, 13, 3, 3));
    expect<string>(simulated(196623, 3, 3, 65536, 0, 32775)).toBe(closed(3, 3, 65536, 0, 0, 32775));
    expect<string>(simulated(65900, 500, 600, 100, 40000, 160)).toBe(closed(500, 600, 100, 40000, 159, 160));
  });
});
