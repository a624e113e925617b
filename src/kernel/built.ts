/** Instances of the built kernel, which artefact.ts finds. */
import type { Sum } from "../checksum.js";
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

let summing: Kernel | undefined;

/** The checksum of a large number of bytes, calculated by a kernel. */
export function sumOfMany(bytes: Uint8Array): Sum {
  summing ??= builtKernel();
  return summing.sum(bytes);
}
