/** New nodes of expressions, and nodes made from others: with names replaced, or with another place. */
import { type Comparison, type Item, type Node, partsOf } from "./node.js";

/** The place of nodes that nobody has written. */
export const NOWHERE = { start: 0, end: 0 } as const;

export function numberNode(value: bigint): Node {
  return { kind: "number", value, ...NOWHERE };
}

export function nameNode(name: string): Node {
  return { kind: "name", name, ...NOWHERE };
}

export function binary(operator: "*" | "/", left: Node, right: number): Node {
  return { kind: "binary", operator, left, right: numberNode(BigInt(right)), ...NOWHERE };
}

export function compare(left: Node, operator: Comparison, right: Node): Node {
  return { kind: "compare", first: left, rest: [{ operator, right }], ...NOWHERE };
}

/** The parts joined by `and`; there is at least one. */
export function all(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as Node) : { kind: "and", parts, ...NOWHERE };
}

/** The parts joined by `or`; there is at least one. */
export function any(parts: readonly Node[]): Node {
  return parts.length === 1 ? (parts[0] as Node) : { kind: "or", parts, ...NOWHERE };
}

/** How many nodes and items a node has, itself included. */
export function sizeOf(node: Node | Item): number {
  return 1 + partsOf(node).reduce((sum, part) => sum + sizeOf(part), 0);
}

/** A node in which every name is replaced by what `by` makes of it. */
export function replaced(node: Node, by: (name: string, node: Node) => Node): Node {
  const one = (inner: Node) => replaced(inner, by);
  switch (node.kind) {
    case "number":
      return node;
    case "name":
      return by(node.name, node);
    case "negate":
    case "not":
    case "missing":
      return { ...node, of: one(node.of) };
    case "binary":
      return { ...node, left: one(node.left), right: one(node.right) };
    case "compare":
      return {
        ...node,
        first: one(node.first),
        rest: node.rest.map(({ operator, right }) => ({ operator, right: one(right) })),
      };
    case "in":
      return { ...node, of: one(node.of), items: node.items.map((item) => replacedItem(item, by)) };
    case "and":
    case "or":
      return { ...node, parts: node.parts.map(one) };
    case "call":
      return { ...node, args: node.args.map(one) };
  }
}

export function replacedItem(item: Item, by: (name: string, node: Node) => Node): Item {
  const one = (inner: Node) => replaced(inner, by);
  switch (item.kind) {
    case "value":
      return { ...item, value: one(item.value) };
    case "range":
      return {
        ...item,
        first: one(item.first),
        last: one(item.last),
        ...(item.step && { step: one(item.step) }),
      };
    case "pow2":
      return { ...item, first: one(item.first), last: one(item.last) };
    case "divisors":
      return { ...item, of: one(item.of) };
  }
}

/** The same node, every part of which spans all of a text of that length. */
export function placed<N extends Node | Item>(node: N, end: number): N {
  const moved = Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const isNode = (inner: unknown): inner is Node => typeof inner === "object" && inner !== null;
      if (key === "rest")
        return [
          key,
          (value as { operator: Comparison; right: Node }[]).map(({ operator, right }) => ({
            operator,
            right: placed(right, end),
          })),
        ];
      if (Array.isArray(value)) return [key, value.map((inner: Node) => placed(inner, end))];
      return [key, isNode(value) ? placed(value, end) : value];
    }),
  );
  return { ...(moved as unknown as N), start: 0, end };
}

export function contains(node: Node | Item, is: (part: Node | Item) => boolean): boolean {
  return is(node) || partsOf(node).some((part) => contains(part, is));
}

/** An item with other operands; they are asked for in their order. */
export function replacedOperands(item: Item, by: (operand: Node) => Node): Item {
  switch (item.kind) {
    case "value":
      return { ...item, value: by(item.value) };
    case "range":
      return {
        ...item,
        first: by(item.first),
        last: by(item.last),
        ...(item.step && { step: by(item.step) }),
      };
    case "pow2":
      return { ...item, first: by(item.first), last: by(item.last) };
    case "divisors":
      return { ...item, of: by(item.of) };
  }
}
