/** Finds the built kernel and compiles it once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errors } from "../errors.js";

export type Build = "release" | "debug";

const compiled = new Map<Build, WebAssembly.Module>();

/**
 * The path of a build. dist/kernel, dist/bin and src/kernel are equally deep, so one relative path
 * serves all three.
 */
export function artefactPath(build: Build = "release"): string {
  return fileURLToPath(new URL(`../../build/upsweep.${build}.wasm`, import.meta.url));
}

/** The compiled kernel. Workers receive the compiled module, and only create an instance of it. */
export function kernelModule(build: Build = "release"): WebAssembly.Module {
  let module = compiled.get(build);
  if (!module) {
    module = new WebAssembly.Module(readArtefact(artefactPath(build)));
    compiled.set(build, module);
  }
  return module;
}

/**
 * The SHA-256 of the built kernel. A kernel with another hash may count or write something else.
 */
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
