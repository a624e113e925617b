/** `upsweep count`: one layer, its work shown as a person would do it. */
import { type Layer, PARAMETERS, RESULT_NAMES, type ResultName, type Results } from "../columns.js";
import { describeLayer, errors } from "../errors.js";
import type { Kernel } from "../kernel/kernel.js";
import { wasmKernel } from "../kernel/wasm.js";
import { layerFrom } from "../layer.js";
import { flagOf, splitValues } from "../spec/flags.js";
import { domainOf, type Run, readEntry } from "../spec/values.js";
import { type AxisFlags, columnsFrom } from "./options.js";
import { sinkFor } from "./output.js";
import { table } from "./text.js";

interface CountOptions {
  readonly output: string;
  readonly json?: boolean;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly skipInvalid?: boolean;
}

/** Outputs up to this length show their whole overlap pattern, longer ones this many elements of each end. */
const WHOLE_PATTERN = 64;
const PATTERN_END = 16;

/** The far end of a pattern takes a step for every input that reaches it; beyond this many it is left out. */
const PATTERN_STEPS = 10_000_000;

export async function countOne(flags: AxisFlags, options: CountOptions): Promise<void> {
  if (options.skipInvalid) throw errors.usage("--skip-invalid is for lists", "Leave it out, or name a list with --from.");
  const layer = layerFromFlags(flags);
  const kernel = wasmKernel();
  const counts = kernel.count(layer, options.method);
  if (counts.broken !== undefined) throw errors.invalidLayer("layer", counts.broken, layer);
  const wanted = columnsFrom(options.columns) ?? RESULT_NAMES;
  const overflowing = wanted.find((name) => counts.results[name] === undefined);
  if (overflowing) throw errors.overflow("layer", overflowing, layer);
  const text = options.json ? json(layer, counts.results, wanted) : shownWork(kernel, layer, counts.results, wanted);
  const sink = await sinkFor(options.output);
  await sink.write(Buffer.from(`${text}\n`));
  await sink.finish();
}

function layerFromFlags(flags: AxisFlags): Layer {
  const missing = PARAMETERS.filter((p) => !("default" in p) && flags.valuesOf(p.name) === undefined).map((p) => flagOf(p.name));
  if (missing.length > 0) throw errors.missingParameters("count", missing);
  return layerFrom((p) => {
    const text = flags.valuesOf(p.name);
    if (text === undefined) return p.default ?? p.least;
    const [value, ...others] = splitValues(text);
    if (value === undefined || others.length > 0) throw errors.severalValues(flagOf(p.name), p.name, text);
    const place = flagOf(p.name);
    const entry = readEntry(domainOf(p.name), { text: value, place });
    if (!Array.isArray(entry)) throw p.type === "boolean" ? errors.notBoolean(place, p.name, value) : errors.notInteger(place, p.name, value);
    const [run, ...more] = entry as readonly Run[];
    if (run === undefined || run.count > 1 || more.length > 0) throw errors.severalValues(flagOf(p.name), p.name, text);
    return run.first;
  });
}

/** The row as one flat object; what a double cannot hold is a string. */
function json(layer: Layer, results: Partial<Results>, wanted: readonly ResultName[]): string {
  const exact = (value: bigint) => (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER) ? String(value) : Number(value));
  const counted = wanted.map((name) => [name, exact(results[name] as bigint)]);
  return JSON.stringify({ ...layer, ...Object.fromEntries(counted) }, null, 2);
}

function shownWork(kernel: Kernel, layer: Layer, results: Partial<Results>, wanted: readonly ResultName[]): string {
  const section = (title: string, names: readonly ResultName[]) => {
    const lines = names.filter((name) => wanted.includes(name)).map((name) => ["", name, String(results[name]), working(name, layer, results)]);
    return { title, lines };
  };
  const sections = [
    section("Shape and overlap", ["l_out", "taps", "covered", "holes"]),
    section("As documented (moduleprofiler's definition)", ["filters", "additions_per_filter", "ops_per_filter", "aggregation_ops", "ops"]),
    section("Exactly", ["macs", "multiplications", "additions", "flops", "params"]),
  ].filter(({ lines }) => lines.length > 0);
  // All sections share their column widths.
  const aligned = table(
    sections.flatMap(({ lines }) => lines),
    [2],
  ).split("\n");
  const shown = sections.map(({ title, lines }) => `${title}\n${aligned.splice(0, lines.length).join("\n")}`);
  return [describeLayer(layer), `Overlap: how many products land on each output element\n  ${pattern(kernel, layer, results)}`, ...shown].join("\n\n");
}

/** The working behind a result: its formula, then with the layer's numbers. */
function working(name: ResultName, layer: Layer, results: Partial<Results>): string {
  const { batch_size: N, in_channels, out_channels, l_in: L, kernel_size: K, stride: s, padding: p, output_padding: o, dilation: d, groups: g } = layer;
  const b = Number(layer.bias);
  // A result that passes 2^64 - 1 is asked for by nobody here, but may stand in the working of one that is.
  const r = (of: ResultName) => results[of] ?? of;
  switch (name) {
    case "l_out":
      return `(l_in - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1 = (${L} - 1)·${s} - 2·${p} + ${d}·(${K} - 1) + ${o} + 1`;
    case "taps": {
      const products = BigInt(L) * BigInt(K);
      const cropped = products - BigInt(r("taps"));
      return cropped === 0n
        ? `sum(y): all ${L}·${K} = ${products} products land`
        : `sum(y): ${L}·${K} = ${products} products, of which padding crops ${cropped}`;
    }
    case "covered":
      return "count(y > 0)";
    case "holes":
      return `l_out - covered = ${r("l_out")} - ${r("covered")}`;
    case "filters":
      return `ψ = C_in·C_out / groups = ${in_channels}·${out_channels} / ${g}`;
    case "additions_per_filter":
      return `sum(y - 1) = taps - l_out = ${r("taps")} - ${r("l_out")}`;
    case "ops_per_filter":
      return `λ = l_out·K + additions_per_filter = ${r("l_out")}·${K} + ${r("additions_per_filter")}`;
    case "aggregation_ops":
      return `γ = C_out·l_out·(C_in/groups - 1 + bias) = ${out_channels}·${r("l_out")}·(${in_channels}/${g} - 1 + ${b})`;
    case "ops":
      return `N·(ψ·λ + γ) = ${N}·(${r("filters")}·${r("ops_per_filter")} + ${r("aggregation_ops")})`;
    case "macs":
      return `N·ψ·taps = ${N}·${r("filters")}·${r("taps")}`;
    case "multiplications":
      return "one in every MAC";
    case "additions":
      return layer.bias
        ? `N·ψ·taps = ${N}·${r("filters")}·${r("taps")}, the bias included`
        : `N·(ψ·taps - C_out·covered) = ${N}·(${r("filters")}·${r("taps")} - ${out_channels}·${r("covered")})`;
    case "flops":
      return "multiplications + additions";
    case "params":
      return `ψ·K + bias·C_out = ${r("filters")}·${K} + ${b}·${out_channels}`;
  }
}

function pattern(kernel: Kernel, layer: Layer, results: Partial<Results>): string {
  const lOut = results.l_out as bigint;
  if (lOut <= BigInt(WHOLE_PATTERN)) return `y = ${kernel.overlap(layer, 0n, Number(lOut)).join(" ")}`;
  const first = kernel.overlap(layer, 0n, PATTERN_END).join(" ");
  const reaching = Math.min(layer.l_in, (layer.dilation * (layer.kernel_size - 1) + PATTERN_END) / layer.stride);
  const last = reaching > PATTERN_STEPS ? "" : ` ${kernel.overlap(layer, lOut - BigInt(PATTERN_END), PATTERN_END).join(" ")}`;
  return `y = ${first} …${last}   (${lOut} elements; ${last === "" ? "the first" : "the first and last"} ${PATTERN_END} are shown)`;
}
