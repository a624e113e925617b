import { expect, it } from "vitest";
import { kernelModule } from "../../src/kernel/artefact.ts";

it("a kernel that is not built is missed, by its path", () => {
  expect(() => kernelModule("none" as "release")).toThrow(
    /build\/upsweep\.none\.wasm: the kernel is missing\. Run 'npm run build', or reinstall the package\.$/,
  );
});
