/** `upsweep columns`. */
import { describe, expect, it } from "vitest";
import { columnsOf, describeColumn } from "../../src/columns/derived.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { TRANSPOSED } from "../support/layers.ts";

inTemporaryFolder();

describe("upsweep columns", () => {
  it("describes every parameter and result as text, JSON and Markdown", async () => {
    const text = (await said(["columns"])).stdout;
    const json = JSON.parse((await said(["columns", "--json"])).stdout);
    const markdown = (await said(["columns", "--markdown"])).stdout;
    expect(json.results.map((c: { name: string }) => c.name)).toEqual(
      columnsOf(TRANSPOSED).map(({ name }) => name),
    );
    expect(json.parameters.map((c: { name: string }) => c.name)).toEqual(TRANSPOSED.parameterNames);
    for (const { name, counts, tool } of columnsOf(TRANSPOSED).map((c) =>
      describeColumn(TRANSPOSED, c),
    )) {
      expect(text).toMatch(new RegExp(`^[* ]? {2}${name} .*`, "m"));
      expect(text).toContain(counts);
      expect(markdown.includes(`| \`${name}\``)).toBe(tool === undefined);
    }
  });
});
