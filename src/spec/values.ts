/**
 * The values of an axis: runs of evenly spaced integers, never a list in memory. `1..2147483647` is one run.
 */

import { errors } from "../errors.js";
import { runsOf, Trouble } from "../expression/evaluate.js";
import { isCondition, type ListItem, namesIn } from "../expression/node.js";
import { parseItem } from "../expression/parse.js";
import { type Fraction, gcd } from "../fraction.js";
import {
  anyParameter,
  isSettingName,
  type Kind,
  parameterOf,
  settingOf,
} from "../layers/parameters.js";
import { readRate } from "../layers/rate.js";
import { PARAMETER_MAX } from "../limits.js";
import type { Written } from "../source-text.js";
import { remedyOfForeign } from "./foreign.js";

/** The values first, first + step, …, `count` of them. */
export interface Run {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Of a sample rate that is a fraction, while it is read: the denominator of `first`. */
  readonly under?: number;
}

export function lastOf(run: Run): number {
  return run.first + (run.count - 1) * run.step;
}

/** How many values the runs have together. */
export function sizeOf(runs: readonly Run[]): number {
  return runs.reduce((size, run) => size + run.count, 0);
}

export function leastOf(runs: readonly Run[]): number {
  return runs.reduce((least, run) => Math.min(least, run.first), Number.POSITIVE_INFINITY);
}

export function mostOf(runs: readonly Run[]): number {
  return runs.reduce((most, run) => Math.max(most, lastOf(run)), Number.NEGATIVE_INFINITY);
}

/** The value at a position. */
export function valueAt(runs: readonly Run[], position: number): number {
  for (const run of runs) {
    if (position < run.count) return run.first + position * run.step;
    position -= run.count;
  }
  throw new RangeError(`no value at position ${position}`);
}

/** What the values of an axis may be. */
export interface Domain {
  readonly name: string;
  readonly type: "integer" | "boolean";
  readonly least: number;
  readonly most: number;
}

/** The domain of a parameter or setting, or of a variable: what a double holds exactly. */
export function domainOf(name: string): Domain {
  if (isSettingName(name)) return { ...settingOf(name), type: "integer" };
  const parameter = anyParameter(name);
  if (!parameter)
    return { name, type: "integer", least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
  const { type, least } = parameter;
  return { name, type, least, most: type === "boolean" ? 1 : PARAMETER_MAX };
}

/** Whether what an expression gives a name is held to its domain: a variable can get any value. */
export function isHeld(kind: Kind, name: string): boolean {
  return isSettingName(name) || parameterOf(kind, name) !== undefined;
}

/** The most values of an axis: `0..2147483647` is as long. */
export const POSITIONS_MAX = 2 ** 31;

const NUMBER = /^(0|[1-9][0-9]*)$/;
const NUMBER_LIKE = /^-?[0-9](?:[0-9A-Za-z_]|\.(?!\.))*$/;
const SUFFIXED = /^(0|[1-9][0-9]*)([kMGT]|[KMG]i)$/;
/** A number, or a fraction of two, as a sample rate may be; no range, and nothing with names. */
const RATE_LIKE =
  /^-?[0-9](?:[0-9A-Za-z_+]|\.(?!\.))*(?:\s*\/\s*[0-9](?:[0-9A-Za-z_+]|\.(?!\.))*)?$/;
const RANGE = /^([^.:\s]+)\s*\.\.\s*([^.:\s]+)(?:\s*:\s*(\S+))?$/;
const POW2 = /^pow2\(\s*([0-9]+)\s*,\s*([0-9]+)\s*\)$/;

/**
 * Reads one entry of an axis: a number, `first..last`, `first..last:step` (both ends included), `pow2(first, last)`
 * (every power of two from one to the other), `divisors(n)`, `true` and `false` for a boolean, or an expression.
 *
 * @returns its values, or the expression itself where they depend on other axes.
 */
export function readEntry(domain: Domain, written: Written): Run[] | ListItem {
  const text = written.text.trim();
  const { place } = written;
  if (text === "")
    throw domain.type === "boolean"
      ? errors.notBoolean(place, domain.name, text)
      : errors.notInteger(place, domain.name, text);
  if (/^(true|false)$/i.test(text)) {
    if (domain.type === "boolean" && text === text.toLowerCase())
      return [one(text === "true" ? 1 : 0)];
    throw domain.type === "boolean"
      ? errors.notBoolean(place, domain.name, text)
      : errors.notInteger(place, domain.name, text);
  }
  if (!NUMBER.test(text) && domain.type !== "boolean") {
    const remedy = remedyOfForeign(domain.name, text, domain.least >= 0);
    if (remedy !== undefined) throw errors.foreignValue(place, domain.name, text, remedy);
  }
  if (domain.type === "boolean" && NUMBER_LIKE.test(text))
    throw errors.notBoolean(place, domain.name, text);
  if (domain.name === "sample_rate" && RATE_LIKE.test(text))
    return [rateRun(readRate(text, place), text, place)];
  if (
    text.startsWith("-")
      ? domain.least >= 0 && NUMBER_LIKE.test(text)
      : NUMBER_LIKE.test(text) && !SUFFIXED.test(text)
  ) {
    return [one(readInteger(domain, text, place))];
  }
  return (
    readRange(domain, text, place) ??
    readPow2(domain, text, place) ??
    readExpression(domain, written)
  );
}

function one(value: number): Run {
  return { first: value, step: 1, count: 1 };
}

/** A range of plain numbers; one with expressions as its ends is left to the parser. */
function readRange(domain: Domain, text: string, place: string): Run[] | undefined {
  const [, from = "", to = "", by] = RANGE.exec(text) ?? [];
  if (
    !/^[0-9]/.test(from) ||
    !/^[0-9]/.test(to) ||
    (by !== undefined && !/^-?[0-9.]+$/.test(by)) ||
    SUFFIXED.test(from) ||
    SUFFIXED.test(to)
  )
    return undefined;
  const [first, last] = [readInteger(domain, from, place), readInteger(domain, to, place)];
  const step = by === undefined ? 1 : Number(by);
  if (!NUMBER.test(by ?? "1") || step < 1 || step > PARAMETER_MAX)
    throw errors.badStep(place, domain.name, text);
  if (first > last) throw errors.backwardsRange(place, domain.name, text, `${to}..${from}`);
  return [
    {
      first,
      step,
      count: checkedCount(Math.floor((last - first) / step) + 1, domain, text, place),
    },
  ];
}

function checkedCount(count: number, { name }: Domain, text: string, place: string): number {
  if (count > POSITIONS_MAX) throw errors.longAxis(place, name, text);
  return count;
}

function readPow2(domain: Domain, text: string, place: string): Run[] | undefined {
  const [, from, to] = POW2.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [readInteger(domain, from, place), readInteger(domain, to, place)];
  for (const end of [first, last]) {
    if (!Number.isInteger(Math.log2(end)))
      throw errors.notPowerOfTwo(place, domain.name, text, end);
  }
  if (first > last)
    throw errors.backwardsRange(place, domain.name, text, `pow2(${last}, ${first})`);
  const runs: Run[] = [];
  for (let value = first; value <= last; value *= 2) runs.push(one(value));
  return runs;
}

function readExpression(domain: Domain, written: Written): Run[] | ListItem {
  const item = { written, root: parseItem(written) };
  if (namesIn(item.root).length > 0) return item;
  if (domain.type === "boolean" && !(item.root.kind === "value" && isCondition(item.root.value))) {
    throw errors.notBoolean(written.place, domain.name, written.text.trim());
  }
  return constantRuns(domain, item);
}

/** What an expression without names stands for. */
function constantRuns(domain: Domain, { written, root }: ListItem): Run[] {
  const text = written.text.trim();
  try {
    const runs = runsOf(root, () => 0n);
    if (runs.length === 0) throw errors.emptyAxis(written.place, domain.name);
    return runs.map(({ first, step, count }) => {
      for (const end of [first, first + (count - 1n) * step]) {
        if (end < BigInt(domain.least) || end > BigInt(domain.most))
          throw errors.outOfRange(written.place, domain, String(end));
      }
      // A step beyond the last value is never taken.
      return {
        first: Number(first),
        step: count === 1n ? 1 : Number(step),
        count: checkedCount(Number(count), domain, text, written.place),
      };
    });
  } catch (trouble) {
    if (trouble instanceof Trouble)
      throw errors.constantTrouble(written, trouble.node, trouble.kind);
    throw trouble;
  }
}

/** Axes hold their values as doubles, so that they are exact up to 2^53. */
function rateRun({ over, under }: Fraction, text: string, place: string): Run {
  if (over > Number.MAX_SAFE_INTEGER || under > Number.MAX_SAFE_INTEGER)
    throw errors.fineRate(place, text);
  return { ...one(Number(over)), ...(under > 1n && { under: Number(under) }) };
}

/**
 * The sample rates of an axis over their least common denominator, so that they are whole numbers.
 *
 * @returns the runs without denominators of their own, and the common one.
 */
export function overOne(
  runs: readonly Run[],
  place: string,
): { readonly runs: readonly Run[]; readonly under: number } {
  const under = runs.reduce((common, run) => {
    const own = BigInt(run.under ?? 1);
    return (common / gcd(common, own)) * own;
  }, 1n);
  if (under === 1n) return { runs, under: 1 };
  const scaled = runs.map(({ first, step, count, under: own = 1 }): Run => {
    const factor = under / BigInt(own);
    const last = (BigInt(first) + BigInt(count - 1) * BigInt(step)) * factor;
    if (under > Number.MAX_SAFE_INTEGER || last > Number.MAX_SAFE_INTEGER)
      throw errors.farRates(place);
    return { first: first * Number(factor), step: step * Number(factor), count };
  });
  return { runs: scaled, under: Number(under) };
}

/** Reads plain decimal digits as a value. */
export function readInteger(domain: Domain, text: string, place: string): number {
  if (/^-[0-9]+$/.test(text)) throw errors.outOfRange(place, domain, text);
  if (!NUMBER.test(text)) throw errors.notInteger(place, domain.name, text);
  const value = Number(text);
  if (value < domain.least || value > domain.most) throw errors.outOfRange(place, domain, text);
  return value;
}

/** A value that two of the runs share, or undefined. */
export function findDuplicate(runs: readonly Run[]): number | undefined {
  const singles = new Set<number>();
  const ranges: Run[] = [];
  for (const run of runs) {
    if (run.count > 1) ranges.push(run);
    else if (singles.has(run.first)) return run.first;
    else singles.add(run.first);
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

/** The smallest value that two arithmetic progressions share: the Chinese remainder theorem. */
function firstShared(a: Run, b: Run): number | undefined {
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

/** [g, x] with g = gcd(a, b) and a·x = g modulo b. */
function extendedGcd(a: bigint, b: bigint): [bigint, bigint] {
  let [x, nextX] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return [a, x];
}
