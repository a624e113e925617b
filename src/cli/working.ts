/** The working behind each result of a layer: its formula, then with the layer's numbers. */
import { column, type PartialResults, type ResultName } from "../columns/columns.js";
import { textOfFraction } from "../fraction.js";
import type { Dimension, Layer } from "../layers/parameters.js";

/** @param dimensions what each dimension of the layer comes to by itself. */
export function working(
  name: ResultName,
  layer: Layer,
  results: PartialResults,
  dimensions: readonly PartialResults[],
): string {
  const { kind, batch_size: N, in_channels, out_channels, groups: g, bits, sample_rate } = layer;
  const rate = sample_rate === undefined ? "sample_rate" : textOfFraction(sample_rate);
  const b = Number(layer.bias);
  // A result that passes 64 bits is asked for by nobody here, but may stand in the working of one that is.
  const r = (of: ResultName) => results[of] ?? of;
  const each = (base: keyof Dimension) =>
    layer.dimensions.map((dimension) => dimension[base]).join("·");
  const [L, K] = [each("l_in"), each("kernel_size")];
  // In brackets where it stands beside other factors.
  const KK = layer.dimensions.length > 1 ? `(${K})` : K;
  const numerator = (of: ResultName) => dimensions.map((counts) => counts[of]).join("·");
  const filters = r("filters");
  const isTransposed = kind.isTransposed;
  switch (name) {
    case "l_out":
      return layer.dimensions.length === 1
        ? lengthWorking(layer, layer.dimensions[0] as Dimension)
        : numerator("l_out");
    case "d_out":
    case "h_out":
    case "w_out":
      return lengthWorking(
        layer,
        layer.dimensions[kind.dimensions.indexOf(name.charAt(0))] as Dimension,
      );
    case "taps": {
      if (layer.dimensions.length > 1) return numerator("taps");
      const pairs = isTransposed ? L : String(r("l_out"));
      const products = BigInt(pairs) * BigInt(K);
      const cropped = products - BigInt(r("taps") as bigint);
      const all = `${pairs}·${K} = ${products} product${products === 1n ? "" : "s"}`;
      if (cropped === 0n)
        return isTransposed
          ? `sum(y): all ${all} land${products === 1n ? "s" : ""}`
          : `sum(y): all ${all}`;
      return isTransposed
        ? `sum(y): ${all}, of which padding crops ${cropped}`
        : `sum(y): ${all}, of which ${cropped} ${cropped === 1n ? "is" : "are"} with zeros of the padding`;
    }
    case "covered":
      return layer.dimensions.length > 1 ? numerator("covered") : "count(y > 0)";
    case "holes":
      return `l_out - covered = ${r("l_out")} - ${r("covered")}`;
    case "overlap_min":
    case "overlap_max":
      return `away from the edges, where y repeats with the stride${layer.dimensions.length > 1 ? `: ${numerator(name)}` : ""}`;
    case "overlap_even":
      return results.overlap_even
        ? "overlap_min = overlap_max"
        : "overlap_min < overlap_max: checkerboard or tonal artefacts threaten";
    case "input_elements":
      return `N·C_in·L = ${N}·${in_channels}·${L}`;
    case "output_elements":
      return `N·C_out·l_out = ${N}·${out_channels}·${r("l_out")}`;
    case "weight_elements":
      return `ψ·K = ${filters}·${K}`;
    case "filters":
      return `ψ = C_in·C_out / groups = ${in_channels}·${out_channels} / ${g}`;
    case "additions_per_filter":
      return isTransposed
        ? `sum(y - 1) = taps - l_out = ${r("taps")} - ${r("l_out")}`
        : `l_out·(K - 1) = ${r("l_out")}·(${K} - 1)`;
    case "ops_per_filter":
      return `λ = l_out·K + additions_per_filter = ${r("l_out")}·${KK} + ${r("additions_per_filter")}`;
    case "aggregation_ops":
      return `γ = C_out·l_out·(C_in/groups - 1 + bias) = ${out_channels}·${r("l_out")}·(${in_channels}/${g} - 1 + ${b})`;
    case "ops":
      return `N·(ψ·λ + γ) = ${N}·(${filters}·${r("ops_per_filter")} + ${r("aggregation_ops")})`;
    case "ops_per_second":
      return `(ψ·λ + γ) / l_out · sample_rate = (${filters}·${r("ops_per_filter")} + ${r("aggregation_ops")}) / ${r("l_out")} · ${rate}`;
    case "macs":
      return `N·ψ·taps = ${N}·${filters}·${r("taps")}`;
    case "multiplications":
      return "one in every MAC";
    case "additions":
      return layer.bias
        ? `N·ψ·taps = ${N}·${filters}·${r("taps")}, the bias included`
        : `N·(ψ·taps - C_out·covered) = ${N}·(${filters}·${r("taps")} - ${out_channels}·${r("covered")})`;
    case "flops":
      return "multiplications + additions";
    case "params":
      return `ψ·K + bias·C_out = ${filters}·${KK} + ${b}·${out_channels}`;
    case "cropped_products":
      return `N·ψ·(${isTransposed ? "L" : "l_out"}·K - taps) = ${N}·${filters}·(${isTransposed ? L : r("l_out")}·${KK} - ${r("taps")})`;
    case "zero_insertion_macs":
      return `N·ψ·l_out·K = ${N}·${filters}·${r("l_out")}·${KK}`;
    case "zero_insertion_waste":
      return `1 - taps / (l_out·K) = 1 - ${r("taps")} / (${r("l_out")}·${KK})`;
    case "arithmetic_intensity":
      return `flops per byte = ${r("flops")} / ((${r("input_elements")} + ${r("output_elements")} + ${r("params")})·${bits}/8)`;
    case "macs_per_second":
      return `ψ·taps / l_out · sample_rate = ${filters}·${r("taps")} / ${r("l_out")} · ${rate}`;
    default:
      return conventionWorking(name, layer, results);
  }
}

function lengthWorking(
  { kind }: Layer,
  { l_in: L, kernel_size: K, stride: s, padding: p, output_padding: o, dilation: d }: Dimension,
): string {
  return kind.isTransposed
    ? `(l_in - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1 = (${L} - 1)·${s} - 2·${p} + ${d}·(${K} - 1) + ${o} + 1`
    : `(l_in + 2·padding - dilation·(kernel_size - 1) - 1) // stride + 1 = (${L} + 2·${p} - ${d}·(${K} - 1) - 1) // ${s} + 1`;
}

/** The formulas of other counters stand in the column table. */
function conventionWorking(name: ResultName, layer: Layer, results: PartialResults): string {
  const { formula, tool, unit } = column(name);
  const isUnanswered = results[name] === null;
  const gives =
    layer.dimensions.length > 1 ? `${formula}, L, K, l_out and s over all dimensions` : formula;
  return `${tool?.name} ${tool?.version} in ${unit}: ${isUnanswered ? "gives no answer" : gives}`;
}
