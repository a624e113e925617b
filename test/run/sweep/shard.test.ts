/** Shards: their bounds and their rows. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { planSweep } from "../../../src/plan/plan.ts";
import { boundsOf, type Shard } from "../../../src/run/sweep/shard.ts";
import { sweepOnThreads } from "../../../src/run/threads.ts";
import { type SpecInput, specFrom } from "../../../src/spec/read.ts";

describe("the bounds of shards", () => {
  it("are adjacent, and differ by at most one index in length, up to the largest space", () => {
    for (const size of [0n, 1n, 7n, 1000n, 2n ** 63n - 1n]) {
      for (const of of [1, 2, 7, 16, 99_999]) {
        let end = 0n;
        for (const index of of > 100 ? [0] : Array.from({ length: of }, (_, i) => i)) {
          const bounds = boundsOf({ index, of }, size);
          expect(bounds.first).toBe(end);
          end = bounds.end;
          expect([size / BigInt(of), size / BigInt(of) + 1n]).toContain(bounds.end - bounds.first);
        }
        expect(boundsOf({ index: of - 1, of }, size).end).toBe(size);
      }
    }
  });
});

describe("the shards of a sweep", () => {
  const values = (min: number, max: number) =>
    fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 6 });
  const grids = fc.record({
    variables: fc.record({ hop: values(1, 6) }),
    axes: fc.record({
      stride: fc.oneof(values(1, 5), fc.constant("hop")),
      kernel_size: fc.oneof(values(1, 9), fc.constant(["hop", "2 * hop", 3])),
      l_in: values(1, 30),
      in_channels: fc.constant([4, 6]),
      out_channels: fc.constant(12),
      groups: fc.oneof(fc.constant(1), fc.constant("divisors(gcd(in_channels, out_channels))")),
      padding: fc.oneof(fc.constant(0), fc.constant("(kernel_size - stride) // 2")),
    }),
    where: fc.constantFrom([], ["macs % 3 > 0"], ["kernel_size >= stride", "l_out % 2 == 0"]),
  });
  const specs = fc.record({
    grids: fc.array(grids, { minLength: 1, maxLength: 3 }),
    columns: fc.constant(["macs"]),
    ...{
      sample: fc.option(fc.record({ rows: fc.integer({ min: 1, max: 800 }), seed: fc.nat() }), {
        nil: undefined,
      }),
    },
  });

  test.prop([specs, fc.integer({ min: 1, max: 9 })], { numRuns: 150 })(
    "have the rows and rejection counts of the unsharded sweep, for any space",
    async (made, of) => {
      const { sample, ...rest } = made;
      const plan = planSweep(specFrom({ ...rest, ...(sample && { sample }) } as SpecInput));
      const swept = async (shard?: Shard) => {
        const sweep = sweepOnThreads(plan, { workers: 1, shard });
        const texts: string[] = [];
        for (;;) {
          const { done, value } = await sweep.next();
          if (done)
            return {
              text: texts.join(""),
              counts: [value.done, value.rows, value.empty, ...value.rejected],
            };
          for (const bytes of value.buffers) texts.push(Buffer.from(bytes).toString());
        }
      };
      const whole = await swept();
      const shards: Awaited<ReturnType<typeof swept>>[] = [];
      for (let index = 0; index < of; index++) shards.push(await swept({ index, of }));
      expect(shards.map(({ text }) => text).join("")).toBe(whole.text);
      expect(
        whole.counts.map((_, i) => shards.reduce((sum, { counts }) => sum + (counts[i] ?? 0n), 0n)),
      ).toEqual(whole.counts);
    },
  );
});
