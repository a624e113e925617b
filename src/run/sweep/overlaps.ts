/** Finds grids of a union that share layers, to warn that a sweep writes these layers twice. */
import { type ErrorCode, UpsweepError } from "../../errors.js";
import { EvaluationError } from "../../expression/evaluate.js";
import { decide, type ExactLookup } from "../../expression/exact.js";
import type { Node } from "../../expression/node.js";
import { exactResult, type Kernel } from "../../kernel/kernel.js";
import { kindOf } from "../../layers/kinds.js";
import { DEFAULT_BITS } from "../../layers/parameters.js";
import { canOverlap } from "../../plan/coverage.js";
import { gridLabel, keysOf, membershipOf } from "../../plan/distinct.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { isRepeat } from "../../plan/repeats.js";
import { layerOf, type ResultOf, valueOfName, walk } from "../../plan/walk.js";
import { sampleIndices } from "./sample.js";

/**
 * Limits that keep the search within a few tenths of a second: layers per grid, lookups in total,
 * and pairs of grids.
 */
const MAX_LAYERS = 1000;
const MAX_LOOKUPS = 5000;
const MAX_PAIRS = 10_000;

/** Two grids that share layers. */
export interface Overlap {
  /** The labels of the two grids in messages. */
  readonly later: string;
  readonly earlier: string;
  /** Number of examined layers of the later grid that are also in the earlier grid. */
  readonly shared: number;
  /** Number of raw indices of the later grid that were examined. */
  readonly visited: number;
  /** Whether all raw indices of the later grid were examined. */
  readonly isExact: boolean;
}

/**
 * The overlaps found in a plan. Every result is certain, but some may be missing: pairs that
 * `distinct` cannot decide, and those beyond the limits, are skipped.
 *
 * @param kernelOf creates a kernel. It is called only if layers must be counted.
 */
export function overlapsOf(plan: Plan, kernelOf: () => Kernel): Overlap[] {
  if (plan.grids.length < 2 || plan.rejectionReasons.some(isRepeat)) return [];
  const keys = keysOf(kindOf(plan.layer), plan.columns);
  const found: Overlap[] = [];
  let kernel: Kernel | undefined;
  let lookupsLeft = MAX_LOOKUPS;
  let pairs = 0;
  for (const [number, grid] of plan.grids.entries()) {
    const later = { grid, label: gridLabel(number, grid.name) };
    for (const [otherNumber, other] of plan.grids.slice(0, number).entries()) {
      if (lookupsLeft <= 0 || pairs++ >= MAX_PAIRS) return found;
      if (!canOverlap(keys, grid, other)) continue;
      const earlier = { grid: other, label: gridLabel(otherNumber, other.name) };
      const isMember = ifDecidable(() =>
        membershipOf(kindOf(plan.layer), keys, plan.location, earlier, later),
      );
      if (!isMember) continue;
      const visited = Number(grid.size < BigInt(MAX_LAYERS) ? grid.size : BigInt(MAX_LAYERS));
      lookupsLeft -= visited;
      kernel ??= kernelOf();
      const shared = countShared(kernel, plan, grid, isMember, visited);
      if (shared > 0)
        found.push({
          later: later.label,
          earlier: earlier.label,
          shared,
          visited,
          isExact: BigInt(visited) === grid.size,
        });
    }
  }
  return found;
}

function ifDecidable(make: () => Node | undefined): Node | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UpsweepError && error.code === ("undecidable" satisfies ErrorCode))
      return undefined;
    throw error;
  }
}

/** Counts the layers that satisfy a condition, among `visited` sampled raw indices of a grid. */
function countShared(
  kernel: Kernel,
  { layer }: Plan,
  grid: GridPlan,
  isMember: Node,
  visited: number,
): number {
  const kind = kindOf(layer);
  const resultOf: ResultOf = (name, layer) => exactResult(kernel.count(layer, "closed"), name);
  let shared = 0;
  for (const index of sampleIndices(grid.size, visited, 0n)) {
    const { outcome, values } = walk(kind, grid, index, resultOf);
    if (
      outcome.kind !== "layer" ||
      kernel.count(layerOf(kind, values), "closed").broken !== undefined
    )
      continue;
    const lookup: ExactLookup = (name) => {
      const value = valueOfName(kind, name, values, resultOf);
      return value === undefined && name === "bits" ? { n: BigInt(DEFAULT_BITS), d: 1n } : value;
    };
    try {
      if (decide(isMember, lookup).holds) shared++;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
  }
  return shared;
}
