import { expect, it } from "vitest";
import { kernelModule } from "../../src/kernel/artefact.ts";

it("reports the path of a kernel that is not built", () => {
  expect(() => kernelModule("none" as "release")).toThrow(
    /build\/upsweep\.none\.wasm: the kernel is missing\. Run 'npm run build', or reinstall the package\.$/,
  );
});
