/**
 * Conditions that the kernel can check for all rows of a block at once
 * (assembly/vectors/condition.ts): every part has a value, whatever the others are, so that no part
 * has to be skipped and no error can occur.
 */
import { mayOverflow, upperBound } from "../columns/bound.js";
import { column, isResultName } from "../columns/table.js";
import { type Item, type Node, namesIn, partsOf } from "../expression/node.js";
import { allOf, anyOf, compare, NO_SPAN, numberNode } from "../expression/rewrite.js";
import type { Kind } from "../layers/kinds.js";
import { alwaysHasValue, type ValueSet, type ValueSets } from "../plan/bounds.js";

const I64_MAX = 2n ** 63n - 1n;

/**
 * The condition without chained comparisons and without `in`, for a program over vectors. Undefined
 * if the kernel must check it row by row.
 *
 * @param maxDepth the number of values that the kernel's stack of vectors can hold.
 */
export function vectorCondition(
  kind: Kind,
  root: Node,
  valueSets: ValueSets,
  maxDepth: number,
): Node | undefined {
  const known = withResults(kind, root, valueSets);
  if (!known || !areConnectivesBoolean(root, true)) return undefined;
  const node = simplified(root);
  return node && alwaysHasValue(node, known) && depthOf(node) <= maxDepth ? node : undefined;
}

/**
 * The value sets with those of the results in a condition. Undefined if one of the results may be
 * missing, is not a whole number, or may exceed 64 bits.
 */
function withResults(kind: Kind, root: Node, valueSets: ValueSets): ValueSets | undefined {
  const known = new Map<string, ValueSet>(valueSets);
  for (const { name } of namesIn(root)) {
    if (!isResultName(name) || known.has(name)) continue;
    const { type, missing } = column(name);
    if (type === "decimal" || missing !== undefined || mayOverflow(kind, name, valueSets))
      return undefined;
    const max = upperBound(kind, name, valueSets);
    if (max > I64_MAX) return undefined;
    known.set(name, { min: type === "i64" ? -max : 0n, max });
  }
  return known;
}

/**
 * Whether `and` and `or` occur only where nothing but their truth matters. Elsewhere their value is
 * that of their last part.
 */
function areConnectivesBoolean(node: Node | Item, isTruth: boolean): boolean {
  const isConnective = node.kind === "and" || node.kind === "or";
  if (isConnective && !isTruth) return false;
  const isPartTruth = isConnective || node.kind === "not";
  return partsOf(node).every((part) => areConnectivesBoolean(part, isPartTruth));
}

/** Replaces chained comparisons and `in`. Undefined for lists that need a program of their own. */
function simplified(node: Node): Node | undefined {
  const all = (nodes: readonly Node[]): Node[] | undefined => {
    const visited = nodes.map(simplified);
    return visited.includes(undefined) ? undefined : (visited as Node[]);
  };
  switch (node.kind) {
    case "number":
      return node.denominator === undefined ? node : undefined;
    case "name":
      return node;
    case "missing":
      return undefined;
    case "negate":
    case "not": {
      const of = simplified(node.of);
      return of && { ...node, of };
    }
    case "binary": {
      const [left, right] = all([node.left, node.right]) ?? [];
      return left && right && { ...node, left, right };
    }
    case "compare": {
      const operands = all([node.first, ...node.rest.map(({ right }) => right)]);
      return (
        operands &&
        allOf(
          node.rest.map(({ operator }, i) =>
            compare(operands[i] as Node, operator, operands[i + 1] as Node),
          ),
        )
      );
    }
    case "and":
    case "or": {
      const parts = all(node.parts);
      return parts && { ...node, parts };
    }
    case "call": {
      const args = all(node.args);
      return args && { ...node, args };
    }
    case "in": {
      const of = simplified(node.of);
      const items = of && node.items.map((item) => isIn(of, item));
      if (!items || items.includes(undefined)) return undefined;
      const any = anyOf(items as Node[]);
      return node.isNegated ? { kind: "not", of: any, ...NO_SPAN } : any;
    }
  }
}

/** The condition that a value is in an item of a list. */
function isIn(of: Node, item: Item): Node | undefined {
  if (item.kind === "value") {
    const value = simplified(item.value);
    return value && compare(of, "==", value);
  }
  if (item.kind !== "range") return undefined;
  const [first, last] = [simplified(item.first), simplified(item.last)];
  const step = item.step && simplified(item.step);
  if (!first || !last || (item.step && !step)) return undefined;
  const bounds = [compare(of, ">=", first), compare(of, "<=", last)];
  if (!step) return allOf(bounds);
  const distance: Node = { kind: "binary", operator: "-", left: of, right: first, ...NO_SPAN };
  const rest: Node = { kind: "binary", operator: "%", left: distance, right: step, ...NO_SPAN };
  return allOf([...bounds, compare(rest, "==", numberNode(0n))]);
}

/** The number of values on the stack while a node is evaluated. */
function depthOf(node: Node): number {
  const parts = partsOf(node) as readonly Node[];
  return Math.max(1, ...parts.map((part, i) => depthOf(part) + Math.min(i, 1)));
}
