/** Samples of raw indices: uniform, distinct, repeatable, in order. */
import type { GridPlan, Plan } from "../../plan/model.js";

const U64 = 2n ** 64n;

/** Uniform 64-bit integers: the SplitMix64 generator (Steele, Lea, Flood 2014). */
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

/** A uniform integer of [0, bound). */
function uniformBelow(bound: bigint, random: () => bigint): bigint {
  const fair = U64 - (U64 % bound);
  for (;;) {
    const value = random();
    if (value < fair) return value % bound;
  }
}

/** Into so many blocks a large sample is divided: what is held at a time is their counts, and the indices of one. */
const BLOCKS = 65_536n;

/**
 * `count` different indices of [0, size), every set of them equally likely, in ascending order, one by one.
 *
 * Memory does not grow with `size`, and with `count` only by what falls into one of 65,536 blocks. First each draw is
 * given to a block, with the chance that the block's share of what is left has; then each block draws its own.
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
    // Of a block's indices as many are taken as it has draws; which ones does not matter here, so say the first.
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

/** `count` different offsets of [0, size) in ascending order: Floyd's method. */
function drawBlock(size: bigint, count: number, random: () => bigint): BigUint64Array {
  const chosen = new Set<bigint>();
  for (let j = size - BigInt(count); j < size; j++) {
    const candidate = uniformBelow(j + 1n, random);
    chosen.add(chosen.has(candidate) ? j : candidate);
  }
  return BigUint64Array.from(chosen).sort();
}

/** Raw indices of a plan, in ascending order, each with its grid and counted from the grid's first. */
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
