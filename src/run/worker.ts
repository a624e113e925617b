/** The worker thread: one instance of the kernel, one job, and an answer to every task. Synchronous throughout. */
import { Piscina, transferableSymbol, valueSymbol } from "piscina";
import { wasmKernel } from "../kernel/wasm.js";
import type { Answer, Task, WorkerData } from "./protocol.js";
import { performer } from "./task.js";

const { module, job } = Piscina.workerData as WorkerData;
const perform = performer(wasmKernel("release", module), job);

/** Hands the bytes of an answer over instead of copying them. */
function handOver(answer: Answer): unknown {
  return {
    [transferableSymbol]: answer.csv.map((bytes) => bytes.buffer),
    [valueSymbol]: answer,
  };
}

export default function answer(task: Task): unknown {
  return Piscina.move(handOver(perform(task)) as never);
}
