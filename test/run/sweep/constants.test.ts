/** The constant columns of a sweep, compared with the CSV of all of its columns. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { ConstantColumn, Plan } from "../../../src/plan/model.ts";
import { planWithoutConstants, sweepOnThreads } from "../../../src/run/threads.ts";
import type { SpecInput } from "../../../src/spec/read.ts";
import { randomPlan } from "../../support/random-spaces.ts";
import { planOf } from "../../support/sweeps.ts";
import { runs } from "../../support/tier.ts";
import { SPECS } from "../../support/typed-specs.ts";

async function csvOf(plan: Plan, limit?: number): Promise<string> {
  let text = plan.header;
  for await (const { buffers } of sweepOnThreads(plan, { limit, workers: 1 }))
    for (const bytes of buffers) text += Buffer.from(bytes).toString();
  return text;
}

async function searched(plan: Plan, limit?: number): Promise<Plan> {
  const search = planWithoutConstants(plan, { limit, workers: 1 });
  for (;;) {
    const next = await search.next();
    if (next.done) return next.value;
  }
}

/** The text of a value in the CSV. */
const textOf = ({ value }: ConstantColumn) => (value === null ? "" : String(value));

/** The constant columns of a CSV with their values, and the CSV without them. */
function withoutConstants(csv: string): { constants: Record<string, string>; csv: string } {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const isConstant = header.map((_, i) => new Set(rows.map((row) => row[i])).size <= 1);
  if (isConstant.every(Boolean)) return { constants: {}, csv };
  const constants = header.flatMap((name, i) => (isConstant[i] ? [[name, rows[0]?.[i]]] : []));
  const lines = [header, ...rows].map((cells) => cells.filter((_, i) => !isConstant[i]).join(","));
  return { constants: Object.fromEntries(constants), csv: `${lines.join("\n")}\n` };
}

/** Compares the columns that are found with those of the CSV, unless a layer stops the sweep. */
async function expectSame(plan: Plan, limit?: number): Promise<void> {
  const csv = await csvOf(plan, limit).catch(() => undefined);
  if (csv === undefined) return;
  const expected = withoutConstants(csv);
  const found = await searched(plan, limit);
  const constants = (found.constants ?? []).map((own) => [own.name, textOf(own)]);
  expect(Object.fromEntries(constants)).toEqual(expected.constants);
  expect(await csvOf(found, limit)).toBe(expected.csv);
}

const limits = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined });

/** Two grids that differ in the values of one axis, or not at all, and the names of both. */
function randomUnion(draw: fc.GeneratorValue): SpecInput | undefined {
  const random = randomPlan(draw, 5000n);
  if (!random) return undefined;
  const { layer, columns, variables, axes, where } = random.spec as unknown as Record<
    string,
    object
  >;
  const [name, value] = draw(fc.constantFrom, ...Object.entries(axes as object));
  const isPlain = !name.includes(",") && Array.isArray(value);
  const others = isPlain ? draw(fc.subarray<unknown>, value, { minLength: 1 }) : value;
  const names = draw(fc.constantFrom<string[][]>, ["a", "a"], ["a", "b"]);
  const spec = {
    layer,
    columns: ["name", ...(columns as readonly string[])],
    grids: [
      { name: names[0], variables, axes, where },
      { name: names[1], variables, axes: { ...axes, [name]: others }, where },
    ],
  } as unknown as SpecInput;
  try {
    planOf(spec);
    return spec;
  } catch {
    return undefined;
  }
}

describe("a plan without its constant columns", () => {
  it.each(Object.entries(SPECS))("has the other columns of the CSV: %s", async (_, spec) => {
    await expectSame(planOf(spec));
  });

  test.prop([fc.gen(), limits], { numRuns: runs(400) })(
    "has the other columns of the CSV, for random spaces and limits",
    async (draw, limit) => {
      const random = randomPlan(draw, 20_000n);
      if (random) await expectSame(random.plan, limit);
    },
  );

  test.prop([fc.gen(), limits, fc.integer({ min: 1, max: 300 })], { numRuns: runs(400) })(
    "has the other columns of the CSV, for random samples of several grids",
    async (draw, limit, rows) => {
      const spec = randomUnion(draw);
      if (spec) await expectSame(planOf({ ...spec, sample: { rows, seed: 1 } }), limit);
    },
  );

  test.prop([fc.gen()], { numRuns: runs(400) })(
    "has the other columns of the CSV, for random spaces of several grids",
    async (draw) => {
      const spec = randomUnion(draw);
      if (spec) await expectSame(planOf(spec));
    },
  );
});
