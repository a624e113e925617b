/** What real PyTorch and the other counters themselves answered, on every kernel, to the last digit. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COLUMNS, type ResultName, type ResultValue } from "../../src/columns/columns.ts";
import {
  type Kind,
  type KindName,
  kindOf,
  type Layer,
  layerFrom,
} from "../../src/layers/parameters.ts";
import { KERNELS, METHODS } from "../support/kernels.ts";

type TruthRow = Readonly<Record<string, string>>;

function truth(kind: KindName): TruthRow[] {
  const [head, ...lines] = readFileSync(new URL(`../fixtures/${kind}.csv`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  const names = (head as string).split(",");
  return lines.map(
    (line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])) as TruthRow,
  );
}

/** `3x5` is one number for each dimension. */
function layerOf(kind: Kind, row: TruthRow): Layer {
  return layerFrom(kind, (p) =>
    p.type === "boolean"
      ? Number(row[p.name] === "true")
      : Number((row[p.base] as string).split("x")[p.dimension]),
  );
}

/** The tool's answer that each convention is compared with. ptflops' is for one sample. */
const ANSWERS: Readonly<Record<string, { readonly column: string; readonly isPerSample?: true }>> =
  {
    moduleprofiler: { column: "moduleprofiler_ops" },
    ptflops: { column: "ptflops_pytorch_api", isPerSample: true },
    ptflops_0_7_4: { column: "ptflops_pytorch_api_v0.7.4", isPerSample: true },
    thop: { column: "thop" },
    thop_ultralytics: { column: "thop_ultralytics" },
    torchinfo: { column: "torchinfo" },
    fvcore: { column: "fvcore" },
    torch: { column: "torch_flop_counter" },
    deepspeed_macs: { column: "deepspeed_macs" },
    deepspeed_flops: { column: "deepspeed_flops" },
    torchprofile: { column: "torchprofile" },
    onnx_tool: { column: "onnx_tool" },
    tensorflow: { column: "tf_profiler_conv2dbackpropinput" },
  };

/** moduleprofiler sums in float32, which rounds once sum(y) passes 2^24; the others answer with floats of whole numbers. */
function answered(text: string): string | null {
  return text === "" || text === "None" || text.startsWith("ERR:")
    ? null
    : text.replace(/\.0$/, "");
}

function inTheirUnits(
  value: ResultValue | undefined,
  isPerSample: boolean,
  layer: Layer,
): string | null {
  if (value === null || value === undefined) return null;
  return String(
    isPerSample && layer.batch_size > 0 ? (value as bigint) / BigInt(layer.batch_size) : value,
  );
}

describe.each(KERNELS)("on the layers that the tools ran, the %s kernel", (_, kernel) => {
  const KINDS = [
    ["conv_transpose1d", 242],
    ["conv_transpose2d", 33],
    ["conv_transpose3d", 11],
  ] as const;

  describe.each(KINDS)("of %s", (name, count) => {
    const kind = kindOf(name);
    const rows = truth(name);

    it.each(METHODS)(
      `gives PyTorch's output lengths, taps, covered, additions and MACs on all ${count}, by %s`,
      (method) => {
        expect(rows).toHaveLength(count);
        for (const row of rows) {
          const { results } = kernel.count(layerOf(kind, row), method);
          const lengths = kind.dimensions.map(
            (letter) => results?.[letter === "" ? "l_out" : (`${letter}_out` as ResultName)],
          );
          expect({
            l_out: lengths.join("x"),
            taps: String(results?.taps),
            covered: String(results?.covered),
            additions_doc: String(results?.additions_per_filter),
            additions_exact: String((results?.taps as bigint) - (results?.covered as bigint)),
            exact_macs: String(results?.macs),
          }).toEqual({
            l_out: row.l_out,
            taps: row.taps,
            covered: row.covered,
            additions_doc: row.additions_doc,
            additions_exact: row.additions_exact,
            exact_macs: row.exact_macs,
          });
        }
      },
    );

    it.each(Object.entries(ANSWERS))(
      `gives what %s answered on all ${count}`,
      (column, { column: answer, isPerSample = false }) => {
        for (const row of rows) {
          const layer = layerOf(kind, row);
          const { results } = kernel.count(layer, "closed");
          expect(
            inTheirUnits(results?.[column as ResultName], isPerSample, layer),
            JSON.stringify(row),
          ).toBe(answered(row[answer] as string));
        }
      },
    );

    it("gives mmengine and calflops the same as fvcore and DeepSpeed", () => {
      for (const row of rows)
        expect([row.mmengine, row.calflops_macs, row.calflops_flops]).toEqual([
          row.fvcore,
          row.deepspeed_macs,
          row.deepspeed_flops,
        ]);
    });
  });
});

it("compares every column of the conventions with its tool", () => {
  expect(Object.keys(ANSWERS)).toEqual(
    COLUMNS.filter(({ group }) => group === "conventions").map(({ name }) => name),
  );
});
