/**
 * Indented JSON that keeps every digit. JSON.stringify cannot write a bigint, and a number has only
 * 53 bits.
 */
import { type BigInts, jsonOf } from "./json.js";

/** A value that `jsonText` can write. Integers are bigints, decimals are numbers. */
export type Json =
  | bigint
  | number
  | boolean
  | string
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/** Writes a value as indented JSON, in the layout of JSON.stringify(value, null, 2). */
export function jsonText(value: Json, bigInts: BigInts, indent = ""): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return jsonOf("i64", String(value), bigInts);
  if (typeof value === "number") return jsonOf("decimal", String(value), bigInts);
  if (typeof value === "boolean") return jsonOf("boolean", String(value), bigInts);
  if (typeof value === "string") return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isArray(value))
    return block(
      "[",
      value.map((item) => jsonText(item, bigInts, inner)),
      "]",
      indent,
    );
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}: ${jsonText(item, bigInts, inner)}`,
  );
  return block("{", entries, "}", indent);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function block(open: string, lines: readonly string[], close: string, indent: string): string {
  return lines.length === 0
    ? open + close
    : `${open}\n${lines.map((line) => `${indent}  ${line}`).join(",\n")}\n${indent}${close}`;
}
