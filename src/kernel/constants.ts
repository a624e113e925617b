/** The numbers by which the kernel knows kinds, columns, methods and rules. */
import { column, isResultName } from "../columns/table.js";
import { type Kind, namesOfParameter, parameterOf } from "../layers/kinds.js";
import { defaultOf, PARAMETERS } from "../layers/parameters.js";
import { RULES, type RuleId } from "../layers/rule-table.js";
import type { Method } from "../plan/method.js";
import type { ConstantName } from "./constants.generated.js";

/** The value of a constant that the kernel exports. */
export type Constant = (name: ConstantName) => number;

/** A name in capital letters, as in the names of the kernel's constants. */
export function upper<const N extends string>(name: N): Uppercase<N> {
  return name.toUpperCase() as Uppercase<N>;
}

export function kindNumber({ name }: Kind, constant: Constant): number {
  return constant(`KIND_${upper(name)}`);
}

export function methodNumber(method: Method, constant: Constant): number {
  return constant(`METHOD_${upper(method)}`);
}

/** The number of a parameter, setting or result column. */
export function columnNumber(kind: Kind, name: string, constant: Constant): number {
  const inDimension = (field: ConstantName, dimension: number) =>
    constant(field) + dimension * constant("DIMENSION_FIELDS");
  const parameter = parameterOf(kind, name);
  if (parameter) return inDimension(upper(parameter.base), parameter.dimension);
  const letter = isResultName(name) ? column(name).dimension : undefined;
  if (letter !== undefined) return inDimension("DIMENSION_L_OUT", kind.dimensions.indexOf(letter));
  // In one-dimensional layers these three results are fields, which are cheaper to read.
  const isField = kind.dimensions.length === 1 && ["l_out", "taps", "covered"].includes(name);
  return constant((isField ? `DIMENSION_${upper(name)}` : upper(name)) as ConstantName);
}

/**
 * The fields of parameters that a kind lacks, with their values. The kernel computes some kinds as
 * if they had them: a linear layer has one group.
 */
export function absentFields(
  kind: Kind,
  constant: Constant,
): readonly (readonly [number, number])[] {
  return PARAMETERS.filter(({ name }) => namesOfParameter(kind, name).length === 0).flatMap(
    (row) => {
      const dimensions = "perDimension" in row ? Math.max(1, kind.dimensions.length) : 1;
      return Array.from({ length: dimensions }, (_, dimension): [number, number] => [
        constant(upper(row.name)) + dimension * constant("DIMENSION_FIELDS"),
        defaultOf(row.name),
      ]);
    },
  );
}

/** The rule with a number of the kernel. */
export function ruleOf(number: number, constant: Constant): RuleId {
  const rule = RULES.find(({ id }) => constant(`RULE_${id}`) === number);
  if (!rule) throw new Error(`the kernel has no rule ${number}`);
  return rule.id;
}
