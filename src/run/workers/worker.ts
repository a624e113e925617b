/** The worker thread: one instance of the kernel, one job, and an answer to every task. Synchronous throughout. */
import { workerData } from "node:worker_threads";
import { wasmKernel } from "../../kernel/wasm.js";
import type { Answer, Task, WorkerData } from "./protocol.js";
import { taskHandler } from "./task.js";

const { module, job } = workerData as WorkerData;

/** What piscina calls. */
const answer: (task: Task) => Answer = taskHandler(wasmKernel("release", module), job);
export default answer;
