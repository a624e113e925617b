/** Layers of several dimensions, and plain convolutions, against a count of every product. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { columnsOf } from "../../src/columns/derived.ts";
import { type Fraction, readFraction } from "../../src/fraction.ts";
import type { Kind, KindName } from "../../src/layers/kinds.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Dimension } from "../../src/layers/parameters.ts";
import { outputLength } from "../../src/layers/rules.ts";
import { PADDING_SAME, PADDING_VALID } from "../../src/limits.ts";
import { KERNELS, METHODS } from "../support/kernels.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

function layerOfDimensions(
  kind: Kind,
  dimensions: readonly Dimension[],
  rest: Partial<Layer> = {},
): Layer {
  return {
    kind,
    batch_size: 1,
    in_channels: 1,
    out_channels: 1,
    groups: 1,
    bias: true,
    bits: 32,
    ...rest,
    dimensions,
  };
}

/** Every small dimension of a transposed convolution with an output. */
const SMALL: Dimension[] = range(1, 3).flatMap((l_in) =>
  range(1, 3).flatMap((kernel_size) =>
    range(1, 3).flatMap((stride) =>
      range(0, 2).flatMap((padding) =>
        [1, 2].flatMap((dilation) =>
          range(0, Math.max(stride, dilation) - 1)
            .map((output_padding) => ({
              l_in,
              kernel_size,
              stride,
              padding,
              output_padding,
              dilation,
            }))
            .filter((dimension) => outputLength(kindOf("conv_transpose1d"), dimension) >= 1n),
        ),
      ),
    ),
  ),
);

/**
 * Counts the outputs of all dimensions together: every input element meets every kernel element,
 * and adds to the output where the product lands.
 */
function scatterAll(dimensions: readonly Dimension[]): { taps: bigint; covered: bigint } {
  const lengths = dimensions.map((dimension) =>
    Number(outputLength(kindOf("conv_transpose1d"), dimension)),
  );
  const y = new Map<number, number>();
  const visit = (at: number, location: number) => {
    const dimension = dimensions[at];
    if (dimension === undefined) {
      y.set(location, (y.get(location) ?? 0) + 1);
      return;
    }
    for (let i = 0; i < dimension.l_in; i++) {
      for (let k = 0; k < dimension.kernel_size; k++) {
        const j = i * dimension.stride + k * dimension.dilation - dimension.padding;
        if (j >= 0 && j < (lengths[at] as number))
          visit(at + 1, location * (lengths[at] as number) + j);
      }
    }
  };
  visit(0, 0);
  return { taps: BigInt([...y.values()].reduce((sum, n) => sum + n, 0)), covered: BigInt(y.size) };
}

describe.each(compiled)("layers of several dimensions on the %s kernel", (_, kernel) => {
  it.each(METHODS)(
    "are counted in 2-d as by a loop over all products, for pairs of small dimensions, by %s",
    (method) => {
      const some = SMALL.filter((_, i) => i % 7 === 0);
      for (const height of SMALL)
        for (const width of some) {
          const { results } = kernel.count(
            layerOfDimensions(kindOf("conv_transpose2d"), [height, width]),
            method,
          );
          const found = { taps: results?.taps, covered: results?.covered };
          if (
            found.taps !== scatterAll([height, width]).taps ||
            found.covered !== scatterAll([height, width]).covered
          )
            expect({ height, width, ...found }).toEqual(scatterAll([height, width]));
        }
      expect(SMALL.length * some.length).toBeGreaterThan(10_000);
    },
  );

  it.each(METHODS)(
    "are counted in 3-d as by a loop over all products, for triples of small dimensions, by %s",
    (method) => {
      const some = SMALL.filter((_, i) => i % 23 === 0);
      for (const depth of some)
        for (const height of some)
          for (const width of some) {
            const { results } = kernel.count(
              layerOfDimensions(kindOf("conv_transpose3d"), [depth, height, width]),
              method,
            );
            const expected = scatterAll([depth, height, width]);
            if (results?.taps !== expected.taps || results?.covered !== expected.covered)
              expect({ depth, height, width, ...results }).toMatchObject(expected);
          }
      expect(some.length ** 3).toBeGreaterThan(2_000);
    },
  );
});

/** Counts a convolution of one dimension by a loop over all products. */
function gatherAll(
  { l_in, kernel_size, stride, padding, dilation }: Dimension,
  lOut: number,
): { taps: bigint; covered: bigint } {
  const y = range(0, lOut - 1).map(
    (j) =>
      range(0, kernel_size - 1).filter(
        (k) =>
          j * stride + k * dilation - padding >= 0 && j * stride + k * dilation - padding < l_in,
      ).length,
  );
  return {
    taps: BigInt(y.reduce((sum, n) => sum + n, 0)),
    covered: BigInt(y.filter((n) => n > 0).length),
  };
}

describe.each(KERNELS)("plain convolutions on the %s kernel", (_, kernel) => {
  const kind = kindOf("conv1d");

  it.each(METHODS)(
    "are counted as by a loop over all products, for every small layer, by %s",
    (method) => {
      let layers = 0;
      for (const l_in of range(1, 7))
        for (const kernel_size of range(1, 4))
          for (const stride of range(1, 4))
            for (const padding of range(0, 7))
              for (const dilation of range(1, 4)) {
                const dimension = {
                  l_in,
                  kernel_size,
                  stride,
                  padding,
                  output_padding: 0,
                  dilation,
                };
                const { broken, results } = kernel.count(
                  layerOfDimensions(kind, [dimension]),
                  method,
                );
                const span = l_in + 2 * padding - dilation * (kernel_size - 1) - 1;
                expect(broken).toBe(span < 0 ? "L_OUT" : undefined);
                if (!results) continue;
                layers++;
                const lOut = Math.floor(span / stride) + 1;
                const found = {
                  l_out: results.l_out,
                  taps: results.taps,
                  covered: results.covered,
                };
                if (found.l_out !== BigInt(lOut)) expect(found.l_out).toBe(BigInt(lOut));
                const expected = gatherAll(dimension, lOut);
                if (found.taps !== expected.taps || found.covered !== expected.covered)
                  expect({ dimension, ...found }).toEqual(expected);
              }
      expect(layers).toBeGreaterThan(2_500);
    },
  );

  it("have the products of the transposed convolution whose gradient they are", () => {
    for (const [i, dimension] of SMALL.entries()) {
      const up = kernel.count(
        layerOfDimensions(kindOf("conv_transpose1d"), [dimension]),
        "closed",
      ).results;
      // The gradient reads the output of the transposed layer, so its input has that length.
      // output_padding is the remainder of the stride. PyTorch allows a larger one only where the
      // dilation is larger, so those layers are skipped.
      if (dimension.output_padding >= dimension.stride) continue;
      const down = kernel.count(
        layerOfDimensions(kind, [{ ...dimension, l_in: Number(up?.l_out), output_padding: 0 }]),
        "closed",
      ).results;
      expect([i, down?.l_out, down?.taps, down?.macs]).toEqual([
        i,
        BigInt(dimension.l_in),
        up?.taps,
        up?.macs,
      ]);
    }
  });

  // By hand: 2·K for each pair of channels with a bias, and one less for each output without.
  it("have the documented number of operations, with and without a bias", () => {
    const dimension = {
      l_in: 10,
      kernel_size: 3,
      stride: 1,
      padding: 1,
      output_padding: 0,
      dilation: 1,
    };
    const count = (bias: boolean) =>
      kernel.count(
        layerOfDimensions(kind, [dimension], {
          batch_size: 2,
          in_channels: 6,
          out_channels: 4,
          groups: 2,
          bias,
        }),
        "closed",
      );
    expect(count(true).results?.ops).toBe((2n * 4n * 10n * 6n * 2n * 3n) / 2n);
    expect(count(false).results?.ops).toBe((2n * 4n * 10n * (6n * 2n * 3n - 2n)) / 2n);
  });

  it("have no columns about zero insertion or uneven overlap", () => {
    const names = columnsOf(kind).map(({ name }) => name);
    expect(names.filter((name) => /^overlap_|^zero_insertion/.test(name))).toEqual([]);
  });
});

const upTo = (max: number, min = 1) => fc.integer({ min: min, max: max });
const kinds = fc.constantFrom<KindName>(
  "conv_transpose1d",
  "conv_transpose2d",
  "conv_transpose3d",
  "conv1d",
  "conv2d",
  "conv3d",
);

/** Mostly legal layers of every kind, some with parameters so large that results exceed 64 bits. */
const layers = kinds.chain((name) => {
  const kind = kindOf(name);
  const size = fc.oneof(
    { weight: 4, arbitrary: upTo(40) },
    { weight: 1, arbitrary: upTo(2 ** 20) },
  );
  const dimension = fc.record({
    l_in: size,
    kernel_size: upTo(12),
    stride: upTo(9),
    padding: upTo(8, 0),
    output_padding: upTo(2, 0),
    dilation: upTo(5),
  });
  return fc
    .record({
      dimensions: fc.array(dimension, {
        minLength: kind.dimensions.length,
        maxLength: kind.dimensions.length,
      }),
      word: fc.constantFrom(undefined, undefined, PADDING_SAME, PADDING_VALID),
      groups: upTo(6),
      inPerGroup: size,
      outPerGroup: size,
      batch_size: upTo(5, 0),
      bias: fc.boolean(),
      bits: fc.constantFrom(8, 16, 32, 12),
      sample_rate: fc.constantFrom(
        undefined,
        ...["1", "22050", "22050/32", "30000/1001", "1/3"].map(
          (text) => readFraction(text) as Fraction,
        ),
      ),
    })
    .map(({ dimensions, groups, inPerGroup, outPerGroup, word, ...rest }) =>
      layerOfDimensions(
        kind,
        dimensions.map((d) =>
          kind.family.name === "transposed"
            ? d
            : {
                ...d,
                output_padding: 0,
                l_in: Math.min(d.l_in, 400),
                ...(word !== undefined && { padding: word, stride: 1 }),
              },
        ),
        {
          ...rest,
          groups,
          in_channels: groups * inPerGroup,
          out_channels: groups * outPerGroup,
        },
      ),
    );
});

describe.each(compiled)("random layers of every kind on the %s kernel", (_, kernel) => {
  test.prop([layers], { numRuns: runs(1_500) })(
    "have the columns of the reference, and omit the same ones",
    (layer) => {
      expect(kernel.count(layer, "closed")).toEqual(reference.count(layer, "closed"));
    },
  );

  const small = layers.filter(({ dimensions }) => dimensions.every(({ l_in }) => l_in <= 40));
  test.prop([small], { numRuns: runs(300) })("have the same columns by simulation", (layer) => {
    expect(kernel.count(layer, "simulate")).toEqual(kernel.count(layer, "closed"));
  });

  test.prop([small], { numRuns: runs(300) })(
    "have the overlap of the pattern away from its edges",
    (layer) => {
      const [own] = layer.dimensions as [Dimension];
      const kind = kindOf("conv_transpose1d");
      // Long enough to contain a complete period of the stride.
      const reach = own.dilation * (own.kernel_size - 1);
      const long = {
        ...own,
        l_in: 2 * Math.ceil(reach / own.stride) + 2,
        padding: 0,
        output_padding: 0,
      };
      const y = [...kernel.overlap(kind, long, BigInt(reach), own.stride)];
      const { results } = kernel.count(layerOfDimensions(kind, [long]), "closed");
      expect([results?.overlap_min, results?.overlap_max, results?.overlap_even]).toEqual([
        BigInt(Math.min(...y)),
        BigInt(Math.max(...y)),
        Math.min(...y) === Math.max(...y),
      ]);
    },
  );
});
