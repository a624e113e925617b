/**
 * The worker thread. It has one instance of the kernel and one job, and returns an answer to every
 * task. All of its code is synchronous.
 */
import { workerData } from "node:worker_threads";
import { wasmKernel } from "../../kernel/wasm.js";
import type { Answer, Task, WorkerData } from "./protocol.js";
import { taskHandler } from "./task.js";

const { module, job } = workerData as WorkerData;

/** The function that piscina calls for each task. */
const answer: (task: Task) => Answer = taskHandler(wasmKernel(module), job);
export default answer;
