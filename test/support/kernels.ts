/** The kernels that all kernel tests run on. */
import { type Build, kernelModule } from "../../src/kernel/artefact.ts";
import { builtKernel } from "../../src/kernel/built.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../reference/kernel.ts";

export const KERNELS: readonly (readonly [string, Kernel])[] = [
  ["reference", referenceKernel()],
  ["debug", builtKernel("debug")],
  ["release", builtKernel("release")],
];

export const METHODS = ["closed", "simulate"] as const;

/**
 * The exports of a build: its constants, memory and functions, for tests of what `Kernel` does not
 * offer.
 */
export function exportsOf(build: Build): WebAssembly.Exports {
  return new WebAssembly.Instance(kernelModule(build), { env: { abort: () => {} } }).exports;
}
