import { SCRATCH_PTR } from "../../../assembly/layout";
import { gather, scatter } from "../../../assembly/layers/overlap";
import { expectedLOut, expectedTaps, expectedY, forSmallLayers, layerLabel } from "../support";

let firstDifference: string = "";

function counter(at: u32): u32 {
  return load<u32>(SCRATCH_PTR + 4 * <usize>at);
}

/** Clears the first counters, as `scatter` and `gather` require. */
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
  it("finds y = 1 2 2 1 for two inputs and three taps", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 4, 2, 3, 1, 0, 1)).toBe(6);
    expect<string>(counters(5)).toBe("1 2 2 1 0");
  });

  it("computes any block of y alone", () => {
    clearCounters(8);
    expect<u64>(scatter(1, 2, 2, 3, 1, 0, 1)).toBe(4);
    expect<string>(counters(3)).toBe("2 2 0");
    clearCounters(8);
    expect<u64>(scatter(3, 1, 2, 3, 1, 0, 1)).toBe(1);
    expect<string>(counters(2)).toBe("1 0");
  });

  it("omits products that the padding crops", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 2, 2, 3, 1, 1, 1)).toBe(4);
    expect<string>(counters(3)).toBe("2 2 0");
  });

  it("leaves holes if the stride is wider than the kernel", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 6, 2, 2, 4, 0, 1)).toBe(4);
    expect<string>(counters(7)).toBe("1 1 0 0 1 1 0");
  });

  it("leaves holes between the taps of a dilated kernel", () => {
    clearCounters(8);
    expect<u64>(scatter(0, 7, 1, 3, 1, 0, 3)).toBe(3);
    expect<string>(counters(8)).toBe("1 0 0 1 0 0 1 0");
  });

  it("finds no product in a block inside a hole", () => {
    clearCounters(8);
    expect<u64>(scatter(2, 2, 2, 2, 4, 0, 1)).toBe(0);
    expect<string>(counters(2)).toBe("0 0");
  });

  it("gives the y of the definition in blocks of three, for every small layer", () => {
    firstDifference = "";
    forSmallLayers((lIn, kernelSize, stride, padding, outputPadding, dilation) => {
      let landed: u64 = 0;
      for (let first: i64 = 0; first < expectedLOut; first += 3) {
        const length = min<i64>(3, expectedLOut - first);
        clearCounters(4);
        landed += scatter(first, length, lIn, kernelSize, stride, padding, dilation);
        for (let at: i64 = 0; at < length; at++) {
          if (counter(<u32>at) != expectedY[<i32>(first + at)] && firstDifference == "") {
            const layer = layerLabel(lIn, kernelSize, stride, padding, outputPadding, dilation);
            firstDifference = `${layer}: y[${first + at}]`;
          }
        }
      }
      if (landed != expectedTaps && firstDifference == "")
        firstDifference = `l_in ${lIn} k ${kernelSize} s ${stride} p ${padding}: ${landed}`;
    });
    expect<string>(firstDifference).toBe("");
    clearCounters(4);
  });
});

describe("scatter, far from the first output", () => {
  it("finds no product in a block between two inputs", () => {
    clearCounters(1);
    expect<u64>(scatter(65536, 65536, 2, 1, 200000, 0, 1)).toBe(0);
  });
});

describe("gather", () => {
  it("counts the inputs that each output of a convolution reads", () => {
    // Five inputs, three taps, and a zero at each end: 2 3 3 3 2.
    clearCounters(8);
    expect<u64>(gather(0, 5, 5, 3, 1, 1, 1)).toBe(13);
    expect<string>(counters(6)).toBe("2 3 3 3 2 0");
  });

  it("computes any block of these counts alone, for any stride and dilation", () => {
    clearCounters(8);
    expect<u64>(gather(4, 1, 5, 3, 1, 1, 1)).toBe(2);
    expect<string>(counters(2)).toBe("2 0");
    // Taps at 0 and 3, outputs at 0, 2 and 4 of six inputs.
    clearCounters(8);
    expect<u64>(gather(0, 3, 6, 2, 2, 0, 3)).toBe(5);
    expect<string>(counters(4)).toBe("2 2 1 0");
  });

  it("counts nothing for outputs that read only zeros of the padding", () => {
    clearCounters(8);
    expect<u64>(gather(0, 5, 1, 1, 1, 2, 1)).toBe(1);
    expect<string>(counters(5)).toBe("0 0 1 0 0");
    clearCounters(8);
    expect<u64>(gather(3, 2, 1, 1, 1, 2, 1)).toBe(0);
  });
});
