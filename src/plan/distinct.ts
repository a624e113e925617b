/**
 * The `distinct` option: unions of grids that write each layer once. A condition rejects the layers
 * of a later grid that an earlier grid also has, so that the kernel, the planner and the reference
 * need no extra support: `not (in_channels in [64, 128] and stride in 1..4 and padding ==
 * (kernel_size - stride) // 2 and …)`.
 *
 * Two rows are the same layer if their keys are equal. The keys are all parameters, and the
 * settings that a chosen column depends on. A grid has a layer if some values of its variables
 * produce the layer's keys and satisfy its conditions. A variable that a parameter repeats
 * (`stride: rate`) is an alias of that parameter. Other variables are tried value by value. The
 * same test, restricted to smaller values of the variables, finds the layers that one grid has
 * twice. membership.ts builds these conditions.
 */
import { dependenciesOfColumn } from "../columns/derived.js";
import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import type { Expression, Node } from "../expression/node.js";
import { allOf, NO_SPAN, sizeOf, withSpan } from "../expression/rewrite.js";
import type { Kind } from "../layers/kinds.js";
import { SETTINGS } from "../layers/parameters.js";
import type { Grid } from "../spec/spec.js";
import { canOverlap } from "./coverage.js";
import { type LabelledGrid, Membership } from "./membership.js";
import { repeatReasonOf } from "./repeats.js";

/** Maximum number of operations in all distinct conditions of a grid. */
const MAX_OPERATIONS = 50_000;

/** The name of a grid in messages. */
export function gridLabel(number: number, name: string | undefined): string {
  return `grid ${number + 1}${name === undefined ? "" : ` (${name})`}`;
}

/**
 * The names whose values identify a layer, if these columns are written: rows that agree in them
 * agree in every column.
 */
export function keysOf(kind: Kind, columns: readonly string[]): ReadonlySet<string> {
  const needed = (setting: string) =>
    columns.some(
      (name) =>
        name === setting ||
        (isResultName(name) && dependenciesOfColumn(kind, name).includes(setting as never)),
    );
  return new Set([
    ...kind.parameterNames,
    ...SETTINGS.map(({ name }) => name as string).filter(needed),
  ]);
}

/**
 * The conditions that reject the repeats in a grid: layers of an earlier grid, and layers that the
 * grid itself has already had.
 *
 * @throws UpsweepError if the keys do not decide whether a grid has a layer, with the name of the
 * axis that prevents it, or if the conditions have more than MAX_OPERATIONS operations.
 */
export function distinctConditions(
  kind: Kind,
  keys: ReadonlySet<string>,
  { location }: Pick<Grid, "location">,
  tested: LabelledGrid,
  earlier: readonly LabelledGrid[],
): readonly Expression[] {
  const conditions: Expression[] = [];
  let operations = 0;
  for (const candidate of [...earlier, tested]) {
    if (!canOverlap(keys, tested.grid, candidate.grid)) continue;
    const parts = new Membership(kind, keys, location, candidate, tested).parts();
    if (parts === undefined) continue;
    operations += parts.reduce((sum, part) => sum + sizeOf(part), 0);
    if (operations > MAX_OPERATIONS)
      throw errors.distinctTooLarge(location, candidate.label, MAX_OPERATIONS);
    const text = repeatReasonOf(candidate.label);
    const root: Node =
      parts.length === 0
        ? { kind: "number", value: 0n, isCondition: true, ...NO_SPAN }
        : { kind: "not", of: allOf(parts), ...NO_SPAN };
    // A message about the condition shows this text. The spans of the other grid's expressions
    // point elsewhere in the spec.
    conditions.push({ source: { text, location }, root: withSpan(root, text.length) });
  }
  return conditions;
}

/**
 * A condition over the keys of a layer that tells whether `candidate` has it. Undefined if it has
 * no such layer. It is used for messages about unions.
 */
export function membershipOf(
  kind: Kind,
  keys: ReadonlySet<string>,
  location: string,
  candidate: LabelledGrid,
  tested: LabelledGrid,
): Node | undefined {
  const parts = new Membership(kind, keys, location, candidate, tested).parts();
  return (
    parts &&
    (parts.length === 0
      ? { kind: "number", value: 1n, isCondition: true, ...NO_SPAN }
      : allOf(parts))
  );
}
