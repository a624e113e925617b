import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Dimension } from "../../src/layers/parameters.ts";
import { KERNELS } from "../support/kernels.ts";
import { TRANSPOSED } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const shape = (l_in: number, kernel_size: number, rest: Partial<Dimension> = {}): Dimension => ({
  l_in,
  kernel_size,
  stride: 1,
  padding: 0,
  output_padding: 0,
  dilation: 1,
  ...rest,
});

describe.each(KERNELS)("the overlap pattern on the %s kernel", (_, kernel) => {
  it.each([
    ["overlaps in the middle of two inputs", shape(2, 3), [1, 2, 2, 1]],
    [
      "has holes where the stride is larger than the kernel",
      shape(3, 1, { stride: 3 }),
      [1, 0, 0, 1, 0, 0, 1],
    ],
    [
      "has a hole where output_padding adds an element",
      shape(2, 2, { stride: 2, output_padding: 1 }),
      [1, 1, 1, 1, 0],
    ],
    ["lacks the elements that padding crops at both ends", shape(2, 3, { padding: 1 }), [2, 2]],
    ["interleaves a dilated kernel", shape(2, 2, { dilation: 2 }), [1, 1, 1, 1]],
    [
      "is uneven where the stride does not divide the kernel",
      shape(4, 3, { stride: 2 }),
      [1, 1, 2, 1, 2, 1, 2, 1, 1],
    ],
  ])("%s", (_, layer, expected) => {
    expect([...kernel.overlap(TRANSPOSED, layer, 0n, expected.length)]).toEqual(expected);
  });

  const small = fc.record({
    l_in: fc.integer({ min: 1, max: 30 }),
    kernel_size: fc.integer({ min: 1, max: 12 }),
    stride: fc.integer({ min: 1, max: 9 }),
    padding: fc.integer({ min: 0, max: 12 }),
    dilation: fc.integer({ min: 1, max: 6 }),
  });
  test.prop([small, fc.integer({ min: 0, max: 250 }), fc.integer({ min: 1, max: 60 })], {
    numRuns: runs(200),
  })(
    "is that of a double loop for any piece, also when it is requested again",
    ({ l_in, kernel_size, ...rest }, first, length) => {
      const y = new Array<number>(length).fill(0);
      for (let i = 0; i < l_in; i++)
        for (let k = 0; k < kernel_size; k++) {
          const j = i * rest.stride + k * rest.dilation - rest.padding - first;
          if (j >= 0 && j < length) y[j] = (y[j] as number) + 1;
        }
      const layer = shape(l_in, kernel_size, rest);
      expect([...kernel.overlap(TRANSPOSED, layer, BigInt(first), length)]).toEqual(y);
      expect([...kernel.overlap(TRANSPOSED, layer, BigInt(first), length)]).toEqual(y);
    },
  );
});
