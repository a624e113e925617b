/**
 * The quantities of a layer: columns and the names in their formulas, over exact integers or over
 * intervals.
 */
import { parsed } from "../layers/evaluated.js";
import type { Kind } from "../layers/kinds.js";
import { isSettingName } from "../layers/parameters.js";
import { formulaIn, quantityOf } from "./derived.js";
import { type Arithmetic, evaluateFormula, type Quotient } from "./formula.js";

/** The sources of values that no formula provides. */
export interface Leaves<T> {
  /** A parameter in a dimension. `dimension` is 0 for a parameter that the layer has only once. */
  readonly parameter: (base: string, dimension: number) => T;
  readonly setting: (name: string) => Quotient<T>;
  /**
   * A quantity without a formula, in a dimension. `dimension` is 0 for a quantity that the layer
   * has only once.
   */
  readonly counted: (name: string, dimension: number) => T;
  /** The value of a quantity in a dimension for which its formula does not hold. */
  readonly exception?: (name: string, dimension: number) => T | undefined;
  /** Narrows the value of a quantity, if more is known about it than its formula says. */
  readonly narrowed?: (name: string, value: T) => T;
}

export class Quantities<T> {
  readonly #kind: Kind;
  readonly #arithmetic: Arithmetic<T>;
  readonly #leaves: Leaves<T>;
  readonly #known = new Map<string, Quotient<T>>();

  constructor(kind: Kind, arithmetic: Arithmetic<T>, leaves: Leaves<T>) {
    this.#kind = kind;
    this.#arithmetic = arithmetic;
    this.#leaves = leaves;
  }

  /**
   * The value of a column, an auxiliary quantity, a parameter or a setting, over all dimensions.
   */
  of(name: string): Quotient<T> {
    const known = this.#known.get(name);
    if (known) return known;
    const value = this.#calculated(name);
    this.#known.set(name, value);
    return value;
  }

  /** The value of a formula, over all dimensions. */
  ofFormula(formula: string): Quotient<T> {
    return evaluateFormula(parsed(formula), (name) => this.of(name), this.#arithmetic);
  }

  /** The value of a quantity or parameter in one dimension. */
  inDimension(name: string, dimension: number): T {
    const quantity = quantityOf(name);
    if (!quantity) return this.#leaves.parameter(name, dimension);
    const exception = this.#leaves.exception?.(name, dimension);
    if (exception !== undefined) return exception;
    const formula = formulaIn(this.#kind.family.name, quantity.formula);
    const value =
      formula === undefined
        ? this.#leaves.counted(name, dimension)
        : evaluateFormula(
            parsed(formula),
            (used) => ({ numerator: this.inDimension(used, dimension) }),
            this.#arithmetic,
          ).numerator;
    return this.#leaves.narrowed?.(name, value) ?? value;
  }

  #calculated(name: string): Quotient<T> {
    if (isSettingName(name)) return this.#leaves.setting(name);
    const quantity = quantityOf(name);
    const { dimensions, family, parameters } = this.#kind;
    const letter = quantity && "dimension" in quantity ? (quantity.dimension as string) : undefined;
    if (letter !== undefined)
      return { numerator: this.inDimension(name, dimensions.indexOf(letter)) };
    const formula = formulaIn(family.name, quantity?.formula);
    if (quantity?.formula !== undefined && formula === undefined && !quantity.perDimension)
      throw new Error(`${this.#kind.name} layers have no ${name}`);
    if (quantity && !quantity.perDimension && formula !== undefined) {
      const value = this.ofFormula(formula);
      const numerator = this.#leaves.narrowed?.(name, value.numerator) ?? value.numerator;
      return { ...value, numerator };
    }
    if (quantity && !quantity.perDimension) return { numerator: this.#leaves.counted(name, 0) };
    const isPerDimension =
      quantity !== undefined || parameters.some((p) => p.base === name && p.perDimension);
    if (!isPerDimension) return { numerator: this.#leaves.parameter(name, 0) };
    const factors = dimensions.map((_, dimension) => this.inDimension(name, dimension));
    const { binary, constant } = this.#arithmetic;
    return {
      numerator: factors.reduce((product, factor) => binary("*", product, factor), constant(1n)),
    };
  }
}
