/** Samples of raw indices: uniform, distinct, repeatable. */

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
function below(bound: bigint, random: () => bigint): bigint {
  const fair = U64 - (U64 % bound);
  for (;;) {
    const value = random();
    if (value < fair) return value % bound;
  }
}

/** `count` different indices of [0, size), every set of them equally likely, in ascending order. Floyd's method: memory grows with `count` alone. */
export function sampleIndices(size: bigint, count: number, seed: bigint): BigUint64Array {
  const random = splitMix64(seed);
  const chosen = new Set<bigint>();
  for (let j = size - BigInt(count); j < size; j++) {
    const pick = below(j + 1n, random);
    chosen.add(chosen.has(pick) ? j : pick);
  }
  return BigUint64Array.from(chosen).sort();
}
