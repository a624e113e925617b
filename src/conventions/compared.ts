/**
 * Selects the columns that are compared with the exact MACs, and converts their answers to MACs.
 * The kernel does the same in assembly/compare.ts.
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
  (of: Column) => of.inMacs !== undefined,
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
  const quantities = quantitiesOf(layer, (of) => {
    throw new RangeError(of);
  });
  const valueFor = (of: string): bigint => {
    if (!isResultName(of)) return quantities.of(of).numerator;
    const value = results[of];
    if (typeof value !== "bigint") throw new RangeError(of);
    return value;
  };
  const { numerator, denominator = 1n } = evaluateFormula(
    parsed(formula),
    (of) => ({ numerator: valueFor(of) }),
    { ...EXACT_ARITHMETIC, reduced: (n, d) => ({ numerator: n, denominator: d }) },
  );
  return { numerator, denominator };
}
