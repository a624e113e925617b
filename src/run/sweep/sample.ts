/** Samples of raw indices: uniform, distinct, reproducible, in ascending order. */
import type { GridPlan, Plan } from "../../plan/model.js";

const U64 = 2n ** 64n;

/** Generates uniform 64-bit integers with SplitMix64 (Steele, Lea, Flood 2014). */
function splitMix64(seed: bigint): () => bigint {
  let state = BigInt.asUintN(64, seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

/** A uniform integer in [0, bound). Uses rejection sampling, so that there is no modulo bias. */
function uniformBelow(bound: bigint, random: () => bigint): bigint {
  const fair = U64 - (U64 % bound);
  for (;;) {
    const value = random();
    if (value < fair) return value % bound;
  }
}

/** Maximum number of blocks. Memory holds the counts of all blocks, and the indices of one. */
const BLOCKS = 65_536n;

/**
 * Yields `count` distinct indices of [0, size) in ascending order. All sets of indices are equally
 * likely.
 *
 * Memory does not depend on `size`, and grows with `count` only by the indices of one of 65,536
 * blocks. First, each draw is assigned to a block, with a probability proportional to the indices
 * that remain in it. Then each block draws its own indices.
 */
export function* sampleIndices(
  size: bigint,
  count: number,
  seed: bigint,
): Generator<bigint, void, void> {
  const random = splitMix64(seed);
  const blockSize = (size + BLOCKS - 1n) / BLOCKS;
  const counts = new Uint32Array(Number((size + blockSize - 1n) / blockSize));
  for (let sampled = 0; sampled < count; ) {
    const index = uniformBelow(size, random);
    const block = Number(index / blockSize);
    // A block with n draws has n of its indices taken. Which ones is irrelevant here, so assume the
    // first n and reject an index among them.
    if (index % blockSize < BigInt(counts[block] as number)) continue;
    counts[block] = (counts[block] as number) + 1;
    sampled++;
  }
  for (const [block, countInBlock] of counts.entries()) {
    if (countInBlock === 0) continue;
    const first = BigInt(block) * blockSize;
    const length = first + blockSize < size ? blockSize : size - first;
    for (const offset of drawBlock(length, countInBlock, random)) yield first + offset;
  }
}

/** Draws `count` distinct offsets of [0, size) with Floyd's algorithm, in ascending order. */
function drawBlock(size: bigint, count: number, random: () => bigint): BigUint64Array {
  const chosen = new Set<bigint>();
  for (let j = size - BigInt(count); j < size; j++) {
    const candidate = uniformBelow(j + 1n, random);
    chosen.add(chosen.has(candidate) ? j : candidate);
  }
  return BigUint64Array.from(chosen).sort();
}

/**
 * Maps ascending raw indices of a plan to their grids. Each result is relative to the first index
 * of its grid.
 */
export function* inGrids(
  plan: Plan,
  indices: Iterable<bigint>,
): Generator<{ readonly grid: number; readonly index: bigint }, void, void> {
  let grid = 0;
  for (const index of indices) {
    for (
      ;
      index >= (plan.grids[grid] as GridPlan).first + (plan.grids[grid] as GridPlan).size;
      grid++
    );
    yield { grid, index: index - (plan.grids[grid] as GridPlan).first };
  }
}
