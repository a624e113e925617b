/**
 * Random small design spaces of every kind, for tests that compare kernels with the reference. Their
 * axes depend on each other, and their conditions use results. A few have faults: an expression
 * without a value, or a result above 64 bits.
 */
import { fc } from "@fast-check/vitest";
import { KIND_NAMES, type Kind, kindOf } from "../../src/layers/kinds.ts";
import type { Plan } from "../../src/plan/model.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { columnsOfGroup } from "../../src/spec/spec.ts";

/** Draws a value of an arbitrary. */
type Draw = fc.GeneratorValue;

const VALUES: Readonly<Record<string, readonly number[]>> = {
  batch_size: [1, 0, 2, 3],
  in_channels: [4, 1, 2, 6, 12],
  out_channels: [4, 2, 3, 8, 12],
  l_in: [8, 1, 2, 5, 9, 16],
  kernel_size: [3, 1, 2, 4, 5],
  stride: [1, 2, 3, 4],
  padding: [0, 1, 2, 4],
  output_padding: [0, 1, 2],
  dilation: [1, 2, 3],
  groups: [1, 2, 3, 4],
  bias: [1, 0],
  in_features: [4, 1, 2, 6, 12],
  out_features: [4, 2, 3, 8, 12],
  hop: [2, -1, 0, 3, 8],
  scale: [1, 2, 3, 5],
};
const HUGE = 2 ** 30;
const MAX = 2 ** 31 - 1;
/**
 * Names whose product exceeds 64 bits when they are huge. No axis depends on them then: the
 * reference takes a step for each kernel element.
 */
const FACTORS = ["batch_size", "in_channels", "out_channels", "in_features", "out_features"];

const number = (draw: Draw, max: number) => draw(fc.nat, max);
const oneOf = <T>(draw: Draw, values: readonly T[]): T =>
  values[number(draw, values.length - 1)] as T;
const someOf = (draw: Draw, values: readonly number[], min: number, max: number) =>
  draw(
    (own: readonly number[]) =>
      fc.shuffledSubarray([...own], { minLength: min, maxLength: Math.min(max, own.length) }),
    values,
  );

/** An expression over one or two names; about one in twelve has no value for some of theirs. */
function expression(draw: Draw, names: readonly string[]): string {
  const [a, b] = [oneOf(draw, names), oneOf(draw, names)];
  const by = 1 + number(draw, 3);
  return oneOf(draw, [
    a,
    `${a} + ${by}`,
    `${a} - ${by}`,
    `${by} * ${a}`,
    `${a} % ${by + 1} + 1`,
    `max(1, ${a} - ${b})`,
    `abs(${a} - ${b}) + 1`,
    `${a} // ${by}`,
    `ceil_div(${a}, ${by})`,
    `${a} / ${by}`,
    `min(${a}, ${b}) / 2`,
    `6 // (${a} - ${by})`,
  ]);
}

/** A list of values that may depend on other names. */
function list(draw: Draw, names: readonly string[]): string | string[] {
  const a = () => oneOf(draw, names);
  return oneOf(draw, [
    () => [expression(draw, names), expression(draw, names)],
    () => [`${a()}`, "1", "2"],
    () => `1..${a()}`,
    () => [`${a()}..6:2`, "3"],
    () => `divisors(max(1, ${a()}))`,
    () => [`pow2(1, ${a()})`],
  ])();
}

/** A condition; those without a value for some layers are rare. */
function condition(draw: Draw, names: readonly string[], results: readonly string[]): string {
  const any = () => oneOf(draw, number(draw, 3) === 0 ? results : names);
  const [x, y, z] = [any(), any(), oneOf(draw, names)];
  const k = number(draw, 4);
  return oneOf(draw, [
    `${x} <= ${y} + ${k}`,
    `${x} % ${k + 2} != ${k}`,
    `${x} >= ${k} * ${y} or ${z} == ${k}`,
    `${x} < ${y} + 4 < 100000`,
    `not (${x} == ${y} and ${z} > ${k})`,
    `${x} in [0, 1, 2..20:3, ${y}, 8]`,
    `${x} not in [${k}, ${y}..${y}]`,
    `gcd(${z}, 6) + lcm(${z}, 4) > ${k} and abs(${x} - ${y}) != ${k}`,
    `min(${x}, ${y}) * 2 != max(${x}, 3)`,
    `ceil_div(${x}, 3) - ${x} // 3 != ${k % 2} or -${z} < ${k}`,
    `${x} / 4 <= ${y}`,
    `${x} * ${k} == ${x} * ${k}`,
    `0 <= ${x} and ${x} % 3 == 0 or ${y} != ${k}`,
    `12 // (${z} - ${k}) != 5`,
  ]);
}

/** The paddings of a convolution, with words. */
const PADDINGS = ["same", 1, "valid", 0];

function specOf(draw: Draw, kind: Kind): SpecInput {
  const hasRate = number(draw, 4) === 0;
  const rates = hasRate
    ? { sample_rate: oneOf(draw, [48_000, [44_100, 22_050], [0.5, 689.0625]]) }
    : {};
  const isHuge = number(draw, 5) === 0;
  const names = draw(
    (own: readonly string[]) => fc.shuffledSubarray([...own], { minLength: own.length }),
    [...kind.parameters.map(({ name }) => name), "hop", "scale"],
  );
  const entries: Record<string, unknown> = {};
  const known: string[] = [];
  let loops = 0;
  let isPaddingSet = false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const parameter = kind.parameters.find((own) => own.name === name);
    const base = parameter?.base ?? name;
    const values = VALUES[base] ?? [1, 2];
    const set = (entry: unknown, ...own: string[]) => {
      entries[own.length > 0 ? own.join(", ") : name] = entry;
      if (!(isHuge && FACTORS.includes(base))) known.push(...(own.length > 0 ? own : [name]));
    };
    const isLoop = loops < 5 && number(draw, 2) > 0;
    if (!isLoop && !(parameter ? parameter.default === undefined : number(draw, 1) > 0)) continue;
    if (base === "padding" && kind.family.name === "convolution") {
      if (!isPaddingSet && number(draw, 1) === 0)
        entries.padding = PADDINGS.slice(0, 2 + number(draw, 2));
      isPaddingSet = true;
      continue;
    }
    if (base === "bias") {
      set(isLoop ? oneOf(draw, [[true, false], [false]]) : true);
      continue;
    }
    if (!isLoop) {
      set(isHuge && FACTORS.includes(base) ? HUGE : values[0]);
      continue;
    }
    loops++;
    const next = names[i + 1] ?? name;
    const way = known.length === 0 ? 0 : number(draw, 9);
    if (way <= 5) {
      const own = someOf(draw, values, 2, 4);
      set(isHuge && FACTORS.includes(base) ? [...own, MAX] : own);
    } else if (way <= 7) set(expression(draw, known));
    else if (way === 8) set(list(draw, known));
    else if (isJoinable(kind, name) && isJoinable(kind, next) && next !== name) {
      const row = () => [expression(draw, known), oneOf(draw, VALUES[baseOf(kind, next)] ?? [1])];
      const rows = [row(), row(), row()].map((own) => own.map(String));
      set(rows, name, next);
      i++;
    } else set(someOf(draw, values, 2, 3));
  }
  const results = columnsOfGroup(kind, "all", hasRate);
  const where =
    known.length === 0
      ? []
      : Array.from({ length: number(draw, 5) }, () => condition(draw, known, results));
  const columns = draw(
    (own: readonly string[]) => fc.shuffledSubarray([...own], { minLength: 1, maxLength: 12 }),
    results,
  );
  const isVariable = (name: string) => name === "hop" || name === "scale";
  const of = (areVariables: boolean) =>
    Object.fromEntries(
      Object.entries(entries).filter(([own]) => own.split(", ").every(isVariable) === areVariables),
    );
  return {
    layer: kind.name,
    variables: { ...of(true), ...rates },
    axes: of(false),
    where,
    columns,
  } as SpecInput;
}

function baseOf(kind: Kind, name: string): string {
  return kind.parameters.find((own) => own.name === name)?.base ?? name;
}

/** Whether a name can be joined with others: parameters but `bias`, and those that may be words. */
function isJoinable(kind: Kind, name: string): boolean {
  const parameter = kind.parameters.find((own) => own.name === name);
  return parameter !== undefined && parameter.base !== "bias" && !parameter.words;
}

/**
 * The plan of a random space of at most `maxSize` raw indices; undefined for a space that is larger,
 * or that is refused.
 */
export function randomPlan(
  draw: Draw,
  maxSize: bigint,
): { spec: SpecInput; plan: Plan } | undefined {
  const spec = specOf(draw, kindOf(oneOf(draw, KIND_NAMES)));
  let plan: Plan;
  try {
    plan = planSweep(specFrom(spec));
  } catch {
    return undefined;
  }
  return plan.size <= maxSize ? { spec, plan } : undefined;
}
