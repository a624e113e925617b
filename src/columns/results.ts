/** Results as the library returns them: their types, and their form in JSON. */
import type { ResultName, Results, ResultValue } from "./table.js";

/**
 * The types in which exact integers can be returned. An integer that a number cannot hold exactly
 * is an error.
 */
export const BIG_INTS = ["bigint", "number", "string"] as const;
export type BigInts = (typeof BIG_INTS)[number];

type IntegerAs<B extends BigInts> = B extends "number"
  ? number
  : B extends "string"
    ? string
    : bigint;

type ValueAs<V, B extends BigInts> = V extends bigint ? IntegerAs<B> : V;

/** Results by name, with integers in the chosen type. */
export type ResultsAs<C extends ResultName, B extends BigInts = "bigint"> = {
  readonly [N in C]: ValueAs<Results[N], B>;
};

/**
 * The value that JSON.stringify writes in place of an object. The property is not enumerable, so
 * Object.keys and spreads skip it.
 */
export interface ForJson<J> {
  toJSON(): J;
}

/** The results of a layer. In JSON every bigint is a string, even if it is small. */
export type CountedResults<C extends ResultName, B extends BigInts = "bigint"> = ResultsAs<C, B> &
  ForJson<ResultsAs<C, B extends "bigint" ? "string" : B>>;

/** A value that JSON can express. Bigints are excluded. */
export type JsonValue = string | number | boolean | null;

function toJSON(this: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, inJson(value)]));
}

function inJson(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(inJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, own]) => [name, inJson(own)]));
  return value;
}

const TO_JSON = { value: toJSON };

/**
 * Adds a `toJSON` method, which JSON.stringify calls, to an object of plain values, bigints and
 * maps. Bigints become strings, and maps become objects.
 */
export function withJson<T extends object>(object: T): T {
  return Object.defineProperty(object, "toJSON", TO_JSON);
}

/** An integer in the chosen type. Undefined if a number cannot hold it exactly. */
export function integerAs(value: bigint, bigInts: BigInts): ResultValue | string | undefined {
  if (bigInts === "bigint") return value;
  if (bigInts === "string") return String(value);
  return isSafe(value) ? Number(value) : undefined;
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}
