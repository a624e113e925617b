/**
 * The values of an axis: runs of evenly spaced integers, never a list in memory. `1..2147483647` is one run.
 */
import { PARAMETER_MAX, type Parameter } from "../columns.js";
import { errors, shown } from "../errors.js";

/** The values first, first + step, …, `count` of them. */
export interface Run {
  readonly first: number;
  readonly step: number;
  readonly count: number;
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
  return runs.reduce((most, run) => Math.max(most, lastOf(run)), 0);
}

/** The value at a position. */
export function valueAt(runs: readonly Run[], position: number): number {
  for (const run of runs) {
    if (position < run.count) return run.first + position * run.step;
    position -= run.count;
  }
  throw new RangeError(`no value at position ${position}`);
}

const NUMBER = /^(0|[1-9][0-9]*)$/;
const RANGE = /^([^.\s]+)\s*\.\.\s*([^.:\s]+)(?:\s*:\s*(\S+))?$/;
const POW2 = /^pow2\(\s*([^,\s]+)\s*,\s*([^,\s)]+)\s*\)$/;

/**
 * Reads one entry of an axis: a number, `first..last`, `first..last:step` (both ends included), `pow2(first, last)`
 * (every power of two from one to the other), or `true` and `false` for a boolean.
 */
export function readEntry(parameter: Parameter, text: string, place: string): Run[] {
  if (parameter.type === "boolean") {
    if (text === "true" || text === "false") return [{ first: text === "true" ? 1 : 0, step: 1, count: 1 }];
    throw errors.notBoolean(place, parameter.name, text);
  }
  const number = (part: string): number => readInteger(parameter, part, place);
  const range = RANGE.exec(text);
  if (range) {
    const [first, last] = [number(range[1] ?? ""), number(range[2] ?? "")];
    const step = range[3] === undefined ? 1 : Number(range[3]);
    if (!NUMBER.test(range[3] ?? "1") || step < 1 || step > PARAMETER_MAX) throw errors.badStep(place, parameter.name, text);
    if (first > last) throw errors.backwardsRange(place, parameter.name, text, `${range[2]}..${range[1]}`);
    return [{ first, step, count: Math.floor((last - first) / step) + 1 }];
  }
  const pow2 = POW2.exec(text);
  if (pow2) {
    const [first, last] = [number(pow2[1] ?? ""), number(pow2[2] ?? "")];
    for (const end of [first, last]) {
      if (!Number.isInteger(Math.log2(end))) throw errors.notPowerOfTwo(place, parameter.name, text, end);
    }
    if (first > last) throw errors.backwardsRange(place, parameter.name, text, `pow2(${last}, ${first})`);
    const runs: Run[] = [];
    for (let value = first; value <= last; value *= 2) runs.push({ first: value, step: 1, count: 1 });
    return runs;
  }
  if (/\.\.|[()]/.test(text)) throw errors.badAxisValue(place, parameter.name, shown(text));
  return [{ first: number(text), step: 1, count: 1 }];
}

/** Reads plain decimal digits as a value of a parameter. */
export function readInteger(parameter: Parameter, text: string, place: string): number {
  if (/^-[0-9]+$/.test(text)) throw errors.outOfRange(place, parameter, text);
  if (!NUMBER.test(text)) throw errors.notInteger(place, parameter.name, text);
  const value = Number(text);
  if (value < parameter.least || value > PARAMETER_MAX) throw errors.outOfRange(place, parameter, text);
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
      if (value >= range.first && value <= lastOf(range) && (value - range.first) % range.step === 0) return value;
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
