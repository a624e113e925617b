import { SCRATCH_PTR } from "../../../assembly/layout";
import { gather, scatter } from "../../../assembly/layers/overlap";
import { forSmallLayers, plainLOut, plainTaps, plainY } from "../support";

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

describe("scatter, far out", () => {
  it("lands nothing on a piece between two inputs", () => {
    clearCounters(1);
    expect<u64>(scatter(65536, 65536, 2, 1, 200000, 0, 1)).toBe(0);
  });
});

describe("gather", () => {
  it("finds how many inputs each output of a convolution reads", () => {
    // Five inputs under three taps, with a zero at each end: 2 3 3 3 2.
    clearCounters(8);
    expect<u64>(gather(0, 5, 5, 3, 1, 1, 1)).toBe(13);
    expect<string>(counters(6)).toBe("2 3 3 3 2 0");
  });

  it("gives any piece of them by itself, at any stride and dilation", () => {
    clearCounters(8);
    expect<u64>(gather(4, 1, 5, 3, 1, 1, 1)).toBe(2);
    expect<string>(counters(2)).toBe("2 0");
    // Taps at 0 and 3, outputs at 0, 2 and 4 of six inputs.
    clearCounters(8);
    expect<u64>(gather(0, 3, 6, 2, 2, 0, 3)).toBe(5);
    expect<string>(counters(4)).toBe("2 2 1 0");
  });

  it("leaves out outputs that read zeros of the padding alone", () => {
    clearCounters(8);
    expect<u64>(gather(0, 5, 1, 1, 1, 2, 1)).toBe(1);
    expect<string>(counters(5)).toBe("0 0 1 0 0");
    clearCounters(8);
    expect<u64>(gather(3, 2, 1, 1, 1, 2, 1)).toBe(0);
  });
});
