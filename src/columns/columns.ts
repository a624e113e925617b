/**
 * THE column table. The CSV header, `upsweep columns`, the README's table, the library's types and the plan's schedule all
 * come from here; the kernel's column numbers (assembly/layout.ts) are looked up by name.
 */
import {
  type Kind,
  type KindName,
  type LayerParameters,
  namesOfParameter,
  type ParameterName,
  type SettingName,
} from "../layers/parameters.js";

/** What a result column rests on: the parameters whose turn can change it. */
const GEOMETRY = [
  "l_in",
  "kernel_size",
  "stride",
  "padding",
  "output_padding",
  "dilation",
] as const;
const CHANNELS = ["in_channels", "out_channels", "groups"] as const;

const TRANSPOSED = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"] as const;

/** Groups of columns, in the order in which `all` has them; any of them can stand for its columns. */
export const COLUMN_GROUPS = ["geometry", "documented", "exact", "conventions"] as const;

interface ColumnRow {
  readonly name: string;
  /**
   * geometry: the shape; documented: as the reference documentation (moduleprofiler) defines it; exact: what the layer needs;
   * conventions: what other counters answer.
   */
  readonly group: (typeof COLUMN_GROUPS)[number];
  /** What holds it: 64 bits without or with a sign, true or false, or a decimal number. */
  readonly type: "u64" | "i64" | "boolean" | "decimal";
  readonly unit: string;
  /** Of one dimension; of several, L, K, s, l_out and taps are products. */
  readonly formula: string;
  /** What it counts, and what it does not. */
  readonly counts: string;
  readonly dependsOn: readonly (ParameterName | SettingName)[];
  /** Whether it takes taps or covered, which are what is dear to work out. */
  readonly needsOverlap: boolean;
  /** The kinds of layers that have it, if not all. */
  readonly layers?: readonly KindName[];
  /** The spatial dimension that it is of. */
  readonly dimension?: string;
  /** Whether the values of several layers add up to that of a network. */
  readonly isAdditive?: true;
  /** Whether its cell is empty where the tool gives no answer. */
  readonly nullable?: true;
  /** Whose answer it is. */
  readonly tool?: {
    readonly name: string;
    readonly version: string;
    readonly commit: string;
    readonly function: string;
  };
}

/** The result columns. N, C_in, C_out, g, L, K, s, p, d, o, b are the parameters in the order of their table. */
export const COLUMNS = [
  {
    name: "l_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "(L - 1)·s - 2·p + d·(K - 1) + o + 1",
    counts: "Elements of one output channel; of several dimensions their product.",
    dependsOn: GEOMETRY,
    needsOverlap: false,
  },
  {
    name: "d_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "as l_out, in depth",
    counts: "Output elements in depth.",
    dependsOn: GEOMETRY,
    needsOverlap: false,
    layers: ["conv_transpose3d"],
    dimension: "d",
  },
  {
    name: "h_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "as l_out, in height",
    counts: "Output elements in height.",
    dependsOn: GEOMETRY,
    needsOverlap: false,
    layers: ["conv_transpose2d", "conv_transpose3d"],
    dimension: "h",
  },
  {
    name: "w_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "as l_out, in width",
    counts: "Output elements in width.",
    dependsOn: GEOMETRY,
    needsOverlap: false,
    layers: ["conv_transpose2d", "conv_transpose3d"],
    dimension: "w",
  },
  {
    name: "taps",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: "sum(y)",
    counts:
      "(input, tap) pairs that land on the output of one filter; not those that padding crops.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
  },
  {
    name: "covered",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "count(y > 0)",
    counts: "Output elements on which at least one product lands.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
  },
  {
    name: "holes",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "l_out - covered",
    counts: "Output elements on which no product lands: they hold the bias, or zero.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
  },
  {
    name: "overlap_min",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: "min over r of #{k : k·d = r mod s}",
    counts:
      "The fewest products on an output element away from the edges, where y repeats with the stride.",
    dependsOn: ["kernel_size", "stride", "dilation"],
    needsOverlap: false,
    layers: TRANSPOSED,
  },
  {
    name: "overlap_max",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: "max over r of #{k : k·d = r mod s}",
    counts: "The most products on an output element away from the edges.",
    dependsOn: ["kernel_size", "stride", "dilation"],
    needsOverlap: false,
    layers: TRANSPOSED,
  },
  {
    name: "overlap_even",
    group: "geometry",
    type: "boolean",
    unit: "",
    formula: "overlap_min = overlap_max",
    counts:
      "Whether every output element away from the edges takes equally many products; if not, checkerboard or tonal artefacts threaten.",
    dependsOn: ["kernel_size", "stride", "dilation"],
    needsOverlap: false,
    layers: TRANSPOSED,
  },
  {
    name: "input_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "N·C_in·L",
    counts: "Elements of the input.",
    dependsOn: ["batch_size", "in_channels", "l_in"],
    needsOverlap: false,
    isAdditive: true,
  },
  {
    name: "output_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "N·C_out·l_out",
    counts: "Elements of the output.",
    dependsOn: ["batch_size", "out_channels", ...GEOMETRY],
    needsOverlap: false,
    isAdditive: true,
  },
  {
    name: "weight_elements",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "ψ·K",
    counts: "Elements of the weight, the bias not among them.",
    dependsOn: [...CHANNELS, "kernel_size"],
    needsOverlap: false,
    isAdditive: true,
  },
  {
    name: "additions_per_filter",
    group: "documented",
    type: "i64",
    unit: "operations",
    formula: "sum(y - 1) = taps - l_out",
    counts:
      "Additions of overlapping products in one filter, each hole counted as -1: negative where holes outnumber overlaps.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
  },
  {
    name: "filters",
    group: "documented",
    type: "u64",
    unit: "filters",
    formula: "ψ = C_in·C_out / g",
    counts: "Kernels that slide over the input.",
    dependsOn: CHANNELS,
    needsOverlap: false,
  },
  {
    name: "ops_per_filter",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: "λ = l_out·K + additions_per_filter",
    counts: "Operations of one filter, as if every output element took K multiplications.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
  },
  {
    name: "aggregation_ops",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: "γ = C_out·l_out·(C_in/g - 1 + b)",
    counts: "Additions that join the input channels of a group, and the bias, for one sample.",
    dependsOn: [...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
  },
  {
    name: "ops",
    group: "documented",
    type: "u64",
    unit: "operations",
    formula: "N·(ψ·λ + γ)",
    counts:
      "Multiplications and additions of the layer as documented; counts l_out·K multiplications where only taps exist.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "ops_per_second",
    group: "documented",
    type: "decimal",
    unit: "operations/s",
    formula: "(ψ·λ + γ) / l_out · sample_rate",
    counts:
      "Documented operations of one stream per second of audio, at sample_rate output elements per second.",
    dependsOn: [...GEOMETRY, ...CHANNELS, "bias", "sample_rate"],
    needsOverlap: true,
  },
  {
    name: "macs",
    group: "exact",
    type: "u64",
    unit: "MACs",
    formula: "N·ψ·taps",
    counts:
      "Multiply-accumulates of the layer: one for every product that lands; not the bias, not what is cropped.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "multiplications",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: "N·ψ·taps",
    counts: "Multiplications of the layer; the same number as macs.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "additions",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: "N·(ψ·taps - (1 - b)·C_out·covered)",
    counts:
      "Additions of the layer: an output element of m products needs m - 1, or m with bias; a hole needs none.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "flops",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: "multiplications + additions",
    counts: "Arithmetic operations of the layer.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "params",
    group: "exact",
    type: "u64",
    unit: "parameters",
    formula: "ψ·K + b·C_out",
    counts: "Weights and biases of the layer.",
    dependsOn: [...CHANNELS, "kernel_size", "bias"],
    needsOverlap: false,
    isAdditive: true,
  },
  {
    name: "cropped_products",
    group: "exact",
    type: "u64",
    unit: "products",
    formula: "N·ψ·(L·K - taps)",
    counts: "Products that padding crops: no output element takes them.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: true,
    isAdditive: true,
  },
  {
    name: "zero_insertion_macs",
    group: "exact",
    type: "u64",
    unit: "MACs",
    formula: "N·ψ·l_out·K",
    counts:
      "What an implementation spends that inserts zeros between the inputs and convolves over them.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
  },
  {
    name: "zero_insertion_waste",
    group: "exact",
    type: "decimal",
    unit: "",
    formula: "1 - taps / (l_out·K)",
    counts: "The share of zero_insertion_macs that multiplies zeros, from 0 to 1.",
    dependsOn: GEOMETRY,
    needsOverlap: true,
    layers: TRANSPOSED,
  },
  {
    name: "arithmetic_intensity",
    group: "exact",
    type: "decimal",
    unit: "operations/byte",
    formula: "flops / ((input_elements + output_elements + params)·bits / 8)",
    counts:
      "Operations per byte moved, when input, output, weight and bias each move once; an element has bits bits.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias", "bits"],
    needsOverlap: true,
  },
  {
    name: "macs_per_second",
    group: "exact",
    type: "decimal",
    unit: "MACs/s",
    formula: "ψ·taps / l_out · sample_rate",
    counts:
      "Multiply-accumulates of one stream per second of audio, at sample_rate output elements per second.",
    dependsOn: [...GEOMETRY, ...CHANNELS, "sample_rate"],
    needsOverlap: true,
  },
  {
    name: "moduleprofiler",
    group: "conventions",
    type: "u64",
    unit: "op",
    formula: "N·ψ·(l_out·(K + 1) + A) - (1 - b)·N·C_out·l_out",
    counts:
      "The documented operations, with A = sum(y - 1) of the layer without output_padding; empty where that has no output, and in 3-d.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
    layers: TRANSPOSED,
    tool: {
      name: "moduleprofiler",
      version: "0.0.4",
      commit: "071b9f8",
      function: "ops.py _convtranspose1d_ops_fn",
    },
    nullable: true,
  },
  {
    name: "ptflops",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: "N·ψ·K·L + b·N·C_out·l_out",
    counts:
      "Products, cropped ones too, and one for every biased output. (Its public API divides by N.)",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "ptflops",
      version: "0.7.6",
      commit: "d612c75",
      function: "pytorch_ops.py conv_flops_counter_hook",
    },
  },
  {
    name: "ptflops_0_7_4",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: "N·ψ·K·l_out + b·N·C_out·l_out",
    counts: "K products for every output element, the zeros that stride inserts too, and the bias.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "ptflops",
      version: "0.6.4 to 0.7.4",
      commit: "",
      function: "pytorch_ops.py conv_flops_counter_hook",
    },
  },
  {
    name: "thop",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: "N·C_out·l_out·(C_in // g)·K",
    counts: "K products for every output element, the zeros that stride inserts too.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "thop",
      version: "0.1.1",
      commit: "43c064a",
      function: "calc_func.py calculate_conv2d_flops",
    },
  },
  {
    name: "thop_ultralytics",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: "N·C_in·L·(C_out // g)·K",
    counts: "Products, cropped ones too.",
    dependsOn: ["batch_size", ...CHANNELS, "l_in", "kernel_size"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "ultralytics/thop",
      version: "2.1.6",
      commit: "fbb5e19",
      function: "basic_hooks.py count_convtNd",
    },
  },
  {
    name: "torchinfo",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: "N·l_out·(ψ·K + b·C_out)",
    counts: "K products for every output element, the zeros that stride inserts too, and the bias.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "torchinfo",
      version: "1.8.0",
      commit: "5c4164f",
      function: "layer_info.py calculate_macs",
    },
  },
  {
    name: "fvcore",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: "N·ψ·K·L",
    counts: "Products, cropped ones too. (mmengine 0.11.0rc0 counts the same.)",
    dependsOn: ["batch_size", ...CHANNELS, "l_in", "kernel_size"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "fvcore",
      version: "0.1.6",
      commit: "3378afe",
      function: "jit_handles.py conv_flop_count",
    },
  },
  {
    name: "torch",
    group: "conventions",
    type: "u64",
    unit: "flop",
    formula: "2·N·ψ·K·L",
    counts: "Two for every product, cropped ones too.",
    dependsOn: ["batch_size", ...CHANNELS, "l_in", "kernel_size"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "PyTorch FlopCounterMode",
      version: "main",
      commit: "f34fa15",
      function: "flop_counter.py conv_flop_count",
    },
  },
  {
    name: "deepspeed_macs",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: "N·L·K·C_in·((C_out / g) // g)",
    counts:
      "Products, cropped ones too, with groups divided twice: 0 for depthwise layers. (calflops 29ca584 counts the same.)",
    dependsOn: ["batch_size", ...CHANNELS, "l_in", "kernel_size"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "DeepSpeed",
      version: "0.19.6",
      commit: "edaa722",
      function: "profiler.py _conv_trans_flops_compute",
    },
  },
  {
    name: "deepspeed_flops",
    group: "conventions",
    type: "i64",
    unit: "flop",
    formula: "2·deepspeed_macs + b·N·(C_out / g)·((L + 2·p - d·(K - 1) - 1) // s + 1)",
    counts:
      "Twice that, and a bias for the output of the forward convolution, whose size can be negative.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
    layers: TRANSPOSED,
    tool: {
      name: "DeepSpeed",
      version: "0.19.6",
      commit: "edaa722",
      function: "profiler.py _conv_trans_flops_compute",
    },
  },
  {
    name: "torchprofile",
    group: "conventions",
    type: "u64",
    unit: "mac",
    formula: "N·C_out·l_out·K·r, r = C_out / g if C_out = C_in, else C_in",
    counts:
      "K products for every output element, with all input channels unless the layer has as many outputs.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "torchprofile",
      version: "0.1.0",
      commit: "ec8bf8a",
      function: "handlers.py _convolution",
    },
  },
  {
    name: "onnx_tool",
    group: "conventions",
    type: "u64",
    unit: "mac+bias",
    formula: "N·C_out·l_out·(C_out / g)·K + b·N·C_out·l_out",
    counts:
      "K products for every output element, with the output channels in place of the input channels, and the bias.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: false,
    isAdditive: true,
    layers: TRANSPOSED,
    tool: {
      name: "onnx-tool",
      version: "1.0.1",
      commit: "00f5f0a",
      function: "node.py ConvTransposeNode",
    },
  },
  {
    name: "tensorflow",
    group: "conventions",
    type: "decimal",
    unit: "flop",
    formula: "2·N·ψ·K·l_out / s",
    counts:
      "Two for every product that zero insertion would make, divided by the stride; can be a fraction. Empty in 3-d.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: false,
    layers: TRANSPOSED,
    tool: {
      name: "TensorFlow profiler",
      version: "main",
      commit: "0304934",
      function: "flops_registry.py _conv_2d_backprop_input_flops",
    },
    nullable: true,
  },
] as const satisfies readonly ColumnRow[];

type Row = (typeof COLUMNS)[number];
export type ResultName = Row["name"];
export type Column = ColumnRow & { readonly name: ResultName };

/** The result columns of a row when none are chosen. */
export const DEFAULT_COLUMNS: readonly ResultName[] = [
  "l_out",
  "additions_per_filter",
  "ops",
  "macs",
  "additions",
  "params",
];

/** The column that holds the name of a grid. */
export const NAME_COLUMN = "name";

/** What a result can be: an exact integer; true or false; of a decimal the nearest double; null where a tool gives no answer. */
export type ResultValue = bigint | boolean | number | null;

type OfType<T extends ColumnRow["type"]> = T extends "boolean"
  ? boolean
  : T extends "decimal"
    ? number
    : bigint;

/** Results by their names; a column has the same type every time. */
export type Results = {
  readonly [R in Row as R["name"]]:
    | OfType<R["type"]>
    | (R extends { readonly nullable: true } ? null : never);
};

/** The results that every one-dimensional transposed layer has; the others want more dimensions or a sample rate. */
export type LayerResults = Omit<
  Results,
  "d_out" | "h_out" | "w_out" | "macs_per_second" | "ops_per_second"
>;

/** Results of a legal layer by name. A result that does not fit in 64 bits is absent. */
export type PartialResults = { readonly [N in ResultName]?: ResultValue };

/** A row of a sweep over one-dimensional layers. */
export type LayerRow<C extends ResultName = ResultName> = LayerParameters & Pick<Results, C>;

const columns = new Map<string, Column>(COLUMNS.map((c) => [c.name, c]));

export function isResultName(name: string): name is ResultName {
  return columns.has(name);
}

/** The row of the column table. */
export function column(name: ResultName): Column {
  return columns.get(name) as Column;
}

/** Whether layers of that kind have the column. */
export function hasColumn(kind: Kind, name: ResultName): boolean {
  return column(name).layers?.includes(kind.name) ?? true;
}

/** The columns of a kind of layer, in the order of the table. */
export function columnsOf(kind: Kind): readonly Column[] {
  return COLUMNS.filter(({ name }) => hasColumn(kind, name));
}

/** The names of parameters and settings that a column depends on, in a kind of layer. */
export function dependenciesOfColumn(kind: Kind, name: ResultName): readonly string[] {
  const { dependsOn, dimension } = column(name);
  return dependsOn.flatMap((base): readonly string[] => {
    if (base === "bits" || base === "sample_rate") return [base];
    const names = namesOfParameter(kind, base);
    return dimension === undefined || names.length < 2
      ? names
      : names.filter((_, i) => kind.dimensions[i] === dimension);
  });
}

/** What the cells of results stand for. */
export function readCells(texts: { readonly [N in ResultName]?: string }): {
  readonly [N in ResultName]?: ResultValue;
} {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, readCell(column(name as ResultName), text)]),
  );
}

/** What the text of a cell stands for. */
export function readCell({ type }: Pick<Column, "type">, text: string): ResultValue {
  if (text === "") return null;
  if (type === "boolean") return text === "true";
  return type === "decimal" ? Number(text) : BigInt(text);
}
