import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/columns/table.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Layer, LayerParameters } from "../../src/layers/layer.ts";
import type { Dimension } from "../../src/layers/parameters.ts";
import { readLayer } from "../../src/layers/read.ts";
import { outputLength } from "../../src/layers/rules.ts";
import { PARAMETER_MAX } from "../../src/limits.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  readonly [string, Kernel],
  ...(readonly [string, Kernel])[],
];

const upTo = (max: number, min = 1) => fc.integer({ min: min, max: max });

/**
 * Mostly legal layers: groups divide the channels, output_padding fits, and padding usually leaves
 * an output.
 */
function layers(max: {
  length: number;
  kernel: number;
  other: number;
  channels: number;
  batch: number;
}): fc.Arbitrary<Layer> {
  return fc
    .record({
      batch_size: upTo(max.batch, 0),
      groups: upTo(Math.min(64, max.channels)),
      inPerGroup: upTo(Math.max(1, Math.floor(max.channels / 64))),
      outPerGroup: upTo(Math.max(1, Math.floor(max.channels / 64))),
      l_in: upTo(max.length),
      kernel_size: upTo(max.kernel),
      stride: upTo(max.other),
      dilation: upTo(max.other),
      padding: upTo(max.other, 0),
      extra: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      bias: fc.boolean(),
    })
    .map(({ groups, inPerGroup, outPerGroup, extra, ...rest }) =>
      readLayer({
        ...rest,
        groups,
        in_channels: groups * inPerGroup,
        out_channels: groups * outPerGroup,
        output_padding: Math.floor(extra * Math.max(rest.stride, rest.dilation)),
      }),
    )
    .filter(({ kind, dimensions }) => outputLength(kind, dimensions[0] as Dimension) >= 1n);
}

const moderate = layers({ length: 5_000, kernel: 200, other: 300, channels: 4096, batch: 64 });
const huge = layers({
  length: PARAMETER_MAX,
  kernel: PARAMETER_MAX,
  other: PARAMETER_MAX,
  channels: PARAMETER_MAX,
  batch: PARAMETER_MAX,
});
const hugeWithFewTaps = layers({
  length: PARAMETER_MAX,
  kernel: 1_000,
  other: PARAMETER_MAX,
  channels: PARAMETER_MAX,
  batch: PARAMETER_MAX,
});

describe.each(compiled)("random large layers on the %s kernel", (_, kernel) => {
  test.prop([moderate], { numRuns: runs(400) })(
    "have the same counts by simulation, by the closed form and on the reference",
    (layer) => {
      const closed = kernel.count(layer, "closed");
      expect(kernel.count(layer, "simulate")).toEqual(closed);
      expect(reference.count(layer, "closed")).toEqual(closed);
    },
  );

  test.prop([hugeWithFewTaps], { numRuns: runs(1_000) })(
    "have the counts of the reference up to parameters of 2^31 - 1, and omit the same results",
    (layer) => {
      expect(kernel.count(layer, "closed")).toEqual(reference.count(layer, "closed"));
    },
  );

  test.prop([huge], { numRuns: runs(2_000) })(
    "have the same overlap when input and kernel, and stride and dilation, are exchanged",
    (layer) => {
      const [own] = layer.dimensions as [Dimension];
      const mirrored = {
        ...layer,
        dimensions: [
          {
            ...own,
            l_in: own.kernel_size,
            kernel_size: own.l_in,
            stride: own.dilation,
            dilation: own.stride,
          },
        ],
      };
      const shape = (of: Layer) => {
        const { l_out, taps, covered, holes } = kernel.count(of, "closed").results as Results;
        return { l_out, taps, covered, holes };
      };
      const { l_out, taps, covered, holes } = shape(layer);
      expect(shape(mirrored)).toEqual({ l_out, taps, covered, holes });
      expect(covered <= taps && covered <= l_out && holes === l_out - covered).toBe(true);
      expect(taps <= BigInt(own.l_in) * BigInt(own.kernel_size)).toBe(true);
    },
  );

  test.prop([huge], { numRuns: runs(500) })(
    "land every product where nothing is cropped",
    (layer) => {
      const [own] = layer.dimensions as [Dimension];
      const { taps } = kernel.count({ ...layer, dimensions: [{ ...own, padding: 0 }] }, "closed")
        .results as Results;
      expect(taps).toBe(BigInt(own.l_in) * BigInt(own.kernel_size));
    },
  );
});

const one = (rest: Partial<LayerParameters>) =>
  readLayer({ in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1, ...rest });

describe.each(KERNELS)("the limit of 64 bits on the %s kernel", (_, kernel) => {
  it("is exact at 2^64 - 1, and one more is omitted", () => {
    // 2^64 - 1 = 65537 · 6700417 · 641 · 257 · 17 · 5 · 3, split over the four factors of macs =
    // N·C_in·C_out·L.
    const edge = one({
      batch_size: 65537 * 641,
      in_channels: 6700417,
      out_channels: 257 * 17,
      l_in: 15,
    });
    expect(kernel.count(edge, "closed").results?.macs).toBe(2n ** 64n - 1n);
    const beyond = one({
      batch_size: 2 ** 30,
      in_channels: 2 ** 30,
      out_channels: 2 ** 4,
      l_in: 1,
    });
    const { results } = kernel.count(beyond, "closed");
    expect(results?.macs).toBeUndefined();
    expect(results?.taps).toBe(1n);
    expect(results?.filters).toBe(2n ** 34n);
  });

  it("omits only the results that exceed it", () => {
    const layer = one({ batch_size: 2 ** 30, in_channels: 2 ** 30, out_channels: 2 ** 3, l_in: 1 });
    const { results } = kernel.count(layer, "closed");
    expect(results?.macs).toBe(2n ** 63n);
    expect(results?.additions).toBe(2n ** 63n);
    expect(results?.flops).toBeUndefined();
    expect(kernel.count({ ...layer, bias: false }, "closed").results?.flops).toBe(
      2n ** 64n - 2n ** 33n,
    );
  });

  it("does not affect results of 0: for an empty batch, and where no product lands", () => {
    const vast = { in_channels: PARAMETER_MAX, out_channels: PARAMETER_MAX, l_in: PARAMETER_MAX };
    const empty = kernel.count(one({ ...vast, batch_size: 0 }), "closed").results;
    expect([empty?.ops, empty?.macs, empty?.additions, empty?.flops]).toEqual([0n, 0n, 0n, 0n]);
    // The bytes of its weights exceed the limit: 596 · 280935420 · 330512760 / 12 of 4 bytes each.
    const heavy = one({
      batch_size: 0,
      in_channels: 280935420,
      out_channels: 330512760,
      groups: 12,
      kernel_size: 596,
    });
    const { flops, arithmetic_intensity } = kernel.count(heavy, "closed").results as Results;
    expect([flops, arithmetic_intensity]).toEqual([0n, undefined]);
    // padding 1 and output_padding 2 move the only product off the only output element.
    const landless = kernel.count(
      one({
        batch_size: PARAMETER_MAX,
        in_channels: PARAMETER_MAX,
        out_channels: PARAMETER_MAX,
        stride: 3,
        padding: 1,
        output_padding: 2,
      }),
      "closed",
    ).results;
    expect([landless?.l_out, landless?.taps, landless?.macs, landless?.additions]).toEqual([
      1n,
      0n,
      0n,
      0n,
    ]);
  });

  it("is respected for the largest parameters", () => {
    const m = BigInt(PARAMETER_MAX);
    const counts = kernel.count(
      one({ l_in: PARAMETER_MAX, stride: PARAMETER_MAX, dilation: PARAMETER_MAX, kernel_size: 3 }),
      "closed",
    );
    expect(counts.results?.l_out).toBe((m - 1n) * m + 2n * m + 1n);
    expect(counts.results?.taps).toBe(3n * m);
    // Stride and dilation are equal, so the positions are those of stride 1: L + K - 1 of them.
    expect(counts.results?.covered).toBe(m + 2n);
    // Quotients of numbers above 64 bits are refused, even when the quotient is small.
    const refused = ["arithmetic_intensity", "tensorflow"];
    // Only 3m of the l_out · 3 products land: all but 2^-31 of them are waste.
    expect(counts.results?.zero_insertion_waste).toBe(1 - 2 ** -31);
    expect(Object.keys(counts.results ?? {})).toEqual(
      ALL_RESULTS.filter((name) => !refused.includes(name)),
    );
  });
});
