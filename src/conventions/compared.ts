/**
 * Selects the columns that are compared with the exact MACs, and converts their answers to MACs.
 * The kernel does the same in assembly/columns/compare.ts.
 */

import { formulaIn } from "../columns/derived.js";
import { EXACT_ARITHMETIC } from "../columns/exact-arithmetic.js";
import { evaluateFormula } from "../columns/formula.js";
import { quantitiesOf } from "../columns/layer-quantities.js";
import type { Column } from "../columns/table.js";
import {
  COLUMNS,
  column,
  isResultName,
  type PartialResults,
  type ResultName,
} from "../columns/table.js";
import type { Fraction } from "../fraction.js";
import { parsed } from "../layers/evaluated.js";
import type { Layer } from "../layers/layer.js";

/**
 * The documented operations, then every convention: the order of the column table and of the
 * kernel's tallies.
 */
export const COMPARED: readonly ResultName[] = COLUMNS.filter(
  (candidate: Column) => candidate.inMacs !== undefined,
).map(({ name }) => name);

/**
 * The answer of a convention in MACs, for comparison with `macs`. A FLOP is half of a MAC, and
 * additions for the bias are subtracted.
 *
 * @returns undefined if the tool gives no answer.
 * @throws RangeError if a result that the answer needs does not fit in 64 bits.
 */
export function inMacs(
  name: ResultName,
  layer: Layer,
  results: PartialResults,
): Fraction | undefined {
  if (results[name] === null) return undefined;
  const formula = formulaIn(layer.kind.family.name, column(name).inMacs) as string;
  const quantities = quantitiesOf(layer, (quantity) => {
    throw new RangeError(quantity);
  });
  const valueFor = (used: string): bigint => {
    if (!isResultName(used)) return quantities.of(used).numerator;
    const value = results[used];
    if (typeof value !== "bigint") throw new RangeError(used);
    return value;
  };
  const { numerator, denominator = 1n } = evaluateFormula(
    parsed(formula),
    (used) => ({ numerator: valueFor(used) }),
    { ...EXACT_ARITHMETIC, reduced: (n, d) => ({ numerator: n, denominator: d }) },
  );
  return { numerator, denominator };
}
