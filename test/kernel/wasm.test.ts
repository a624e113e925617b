import { expect, it, vi } from "vitest";
import { builtKernel } from "../../src/kernel/built.ts";
import { ABI_VERSION } from "../../src/kernel/constants.generated.ts";
import { wasmKernel } from "../../src/kernel/wasm.ts";
import { brokenKernel } from "../support/broken-kernel.ts";
import { text } from "../support/text.ts";

it("refuses a kernel with another ABI version", async () => {
  const other = await brokenKernel(
    "ids.generated.ts",
    "ABI_VERSION: u32 = ",
    "ABI_VERSION: u32 = 1 + ",
  );
  expect(() => wasmKernel(other, "upsweep.release.wasm")).toThrow(
    text`
      upsweep.release.wasm: the kernel has ABI version ${ABI_VERSION + 1}, but this program needs
      ${ABI_VERSION}. Run 'npm run build'
    `,
  );
});

it("reports a kernel that cannot allocate its memory", () => {
  class Refused {
    constructor() {
      throw new RangeError("WebAssembly.Instance(): Out of memory");
    }
  }
  vi.stubGlobal("WebAssembly", {
    ...WebAssembly,
    Global: WebAssembly.Global,
    Module: WebAssembly.Module,
    Instance: Refused,
  });
  expect(() => builtKernel()).toThrow(
    "the kernel cannot allocate its memory: WebAssembly.Instance(): Out of memory. Raise the limit",
  );
  vi.unstubAllGlobals();
});
