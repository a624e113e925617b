/** Results as a program gets them: their types, and what JSON.stringify makes of them. */
import type { ResultName, Results, ResultValue } from "./table.js";

/** What an exact integer is given as. A number is exact, or it is an error. */
export const BIG_INTS = ["bigint", "number", "string"] as const;
export type BigInts = (typeof BIG_INTS)[number];

type IntegerAs<B extends BigInts> = B extends "number"
  ? number
  : B extends "string"
    ? string
    : bigint;

type ValueAs<V, B extends BigInts> = V extends bigint ? IntegerAs<B> : V;

/** Results by their names, integers as asked for. */
export type ResultsAs<C extends ResultName, B extends BigInts = "bigint"> = {
  readonly [N in C]: ValueAs<Results[N], B>;
};

/** What JSON.stringify takes in place of an object; it is not enumerable, so Object.keys and spreads do not meet it. */
export interface ForJson<J> {
  toJSON(): J;
}

/** The results of a layer. In JSON every bigint is a string, whatever its size. */
export type CountedResults<C extends ResultName, B extends BigInts = "bigint"> = ResultsAs<C, B> &
  ForJson<ResultsAs<C, B extends "bigint" ? "string" : B>>;

/** A value in JSON: no bigint. */
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

/** Gives an object of plain values, bigints and maps a toJSON that JSON.stringify calls. Bigints become strings, maps objects. */
export function withJson<T extends object>(object: T): T {
  return Object.defineProperty(object, "toJSON", TO_JSON);
}

/** An integer as asked for; undefined where a number cannot hold it. */
export function integerAs(value: bigint, bigInts: BigInts): ResultValue | string | undefined {
  if (bigInts === "bigint") return value;
  if (bigInts === "string") return String(value);
  return isSafe(value) ? Number(value) : undefined;
}

function isSafe(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}
