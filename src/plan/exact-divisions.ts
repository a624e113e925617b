/** Rewrites exact divisions, so that a condition over whole numbers can contain them. */
import type { Item, Node } from "../expression/node.js";
import { compare, contains, numberNode } from "../expression/rewrite.js";

/**
 * Replaces exact divisions by integer divisions with guards: `a / b` becomes `a // b`, with the
 * guard `a % b == 0`, and `b != 0` if `b` is not a number.
 *
 * @param unsupported creates the error for a division inside a condition.
 */
export function withExactDivisions(
  node: Node,
  unsupported: () => Error,
): { readonly guards: Node[]; readonly node: Node } {
  if (!contains(node, isDivision)) return { guards: [], node };
  const guards: Node[] = [];
  const visit = (part: Node): Node => {
    switch (part.kind) {
      case "binary": {
        const [left, right] = [visit(part.left), visit(part.right)];
        if (part.operator !== "/") return { ...part, left, right };
        if (right.kind !== "number" || right.value === 0n)
          guards.push(compare(right, "!=", numberNode(0n)));
        guards.push(compare({ ...part, operator: "%", left, right }, "==", numberNode(0n)));
        return { ...part, operator: "//", left, right };
      }
      case "negate":
      case "not":
        return { ...part, of: visit(part.of) };
      case "call":
        return { ...part, args: part.args.map(visit) };
      case "number":
      case "name":
        return part;
      default:
        if (contains(part, isDivision)) throw unsupported();
        return part;
    }
  };
  return { node: visit(node), guards };
}

function isDivision(node: Node | Item): boolean {
  return node.kind === "binary" && node.operator === "/";
}
