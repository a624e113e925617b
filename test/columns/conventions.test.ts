import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import { COMPARED, inMacs } from "../../src/conventions/compared.ts";
import { KERNELS } from "../support/kernels.ts";
import { layerOfValues } from "../support/layers.ts";
import { runs } from "../support/tier.ts";

const [, release] = KERNELS.at(-1) as (typeof KERNELS)[number];

const some = fc.record({
  batch_size: fc.integer({ min: 1, max: 4 }),
  groups: fc.integer({ min: 1, max: 4 }),
  inPerGroup: fc.integer({ min: 1, max: 5 }),
  outPerGroup: fc.integer({ min: 1, max: 5 }),
  l_in: fc.integer({ min: 1, max: 30 }),
  kernel_size: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 6 }),
  padding: fc.integer({ min: 0, max: 4 }),
  output_padding: fc.constant(0),
  dilation: fc.integer({ min: 1, max: 3 }),
  bias: fc.integer({ min: 0, max: 1 }),
});
type Some = typeof some extends fc.Arbitrary<infer V> ? V : never;

function counted({ inPerGroup, outPerGroup, ...rest }: Some) {
  const all: Record<string, number> = {
    ...rest,
    in_channels: inPerGroup * rest.groups,
    out_channels: outPerGroup * rest.groups,
  };
  const layer = layerOfValues((name) => all[name] as number);
  return { layer, results: release.count(layer, "closed").results };
}

describe("the conventions", () => {
  test.prop([some], { numRuns: runs(1_000) })(
    "based on the input are exact where padding is 0, and nowhere else",
    (values) => {
      const { results } = counted(values);
      if (!results) return;
      expect(results.fvcore === results.macs).toBe(values.padding === 0);
      expect(results.thop_ultralytics).toBe(results.fvcore);
      expect(results.torch).toBe(2n * (results.fvcore as bigint));
    },
  );

  test.prop([some], { numRuns: runs(500) })(
    "of DeepSpeed are 0 for depthwise layers, and equal fvcore's without groups",
    (values) => {
      const depthwise = counted({
        ...values,
        groups: values.groups + 1,
        inPerGroup: 1,
        outPerGroup: 1,
      }).results;
      if (depthwise) expect(depthwise.deepspeed_macs).toBe(0n);
      const whole = counted({ ...values, groups: 1 }).results;
      if (whole) expect(whole.deepspeed_macs).toBe(whole.fvcore);
    },
  );

  test.prop([some], { numRuns: runs(500) })("scale with the batch size", (values) => {
    const [one, many] = [counted({ ...values, batch_size: 1 }).results, counted(values).results];
    if (!one || !many) return;
    for (const name of COMPARED) {
      const [single, whole] = [one[name], many[name]];
      if (typeof single === "bigint") expect(whole).toBe(single * BigInt(values.batch_size));
      else expect(whole).toBeCloseTo((single as number) * values.batch_size, 6);
    }
  });

  test.prop([some], { numRuns: runs(500) })(
    "based on the output agree in equal units, and never count fewer products than land",
    (values) => {
      const { layer, results } = counted(values);
      if (!results) return;
      const macs = (name: ResultName) => inMacs(name, layer, results)?.numerator as bigint;
      expect([macs("torchinfo"), macs("ptflops_0_7_4")]).toEqual([macs("thop"), macs("thop")]);
      expect(macs("thop")).toBe(results.zero_insertion_macs);
      expect(macs("thop") >= (results.macs as bigint)).toBe(true);
    },
  );
});
