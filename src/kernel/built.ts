/** Instances of the built kernel, which artefact.ts finds. */
import { artefactPath, type Build, kernelModule } from "./artefact.js";
import type { Kernel } from "./kernel.js";
import { wasmKernel } from "./wasm.js";

/**
 * Creates an instance of a built kernel.
 *
 * @throws UpsweepError if there is no such build, or as `wasmKernel` does.
 */
export function builtKernel(build: Build = "release"): Kernel {
  return wasmKernel(kernelModule(build), artefactPath(build));
}
