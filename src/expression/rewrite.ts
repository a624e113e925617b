/** Builds new expression nodes, and rewrites trees: with other names, operands or spans. */
import { type Comparison, type Item, type Node, partsOf } from "./node.js";

/** The span of generated nodes, which appear in no text. */
export const NO_SPAN = { start: 0, end: 0 } as const;

export function numberNode(value: bigint): Node {
  return { kind: "number", value, ...NO_SPAN };
}

export function nameNode(name: string): Node {
  return { kind: "name", name, ...NO_SPAN };
}

export function binary(operator: "*" | "/", left: Node, right: number): Node {
  return { kind: "binary", operator, left, right: numberNode(BigInt(right)), ...NO_SPAN };
}

export function compare(left: Node, operator: Comparison, right: Node): Node {
  return { kind: "compare", first: left, rest: [{ operator, right }], ...NO_SPAN };
}

/** Joins the parts with `and`. There must be at least one part. */
export function allOf(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as Node) : { kind: "and", parts, ...NO_SPAN };
}

/** Joins the parts with `or`. There must be at least one part. */
export function anyOf(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as Node) : { kind: "or", parts, ...NO_SPAN };
}

/** The number of nodes and items in a tree, including the root. */
export function sizeOf(node: Node | Item): number {
  return 1 + partsOf(node).reduce((sum, part) => sum + sizeOf(part), 0);
}

/** Copies a tree, with every name replaced by the node that `replace` returns for it. */
export function replaceNames(node: Node, replace: (name: string, node: Node) => Node): Node {
  const visit = (inner: Node) => replaceNames(inner, replace);
  switch (node.kind) {
    case "number":
      return node;
    case "name":
      return replace(node.name, node);
    case "negate":
    case "not":
    case "missing":
      return { ...node, of: visit(node.of) };
    case "binary":
      return { ...node, left: visit(node.left), right: visit(node.right) };
    case "compare":
      return {
        ...node,
        first: visit(node.first),
        rest: node.rest.map(({ operator, right }) => ({ operator, right: visit(right) })),
      };
    case "in":
      return {
        ...node,
        of: visit(node.of),
        items: node.items.map((item) => replaceNamesInItem(item, replace)),
      };
    case "and":
    case "or":
      return { ...node, parts: node.parts.map(visit) };
    case "call":
      return { ...node, args: node.args.map(visit) };
  }
}

export function replaceNamesInItem(item: Item, replace: (name: string, node: Node) => Node): Item {
  const visit = (inner: Node) => replaceNames(inner, replace);
  switch (item.kind) {
    case "value":
      return { ...item, value: visit(item.value) };
    case "range":
      return {
        ...item,
        first: visit(item.first),
        last: visit(item.last),
        ...(item.step && { step: visit(item.step) }),
      };
    case "pow2":
      return { ...item, first: visit(item.first), last: visit(item.last) };
    case "divisors":
      return { ...item, of: visit(item.of) };
  }
}

/** Copies a tree, with every span set to [0, end): a complete text of that length. */
export function withSpan<N extends Node | Item>(node: N, end: number): N {
  const moved = Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const isNode = (inner: unknown): inner is Node => typeof inner === "object" && inner !== null;
      if (key === "rest")
        return [
          key,
          (value as { operator: Comparison; right: Node }[]).map(({ operator, right }) => ({
            operator,
            right: withSpan(right, end),
          })),
        ];
      if (Array.isArray(value)) return [key, value.map((inner: Node) => withSpan(inner, end))];
      return [key, isNode(value) ? withSpan(value, end) : value];
    }),
  );
  return { ...(moved as unknown as N), start: 0, end };
}

export function contains(node: Node | Item, matches: (part: Node | Item) => boolean): boolean {
  return matches(node) || partsOf(node).some((part) => contains(part, matches));
}

/** Copies an item with other operands. `replace` is called for the operands in their order. */
export function mapOperands(item: Item, replace: (operand: Node) => Node): Item {
  switch (item.kind) {
    case "value":
      return { ...item, value: replace(item.value) };
    case "range":
      return {
        ...item,
        first: replace(item.first),
        last: replace(item.last),
        ...(item.step && { step: replace(item.step) }),
      };
    case "pow2":
      return { ...item, first: replace(item.first), last: replace(item.last) };
    case "divisors":
      return { ...item, of: replace(item.of) };
  }
}
