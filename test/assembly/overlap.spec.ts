import { closedOverlaps, closedTaps } from "../../assembly/closed";
import { SCRATCH_COUNTERS, SCRATCH_PTR } from "../../assembly/layout";
import { scatter, simulate, simulatedCovered } from "../../assembly/overlap";
import { forSmallLayers, plainCovered, plainLOut, plainTaps, plainY } from "./support";

let firstDifference: string = "";

function counter(at: u32): u32 {
  return load<u32>(SCRATCH_PTR + 4 * <usize>at);
}

/** Zeroes the first counters, as `scatter` wants them. */
function clearCounters(count: u32): void {
  memory.fill(SCRATCH_PTR, 0, 4 * <usize>count);
}

/** The first counters, as "1 2 2 1". */
function counters(count: u32): string {
  let text = counter(0).toString();
  for (let at: u32 = 1; at < count; at++) text += " " + counter(at).toString();
  return text;
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

describe("scatter", () => {
  it("finds y = 1 2 2 1 for two inputs under three taps", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 4, 2, 3, 1, 0, 1)).toBe(6);
    expect<string>(counters(5)).toBe("1 2 2 1 0");
  });

  it("gives any piece of y by itself", () => {
    clearCounters(8);
    expect<u64>(scatter(1, 2, 2, 3, 1, 0, 1)).toBe(4);
    expect<string>(counters(3)).toBe("2 2 0");
    clearCounters(8);
    expect<u64>(scatter(3, 1, 2, 3, 1, 0, 1)).toBe(1);
    expect<string>(counters(2)).toBe("1 0");
  });

  it("leaves out what the padding crops", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 2, 2, 3, 1, 1, 1)).toBe(4);
    expect<string>(counters(3)).toBe("2 2 0");
  });

  it("leaves holes where the stride is wider than the kernel", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 6, 2, 2, 4, 0, 1)).toBe(4);
    expect<string>(counters(7)).toBe("1 1 0 0 1 1 0");
  });

  it("leaves holes between the taps of a dilated kernel", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 7, 1, 3, 1, 0, 3)).toBe(3);
    expect<string>(counters(8)).toBe("1 0 0 1 0 0 1 0");
  });

  it("lands nothing on a piece inside a hole", () => {
    clearCounters(8);
    expect<u64>(scatter(2, 2, 2, 2, 4, 0, 1)).toBe(0);
    expect<string>(counters(2)).toBe("0 0");
  });

  it("adds up to the plain y over pieces of three, for every small layer", () => {
    firstDifference = "";
    forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      let landed: u64 = 0;
      for (let first: i64 = 0; first < plainLOut; first += 3) {
        const length = min<i64>(3, plainLOut - first);
        clearCounters(4);
        landed += scatter(first, length, lIn, kernelSize, stride, padding, dilation);
        for (let at: i64 = 0; at < length; at++) {
          if (counter(<u32>at) != plainY[<i32>(first + at)] && firstDifference == "") {
            firstDifference = `l_in ${lIn} k ${kernelSize} s ${stride} p ${padding} o ${outputPadding} d ${dilation}: y[${first + at}]`;
          }
        }
      }
      if (landed != plainTaps && firstDifference == "") firstDifference = `l_in ${lIn} k ${kernelSize} s ${stride} p ${padding}: ${landed}`;
    });
    expect<string>(firstDifference).toBe("");
    clearCounters(4);
  });
});

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

describe("simulate, in pieces", () => {
  it("counts products that overlap across the border of two pieces", () => {
    // y = 1 2 3 3 … 3 2 1
    expect<string>(simulated(70002, 70000, 3, 1, 0, 1)).toBe("210000 70002");
    expect<string>(simulated(70000, 70000, 3, 1, 1, 1)).toBe("209998 70000");
  });

  it("counts an output of just one piece, one element less and one more", () => {
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
    clearCounters(1);
    expect<u64>(scatter(65536, 65536, 2, 1, 200000, 0, 1)).toBe(0);
  });

  it("gives the same as the closed form for long outputs", () => {
    expect<string>(simulated(65539, 32768, 5, 2, 0, 1)).toBe(closed(32768, 5, 2, 0, 0, 1));
    expect<string>(simulated(131072, 16384, 16, 8, 4, 1)).toBe(closed(16384, 16, 8, 4, 0, 1));
    expect<string>(simulated(99986, 10000, 7, 10, 13, 3)).toBe(closed(10000, 7, 10, 13, 3, 3));
    expect<string>(simulated(196623, 3, 3, 65536, 0, 32775)).toBe(closed(3, 3, 65536, 0, 0, 32775));
    expect<string>(simulated(65900, 500, 600, 100, 40000, 160)).toBe(closed(500, 600, 100, 40000, 159, 160));
  });
});
