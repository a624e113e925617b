/**
 * THE column table. The CSV header, `upsweep columns`, the README's table, the library's types and the plan's schedule all
 * come from here; the kernel's column numbers (assembly/layout.ts) are looked up by name.
 */

/** The largest value of a parameter: what PyTorch's int fields and the kernel's 64-bit intermediates both take. */
export const PARAMETER_MAX = 2 ** 31 - 1;

/** A parameter of `torch.nn.ConvTranspose1d` or of its input, as PyTorch names it. */
interface ParameterRow {
  readonly name: string;
  readonly type: "integer" | "boolean";
  /** The smallest legal value. */
  readonly least: 0 | 1;
  /** PyTorch's default (batch_size: one sample); a parameter without one must be given. */
  readonly default?: number;
  readonly meaning: string;
}

/** The eleven parameters, in the order in which they are columns. Booleans count as 0 and 1. */
export const PARAMETERS = [
  { name: "batch_size", type: "integer", least: 0, default: 1, meaning: "samples in the input, N" },
  { name: "in_channels", type: "integer", least: 1, meaning: "channels of the input, C_in" },
  { name: "out_channels", type: "integer", least: 1, meaning: "channels of the output, C_out" },
  { name: "l_in", type: "integer", least: 1, meaning: "length of the input, L" },
  { name: "kernel_size", type: "integer", least: 1, meaning: "taps of a kernel, K" },
  { name: "stride", type: "integer", least: 1, default: 1, meaning: "output elements from one input element to the next, s" },
  { name: "padding", type: "integer", least: 0, default: 0, meaning: "output elements cropped at each end, p" },
  { name: "output_padding", type: "integer", least: 0, default: 0, meaning: "output elements added at the upper end, o" },
  { name: "dilation", type: "integer", least: 1, default: 1, meaning: "output elements from one tap to the next, d" },
  { name: "groups", type: "integer", least: 1, default: 1, meaning: "independent groups of channels, g" },
  { name: "bias", type: "boolean", least: 0, default: 1, meaning: "whether each output channel adds a bias, b" },
] as const satisfies readonly ParameterRow[];

export type ParameterName = (typeof PARAMETERS)[number]["name"];
export type Parameter = ParameterRow & { readonly name: ParameterName };

/** What a result column rests on: the parameters whose turn can change it. */
const GEOMETRY = ["l_in", "kernel_size", "stride", "padding", "output_padding", "dilation"] as const;
const CHANNELS = ["in_channels", "out_channels", "groups"] as const;

interface ColumnRow {
  readonly name: string;
  /** geometry: the shape; documented: as the reference documentation (moduleprofiler) defines it; exact: what the layer needs. */
  readonly group: "geometry" | "documented" | "exact";
  /** The integer type that holds it: unsigned or signed, 64 bits. */
  readonly type: "u64" | "i64";
  readonly unit: string;
  readonly formula: string;
  /** What it counts, and what it does not. */
  readonly counts: string;
  readonly dependsOn: readonly ParameterName[];
  /** Whether it takes taps or covered, which are what is dear to work out. */
  readonly needsOverlap: boolean;
}

/** The result columns. N, C_in, C_out, g, L, K, s, p, d, o, b are the parameters in the order of the table above. */
export const COLUMNS = [
  {
    name: "l_out",
    group: "geometry",
    type: "u64",
    unit: "elements",
    formula: "(L - 1)·s - 2·p + d·(K - 1) + o + 1",
    counts: "Elements of one output channel.",
    dependsOn: GEOMETRY,
    needsOverlap: false,
  },
  {
    name: "taps",
    group: "geometry",
    type: "u64",
    unit: "products",
    formula: "sum(y)",
    counts: "(input, tap) pairs that land on the output of one filter; not those that padding crops.",
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
    name: "additions_per_filter",
    group: "documented",
    type: "i64",
    unit: "operations",
    formula: "sum(y - 1) = taps - l_out",
    counts: "Additions of overlapping products in one filter, each hole counted as -1: negative where holes outnumber overlaps.",
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
    counts: "Multiplications and additions of the layer as documented; counts l_out·K multiplications where only taps exist.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
  },
  {
    name: "macs",
    group: "exact",
    type: "u64",
    unit: "MACs",
    formula: "N·ψ·taps",
    counts: "Multiply-accumulates of the layer: one for every product that lands; not the bias, not what is cropped.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS],
    needsOverlap: true,
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
  },
  {
    name: "additions",
    group: "exact",
    type: "u64",
    unit: "operations",
    formula: "N·(ψ·taps - (1 - b)·C_out·covered)",
    counts: "Additions of the layer: an output element of m products needs m - 1, or m with bias; a hole needs none.",
    dependsOn: ["batch_size", ...GEOMETRY, ...CHANNELS, "bias"],
    needsOverlap: true,
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
  },
] as const satisfies readonly ColumnRow[];

export type ResultName = (typeof COLUMNS)[number]["name"];
export type Column = ColumnRow & { readonly name: ResultName };

/** The result columns of a row when none are chosen. */
export const DEFAULT_COLUMNS: readonly ResultName[] = ["l_out", "additions_per_filter", "ops", "macs", "additions", "params"];

/** The column that holds the name of a grid. */
export const NAME_COLUMN = "name";

export const PARAMETER_NAMES: readonly ParameterName[] = PARAMETERS.map((p) => p.name);
export const RESULT_NAMES: readonly ResultName[] = COLUMNS.map((c) => c.name);

/** A layer and its input, every parameter given. */
export type Layer = { readonly [N in Exclude<ParameterName, "bias">]: number } & { readonly bias: boolean };

/** Parameters without a PyTorch default. */
type RequiredParameter = "in_channels" | "out_channels" | "l_in" | "kernel_size";

/** A layer as a person writes it: PyTorch's defaults stand for what is left out. */
export type LayerInput = Pick<Layer, RequiredParameter> & Partial<Layer>;

/** Result columns by name, as exact integers. */
export type Results = { readonly [N in ResultName]: bigint };

const parameters = new Map<string, Parameter>(PARAMETERS.map((p) => [p.name, p]));
const columns = new Map<string, Column>(COLUMNS.map((c) => [c.name, c]));

export function isParameterName(name: string): name is ParameterName {
  return parameters.has(name);
}

export function isResultName(name: string): name is ResultName {
  return columns.has(name);
}

/** The row of the parameter table. */
export function parameter(name: ParameterName): Parameter {
  return parameters.get(name) as Parameter;
}

/** The row of the column table. */
export function column(name: ResultName): Column {
  return columns.get(name) as Column;
}
