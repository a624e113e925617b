/** How much a task of a sweep is: enough that its overhead vanishes, little enough to stay in cache and to keep all workers busy. */
import type { Method } from "../plan/image.js";
import type { Plan } from "../plan/model.js";

/** Rows of a task come to at most about this many bytes. */
const TASK_BYTES = 2 * 1024 * 1024;

/** Where rows are short or none are written, a task still ends after this many looks at layers: some milliseconds. */
const VISITS_MOST = 262_144;

/** A simulated layer costs microseconds to seconds: smaller tasks keep the workers even and the progress moving. */
const SIMULATED_VISITS = 512;

/** How many looks at layers a task has; all its rows fit in one batch of the kernel. */
export function visitsOfTask(plan: Plan, method: Method): number {
  const visits = Math.min(VISITS_MOST, Math.max(1, Math.floor(TASK_BYTES / Math.max(1, plan.rowBytesMost))));
  return method === "closed" ? visits : Math.min(visits, SIMULATED_VISITS);
}
