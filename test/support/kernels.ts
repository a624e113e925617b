/** The kernels that all kernel tests run on. */
import { type Build, kernelModule } from "../../src/kernel/artefact.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { wasmKernel } from "../../src/kernel/wasm.ts";
import { referenceKernel } from "../reference/kernel.ts";

export const KERNELS: readonly (readonly [string, Kernel])[] = [
  referenceKernel(),
  wasmKernel("debug"),
  wasmKernel("release"),
].map((kernel) => [kernel.name, kernel] as const);

export const METHODS = ["closed", "simulate"] as const;

/**
 * The exports of a build: its constants, memory and functions, for tests of what `Kernel` does not
 * offer.
 */
export function exportsOf(build: Build): WebAssembly.Exports {
  return new WebAssembly.Instance(kernelModule(build), { env: { abort: () => {} } }).exports;
}
