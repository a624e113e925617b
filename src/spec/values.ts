/**
 * The values of an axis as arithmetic progressions. They are never expanded to a list in memory:
 * `1..2147483647` is one progression.
 */

import { errors } from "../errors.js";
import { EvaluationError, progressionsOf } from "../expression/evaluate.js";
import { isCondition, type ListItem, namesIn } from "../expression/node.js";
import { parseItem } from "../expression/parse.js";
import { type Fraction, gcd } from "../fraction.js";
import { anyParameter, type Kind, parameterOf } from "../layers/kinds.js";
import { isSettingName, settingOf } from "../layers/parameters.js";
import { readRate } from "../layers/rate.js";
import { PARAMETER_MAX } from "../limits.js";
import type { SourceText } from "../source-text.js";
import { remedyOfForeign } from "./foreign.js";

/** An arithmetic progression: the `count` values first, first + step, first + 2 · step, …. */
export interface Progression {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** The denominator of `first`, for a fractional sample rate. It exists only during reading. */
  readonly denominator?: number;
}

export function lastOf(progression: Progression): number {
  return progression.first + (progression.count - 1) * progression.step;
}

/** The total number of values of several progressions. */
export function sizeOf(progressions: readonly Progression[]): number {
  return progressions.reduce((size, progression) => size + progression.count, 0);
}

export function minOf(progressions: readonly Progression[]): number {
  return progressions.reduce(
    (min, progression) => Math.min(min, progression.first),
    Number.POSITIVE_INFINITY,
  );
}

export function maxOf(progressions: readonly Progression[]): number {
  return progressions.reduce(
    (max, progression) => Math.max(max, lastOf(progression)),
    Number.NEGATIVE_INFINITY,
  );
}

/** The value at a position, counted from 0. */
export function valueAt(progressions: readonly Progression[], position: number): number {
  for (const progression of progressions) {
    if (position < progression.count) return progression.first + position * progression.step;
    position -= progression.count;
  }
  throw new RangeError(`no value at position ${position}`);
}

/** The values that an axis may have. */
export interface Domain {
  readonly name: string;
  readonly type: "integer" | "boolean";
  readonly min: number;
  readonly max: number;
}

/**
 * The domain of a parameter, setting or variable. A variable may have every integer that a double
 * holds exactly.
 */
export function domainOf(name: string): Domain {
  if (isSettingName(name)) return { ...settingOf(name), type: "integer" };
  const parameter = anyParameter(name);
  if (!parameter)
    return { name, type: "integer", min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
  const { type, min } = parameter;
  return { name, type, min, max: type === "boolean" ? 1 : PARAMETER_MAX };
}

/**
 * Whether the values that an expression gives to a name must be in its domain. A variable may get
 * any value.
 */
export function hasDomain(kind: Kind, name: string): boolean {
  return isSettingName(name) || parameterOf(kind, name) !== undefined;
}

/** Maximum number of values of an axis: as many as `0..2147483647` has. */
export const POSITIONS_MAX = 2 ** 31;

const NUMBER = /^(0|[1-9][0-9]*)$/;
const NUMBER_LIKE = /^-?[0-9](?:[0-9A-Za-z_]|\.(?!\.))*$/;
const SUFFIXED = /^(0|[1-9][0-9]*)([kMGT]|[KMG]i)$/;
/**
 * A number or a fraction of two numbers, the forms of a sample rate. Ranges and names do not match.
 */
const RATE_LIKE =
  /^-?[0-9](?:[0-9A-Za-z_+]|\.(?!\.))*(?:\s*\/\s*[0-9](?:[0-9A-Za-z_+]|\.(?!\.))*)?$/;
const RANGE = /^([^.:\s]+)\s*\.\.\s*([^.:\s]+)(?:\s*:\s*(\S+))?$/;
const POW2 = /^pow2\(\s*([0-9]+)\s*,\s*([0-9]+)\s*\)$/;

/**
 * Reads one entry of an axis: a number, `first..last` or `first..last:step` (both ends included),
 * `pow2(first, last)` (every power of two from first to last), `divisors(n)`, an expression, or for
 * a boolean `true` or `false`.
 *
 * @returns its values, or the expression itself if they depend on other axes.
 * @throws UpsweepError if the entry is malformed or has a value outside of the domain.
 */
export function readEntry(domain: Domain, source: SourceText): Progression[] | ListItem {
  const text = source.text.trim();
  const { location } = source;
  if (text === "")
    throw domain.type === "boolean"
      ? errors.notBoolean(location, domain.name, text)
      : errors.notInteger(location, domain.name, text);
  if (/^(true|false)$/i.test(text)) {
    if (domain.type === "boolean" && text === text.toLowerCase())
      return [single(text === "true" ? 1 : 0)];
    throw domain.type === "boolean"
      ? errors.notBoolean(location, domain.name, text)
      : errors.notInteger(location, domain.name, text);
  }
  if (!NUMBER.test(text) && domain.type !== "boolean") {
    const remedy = remedyOfForeign(domain.name, text, domain.min >= 0);
    if (remedy !== undefined) throw errors.foreignValue(location, domain.name, text, remedy);
  }
  if (domain.type === "boolean" && NUMBER_LIKE.test(text))
    throw errors.notBoolean(location, domain.name, text);
  if (domain.name === "sample_rate" && RATE_LIKE.test(text))
    return [rateProgression(readRate(text, location), text, location)];
  if (
    text.startsWith("-")
      ? domain.min >= 0 && NUMBER_LIKE.test(text)
      : NUMBER_LIKE.test(text) && !SUFFIXED.test(text)
  ) {
    return [single(readInteger(domain, text, location))];
  }
  return (
    readRange(domain, text, location) ??
    readPow2(domain, text, location) ??
    readExpression(domain, source)
  );
}

function single(value: number): Progression {
  return { first: value, step: 1, count: 1 };
}

/** Reads a range of plain numbers. Ranges with expressions as ends are left to the parser. */
function readRange(domain: Domain, text: string, location: string): Progression[] | undefined {
  const [, from = "", to = "", stepText] = RANGE.exec(text) ?? [];
  if (
    !/^[0-9]/.test(from) ||
    !/^[0-9]/.test(to) ||
    (stepText !== undefined && !/^-?[0-9.]+$/.test(stepText)) ||
    SUFFIXED.test(from) ||
    SUFFIXED.test(to)
  )
    return undefined;
  const [first, last] = [readInteger(domain, from, location), readInteger(domain, to, location)];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (!NUMBER.test(stepText ?? "1") || step < 1 || step > PARAMETER_MAX)
    throw errors.badStep(location, domain.name, text);
  if (first > last) throw errors.backwardsRange(location, domain.name, text, `${to}..${from}`);
  return [
    {
      first,
      step,
      count: checkedCount(Math.floor((last - first) / step) + 1, domain, text, location),
    },
  ];
}

function checkedCount(count: number, { name }: Domain, text: string, location: string): number {
  if (count > POSITIONS_MAX) throw errors.longAxis(location, name, text);
  return count;
}

function readPow2(domain: Domain, text: string, location: string): Progression[] | undefined {
  const [, from, to] = POW2.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [readInteger(domain, from, location), readInteger(domain, to, location)];
  for (const end of [first, last]) {
    if (!Number.isInteger(Math.log2(end)))
      throw errors.notPowerOfTwo(location, domain.name, text, end);
  }
  if (first > last)
    throw errors.backwardsRange(location, domain.name, text, `pow2(${last}, ${first})`);
  const progressions: Progression[] = [];
  for (let value = first; value <= last; value *= 2) progressions.push(single(value));
  return progressions;
}

function readExpression(domain: Domain, source: SourceText): Progression[] | ListItem {
  const item = { source, root: parseItem(source) };
  if (namesIn(item.root).length > 0) return item;
  if (domain.type === "boolean" && !(item.root.kind === "value" && isCondition(item.root.value))) {
    throw errors.notBoolean(source.location, domain.name, source.text.trim());
  }
  return constantProgressions(domain, item);
}

/** The values of an expression without names. */
function constantProgressions(domain: Domain, { source, root }: ListItem): Progression[] {
  const text = source.text.trim();
  try {
    const progressions = progressionsOf(root, () => 0n);
    if (progressions.length === 0) throw errors.emptyAxis(source.location, domain.name);
    return progressions.map(({ first, step, count }) => {
      for (const end of [first, first + (count - 1n) * step]) {
        if (end < BigInt(domain.min) || end > BigInt(domain.max))
          throw errors.outOfRange(source.location, domain, String(end));
      }
      // The step of a single value is never taken.
      return {
        first: Number(first),
        step: count === 1n ? 1 : Number(step),
        count: checkedCount(Number(count), domain, text, source.location),
      };
    });
  } catch (evaluationError) {
    if (evaluationError instanceof EvaluationError)
      throw errors.constantEvaluationError(source, evaluationError.node, evaluationError.kind);
    throw evaluationError;
  }
}

/** Axes hold their values as doubles, which are exact up to 2^53. */
function rateProgression(
  { numerator, denominator }: Fraction,
  text: string,
  location: string,
): Progression {
  if (numerator > Number.MAX_SAFE_INTEGER || denominator > Number.MAX_SAFE_INTEGER)
    throw errors.tooPreciseRate(location, text);
  return {
    ...single(Number(numerator)),
    ...(denominator > 1n && { denominator: Number(denominator) }),
  };
}

/**
 * Scales the sample rates of an axis to their least common denominator, so that they are integers.
 *
 * @returns the progressions without denominators of their own, and the common denominator.
 * @throws UpsweepError if the denominator or a scaled rate exceeds 2^53 - 1.
 */
export function overCommonDenominator(
  progressions: readonly Progression[],
  location: string,
): { readonly progressions: readonly Progression[]; readonly denominator: number } {
  const denominator = progressions.reduce((common, progression) => {
    const own = BigInt(progression.denominator ?? 1);
    return (common / gcd(common, own)) * own;
  }, 1n);
  if (denominator === 1n) return { progressions, denominator: 1 };
  const scaled = progressions.map(({ first, step, count, denominator: own = 1 }): Progression => {
    const factor = denominator / BigInt(own);
    const last = (BigInt(first) + BigInt(count - 1) * BigInt(step)) * factor;
    if (denominator > Number.MAX_SAFE_INTEGER || last > Number.MAX_SAFE_INTEGER)
      throw errors.incompatibleRates(location);
    return { first: first * Number(factor), step: step * Number(factor), count };
  });
  return { progressions: scaled, denominator: Number(denominator) };
}

/**
 * Reads an integer in plain decimal digits.
 *
 * @throws UpsweepError if the text is not one, or is outside of the domain.
 */
export function readInteger(domain: Domain, text: string, location: string): number {
  if (/^-[0-9]+$/.test(text)) throw errors.outOfRange(location, domain, text);
  if (!NUMBER.test(text)) throw errors.notInteger(location, domain.name, text);
  const value = Number(text);
  if (value < domain.min || value > domain.max) throw errors.outOfRange(location, domain, text);
  return value;
}

/** A value that occurs twice in the progressions, or undefined. */
export function findDuplicate(progressions: readonly Progression[]): number | undefined {
  const singles = new Set<number>();
  const ranges: Progression[] = [];
  for (const progression of progressions) {
    if (progression.count > 1) ranges.push(progression);
    else if (singles.has(progression.first)) return progression.first;
    else singles.add(progression.first);
  }
  for (const [i, range] of ranges.entries()) {
    for (const value of singles) {
      if (
        value >= range.first &&
        value <= lastOf(range) &&
        (value - range.first) % range.step === 0
      )
        return value;
    }
    for (const other of ranges.slice(i + 1)) {
      const shared = firstShared(range, other);
      if (shared !== undefined) return shared;
    }
  }
  return undefined;
}

/** The smallest value that two progressions share, by the Chinese remainder theorem. */
function firstShared(a: Progression, b: Progression): number | undefined {
  const end = Math.min(lastOf(a), lastOf(b));
  const begin = Math.max(a.first, b.first);
  if (begin > end) return undefined;
  const [divisor, inverse] = extendedGcd(BigInt(a.step), BigInt(b.step));
  const gap = BigInt(b.first) - BigInt(a.first);
  if (gap % divisor !== 0n) return undefined;
  const period = (BigInt(a.step) / divisor) * BigInt(b.step);
  const meeting = BigInt(a.first) + BigInt(a.step) * ((gap / divisor) * inverse);
  const offset = (meeting - BigInt(begin)) % period;
  const shared = BigInt(begin) + (offset < 0n ? offset + period : offset);
  return shared <= BigInt(end) ? Number(shared) : undefined;
}

/** [g, x] with g = gcd(a, b) and a·x ≡ g (mod b). */
function extendedGcd(a: bigint, b: bigint): [bigint, bigint] {
  let [x, nextX] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return [a, x];
}
