/** The types of the values of a sweep's columns, for outputs of numbers instead of text. */
import { upperBound } from "../columns/bound.js";
import { column, isResultName, NAME_COLUMN, type ResultName } from "../columns/table.js";
import { kindOf, parameterOf } from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import { PARAMETER_MAX } from "../limits.js";
import type { Plan } from "./model.js";

/**
 * boolean, a 32-bit or 64-bit integer, a double, or a text. A parameter fits in 31 bits. Texts are
 * the name of a grid, and paddings if one of them is a word.
 */
export type ValueType = "boolean" | "int32" | "int64" | "uint64" | "double" | "text";

/** A column of a sweep, or of a list that was counted. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ValueType;
  /** Whether some rows may have no value: a tool may give no answer for a layer. */
  readonly isNullable: boolean;
  /** Whether every value is below 2^63. True unless the type is uint64. */
  readonly fitsSigned: boolean;
}

/** The typed columns of a plan's rows, in order. */
export function typedColumns(plan: Plan): readonly TypedColumn[] {
  return plan.cells.map((name) => {
    const type = typeOf(plan, name);
    return {
      name,
      type,
      isNullable: isResultName(name) && column(name).missing !== undefined,
      fitsSigned: type !== "uint64" || maxOf(plan, name) < 2n ** 63n,
    };
  });
}

/** The type of the values of a result column. */
export function typeOfResult(name: ResultName): ValueType {
  const types = { u64: "uint64", i64: "int64", boolean: "boolean", decimal: "double" } as const;
  return types[column(name).type];
}

function typeOf({ layer, grids }: Plan, name: string): ValueType {
  if (name === NAME_COLUMN) return "text";
  if (isResultName(name)) return typeOfResult(name);
  const parameter = parameterOf(kindOf(layer), name);
  if (parameter?.type === "boolean") return "boolean";
  const isAbove = (limit: bigint) =>
    grids.some(({ valueSets }) => (valueSets.get(name)?.max ?? 0n) > limit);
  if (parameter) return isAbove(BigInt(PARAMETER_MAX)) ? "text" : "int32";
  if (name === "bits") return "int32";
  const hasFractions = grids.some(({ fixed }) =>
    fixed.some((own) => own.name === RATE_DENOMINATOR),
  );
  return name === "sample_rate" && hasFractions ? "double" : "int64";
}

/** The largest value of a result over all grids. */
function maxOf({ layer, grids }: Plan, name: string): bigint {
  const bounds = grids.map(({ valueSets }) =>
    isResultName(name) ? upperBound(kindOf(layer), name, valueSets) : 0n,
  );
  return bounds.reduce((max, bound) => (bound > max ? bound : max), 0n);
}
