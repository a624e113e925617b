/**
 * The block of a grid: its inner loops, whose rows the kernel computes together as vectors
 * (assembly/sweep/block.ts). The steps inside the block are divided into those that find its rows,
 * and those that depend on outer loops as well and run on the vectors.
 */

import { type Method, simulatesAll } from "./method.js";
import type { GridPlan, Step } from "./model.js";

/** What fits in the kernel's memory. */
export interface BlockLimits {
  /** The maximum number of rows of a vector. */
  readonly vectorRows: number;
  /** The maximum number of raw indices of a reused block. */
  readonly positions: number;
  /** The bytes of all rows of a reused block. */
  readonly bytes: number;
  /**
   * Whether every raw index of a block may have a row. Otherwise the rows of a block that rejects
   * some are expected to fit.
   */
  readonly isDense: boolean;
}

/** The bytes of a field in a vector, and of the position of a row. */
const FIELD_BYTES = 8;
const POSITION_BYTES = 8;
/** The bytes of the failure, weight and group of a row, if there are vector steps. */
const VECTOR_STEP_BYTES = 20;

/** The bytes that reused texts of a row may take: at least in a large block, at most in any. */
const MIN_TEXT_BYTES = 64;
const MAX_TEXT_BYTES = 4096;

/** A step that runs on the vectors of a block. */
type VectorStep =
  | { readonly kind: "step"; readonly step: Step }
  /** Rejects the rows that a filling step rejected. It takes the place of that step in the order. */
  | { readonly kind: "drop"; readonly of: Step };

export interface Block {
  /** The loops inside of this level belong to the block. */
  readonly level: number;
  /**
   * A reused block has the same rows for every position of the outer loops, so they are found once:
   * the maximum number of its rows, and the bytes that texts of a row may take. 0 if it is not reused.
   */
  readonly rows: number;
  readonly textBytes: number;
  /** The steps outside of the block, with their cells. */
  readonly outer: readonly Step[];
  /** The steps that find the rows of the block. */
  readonly fill: readonly Step[];
  /** The filling steps that follow a vector step in the schedule. */
  readonly late: ReadonlySet<Step>;
  readonly vector: readonly VectorStep[];
  /** The cells that differ within the block, and those of them that are the same in every block. */
  readonly cells: readonly (Step & { readonly kind: "cell" })[];
  readonly reusedCells: ReadonlySet<Step>;
}

/**
 * Chooses the block of a grid, and divides its steps: of all blocks, the one whose rows are estimated
 * to take the least time.
 *
 * @param limits undefined if no rows are written; then a block is a single layer.
 */
export function blockOf(grid: GridPlan, method: Method, limits: BlockLimits | undefined): Block {
  const innermost = grid.loops.length;
  if (!limits) return blockAt(grid, method, innermost);
  let best = blockAt(grid, method, innermost, limits);
  for (let level = innermost - 1; level >= 0; level--) {
    const block = blockAt(grid, method, level, limits);
    if (costOf(grid, block, limits) < costOf(grid, best, limits)) best = block;
    // A larger block than one that is too large to be reused has no advantage.
    if (sizeInside(grid, level) > limits.positions) break;
  }
  return best;
}

/** The block of the loops inside of a level. */
function blockAt(grid: GridPlan, method: Method, level: number, limits?: BlockLimits): Block {
  const outer = grid.steps.filter((step) => step.level <= level);
  const inside = grid.steps.filter((step) => step.level > level);
  const cells = inside.filter((step) => step.kind === "cell");
  const others = inside.filter((step) => step.kind !== "cell");
  const mixed = namesOutside(grid, level);
  const isMixed = ({ dependsOn }: Step) => dependsOn.some((name) => mixed.has(name));
  const fill: Step[] = [];
  const late = new Set<Step>();
  const vector: VectorStep[] = [];
  for (const step of others) {
    if (isMixed(step)) {
      for (const name of step.provides) mixed.add(name);
      vector.push({ kind: "step", step });
      continue;
    }
    fill.push(step);
    if (vector.length === 0 || !canReject(step)) continue;
    late.add(step);
    vector.push({ kind: "drop", of: step });
  }
  const block = { level, outer, cells };
  // A list that depends on outer loops is expanded by the odometer, for each of their positions.
  // Simulations take long, so a task must be able to stop between two of them.
  const isByLayer = ({ kind }: Step) =>
    kind === "expand" || kind === "select" || (kind === "overlap" && simulatesAll(method));
  if (vector.some((own) => own.kind === "step" && isByLayer(own.step))) {
    const none = { late: new Set<Step>(), vector: [], reusedCells: new Set<Step>() };
    return { ...block, ...none, ...NO_ROOM, fill: others };
  }
  const isSlow = simulatesAll(method) && fill.some(({ kind }) => kind === "overlap");
  const room = limits && !isSlow ? roomOf(grid, level, fill, vector, limits) : NO_ROOM;
  const reusedCells = new Set<Step>(room.rows > 0 ? cells.filter((cell) => !isMixed(cell)) : []);
  return { ...block, ...room, fill, late, vector, reusedCells };
}

const NO_ROOM = { rows: 0, textBytes: 0 };

/** The rows of a reused block, and the bytes for their texts, that fit in the kernel's memory. */
function roomOf(
  grid: GridPlan,
  level: number,
  fill: readonly Step[],
  vector: readonly VectorStep[],
  { positions, bytes, isDense }: BlockLimits,
): Pick<Block, "rows" | "textBytes"> {
  const size = sizeInside(grid, level);
  if (size > positions) return NO_ROOM;
  const ofLoops = grid.loops.slice(level).flatMap(({ names }) => names);
  const ofSteps = grid.steps.filter((step) => step.level > level).map(fieldsSetBy);
  const fields = ofLoops.length + ofSteps.reduce((sum, count) => sum + count, 0);
  const ofRow = FIELD_BYTES * fields + POSITION_BYTES + (vector.length > 0 ? VECTOR_STEP_BYTES : 0);
  const most = Math.floor(bytes / (ofRow + MIN_TEXT_BYTES));
  if (size > most && (isDense || !fill.some(canReject))) return NO_ROOM;
  const rows = Math.min(Number(size), most);
  return { rows, textBytes: Math.min(MAX_TEXT_BYTES, Math.floor(bytes / rows) - ofRow) };
}

/** The number of fields of the kernel's layer that a step sets, at most. */
function fieldsSetBy({ kind }: Step): number {
  return { derive: 1, rule: 1, overlap: 2, where: 0, expand: 0, select: 0, cell: 0 }[kind];
}

/**
 * Rough nanoseconds of each part of a block: the start of its loops, the odometer for each raw index
 * of a block that is not reused, and each step for each row. They are rounded from profiles of
 * examples/vocoder.yaml of 2026-11-27. Only their ratios matter, and only to the choice of a block.
 */
const NANOSECONDS = { start: 200, odometer: 20, where: 15, rule: 8, derive: 15, overlap: 30 };

/** The estimated time of a block, in nanoseconds for each of its raw indices. */
function costOf(grid: GridPlan, block: Block, { vectorRows }: BlockLimits): number {
  const size = sizeInside(grid, block.level);
  const rows = Number(size < vectorRows ? size : vectorRows);
  const steps = block.vector.flatMap((own) => (own.kind === "step" ? [own.step] : []));
  const isReused = block.rows > 0;
  if (!isReused) steps.push(...block.fill);
  const ofSteps = steps.reduce(
    (sum, { kind }) => sum + (kind in NANOSECONDS ? NANOSECONDS[kind as "rule"] : 0),
    0,
  );
  return NANOSECONDS.start / rows + (isReused ? 0 : NANOSECONDS.odometer) + ofSteps;
}

/** The number of raw indices of the loops inside of a level. */
function sizeInside({ loops }: GridPlan, level: number): bigint {
  return loops.slice(level).reduce((size, loop) => size * BigInt(loop.size), 1n);
}

/** The names that change outside of a block. Names that are known at level 0 never change. */
function namesOutside({ loops, steps }: GridPlan, level: number): Set<string> {
  return new Set([
    ...loops.slice(0, level).flatMap(({ names }) => names),
    ...steps
      .filter((step) => step.level > 0 && step.level <= level)
      .flatMap(({ provides }) => provides),
  ]);
}

/** Whether a step can reject a layer, or have no value. */
function canReject(step: Step): boolean {
  return step.kind !== "overlap" && (step.kind !== "rule" || step.predicate !== undefined);
}
