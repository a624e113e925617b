import { expect, it } from "vitest";
import { COMPARED } from "../../src/conventions/compared.ts";
import { addTallies, emptyTotals, medianOfTotal, worstOf } from "../../src/conventions/tallies.ts";

it("keeps the largest deviation on either side, and the first of equal ones", () => {
  const tally = (min: number, max: number) => ({
    layers: 2n,
    missing: 0n,
    exact: 0n,
    min: { ratio: min, at: 7n },
    max: { ratio: max, at: 8n },
    bins: [],
  });
  const totals = emptyTotals<string>();
  addTallies(
    totals,
    COMPARED.map(() => tally(0.5, 3)),
    (at) => `first ${at}`,
  );
  addTallies(
    totals,
    COMPARED.map(() => tally(0.25, 3)),
    (at) => `second ${at}`,
  );
  const [total] = totals as [(typeof totals)[number]];
  expect([total.min, total.max]).toEqual([
    { ratio: 0.25, at: "second 7" },
    { ratio: 3, at: "first 8" },
  ]);
  expect(worstOf(total)?.at).toBe("second 7");
  expect(medianOfTotal(emptyTotals()[0] as (typeof totals)[number])).toBeUndefined();
});
