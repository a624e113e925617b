/** Runners on worker threads of Node, and the platform that sweeps use in Node. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { errors } from "../errors.js";
import { reasonOf } from "../format-message.js";
import { kernelModule } from "../kernel/artefact.js";
import { builtKernel } from "../kernel/built.js";
import type { Answer, Job, Task, WorkerData } from "./workers/protocol.js";
import { inlineRunner, type Platform, type Runner } from "./workers/runner.js";

/** The default number of workers: the processors available to this process. */
export function defaultWorkers(): number {
  return availableParallelism();
}

/**
 * Tasks in flight per worker: one running, one queued, one finished but not yet written.
 *
 * Memory: the rows of answers stay in the output buffers of the kernel that produced them. Each
 * worker has a fixed number of buffers (assembly/layout.ts), and only rows beyond these are copied.
 * A run therefore holds about 4 × workers × 4 MiB of rows, whatever the size of the grid or list.
 */
const TASKS_IN_FLIGHT_PER_WORKER = 3;

/**
 * Tasks assigned to a worker: one running, and one that it starts next without a round trip.
 * piscina's own queue does not keep the order of the tasks. A task that waits there delays all
 * later answers. Measured 2026-11-23, vocoder.yaml to /dev/null: this takes 8 % less time.
 */
const TASKS_QUEUED_PER_WORKER = 2;

/** Number of retries on another worker after a task kills its worker or throws. */
const MAX_RETRIES = 2;

/**
 * The built worker file, which threads always run. The path is valid from dist/run, dist/bin and
 * src/run, which have the same depth.
 */
const WORKER = fileURLToPath(new URL("../../dist/bin/worker.cjs", import.meta.url));

/** A runner on worker threads. */
export function threadedRunner(job: Job, workers: number): Runner {
  const pool = createPool({ module: kernelModule(), job }, workers);
  let isClosed = false;
  let startError: Error | undefined;
  // The pool replaces a worker that dies while idle, and nothing is lost. It does not replace a
  // worker that dies while starting. If none is left, waiting tasks would wait forever.
  pool.on("error", (error) => {
    if (pool.threads.length > 0) return;
    startError = error;
    void pool.destroy();
  });
  const seenErrors = new WeakSet();
  return {
    width: TASKS_IN_FLIGHT_PER_WORKER * workers,
    /** Rows arrive only with the answer. If a worker dies during a task, none of its rows exist. */
    async run(task) {
      for (let failures = 0; ; ) {
        try {
          return await pool.run(task);
        } catch (error) {
          if (isClosed) throw error;
          if (startError) throw errors.noWorker(startError.message);
          // When a worker dies, piscina rejects all of its tasks with the same error, in order. The
          // first of them was running. Queued tasks are retried without counting a failure.
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

/** @throws UpsweepError if the system cannot create a thread. */
function createPool(workerData: WorkerData, workers: number): Piscina {
  try {
    return new Piscina({
      filename: WORKER,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: TASKS_QUEUED_PER_WORKER,
      // Workers produce little garbage, but without a limit V8 lets their heaps grow. Measured
      // 2026-11-24 at 10^8 rows: 124 MiB without the limit, 120 MiB with it.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
      workerData,
    });
  } catch (error) {
    throw errors.noWorker(reasonOf(error));
  }
}

/** Describes a task in error messages. */
function describeTask(task: Task): string {
  switch (task.kind) {
    case "range":
      return `the raw indices from ${task.first} of grid ${task.grid + 1}`;
    case "indices":
      return `the raw indices from ${task.indices[0]} of grid ${task.grid + 1}`;
    case "chunk":
      return `a chunk of ${task.bytes.length} bytes of the list`;
    case "encode":
      return `a row group of ${task.group.rows} rows`;
  }
}

/**
 * A runner for live input. This thread runs the tasks until there is enough work to justify worker
 * threads. After that, it still runs small tasks that arrive alone, because a thread answers later.
 *
 * @param needsThreads whether worker threads run all tasks, even small ones.
 */
export function growingRunner(job: Job, workers: number, needsThreads: boolean): GrowingRunner {
  const inline = inlineRunner(builtKernel(), job);
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

/**
 * The platform of Node, for a sweep and what comes after it. Both use the same threads, which the
 * sweep starts and `close` stops.
 */
export class SharedThreads implements Platform {
  #runner: Runner | undefined;
  #size = 0;

  readonly kernel = NODE.kernel;
  readonly workers = NODE.workers;

  threads(job: Job, workers: number): Runner {
    this.#runner = NODE.threads(job, workers);
    this.#size = workers;
    return { ...this.#runner, close: async () => {} };
  }

  /** The runner, once the sweep has started it. */
  get runner(): Runner | undefined {
    return this.#runner;
  }

  /** The number of threads, once the sweep has started them. */
  get size(): number {
    return this.#size;
  }

  async close(): Promise<void> {
    await this.#runner?.close();
  }
}

export interface GrowingRunner extends Omit<Runner, "run"> {
  run(task: Task, urgency: Urgency): Promise<Answer>;
}

interface Urgency {
  /** Whether more input is available than one thread should process. */
  readonly isLarge: boolean;
  /** Whether the task has few bytes and no other task is in flight. */
  readonly isSmallAndAlone: boolean;
}

/** Kernels and threads of Node. */
export const NODE: Platform = {
  kernel: () => builtKernel(),
  workers: defaultWorkers,
  threads: threadedRunner,
};
