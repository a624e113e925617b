/** Expressions as trees: what the parser makes, and what everything else reads. Plain data, so that a plan can be sent to a worker. */
import type { SourceText, Span } from "../source-text.js";

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** Functions from numbers to a number, with how many numbers they take. */
export const FUNCTIONS = {
  abs: { min: 1, max: 1 },
  min: { min: 2, max: Number.POSITIVE_INFINITY },
  max: { min: 2, max: Number.POSITIVE_INFINITY },
  gcd: { min: 2, max: Number.POSITIVE_INFINITY },
  lcm: { min: 2, max: Number.POSITIVE_INFINITY },
  ceil_div: { min: 2, max: 2 },
} as const;

/** Functions from numbers to a list: they stand where a list of values can. */
export const LIST_FUNCTIONS = { divisors: 1, pow2: 2 } as const;

export type FunctionName = keyof typeof FUNCTIONS;
export type ListFunctionName = keyof typeof LIST_FUNCTIONS;

/** An expression for one whole number; a condition is 1 where it holds and 0 where it does not, as in Python. */
export type Node = Span &
  /** A whole number, or in a condition the fraction value / under in lowest terms. */
  (
    | {
        readonly kind: "number";
        readonly value: bigint;
        readonly denominator?: bigint;
        readonly isCondition?: true;
      }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "negate" | "not"; readonly of: Node }
    /** `x is missing`, `x is not missing`: whether a tool gives no answer. */
    | { readonly kind: "missing"; readonly of: Node; readonly isNegated: boolean }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        readonly left: Node;
        readonly right: Node;
      }
    /** `a < b <= c`: every neighbouring pair must hold; what stands behind a pair that does not is not worked out. */
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

/** A part of a list of values: one value, or what stands for several. */
export type Item = Span &
  (
    | { readonly kind: "value"; readonly value: Node }
    /** Both ends included; empty when first > last. */
    | { readonly kind: "range"; readonly first: Node; readonly last: Node; readonly step?: Node }
    /** Every power of two from first to last. */
    | { readonly kind: "pow2"; readonly first: Node; readonly last: Node }
    /** In ascending order. */
    | { readonly kind: "divisors"; readonly of: Node }
  );

/** An expression and the text that it was read from. */
export interface Expression {
  readonly source: SourceText;
  readonly root: Node;
}

/** An item of a list and the text that it was read from. */
export interface ListItem {
  readonly source: SourceText;
  readonly root: Item;
}

/** The expressions inside a node or item, one level down. */
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

/** Every name in an expression with where it stands, in the order of the text. */
export function namesIn(node: Node | Item): { readonly name: string; readonly span: Span }[] {
  const names: { name: string; span: Span }[] = [];
  const pending: (Node | Item)[] = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (current.kind === "name") names.push({ name: current.name, span: current });
    // One by one: a list of all of them as arguments could pass the limit of the stack.
    for (const part of partsOf(current).toReversed()) pending.push(part);
  }
  return names;
}

/** Whether an expression is a condition by its form: 1 or 0, never another number. */
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
