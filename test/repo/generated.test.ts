/** Generated files: each must match its source. `npm run generate` rewrites them. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { constantsFile, idsFile } from "../../scripts/shared-numbers.ts";
import { kernelModule } from "../../src/kernel/artefact.ts";
import { CONSTANT_NAMES } from "../../src/kernel/constants.generated.ts";

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const read = (file: string) => readFileSync(path(file), "utf8");

function checkFile(file: string, expected: string): void {
  if (process.env.UPDATE_GENERATED) writeFileSync(path(file), expected);
  expect(read(file)).toBe(expected);
}

describe("the numbers shared by kernel and host", () => {
  it("are those of the host's tables, in the kernel", () => {
    checkFile("assembly/ids.generated.ts", idsFile());
  });

  it("have all their names in a type of the host", () => {
    const sources = ["assembly/ids.generated.ts", "assembly/layout.ts"].map(read);
    checkFile("src/kernel/constants.generated.ts", constantsFile(sources));
  });

  it("are all exported by the built kernel", () => {
    const exported = WebAssembly.Module.exports(kernelModule("release"))
      .filter(({ kind }) => kind === "global")
      .map(({ name }) => name);
    // The kernel's tables are exported as addresses, which the host does not read.
    const read = exported.filter((name) => !/^(KIND_DIMENSIONS|KIND_FAMILY|COMPARED)$/.test(name));
    expect([...CONSTANT_NAMES].sort()).toEqual(read.sort());
  });
});
