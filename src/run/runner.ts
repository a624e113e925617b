/** Who performs the tasks: worker threads, or for a job of a single task this thread. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { errors } from "../errors.js";
import { reasonOf } from "../format-message.js";
import { kernelModule } from "../kernel/artefact.js";
import { wasmKernel } from "../kernel/wasm.js";
import type { Answer, Job, Task, WorkerData } from "./workers/protocol.js";
import { taskHandler } from "./workers/task.js";

export interface Runner {
  /** Tasks that it is worth having under way at once: enough that no worker waits, few enough to bound memory. */
  readonly width: number;
  /** @throws UpsweepError when one worker after the other fails on the task. */
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
const TASKS_IN_FLIGHT_PER_WORKER = 3;

/**
 * Tasks that lie with a worker: one at work, and one that it takes next without asking. What waits in piscina's own queue instead is not
 * taken in order, and so holds up all answers behind it. Measured 2026-11-23, vocoder.yaml to /dev/null: 8 % less time.
 */
const TASKS_QUEUED_PER_WORKER = 2;

/** So often a task is given to another worker after the first, where one dies of it or throws. */
const MAX_RETRIES = 2;

/** dist/run, dist/bin and src/run are equally deep, so this path holds for all: worker threads always run the built file. */
const WORKER = fileURLToPath(new URL("../../dist/bin/worker.cjs", import.meta.url));

export function threadedRunner(job: Job, workers: number): Runner {
  const pool = createPool({ module: kernelModule(), job }, workers);
  let isClosed = false;
  let startError: Error | undefined;
  // A worker that dies with nothing to do is replaced, and nothing is lost. One that dies while it starts is not; where none is left, the tasks that
  // wait would wait for ever.
  pool.on("error", (error) => {
    if (pool.threads.length > 0) return;
    startError = error;
    void pool.destroy();
  });
  const seenErrors = new WeakSet();
  return {
    width: TASKS_IN_FLIGHT_PER_WORKER * workers,
    /** Rows come with the answer only: those of a worker that died over a task are nowhere. */
    async run(task) {
      for (let failures = 0; ; ) {
        try {
          return await pool.run(task);
        } catch (error) {
          if (isClosed) throw error;
          if (startError) throw errors.noWorker(startError.message);
          // Of the tasks that lay with a worker when it died, the first was at work, and is told so first: the others are not to blame.
          const isToBlame = !seenErrors.has(error as Error);
          seenErrors.add(error as Error);
          if (isToBlame) failures++;
          if (failures > MAX_RETRIES)
            throw errors.workersFailed(describeTask(task), failures, (error as Error).message);
        }
      }
    },
    async close() {
      isClosed = true;
      await pool.destroy();
    },
  };
}

/** @throws UpsweepError when the system gives no thread. */
function createPool(workerData: WorkerData, workers: number): Piscina {
  try {
    return new Piscina({
      filename: WORKER,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: TASKS_QUEUED_PER_WORKER,
      // Workers make little garbage; without a limit V8 lets their heaps grow: 124 instead of 120 MiB at 10^8 rows. Measured 2026-11-24.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
      workerData,
    });
  } catch (error) {
    throw errors.noWorker(reasonOf(error));
  }
}

/** What a message calls a task. */
function describeTask(task: Task): string {
  switch (task.kind) {
    case "range":
      return `the raw indices from ${task.first} of grid ${task.grid + 1}`;
    case "indices":
      return `the raw indices from ${task.indices[0]} of grid ${task.grid + 1}`;
    case "chunk":
      return `a chunk of ${task.bytes.length} bytes of the list`;
  }
}

/**
 * For tasks that come when they come: this thread counts, until there is so much to do that threads are worth starting. Then it still takes small
 * tasks that come alone, as a thread answers later.
 */
export function growingRunner(job: Job, workers: number, needsThreads: boolean): GrowingRunner {
  const inline = inlineRunner(job);
  let threads = needsThreads ? threadedRunner(job, workers) : undefined;
  return {
    get width() {
      return threads?.width ?? 1;
    },
    async run(task, { isLarge, isSmallAndAlone }) {
      if (isLarge) threads ??= threadedRunner(job, workers);
      return threads && (needsThreads || !isSmallAndAlone) ? threads.run(task) : inline.run(task);
    },
    async close() {
      await threads?.close();
    },
  };
}

export interface GrowingRunner extends Omit<Runner, "run"> {
  run(task: Task, urgency: Urgency): Promise<Answer>;
}

interface Urgency {
  /** More is at hand than one thread should do. */
  readonly isLarge: boolean;
  /** Few bytes, and nothing else under way. */
  readonly isSmallAndAlone: boolean;
}

export function inlineRunner(job: Job): Runner {
  const handle = taskHandler(wasmKernel(), job);
  return {
    width: 1,
    run: async (task) => handle(task),
    close: async () => {},
  };
}
