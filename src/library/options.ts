/** The options of `count`, `counter` and `countMany`, which callers may get wrong. */
import { hasColumn } from "../columns/derived.js";
import { BIG_INTS, type BigInts } from "../columns/results.js";
import { COLUMNS, isResultName, type ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { literal } from "../format-message.js";
import type { Kind } from "../layers/kinds.js";

/**
 * Checks the names of options.
 *
 * @throws UpsweepError if `options` is not an object, or has a name that is not known.
 */
export function checkNames(options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw errors.notOptions(options);
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw errors.unknownKey("options", name, known);
}

export function readChoice<T extends string | boolean>(
  name: string,
  value: unknown,
  known: readonly T[],
): T {
  if (!known.includes(value as T)) throw errors.badChoice(name, value, known);
  return value as T;
}

export function readBigInts(bigInts: unknown = "bigint"): BigInts {
  return readChoice("bigInts", bigInts, BIG_INTS);
}

export function readMethod(method: unknown = "closed"): "closed" | "simulate" {
  return readChoice("method", method, ["closed", "simulate"]);
}

/** Checks the names of columns, and copies the list. */
export function readColumns(columns: unknown): readonly ResultName[] {
  if (!Array.isArray(columns)) throw errors.notColumnList("columns", literal(columns));
  const names: readonly unknown[] = columns;
  return names.map((name) => {
    if (typeof name === "string" && isResultName(name)) return name;
    throw errors.unknownColumn(
      "columns",
      String(name),
      COLUMNS.map((c) => c.name),
    );
  });
}

/** @throws UpsweepError for a column that layers of the kind do not have. */
export function checkColumns(kind: Kind, columns: readonly ResultName[]): void {
  for (const name of columns)
    if (!hasColumn(kind, name)) throw errors.otherKindsColumn("columns", name, kind.name);
}
