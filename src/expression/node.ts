/**
 * Expressions as trees. The parser builds them; everything else reads them. They are plain data, so
 * that a plan can be sent to a worker.
 */
import type { SourceText, Span } from "../source-text.js";

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** Functions from numbers to a number, with the number of arguments that they take. */
export const FUNCTIONS = {
  abs: { min: 1, max: 1 },
  min: { min: 2, max: Number.POSITIVE_INFINITY },
  max: { min: 2, max: Number.POSITIVE_INFINITY },
  gcd: { min: 2, max: Number.POSITIVE_INFINITY },
  lcm: { min: 2, max: Number.POSITIVE_INFINITY },
  ceil_div: { min: 2, max: 2 },
} as const;

/**
 * Functions from numbers to a list, with the number of their arguments. A call is allowed wherever
 * a list of values is.
 */
export const LIST_FUNCTIONS = { divisors: 1, pow2: 2 } as const;

export type FunctionName = keyof typeof FUNCTIONS;
export type ListFunctionName = keyof typeof LIST_FUNCTIONS;

/**
 * An expression with one integer value. A condition is 1 if it holds and 0 if not, as in Python.
 */
export type Node = Span &
  /** An integer, or in a condition the fraction value / denominator in lowest terms. */
  (
    | {
        readonly kind: "number";
        readonly value: bigint;
        readonly denominator?: bigint;
        readonly isCondition?: true;
      }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "negate" | "not"; readonly of: Node }
    /** `x is missing` or `x is not missing`. A result is missing if its tool gives no answer. */
    | { readonly kind: "missing"; readonly of: Node; readonly isNegated: boolean }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        readonly left: Node;
        readonly right: Node;
      }
    /**
     * `a < b <= c`: every neighbouring pair must hold. Evaluation stops at the first pair that does
     * not.
     */
    | {
        readonly kind: "compare";
        readonly first: Node;
        readonly rest: readonly { readonly operator: Comparison; readonly right: Node }[];
      }
    | {
        readonly kind: "in";
        readonly of: Node;
        readonly items: readonly Item[];
        readonly isNegated: boolean;
      }
    | { readonly kind: "and" | "or"; readonly parts: readonly Node[] }
    | { readonly kind: "call"; readonly name: FunctionName; readonly args: readonly Node[] }
  );

/** An element of a list of values: a single value, or an expression for several values. */
export type Item = Span &
  (
    | { readonly kind: "value"; readonly value: Node }
    /** Includes both ends. Empty if first > last. */
    | { readonly kind: "range"; readonly first: Node; readonly last: Node; readonly step?: Node }
    /** Every power of two from `first` to `last`. */
    | { readonly kind: "pow2"; readonly first: Node; readonly last: Node }
    /** The divisors of a number, in ascending order. */
    | { readonly kind: "divisors"; readonly of: Node }
  );

/** An expression and the text that it was parsed from. */
export interface Expression {
  readonly source: SourceText;
  readonly root: Node;
}

/** An item of a list and the text that it was parsed from. */
export interface ListItem {
  readonly source: SourceText;
  readonly root: Item;
}

/** The direct children of a node or item. */
export function partsOf(node: Node | Item): readonly (Node | Item)[] {
  switch (node.kind) {
    case "number":
    case "name":
      return [];
    case "negate":
    case "not":
    case "missing":
    case "divisors":
      return [node.of];
    case "binary":
      return [node.left, node.right];
    case "compare":
      return [node.first, ...node.rest.map(({ right }) => right)];
    case "in":
      return [node.of, ...node.items];
    case "and":
    case "or":
      return node.parts;
    case "call":
      return node.args;
    case "value":
      return [node.value];
    case "range":
      return node.step === undefined ? [node.first, node.last] : [node.first, node.last, node.step];
    case "pow2":
      return [node.first, node.last];
  }
}

/** Every occurrence of a name in an expression, with its span, in the order of the text. */
export function namesIn(node: Node | Item): { readonly name: string; readonly span: Span }[] {
  const names: { name: string; span: Span }[] = [];
  const pending: (Node | Item)[] = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (current.kind === "name") names.push({ name: current.name, span: current });
    // Pushed one by one: passing all children as arguments could overflow the call stack.
    for (const part of partsOf(current).toReversed()) pending.push(part);
  }
  return names;
}

/** Whether the form of an expression makes it a condition, so that its value is always 1 or 0. */
export function isCondition(node: Node): boolean {
  switch (node.kind) {
    case "compare":
    case "in":
    case "not":
    case "missing":
      return true;
    case "and":
    case "or":
      return node.parts.every(isCondition);
    case "name":
      return node.name === "bias" || node.name === "overlap_even";
    case "number":
      return node.isCondition === true;
    default:
      return false;
  }
}
