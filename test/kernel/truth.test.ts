/**
 * The answers of real PyTorch and of the other counters themselves, on every kernel, to the last
 * digit.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COLUMNS, type ResultName, type ResultValue } from "../../src/columns/table.ts";
import type { FamilyName } from "../../src/layers/family.ts";
import type { Kind, KindName } from "../../src/layers/kinds.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerFrom } from "../../src/layers/layer.ts";
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

/**
 * `3x5` has one number for each dimension. A padding may be the word `same` or `valid` for all of
 * them.
 */
function layerOf(kind: Kind, row: TruthRow): Layer {
  return layerFrom(kind, (p) => {
    const text = (row[p.base] ?? row[p.name]) as string;
    if (p.type === "boolean") return Number(text === "true");
    return p.words?.[text] ?? Number(text.split("x")[p.dimension]);
  });
}

interface Answer {
  /** The fixture column with the tool's own answer. */
  readonly column: string;
  /** Whether the answer is for one sample of the batch. */
  readonly isPerSample?: true;
}

/** In newer fixtures the answers have the names of the columns. */
const SAME_NAMES: Readonly<Record<string, Answer>> = Object.fromEntries(
  COLUMNS.filter(({ group }) => group === "conventions").map(({ name }) => [
    name,
    { column: name },
  ]),
);

/** The tool's answer for each column of the conventions, by family. */
const ANSWERS: Readonly<Record<FamilyName, Readonly<Record<string, Answer>>>> = {
  transposed: {
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
  },
  convolution: SAME_NAMES,
  linear: SAME_NAMES,
};

/**
 * The number of an answer, or null where the tool has none. moduleprofiler sums in float32, which
 * rounds once sum(y) exceeds 2^24; the others answer with whole numbers as floats.
 */
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

describe.each(KERNELS)("the layers that the tools ran, on the %s kernel", (_, kernel) => {
  const KINDS = [
    ["conv_transpose1d", 242],
    ["conv_transpose2d", 33],
    ["conv_transpose3d", 11],
    ["conv1d", 310],
    ["conv2d", 140],
    ["conv3d", 63],
    ["linear", 63],
  ] as const;

  describe.each(KINDS)("of %s", (name, count) => {
    const kind = kindOf(name);
    const rows = truth(name);

    it.each(METHODS)(
      `have PyTorch's output lengths, taps, covered, additions and MACs on all ${count}, by %s`,
      (method) => {
        expect(rows).toHaveLength(count);
        for (const row of rows) {
          const { results } = kernel.count(layerOf(kind, row), method);
          const lengths = kind.dimensions.map(
            (letter) => results?.[letter === "" ? "l_out" : (`${letter}_out` as ResultName)],
          );
          const counted = {
            exact_macs: String(results?.macs),
            ...(kind.family.spatial && {
              l_out: lengths.join("x"),
              taps: String(results?.taps),
              covered: String(results?.covered),
            }),
            ...(kind.family.name === "transposed" && {
              additions_doc: String(results?.additions_per_filter),
              additions_exact: String((results?.taps as bigint) - (results?.covered as bigint)),
            }),
          };
          const names = Object.keys(counted);
          expect(counted).toEqual(Object.fromEntries(names.map((of) => [of, row[of]])));
        }
      },
    );

    it.each(Object.entries(ANSWERS[kind.family.name]))(
      `have the answers of %s on all ${count}`,
      (column, { column: answer, isPerSample = false }) => {
        for (const row of rows) {
          const layer = layerOf(kind, row);
          const { results } = kernel.count(layer, "closed");
          // onnx-tool cannot run a linear layer over a single row without a batch dimension.
          const isSingleRow = /^\d+$/.test(row.input_shape ?? "");
          if (column === "onnx_tool" && isSingleRow) continue;
          expect(
            inTheirUnits(results?.[column as ResultName], isPerSample, layer),
            JSON.stringify(row),
          ).toBe(answered(row[answer] as string));
        }
      },
    );

    it("have equal answers of mmengine and fvcore, and of calflops and DeepSpeed", () => {
      for (const row of rows)
        expect([row.mmengine, row.calflops_macs, row.calflops_flops]).toEqual([
          row.fvcore,
          row.deepspeed_macs,
          row.deepspeed_flops,
        ]);
    });
  });
});

it.each(Object.entries(ANSWERS))(
  "every column of the conventions is compared with its tool, for %s layers",
  (_, answers) => {
    expect(Object.keys(answers)).toEqual(
      COLUMNS.filter(({ group }) => group === "conventions").map(({ name }) => name),
    );
  },
);
