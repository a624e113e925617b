import { describe, expect, it } from "vitest";
import type { Node } from "../../src/expression/node.ts";
import { vectorCondition } from "../../src/kernel/vector-condition.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import type { GridPlan } from "../../src/plan/model.ts";
import { planOf } from "../support/sweeps.ts";

const KIND = kindOf("conv_transpose1d");
const AXES = {
  in_channels: [1, 2],
  out_channels: [3, 4],
  kernel_size: [3, 5],
  l_in: [8, 9],
  stride: [1, 2],
  padding: [0, 1],
};

/** The condition of a plan for vectors; undefined if it must be checked row by row. */
function compiled(where: string, maxDepth = 12, axes: Record<string, unknown> = AXES) {
  const plan = planOf({ axes, variables: { hop: [-2, 0, 3] }, where } as never);
  const grid = plan.grids[0] as GridPlan;
  expect(grid.where).toHaveLength(1);
  const root = (grid.where[0] as GridPlan["where"][number]).root;
  return vectorCondition(KIND, root, grid.valueSets, maxDepth);
}

/** A condition with its operations in prefix form. */
function prefix(node: Node): string {
  switch (node.kind) {
    case "number":
      return String(node.value);
    case "name":
      return node.name;
    case "not":
    case "negate":
      return `(${node.kind} ${prefix(node.of)})`;
    case "binary":
      return `(${node.operator} ${prefix(node.left)} ${prefix(node.right)})`;
    case "compare": {
      const compared = [node.first, ...node.rest.map(({ right }) => right)];
      return `(${node.rest[0]?.operator} ${compared.map(prefix).join(" ")})`;
    }
    case "and":
    case "or":
      return `(${node.kind} ${node.parts.map(prefix).join(" ")})`;
    case "call":
      return `(${node.name} ${node.args.map(prefix).join(" ")})`;
    default:
      return node.kind;
  }
}

const form = (where: string) => {
  const node = compiled(where);
  return node && prefix(node);
};

describe("a condition for vectors", () => {
  it("has no chained comparisons and no lists", () => {
    expect(form("stride + padding <= 2 * l_in")).toBe("(<= (+ stride padding) (* 2 l_in))");
    expect(form("not 1 < stride < padding")).toBe("(not (and (< 1 stride) (< stride padding)))");
    expect(form("stride in [1, padding, 4..l_in]")).toBe(
      "(or (== stride 1) (== stride padding) (and (>= stride 4) (<= stride l_in)))",
    );
    expect(form("stride not in 2..l_in:kernel_size")).toBe(
      "(not (and (>= stride 2) (<= stride l_in) (== (% (- stride 2) kernel_size) 0)))",
    );
    expect(form("max(-hop, abs(padding)) > 1 or stride == 1")).toBe(
      "(or (> (max (negate hop) (abs padding)) 1) (== stride 1))",
    );
  });

  it("can use results that are whole numbers of 63 bits", () => {
    expect(form("macs % 2 == additions_per_filter")).toBe("(== (% macs 2) additions_per_filter)");
    const huge = { ...AXES, in_channels: 2 ** 30, out_channels: 2 ** 30, l_in: [1, 2] };
    expect(compiled("params % 2 == 0", 12, { ...huge, kernel_size: [8, 16] })).toBeUndefined();
    expect(compiled("params % 2 == 0", 12, { ...huge, kernel_size: [1, 2] })).toBeDefined();
  });

  it.each([
    ["a part may have no value", "12 // hop == 1"],
    ["a division may have a remainder", "stride / 2 == padding"],
    ["an intermediate value may exceed 64 bits", "2 ** (30 * l_in) > hop"],
    ["a list has powers", "stride in pow2(1, l_in)"],
    ["a list has divisors", "stride in divisors(l_in)"],
    ["a value may be missing", "moduleprofiler > hop"],
    ["a value is a decimal", "zero_insertion_waste < hop"],
    ["the value of a connective is used", "(stride or padding) == hop"],
  ])("is checked row by row if %s", (_, where) => {
    expect(compiled(where)).toBeUndefined();
  });

  it("is checked row by row if it needs more of the stack than there is", () => {
    const where = "stride + (padding + (l_in + (hop + kernel_size))) != 0";
    expect(compiled(where, 5)).toBeDefined();
    expect(compiled(where, 4)).toBeUndefined();
  });
});
