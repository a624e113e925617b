/** Shards: the raw index space cut into contiguous intervals, made one at a time. */
import type { Method } from "../plan/image.js";
import type { Plan } from "../plan/plan.js";
import type { Shard } from "./protocol.js";

/** Rows of a shard come to at most about this many bytes: large enough that a task's overhead vanishes, small enough to stay in cache. */
const SHARD_BYTES = 2 * 1024 * 1024;

/** A simulated layer costs microseconds to seconds: smaller shards keep the workers even and the progress moving. */
const SIMULATED_INDICES = 512;

/** How many raw indices a shard of this plan has. Every shard fits in one batch of the kernel. */
export function shardSize(plan: Plan, method: Method): bigint {
  const indices = Math.max(1, Math.floor(SHARD_BYTES / plan.rowBytesMost));
  return BigInt(method === "closed" ? indices : Math.min(indices, SIMULATED_INDICES));
}

export function shardCount(plan: Plan, method: Method): bigint {
  const size = shardSize(plan, method);
  return (plan.size + size - 1n) / size;
}

export function* shards(plan: Plan, method: Method): Generator<Shard> {
  const size = shardSize(plan, method);
  for (let first = 0n; first < plan.size; first += size) {
    const end = first + size;
    yield { kind: "shard", first, end: end < plan.size ? end : plan.size };
  }
}
