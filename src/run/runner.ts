/** Who performs the tasks: worker threads, or for a job of a single task this thread. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { kernelModule } from "../kernel/artefact.js";
import { wasmKernel } from "../kernel/wasm.js";
import type { Answer, Job, Task, WorkerData } from "./protocol.js";
import { performer } from "./task.js";

export interface Runner {
  /** Tasks that it is worth having under way at once: enough that no worker waits, few enough to bound memory. */
  readonly width: number;
  run(task: Task): Promise<Answer>;
  close(): Promise<void>;
}

/** As many workers as the machine has processors for this process. */
export function defaultWorkers(): number {
  return availableParallelism();
}

/**
 * Tasks in flight per worker: one at work, one waiting, one finished and not yet written.
 *
 * Memory: answers stand in the windows of the kernel that made them, of which a worker has a fixed number (assembly/layout.ts);
 * only those beyond are copied. So a run holds some 4 × workers × 4 MiB of rows, whatever the size of the grid or list.
 */
const TASKS_PER_WORKER = 3;

/**
 * Tasks that lie with a worker: one at work, and one that it takes next without asking. What waits in piscina's own queue instead is not
 * taken in order, and so holds up all answers behind it. Measured 2026-11-23, vocoder.yaml to /dev/null: 8 % less time.
 */
const TASKS_AT_WORKER = 2;

/** dist/run, dist/bin and src/run are equally deep, so this path holds for all: worker threads always run the built file. */
const WORKER = fileURLToPath(new URL("../../dist/bin/worker.cjs", import.meta.url));

export function threadedRunner(job: Job, workers: number): Runner {
  const pool = new Piscina({
    filename: WORKER,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: TASKS_AT_WORKER,
    // Workers make little garbage; without a limit V8 lets their heaps grow: 124 instead of 120 MiB at 10^8 rows. Measured 2026-11-24.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
    workerData: { module: kernelModule(), job } satisfies WorkerData,
  });
  return {
    width: TASKS_PER_WORKER * workers,
    run: (task) => pool.run(task, { transferList: task.kind === "chunk" ? [task.bytes.buffer] : [] }),
    close: () => pool.destroy(),
  };
}

export function inlineRunner(job: Job): Runner {
  const perform = performer(wasmKernel(), job);
  return {
    width: 1,
    run: async (task) => perform(task),
    close: async () => {},
  };
}
