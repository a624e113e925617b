/**
 * The column table. These records determine the header of a file, `upsweep columns`, the tables in
 * docs/, the library's types, the schema, the schedule of a plan and the kernel's column numbers.
 */
import type { LayerParameters } from "../layers/layer.js";
import type { ColumnRecord } from "./column.js";
import { CONVENTIONS } from "./conventions.js";
import { DOCUMENTED } from "./documented.js";
import { EXACT } from "./exact.js";
import { GEOMETRY } from "./geometry.js";

/** All result columns, in the order of `all`. */
export const COLUMNS = [...GEOMETRY, ...DOCUMENTED, ...EXACT, ...CONVENTIONS] as const;

type Row = (typeof COLUMNS)[number];
export type ResultName = Row["name"];
export type Column = ColumnRecord & { readonly name: ResultName };

/** The result columns of a row when none are chosen. */
export const DEFAULT_COLUMNS: readonly ResultName[] = [
  "l_out",
  "additions_per_filter",
  "ops",
  "macs",
  "additions",
  "params",
];

/** The column with the name of the grid, in a union of grids. */
export const NAME_COLUMN = "name";

/**
 * A result: an exact integer, true or false, a decimal as the nearest double, or null if the tool
 * gives no answer.
 */
export type ResultValue = bigint | boolean | number | null;

type OfType<T extends ColumnRecord["type"]> = T extends "boolean"
  ? boolean
  : T extends "decimal"
    ? number
    : bigint;

/** Results by name. A column has the same type for every layer. */
export type Results = {
  readonly [R in Row as R["name"]]:
    | OfType<R["type"]>
    | (R extends { readonly missing: unknown } ? null : never);
};

/**
 * The results of every one-dimensional transposed layer. The other columns need more dimensions, or
 * a sample rate.
 */
export type LayerResults = Omit<
  Results,
  "d_out" | "h_out" | "w_out" | "macs_per_second" | "ops_per_second"
>;

/** Results of a legal layer by name. A result that does not fit in 64 bits is absent. */
export type PartialResults = { readonly [N in ResultName]?: ResultValue };

/** A row of a sweep over one-dimensional layers. */
export type LayerRow<C extends ResultName = ResultName> = LayerParameters & Pick<Results, C>;

const columns = new Map<string, Column>(COLUMNS.map((c) => [c.name, c]));

export function isResultName(name: string): name is ResultName {
  return columns.has(name);
}

/** The record of a column. */
export function column(name: ResultName): Column {
  return columns.get(name) as Column;
}

/** Parses the texts of several cells. */
export function readCells(texts: { readonly [N in ResultName]?: string }): {
  readonly [N in ResultName]?: ResultValue;
} {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, readCell(column(name as ResultName), text)]),
  );
}

/** Parses the text of a cell. An empty cell is null. */
function readCell({ type }: Pick<Column, "type">, text: string): ResultValue {
  if (text === "") return null;
  if (type === "boolean") return text === "true";
  return type === "decimal" ? Number(text) : BigInt(text);
}
