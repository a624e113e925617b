/** Evaluates formulas over exact integers or over intervals of integers. */
import type { BinaryOperator, Comparison, FunctionName, Node } from "../expression/node.js";

/** Arithmetic on integers, or on a representation of them, such as intervals. */
export interface Arithmetic<T> {
  readonly constant: (value: bigint) => T;
  readonly binary: (operator: Exclude<BinaryOperator, "/">, a: T, b: T) => T;
  readonly compare: (operator: Comparison, a: T, b: T) => T;
  readonly call: (name: FunctionName, args: readonly T[]) => T;
  /** A quotient with common factors removed, as far as they are known. */
  readonly reduced: (numerator: T, denominator: T) => Quotient<T>;
}

/** A quotient with separate parts. Without a denominator it is an integer. */
export interface Quotient<T> {
  readonly numerator: T;
  readonly denominator?: T;
}

/**
 * Evaluates a formula. A division keeps the numerator and the denominator apart. Only a division by
 * a constant is reduced to lowest terms, so both parts are those that the kernel computes.
 *
 * @param lookup returns the value of a name.
 */
export function evaluateFormula<T>(
  node: Node,
  lookup: (name: string) => Quotient<T>,
  arithmetic: Arithmetic<T>,
): Quotient<T> {
  const { constant, binary, compare, call, reduced } = arithmetic;
  const valueFor = (operand: Node): Quotient<T> => evaluateFormula(operand, lookup, arithmetic);
  const integerOf = (operand: Node): T => {
    const { numerator, denominator } = valueFor(operand);
    if (denominator !== undefined) throw new Error("a quotient where a formula needs an integer");
    return numerator;
  };
  const times = (a: T | undefined, b: T | undefined): T | undefined =>
    a === undefined || b === undefined ? (a ?? b) : binary("*", a, b);
  const quotient = (numerator: T, denominator: T | undefined): Quotient<T> =>
    denominator === undefined ? { numerator } : { numerator, denominator };
  switch (node.kind) {
    case "number":
      return { numerator: constant(node.value) };
    case "name":
      return lookup(node.name);
    case "negate":
      return { numerator: binary("-", constant(0n), integerOf(node.of)) };
    case "binary": {
      const { operator } = node;
      if (operator === "*" || operator === "/") {
        const [left, right] = [valueFor(node.left), valueFor(node.right)];
        if (operator === "*")
          return quotient(
            binary("*", left.numerator, right.numerator),
            times(left.denominator, right.denominator),
          );
        const numerator = times(left.numerator, right.denominator) as T;
        const denominator = times(right.numerator, left.denominator) as T;
        return node.right.kind === "number"
          ? reduced(numerator, denominator)
          : { numerator, denominator };
      }
      return { numerator: binary(operator, integerOf(node.left), integerOf(node.right)) };
    }
    case "compare": {
      const [pair] = node.rest;
      if (!pair || node.rest.length > 1) throw new Error("a chain of comparisons in a formula");
      return { numerator: compare(pair.operator, integerOf(node.first), integerOf(pair.right)) };
    }
    case "call":
      return { numerator: call(node.name, node.args.map(integerOf)) };
    default:
      throw new Error(`${node.kind} in a formula`);
  }
}
