/** Compares the value sets of grids, to find out whether two grids can share layers. */
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import { lastOf, type Progression } from "../spec/values.js";
import type { ValueSet } from "./bounds.js";
import type { PlannedGrid } from "./model.js";

/** The denominator of a grid's sample rates. Their axis holds the numerators. */
export function rateDenominatorOf({ fixed }: PlannedGrid): number {
  return fixed.find(({ name }) => name === RATE_DENOMINATOR)?.value ?? 1;
}

/** Whether the value sets of the keys allow two grids to share a layer. */
export function canOverlap(
  keys: ReadonlySet<string>,
  one: PlannedGrid,
  other: PlannedGrid,
): boolean {
  const hasOneDenominator = rateDenominatorOf(one) === rateDenominatorOf(other);
  return [...keys].every((key) => {
    const [a, b] = [one.valueSets.get(key), other.valueSets.get(key)];
    if (!a || !b || (key === "sample_rate" && !hasOneDenominator)) return true;
    if (a.max < b.min || b.max < a.min) return false;
    return !(a.values && b.values) || a.values.some((value) => b.values?.includes(value));
  });
}

/**
 * Whether the progressions contain all, none or some of the possible values. `some` also means that
 * it is unknown.
 */
export function coverageOf(
  progressions: readonly Progression[],
  valueSet: ValueSet | undefined,
): "all" | "none" | "some" {
  if (!valueSet) return "some";
  const has = (value: bigint) =>
    progressions.some(
      (progression) =>
        value >= BigInt(progression.first) &&
        value <= BigInt(lastOf(progression)) &&
        (value - BigInt(progression.first)) % BigInt(progression.step) === 0n,
    );
  if (valueSet.values) {
    const inside = valueSet.values.filter(has).length;
    return inside === 0 ? "none" : inside === valueSet.values.length ? "all" : "some";
  }
  const { min, max } = valueSet;
  if (
    progressions.every(
      (progression) => BigInt(lastOf(progression)) < min || BigInt(progression.first) > max,
    )
  )
    return "none";
  return progressions.some(
    (progression) =>
      progression.step === 1 &&
      BigInt(progression.first) <= min &&
      BigInt(lastOf(progression)) >= max,
  )
    ? "all"
    : "some";
}
