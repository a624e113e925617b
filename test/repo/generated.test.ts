/** Generated files: each must match its source. `npm run generate` rewrites them. */
import { describe, expect, it } from "vitest";
import { overlapPicture, PICTURE_LAYER, pictureOverlap } from "../../scripts/overlap-picture.ts";
import { constantsFile, idsFile } from "../../scripts/shared-numbers.ts";
import { kernelModule } from "../../src/kernel/artefact.ts";
import { builtKernel } from "../../src/kernel/built.ts";
import { CONSTANT_NAMES } from "../../src/kernel/constants.generated.ts";
import { DEFAULT_KIND, kindOf } from "../../src/layers/kinds.ts";
import { checkFile, read } from "./documents.ts";

describe("the numbers shared by kernel and host", () => {
  it("are those of the host's tables, in the kernel", () => {
    checkFile("assembly/ids.generated.ts", idsFile());
  });

  it("have all their names in a type of the host", () => {
    const sources = [
      "assembly/ids.generated.ts",
      ...["capacities", "records", "image", "buffers", "vectors", "parquet"].map(
        (name) => `assembly/layout/${name}.ts`,
      ),
    ].map(read);
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

describe("docs/overlap.svg", () => {
  it("is what its script draws", () => {
    checkFile("docs/overlap.svg", overlapPicture());
  });

  it("shows the overlap that the kernel counts", () => {
    const layer = { ...PICTURE_LAYER, output_padding: 0, dilation: 1 };
    const drawn = pictureOverlap(PICTURE_LAYER);
    const counted = builtKernel().overlap(kindOf(DEFAULT_KIND), layer, 0n, drawn.length);
    expect(drawn).toEqual([...counted]);
  });
});
