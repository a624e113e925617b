/**
 * Random design spaces against the reference, which walks to each layer separately: rows, rejection
 * counts and faults, for any length of vectors, any limit of the blocks, and any cuts.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Kernel, SweepFault } from "../../src/kernel/kernel.ts";
import type { PlanOptions } from "../../src/kernel/plan-image.ts";
import { addCounts } from "../../src/layers/rules.ts";
import { METHODS } from "../../src/plan/method.ts";
import type { Plan } from "../../src/plan/model.ts";
import { KERNELS } from "../support/kernels.ts";
import { randomPlan } from "../support/random-spaces.ts";
import { planOf, type Swept } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const [[, reference], ...compiled] = KERNELS as [
  (typeof KERNELS)[number],
  ...(typeof KERNELS)[number][],
];

/** What the reference says about each raw index. */
function outcomesOf(plan: Plan): Swept[] {
  reference.openPlan(plan, 0, "closed");
  return Array.from({ length: Number(plan.size) }, (_, i) => {
    const batch = reference.sweep(BigInt(i), BigInt(i) + 1n);
    const { rows, rejected, fault } = batch;
    return { bytes: Buffer.from(batch.bytes).toString(), rows, rejected, ...(fault && { fault }) };
  });
}

/** The outcome of the raw indices [first, end), up to the first fault. */
function expectedOf(outcomes: readonly Swept[], first: number, end: number): Swept {
  const all = outcomes.slice(first, end);
  const at = all.findIndex(({ fault }) => fault);
  const own = at < 0 ? all : all.slice(0, at + 1);
  const fault = own.at(-1)?.fault;
  return joined(own, fault);
}

function joined(parts: readonly Swept[], fault?: SweepFault): Swept {
  const rejected: bigint[] = [];
  for (const part of parts) addCounts(rejected, part.rejected);
  return {
    bytes: parts.map(({ bytes }) => bytes).join(""),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    rejected,
    ...(fault && { fault }),
  };
}

/** Sweeps the raw indices [first, end) of the plan that is open. */
function sweepOpened(kernel: Kernel, first: number, end: number, maxVisits: number): Swept {
  const parts: Swept[] = [];
  for (let at = BigInt(first); at < BigInt(end); ) {
    const { next, bytes, rows, rejected, fault } = kernel.sweep(at, BigInt(end), maxVisits);
    parts.push({ bytes: Buffer.from(bytes).toString(), rows, rejected });
    if (fault) return joined(parts, fault);
    expect(next).toBeGreaterThan(at);
    at = next;
  }
  return joined(parts);
}

type VectorKernel = Kernel & {
  openPlan(plan: Plan, grid: number, method: string, options?: PlanOptions): void;
};

/** Limits of the blocks: those of the kernel, or such small ones that a space has many blocks. */
const options: fc.Arbitrary<PlanOptions> = fc.record(
  {
    maxVectorRows: fc.constantFrom(1, 2, 3, 7),
    maxBlockPositions: fc.constantFrom(1, 2, 4, 8, 16, 40),
    maxBlockBytes: fc.constantFrom(300, 700, 1500, 4000),
    isDense: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe.each(compiled)("a random space in vectors on the %s kernel", (_, kernel) => {
  test.prop(
    [
      fc.gen(),
      options,
      fc.constantFrom(...METHODS),
      fc.array(fc.nat(1000), { maxLength: 5 }),
      fc.constantFrom(1, 2, 5, 20, 1000),
    ],
    // Shrinking takes minutes.
    { numRuns: runs(800), endOnFailure: true },
  )(
    "has the rows, rejection counts and faults of the reference, in any cuts",
    (draw, limits, method, cuts, maxVisits) => {
      const { spec, plan } = randomPlan(draw, 300n) ?? {};
      fc.pre(plan !== undefined);
      const size = Number(plan.size);
      const outcomes = outcomesOf(plan);
      (kernel as VectorKernel).openPlan(plan, 0, method, limits);
      const ends = [...new Set([...cuts.map((cut) => 1 + (cut % size)), size])];
      // The parts are swept in the order of the cuts, which is random.
      for (const end of ends) {
        const first = Math.max(0, ...ends.filter((other) => other < end));
        const swept = sweepOpened(kernel, first, end, maxVisits);
        expect(swept, JSON.stringify(spec)).toEqual(expectedOf(outcomes, first, end));
      }
      // All of it, from a block that an earlier sweep has filled.
      const swept = sweepOpened(kernel, 0, size, 10_000_000);
      expect(swept, JSON.stringify(spec)).toEqual(expectedOf(outcomes, 0, size));
    },
  );

  it("checks a condition after rows whose derived value does not divide exactly", () => {
    // If half is 3, kernel_size is 1 for an l_in of 2, and inexact for the others in its block.
    const plan = planOf({
      variables: { half: [2, 3] },
      axes: {
        in_channels: 4,
        out_channels: "1..4",
        l_in: [5, 2, 7],
        kernel_size: "min(l_in, half) / 2",
      },
      where: "lcm(kernel_size, 4) + half > 4",
    } as never);
    const outcomes = outcomesOf(plan);
    const limits = { maxBlockPositions: 3, maxBlockBytes: 1500, isDense: true };
    (kernel as VectorKernel).openPlan(plan, 0, "closed", limits);
    const size = Number(plan.size);
    expect(sweepOpened(kernel, 0, size, 1000)).toEqual(expectedOf(outcomes, 0, size));
    expect(sweepOpened(kernel, 0, size, 1000).rows).toBeGreaterThan(4);
  });

  test.prop([fc.gen(), options, fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 })], {
    numRuns: runs(160),
    endOnFailure: true,
  })("has them at single raw indices in any order", (draw, limits, picks) => {
    const { plan } = randomPlan(draw, 300n) ?? {};
    fc.pre(plan !== undefined);
    const indices = picks.map((pick) => pick % Number(plan.size));
    const outcomes = outcomesOf(plan);
    const own = indices.map((index) => expectedOf(outcomes, index, index + 1));
    const at = own.findIndex(({ fault }) => fault);
    (kernel as VectorKernel).openPlan(plan, 0, "closed", limits);
    const batch = kernel.sweepIndices(BigUint64Array.from(indices, BigInt));
    expect(batch.done).toBe(at < 0 ? indices.length : at);
    const { bytes, rows, rejected, fault } = batch;
    expect({
      bytes: Buffer.from(bytes).toString(),
      rows,
      rejected,
      ...(fault && { fault }),
    }).toEqual(at < 0 ? joined(own) : joined(own.slice(0, at + 1), own[at]?.fault));
  });
});
