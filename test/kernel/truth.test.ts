import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Layer, Results } from "../../src/columns.ts";
import { layerFrom } from "../../src/layer.ts";
import { KERNELS, METHODS } from "../support/kernels.ts";

const [head, ...lines] = readFileSync(new URL("../fixtures/conv_transpose1d.csv", import.meta.url), "utf8")
  .trim()
  .split("\n");
const names = (head as string).split(",");
const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])) as Record<string, string>);

function layerOf(row: Record<string, string>): Layer {
  return layerFrom((p) => (p.type === "boolean" ? Number(row[p.name] === "true") : Number(row[p.name])));
}

describe.each(KERNELS)("on the layers that real PyTorch ran, the %s kernel", (_, kernel) => {
  it.each(METHODS)("gives its output length, taps, covered, additions and MACs on all 242, by %s", (method) => {
    expect(rows).toHaveLength(242);
    for (const row of rows) {
      const counts = kernel.count(layerOf(row), method);
      expect(counts.broken).toBeUndefined();
      const results = counts.results as Results;
      expect({
        l_out: String(results.l_out),
        taps: String(results.taps),
        covered: String(results.covered),
        additions_doc: String(results.additions_per_filter),
        additions_exact: String(results.taps - results.covered),
        exact_macs: String(results.macs),
      }).toEqual({
        l_out: row.l_out,
        taps: row.taps,
        covered: row.covered,
        additions_doc: row.additions_doc,
        additions_exact: row.additions_exact,
        exact_macs: row.exact_macs,
      });
    }
  });

  it("gives moduleprofiler's own figure wherever its experiment leaves nothing out", () => {
    const comparable = rows.filter((row) => row.output_padding === "0");
    expect(comparable.length).toBeGreaterThan(100);
    for (const row of comparable) {
      expect(`${kernel.count(layerOf(row), "closed").results?.ops}`).toBe(row.moduleprofiler_ops);
    }
  });
});
