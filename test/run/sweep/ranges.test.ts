/** Ranges cut by cost: their order, completeness and balance, on artificial spaces. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Range, sweepInOrder } from "../../../src/run/sweep/ranges.ts";
import { runs } from "../../support/tier.ts";

/**
 * An artificial space: each dense index takes one visit, and each empty region takes one visit at
 * its first index.
 */
interface Space {
  readonly size: number;
  /** Blocks [first, end) whose indices are all visited; the rest is empty. */
  readonly dense: readonly (readonly [number, number])[];
}

/**
 * The position that is reached with so many visits. An empty region takes one, a dense one takes
 * its length.
 */
function reach(
  { dense }: Space,
  first: number,
  end: number,
  visits: number,
): { next: number; visits: number } {
  let [at, seen] = [first, 0];
  while (at < end && seen < visits) {
    const here = dense.find(([from, to]) => at >= from && at < to);
    const steps = here ? Math.min(visits - seen, end - at, here[1] - at) : 1;
    const following = dense.map(([from]) => from).filter((from) => from > at);
    at = here ? at + steps : Math.min(end, ...following);
    seen += steps;
  }
  return { next: at, visits: seen };
}

const spaces: fc.Arbitrary<Space> = fc
  .record({
    size: fc.integer({ min: 1, max: 3_000_000 }),
    borders: fc.uniqueArray(fc.nat(3_000_000), { maxLength: 8 }),
  })
  .map(({ size, borders }) => {
    const sorted = borders.filter((border) => border < size).sort((a, b) => a - b);
    return {
      size,
      dense: Array.from({ length: Math.floor(sorted.length / 2) }, (_, i): [number, number] => [
        sorted[2 * i] as number,
        sorted[2 * i + 1] as number,
      ]),
    };
  });

async function sweepSpace(space: Space, workers: number, visits: number, delay: () => number) {
  let [underWay, mostUnderWay] = [0, 0];
  const run = async ({ first, end }: Range) => {
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    for (let turns = delay(); turns > 0; turns--) await Promise.resolve();
    underWay--;
    const { next, visits: seen } = reach(space, Number(first), Number(end), visits);
    return { next: BigInt(next), visits: seen };
  };
  const answers: { first: number; next: number; visits: number }[] = [];
  for await (const { range, answer } of sweepInOrder(
    [{ grid: 0, first: 0n, end: BigInt(space.size) }],
    run,
    {
      workers,
      answers: 3 * workers,
      length: visits,
      share: ({ visits: seen }) => seen / visits,
    },
  )) {
    answers.push({
      first: Number(range.first),
      next: Number(answer.next),
      visits: answer.visits,
    });
  }
  return { answers, mostUnderWay };
}

describe("a sweep cut by cost", () => {
  test.prop(
    [
      spaces,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 40_000 }),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
    ],
    {
      numRuns: runs(150),
    },
  )(
    "covers every index once and in order, however tasks overtake each other",
    async (space, workers, visits, delays) => {
      fc.pre(space.dense.reduce((sum, [from, to]) => sum + to - from, 0) / visits < 200);
      let turn = 0;
      const { answers, mostUnderWay } = await sweepSpace(
        space,
        workers,
        visits,
        () => delays[turn++ % delays.length] as number,
      );
      let at = 0;
      for (const { first, next, visits: seen } of answers) {
        expect(first).toBe(at);
        expect(seen).toBeLessThanOrEqual(visits);
        at = next;
      }
      expect(at).toBe(space.size);
      expect(mostUnderWay).toBeLessThanOrEqual(2 * workers);
    },
  );

  it("crosses 10^15 empty indices in a few tasks, and divides a dense region inside them", async () => {
    const dense: [number, number] = [600_000_000_000_000, 600_000_010_000_000];
    const visits = 30_000;
    const { answers } = await sweepSpace({ size: 1e15, dense: [dense] }, 2, visits, () => 3);
    const inside = answers.filter(({ first, next }) => next > dense[0] && first < dense[1]);
    // The 10^7 indices of the region make at least 333 full tasks.
    expect(inside.length).toBeGreaterThanOrEqual(333);
    expect(inside.length).toBeLessThan(600);
    expect(answers.length - inside.length).toBeLessThan(60);
  });

  it("keeps the workers busy when the cost per index rises a thousandfold", async () => {
    let [started, underWay, sum] = [0, 0, 0];
    const run = async ({ first, end }: Range) => {
      started++;
      sum += ++underWay;
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      const isCheap = first < 50_000n;
      const max = first + (isCheap ? 3000n : 3n);
      const next = max < end ? max : end;
      return { next, share: Number(next - first) / (isCheap ? 3000 : 3) };
    };
    for await (const _ of sweepInOrder([{ grid: 0, first: 0n, end: 60_000n }], run, {
      workers: 3,
      answers: 9,
      length: 1,
      share: ({ share }) => share,
    }));
    expect(started).toBeGreaterThan(3333);
    expect(started).toBeLessThan(8000);
    expect(sum / started).toBeGreaterThan(5);
  });

  it("passes on the error of a task", async () => {
    const run = async ({ first }: Range) => {
      if (first > 5000n) throw new Error("no more");
      return { next: first + 1000n, visits: 1000 };
    };
    const all = async () => {
      for await (const _ of sweepInOrder([{ grid: 0, first: 0n, end: 100_000n }], run, {
        workers: 2,
        answers: 6,
        length: 1000,
        share: ({ visits }) => visits / 1000,
      }));
    };
    await expect(all()).rejects.toThrow("no more");
  });

  it("starts no more tasks after its consumer has left", async () => {
    let started = 0;
    const run = async ({ first, end }: Range) => {
      started++;
      return { next: end, visits: Number(end - first) };
    };
    for await (const _ of sweepInOrder([{ grid: 0, first: 0n, end: 10n ** 9n }], run, {
      workers: 2,
      answers: 6,
      length: 1000,
      share: ({ visits }) => visits / 1000,
    }))
      break;
    const then = started;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(started).toBe(then);
    expect(started).toBeLessThan(20);
  });

  it("does not run ahead of a slow consumer", async () => {
    let started = 0;
    const run = async ({ first, end }: Range) => {
      started++;
      return { next: end, visits: Number(end - first) };
    };
    const answers = sweepInOrder([{ grid: 0, first: 0n, end: 10n ** 9n }], run, {
      workers: 2,
      answers: 6,
      length: 1000,
      share: ({ visits }) => visits / 1000,
    });
    await answers.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(started).toBeLessThanOrEqual(1 + 3 * 2);
    await answers.return();
  });
});
