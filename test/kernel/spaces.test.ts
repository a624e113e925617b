/**
 * Random design spaces against brute force: it walks the product of the axes as written, evaluates
 * every expression in BigInt, and keeps the layers that satisfy all rules. The rows must be equal
 * and in the same order.
 */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { ResultName } from "../../src/columns/table.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { namedParameters } from "../../src/layers/layer.ts";
import { PARAMETERS } from "../../src/layers/parameters.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type GridInput, type SpecInput, specFrom } from "../../src/spec/read.ts";
import { referenceKernel } from "../reference/kernel.ts";
import {
  conditions,
  decided,
  expressions,
  type Fraction,
  fraction,
  items,
  type Made,
  type MadeItem,
  type Names,
  NoValue,
  outcomeOf,
} from "../support/expressions.ts";
import { KERNELS } from "../support/kernels.ts";
import { ALL_RESULTS, layerOfValues } from "../support/layers.ts";
import { sweepOn } from "../support/sweeps.ts";
import { runs } from "../support/tier.ts";

const reference = referenceKernel();

/** A random axis: plain values, one expression, a list of items, or rows for several names. */
interface MadeAxis {
  readonly names: readonly string[];
  readonly dependsOn: readonly string[];
  readonly isLoop: boolean;
  /** The entry of the axis in a spec. */
  readonly entry: unknown;
  /**
   * The rows of values of the axis when the names before it are known. A row that does not divide
   * exactly is undefined.
   */
  readonly rows: (names: Names) => (readonly bigint[] | undefined)[];
}

interface MadeGrid {
  readonly axes: readonly MadeAxis[];
  readonly where: readonly Made[];
}

const SMALL: Readonly<Record<string, readonly number[]>> = {
  batch_size: [0, 1, 2],
  in_channels: [1, 2, 4, 6],
  out_channels: [1, 3, 4, 8],
  l_in: [1, 2, 5, 9],
  kernel_size: [1, 2, 3, 6],
  stride: [1, 2, 3, 4],
  padding: [0, 1, 2, 5],
  output_padding: [0, 1, 2],
  dilation: [1, 2, 3],
  groups: [1, 2, 3, 4],
  bias: [0, 1],
  hop: [-2, 0, 1, 8, 12],
  scale: [1, 2, 3],
};

const REQUIRED = ["in_channels", "out_channels", "l_in", "kernel_size"];
const RESULTS_NAMED = ALL_RESULTS;

function plainAxis(name: string): fc.Arbitrary<MadeAxis> {
  const all = [...(SMALL[name] as readonly number[])];
  return fc.subarray(all, { minLength: 1, maxLength: Math.min(3, all.length) }).map((values) => ({
    names: [name],
    dependsOn: [],
    isLoop: true,
    entry: name === "bias" ? values.map((value) => value === 1) : values,
    rows: () => values.map((value) => [BigInt(value)]),
  }));
}

/** Maps an expression to the usual range of the parameter, so that many layers stay legal. */
function near(name: string, made: Made): Made {
  const values = SMALL[name] as readonly number[];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const width = BigInt(high - low + 1);
  return {
    text: `${low} + (${made.text}) % ${width}`,
    binds: 5,
    value: (names) => {
      const rest = made.value(names) % width;
      return BigInt(low) + (rest < 0n ? rest + width : rest);
    },
    exact: () => {
      throw new Error("an axis in a condition");
    },
  };
}

function madeExpression(name: string, known: readonly string[]): fc.Arbitrary<Made> {
  return fc
    .tuple(expressions(known, true), fc.nat(3))
    .map(([made, wild]) => (wild === 0 ? made : near(name, made)));
}

function dependentAxis(name: string, known: readonly string[]): fc.Arbitrary<MadeAxis> {
  const derived = madeExpression(name, known).map(
    (made): MadeAxis => ({
      names: [name],
      dependsOn: known,
      isLoop: false,
      entry: made.text,
      rows: (names) => [rowOf([made], names)],
    }),
  );
  const list = fc
    .array(items(madeExpression(name, known), true), { minLength: 1, maxLength: 3 })
    .map(
      (made): MadeAxis => ({
        names: [name],
        dependsOn: known,
        isLoop: !(made.length === 1 && made[0]?.isOne),
        entry: made.map(({ text }) => text),
        rows: (names) => made.flatMap((item) => valuesOf(item, names)),
      }),
    );
  return fc.oneof(derived, list);
}

function rowOf(made: readonly Made[], names: Names): readonly bigint[] | undefined {
  const values = made.map((one) => outcomeOf(one, names));
  if (values.includes("fatal")) throw new NoValue(false);
  return values.includes("inexact") ? undefined : (values as bigint[]);
}

function valuesOf(item: MadeItem, names: Names): (readonly bigint[] | undefined)[] {
  try {
    return item.values(names).map((value) => [value]);
  } catch (error) {
    if (error instanceof NoValue && error.isInexact) return [undefined];
    throw error;
  }
}

function jointAxis(
  names: readonly [string, string],
  known: readonly string[],
): fc.Arbitrary<MadeAxis> {
  const row = fc.tuple(madeExpression(names[0], known), madeExpression(names[1], known));
  return fc.array(row, { minLength: 1, maxLength: 3 }).map((rows) => ({
    names,
    dependsOn: known,
    isLoop: true,
    entry: rows.map((made) => made.map(({ text }) => text)),
    rows: (values) => rows.map((made) => rowOf(made, values)),
  }));
}

/** Axes that depend on earlier ones, then written in another order. */
const grids: fc.Arbitrary<MadeGrid> = fc
  .record({
    names: fc.shuffledSubarray(Object.keys(SMALL), { minLength: 4 }),
    kinds: fc.array(fc.nat(9), { minLength: 13, maxLength: 13 }),
    order: fc.array(fc.nat(1000), { minLength: 13, maxLength: 13 }),
  })
  .chain(({ names, kinds, order }) => {
    const all = [...names, ...REQUIRED.filter((name) => !names.includes(name))];
    const axes: fc.Arbitrary<MadeAxis>[] = [];
    let loops = 0;
    for (let i = 0; i < all.length; i++) {
      const name = all[i] as string;
      const known = all.slice(0, i);
      const isVariable = (n: string) => n === "hop" || n === "scale";
      const partner = all[i + 1];
      if (i === 0 || (kinds[i] as number) >= 6 || loops > 6) {
        axes.push(plainAxis(name));
        loops++;
      } else if (
        (kinds[i] as number) === 5 &&
        partner !== undefined &&
        isVariable(partner) === isVariable(name)
      ) {
        axes.push(jointAxis([name, partner], known));
        loops++;
        i++;
      } else {
        axes.push(dependentAxis(name, known));
        loops++;
      }
    }
    const legal = PARAMETERS.map(({ name }) => name as string);
    const named = [...new Set([...all, ...legal, ...RESULTS_NAMED])];
    return fc.record({
      axes: fc.tuple(...axes).map((made) =>
        made
          .map((axis, i) => ({ axis, at: order[i] as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ axis }) => axis),
      ),
      where: fc.array(conditions(named, true), { maxLength: 2 }).map((where) => [SHORT, ...where]),
    });
  });

/**
 * The reference's closed form loops over every kernel element, so longer kernels are rejected
 * first.
 */
const SHORT: Made = {
  text: "kernel_size <= 60",
  binds: 4,
  value: (names) => ((names.get("kernel_size") as bigint) <= 60n ? 1n : 0n),
  exact: (names) => fraction((names.get("kernel_size") as Fraction).n <= 60n ? 1n : 0n),
};

const VARIABLES = ["hop", "scale"];
const isOfVariables = (axis: MadeAxis) => axis.names.some((name) => VARIABLES.includes(name));

function inputOf({ axes, where }: MadeGrid): GridInput {
  const entries = (list: readonly MadeAxis[]) =>
    Object.fromEntries(list.map(({ names, entry }) => [names.join(", "), entry]));
  return {
    variables: entries(axes.filter(isOfVariables)),
    axes: entries(axes.filter((axis) => !isOfVariables(axis))),
    where: where.map(({ text }) => text),
  } as GridInput;
}

/**
 * The loops in their order: as written, variables first, but each inside the loops that it depends
 * on. The key of an axis is the written position of the innermost loop that must enclose it. An
 * axis with one value for each layer is not a loop.
 */
function nestOf({ axes }: MadeGrid): MadeAxis[] {
  const written = [...axes.filter(isOfVariables), ...axes.filter((axis) => !isOfVariables(axis))];
  const used = (axis: MadeAxis) =>
    [...new Set(JSON.stringify(axis.entry).match(/[a-z_]+[a-z0-9_]*/g) ?? [])].filter((name) =>
      axis.dependsOn.includes(name),
    );
  const giver = (name: string) => written.find(({ names }) => names.includes(name)) as MadeAxis;
  const isLoop = (axis: MadeAxis) =>
    axis.isLoop && !(used(axis).length === 0 && axis.rows(new Map()).length === 1);
  const key = (axis: MadeAxis): number =>
    Math.max(
      isLoop(axis) ? written.indexOf(axis) : -1,
      ...used(axis).map((name) => key(giver(name))),
    );
  /** The loops and single values that an axis depends on, directly or not. */
  const basis = (axis: MadeAxis): MadeAxis[] =>
    used(axis).flatMap((name) => [giver(name), ...basis(giver(name))]);
  const nest: MadeAxis[] = [];
  const rest = [...written];
  while (rest.length > 0) {
    const ready = rest.filter((axis) => basis(axis).every((other) => nest.includes(other)));
    const rank = (axis: MadeAxis) => (isLoop(axis) ? key(axis) : -1);
    // Among axes with the same key, only the loop at that position does not wait for it.
    const next = ready.toSorted(
      (a, b) => rank(a) - rank(b) || written.indexOf(a) - written.indexOf(b),
    )[0] as MadeAxis;
    nest.push(next);
    rest.splice(rest.indexOf(next), 1);
  }
  return nest;
}

/**
 * Every row that brute force finds. Throws NoValue where an expression is undefined and the layer
 * is not merely rejected.
 */
function bruteForce(grid: MadeGrid): string[] {
  const nest = nestOf(grid);
  const rows: string[] = [];
  const defaults = new Map(
    PARAMETERS.map((p): [string, bigint] => [p.name, BigInt("default" in p ? p.default : 1)]),
  );
  const visit = (level: number, known: Names, isComplete: boolean): void => {
    const axis = nest[level];
    if (axis === undefined) {
      if (isComplete && isWanted(known)) rows.push(rowText(known));
      return;
    }
    const seen = new Set<string>();
    for (const row of axis.rows(known)) {
      if (row !== undefined && seen.has(row.join())) continue;
      if (row !== undefined) seen.add(row.join());
      // A rejected layer has no values for the inner axes.
      if (row === undefined || !row.every((value, i) => isInRange(axis.names[i] as string, value)))
        continue;
      visit(
        level + 1,
        new Map([
          ...known,
          ...axis.names.map((name, i): [string, bigint] => [name, row[i] as bigint]),
        ]),
        isComplete,
      );
    }
  };
  const isWanted = (known: Names): boolean => {
    if (SHORT.value(known) === 0n) return false;
    const counts = reference.count(layerOf(known), "closed");
    if (!counts.results) return false;
    const all = new Map<string, Fraction | null>(
      [...known].map(([name, value]) => [name, fraction(value)]),
    );
    for (const [name, value] of Object.entries(counts.results)) {
      const quotient = counts.quotients[name as ResultName];
      all.set(name, value === null ? null : quotient ? quotient : fraction(BigInt(value)));
    }
    const outcomes = grid.where.map((made) => decided(made, all));
    if (outcomes.includes("fatal")) throw new NoValue(false);
    return !outcomes.includes(false);
  };
  visit(0, defaults, true);
  return rows;
}

function isInRange(name: string, value: bigint): boolean {
  const p = PARAMETERS.find((row) => row.name === name);
  return (
    p === undefined ||
    (value >= BigInt(p.min) && value <= (p.type === "boolean" ? 1n : 2n ** 31n - 1n))
  );
}

function layerOf(known: Names): Layer {
  return layerOfValues((name) => Number(known.get(name)));
}

function rowText(known: Names): string {
  return Object.values(namedParameters(layerOf(known))).join(",");
}

/** Sweeps all raw indices of all grids on one kernel. */
function sweepAll(kernel: (typeof KERNELS)[number][1], spec: SpecInput) {
  const plan = planSweep(specFrom(spec));
  const swept = plan.grids.map((_, grid) => sweepOn(kernel, plan, { grid }));
  return {
    plan,
    bytes: swept.map(({ bytes }) => bytes).join(""),
    swept,
    fault: swept.find(({ fault }) => fault)?.fault,
  };
}

const parametersOf = (bytes: string) =>
  bytes
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(",").slice(0, 11).join(","));

/**
 * Whether brute force and the reference can walk the space. Refused constants are tested elsewhere.
 */
function isWalkable(spec: SpecInput): boolean {
  try {
    return planSweep(specFrom(spec)).size <= 3000n;
  } catch {
    return false;
  }
}

describe.each(KERNELS)("random design spaces on the %s kernel", (_, kernel) => {
  test.prop([fc.array(grids, { minLength: 1, maxLength: 2 })], { numRuns: runs(400) })(
    "have the rows of brute force, in the same order",
    (made) => {
      const spec = { grids: made.map(inputOf), columns: ["l_out", "macs"] } as SpecInput;
      fc.pre(isWalkable(spec));
      let expected: string[];
      try {
        expected = made.flatMap(bruteForce);
      } catch (error) {
        if (error instanceof NoValue) return fc.pre(false);
        throw error;
      }
      const { bytes, fault, swept, plan } = sweepAll(kernel, spec);
      expect(fault).toBeUndefined();
      expect(parametersOf(bytes)).toEqual(expected);
      // Every raw index is counted as a row or a rejection.
      for (const [i, { rows, rejected }] of swept.entries())
        expect(BigInt(rows) + rejected.reduce((sum, count) => sum + count, 0n)).toBe(
          plan.grids[i]?.size,
        );
    },
  );

  test.prop(
    [
      grids,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
    ],
    { numRuns: runs(150) },
  )(
    "are the same for any cuts of the raw indices and any number of visits",
    (made, cuts, maxVisits) => {
      const spec = inputOf(made);
      fc.pre(isWalkable(spec));
      const plan = planSweep(specFrom(spec));
      const whole = sweepOn(kernel, plan);
      const ends = [
        ...cuts.map((cut) => BigInt(Math.floor(cut * Number(plan.size)))),
        plan.size,
      ].sort((a, b) => (a < b ? -1 : 1));
      const parts = ends.map((end, i) =>
        sweepOn(kernel, plan, { first: ends[i - 1] ?? 0n, end, maxVisits }),
      );
      const upToFault = parts.slice(
        0,
        1 + ((parts.findIndex(({ fault }) => fault) + parts.length) % parts.length),
      );
      expect(upToFault.map(({ bytes }) => bytes).join("")).toBe(whole.bytes);
      expect(upToFault.at(-1)?.fault).toEqual(whole.fault);
    },
  );
});

/** Specs that may stop with a fault: arbitrary expressions in conditions and axes. */
const wildSpecs = fc.record({
  stride: fc.constant([1, 2, 3]),
  kernel: expressions(["stride", "l_in"]),
  padding: fc.array(items(expressions(["stride", "l_in"]), false), { minLength: 1, maxLength: 2 }),
  where: fc.array(
    conditions([
      "stride",
      "l_in",
      "macs",
      "additions_per_filter",
      "padding",
      "zero_insertion_waste",
      "moduleprofiler",
      "tensorflow",
    ]),
    {
      maxLength: 2,
    },
  ),
});

describe.each(KERNELS.slice(1))("arbitrary expressions on the %s kernel", (_, kernel) => {
  test.prop([wildSpecs], { numRuns: runs(1500) })(
    "give the rows, rejection counts and faults of the reference",
    ({ stride, kernel: kernelSize, padding, where }) => {
      const spec = {
        axes: {
          in_channels: 2,
          out_channels: 2,
          stride,
          l_in: [1, 4, 2147483647],
          kernel_size: [kernelSize.text, 5],
          padding: padding.map(({ text }) => text),
        },
        where: [SHORT.text, ...where.map(({ text }) => text)],
        columns: ["params"],
      };
      fc.pre(isWalkable(spec as SpecInput));
      const plan = planSweep(specFrom(spec as SpecInput));
      expect(sweepOn(kernel, plan)).toEqual(sweepOn(reference, plan));
    },
  );
});
