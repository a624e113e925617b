/** Runners execute tasks. Those on threads of Node are in run/runner.ts. */
import type { Kernel } from "../../kernel/kernel.js";
import type { Answer, CountTask, Job, Task } from "./protocol.js";
import { taskHandler } from "./task.js";

export interface Runner {
  /** Number of tasks to keep in flight: enough that no worker waits, few enough to bound memory. */
  readonly width: number;
  /** @throws UpsweepError if several workers in turn fail on the task. */
  run(task: Task): Promise<Answer>;
  close(): Promise<void>;
}

/** What a sweep needs from the platform: kernels, and threads that execute tasks. */
export interface Platform {
  /** Creates a kernel on this thread. */
  kernel(): Kernel;
  /** The default number of worker threads. */
  workers(): number;
  /** Creates a runner on worker threads. */
  threads(job: Job, workers: number): Runner;
}

/** A runner on this thread, for tasks that count. No other runner may use the same kernel. */
export function inlineRunner(kernel: Kernel, job: Job): Runner {
  const handle = taskHandler(kernel, job, 0);
  return {
    width: 1,
    run: async (task) => handle(task as CountTask),
    close: async () => {},
  };
}

/**
 * A platform without worker threads. Its sweeps block this thread, so a page uses it in a Web
 * Worker.
 */
export function inlinePlatform(kernel: () => Kernel): Platform {
  return {
    kernel,
    workers: () => 1,
    threads: (job) => inlineRunner(kernel(), job),
  };
}
