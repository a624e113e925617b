/** The built kernel: found, checked to be there, compiled once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errors } from "../errors.js";

export type Build = "release" | "debug";

const compiled = new Map<Build, WebAssembly.Module>();

/** Where a build lies. dist/kernel, dist/bin and src/kernel are equally deep, so the path holds for all. */
export function artefactPath(build: Build = "release"): string {
  return fileURLToPath(new URL(`../../build/upsweep.${build}.wasm`, import.meta.url));
}

/** The compiled kernel. It goes to worker threads as it is; each only makes an instance of it. */
export function kernelModule(build: Build = "release"): WebAssembly.Module {
  let module = compiled.get(build);
  if (!module) {
    module = new WebAssembly.Module(readArtefact(artefactPath(build)));
    compiled.set(build, module);
  }
  return module;
}

/** The SHA-256 of the built kernel: what another one counts or writes may differ. */
export function kernelHash(): string {
  return createHash("sha256").update(readArtefact(artefactPath())).digest("hex");
}

function readArtefact(path: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOENT"
      ? errors.notBuilt(path)
      : errors.cannotRead(path, error);
  }
}
