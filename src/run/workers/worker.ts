/**
 * The worker thread. It has one instance of the kernel and one job, and returns an answer to every
 * task. Counting is synchronous. What encodes row groups is loaded with the first of them.
 */
import { workerData } from "node:worker_threads";
import type { ParquetKernel } from "../../kernel/parquet.js";
import { parquetKernel, wasmKernel } from "../../kernel/wasm.js";
import type { Answer, EncodedGroup, EncodeTask, Task, WorkerData } from "./protocol.js";
import { taskHandler } from "./task.js";

const { module, job } = workerData as WorkerData;
const count = taskHandler(wasmKernel(module), job);

/** Has an instance of its own: the output buffers of the other one may be leased. */
let encoder: ParquetKernel | undefined;

async function encode({ columns, group, codec }: EncodeTask): Promise<EncodedGroup> {
  const { encodeRowGroup } = await import("./encode.js");
  encoder ??= parquetKernel(module);
  return encodeRowGroup(encoder, columns, group, codec);
}

/** The function that piscina calls for each task. */
const answer = (task: Task): Answer | Promise<Answer> =>
  task.kind === "encode" ? encode(task) : count(task);
export default answer;
