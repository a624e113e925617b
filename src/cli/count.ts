/** `upsweep count`: one layer, its work shown as a person would do it. */
import { column, type ResultName, type ResultValue } from "../columns.js";
import { errors } from "../errors.js";
import { checkLayerFile } from "../formats/format.js";
import type { Kernel, LayerResults } from "../kernel/kernel.js";
import { wasmKernel } from "../kernel/wasm.js";
import { type Dimension, type Kind, type Layer, layerFrom, namedParameters, namesOfParameter, type Parameter } from "../parameters.js";
import type { Check } from "../plan/method.js";
import { flagOf, splitValues } from "../spec/flags.js";
import { columnsOfGroup } from "../spec/spec.js";
import { domainOf, type Run, readEntry } from "../spec/values.js";
import { describeLayer } from "../words.js";
import { type AxisFlags, columnsFrom, kindFrom, type LayerOptions, settingsFrom } from "./options.js";
import { sinkFor } from "./output.js";
import { table } from "./text.js";
import { working } from "./working.js";

interface CountOptions extends LayerOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly format?: string;
  readonly json?: boolean;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly skipInvalid?: boolean;
  readonly check?: Check;
}

/** Outputs up to this length show their whole overlap pattern, longer ones this many elements of each end. */
const WHOLE_PATTERN = 64;
const PATTERN_END = 16;

/** The far end of a pattern takes a step for every input that reaches it; beyond this many it is left out. */
const PATTERN_STEPS = 10_000_000;

export async function countOne(flags: AxisFlags, options: CountOptions): Promise<void> {
  const [foreign] = [options.skipInvalid && "--skip-invalid", options.check && "--check", options.format && "--format"].filter(Boolean);
  if (foreign) throw errors.usage(`${foreign} is for lists`, "Leave it out, or name a list with --from.");
  checkLayerFile(options.output, options.json === true);
  const layer = layerFromFlags("count", flags, options);
  const isRated = layer.sample_rate !== undefined;
  const kernel = wasmKernel();
  const results = countedLayer(kernel, layer, options.method);
  // The conventions of others have their own command; programs get all.
  const usual = () => columnsOfGroup(layer.kind, "all", isRated).filter((name) => options.json || column(name).group !== "conventions");
  const wanted = columnsFrom(options.columns, layer.kind, isRated) ?? usual();
  const overflowing = wanted.find((name) => results[name] === undefined);
  if (overflowing) throw errors.overflow("layer", overflowing, layer);
  const text = options.json ? json(layer, results, wanted) : shownWork(kernel, layer, results, wanted);
  const sink = await sinkFor(options.output, { mayReplace: options.force });
  await sink.write(Buffer.from(`${text}\n`));
  await sink.finish();
}

/** The results of a layer, if it is a legal one. */
export function countedLayer(kernel: Kernel, layer: Layer, method: "closed" | "simulate"): LayerResults {
  const counts = kernel.count(layer, method);
  if (counts.broken !== undefined) throw errors.invalidLayer("layer", counts.broken, layer);
  return counts.results;
}

/** The one layer that flags give. Of several dimensions `--kernel-size 3,5` is one value for each, `--kernel-size 3` one for all. */
export function layerFromFlags(command: string, flags: AxisFlags, options: LayerOptions): Layer {
  const kind = kindFrom(options);
  const known = [...kind.parameterNames, ...kind.plainNames];
  const foreign = flags.axes.find(({ name }) => !known.includes(name));
  if (foreign) throw errors.unknownParameter(foreign.flag, foreign.name, known);
  const given = (p: Parameter) => flags.valuesOf(p.name) ?? flags.valuesOf(p.base);
  const missing = kind.parameters.filter((p) => p.default === undefined && given(p) === undefined).map((p) => flagOf(p.name.replace(/\..$/, "")));
  if (missing.length > 0) throw errors.missingParameters(command, [...new Set(missing)]);
  const read = (p: Parameter) => {
    const text = given(p);
    return text === undefined ? (p.default ?? p.least) : valueFromFlag(kind, p, text);
  };
  return layerFrom(kind, read, settingsFrom(options));
}

function valueFromFlag(kind: Kind, p: Parameter, text: string): number {
  const names = p.perDimension ? namesOfParameter(kind, p.base) : [p.name];
  const flag = flagOf(names.length > 1 && p.base !== "l_in" ? p.base : p.name);
  const values = splitValues(text);
  const mayHaveSeveral = names.length > 1 && p.base !== "l_in";
  if (mayHaveSeveral && values.length > 1 && values.length !== names.length) throw errors.dimensionCount(flag, p.base, values.length, names);
  const value = mayHaveSeveral && values.length > 1 ? values[p.dimension] : values[0];
  if (value === undefined || (!mayHaveSeveral && values.length > 1)) throw errors.severalValues(flag, p.name, text);
  const entry = readEntry(domainOf(p.name), { text: value, place: flag });
  if (!Array.isArray(entry)) throw p.type === "boolean" ? errors.notBoolean(flag, p.name, value) : errors.notInteger(flag, p.name, value);
  const [run, ...more] = entry as readonly Run[];
  if (run === undefined || run.count > 1 || more.length > 0) throw errors.severalValues(flag, p.name, text);
  return run.first;
}

/** The row as one flat object; what a double cannot hold is a string. */
function json(layer: Layer, results: LayerResults, wanted: readonly ResultName[]): string {
  const counted = wanted.map((name) => [name, inJson(results[name] as ResultValue)]);
  return JSON.stringify({ layer: layer.kind.name, ...namedParameters(layer), ...Object.fromEntries(counted) }, null, 2);
}

/** A value in JSON: integers that a double cannot hold are strings. */
export function inJson(value: ResultValue): string | number | boolean | null {
  if (typeof value !== "bigint") return value;
  return value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER) ? String(value) : Number(value);
}

const SECTIONS = [
  ["geometry", "Shape and overlap"],
  ["documented", "As documented (moduleprofiler's definition)"],
  ["exact", "Exactly"],
  ["conventions", "As other counters have it ('upsweep compare' says why they differ)"],
] as const;

function shownWork(kernel: Kernel, layer: Layer, results: LayerResults, wanted: readonly ResultName[]): string {
  const dimensions = layer.dimensions.map((dimension) => dimensionCounts(kernel, layer, dimension));
  const sections = SECTIONS.map(([group, title]) => {
    const names = columnsOfGroup(layer.kind, group, true).filter((name) => wanted.includes(name));
    const lines = names.map((name) => ["", name, String(results[name] ?? "none"), working(name, layer, results, dimensions)]);
    return { title, lines };
  }).filter(({ lines }) => lines.length > 0);
  // All sections share their column widths.
  const aligned = table(
    sections.flatMap(({ lines }) => lines),
    [2],
  ).split("\n");
  const shown = sections.map(({ title, lines }) => `${title}\n${aligned.splice(0, lines.length).join("\n")}`);
  const patterns = layer.dimensions.map((dimension, i) => {
    const letter = layer.kind.dimensions[i] as string;
    return `  ${letter === "" ? "y" : `y.${letter}`} = ${pattern(kernel, layer.kind, dimension, (dimensions[i] as LayerResults).l_out as bigint)}`;
  });
  const title = layer.kind.isTransposed ? "how many products land on each output element" : "how many inputs each output element reads";
  return [describeLayer(layer), `Overlap: ${title}\n${patterns.join("\n")}`, ...shown].join("\n\n");
}

/** What one dimension of a layer comes to by itself. */
function dimensionCounts(kernel: Kernel, layer: Layer, dimension: Dimension): LayerResults {
  const alone = layerFrom(kindFrom({ layer: layer.kind.isTransposed ? "conv_transpose1d" : "conv1d" }), (p) =>
    p.perDimension ? dimension[p.base as keyof Dimension] : p.least,
  );
  return kernel.count(alone, "closed").results ?? {};
}

function pattern(kernel: Kernel, kind: Kind, dimension: Dimension, lOut: bigint): string {
  if (lOut <= BigInt(WHOLE_PATTERN)) return kernel.overlap(kind, dimension, 0n, Number(lOut)).join(" ");
  const first = kernel.overlap(kind, dimension, 0n, PATTERN_END).join(" ");
  const reaching = Math.min(dimension.l_in, (dimension.dilation * (dimension.kernel_size - 1) + PATTERN_END) / dimension.stride);
  const last = reaching > PATTERN_STEPS ? "" : ` ${kernel.overlap(kind, dimension, lOut - BigInt(PATTERN_END), PATTERN_END).join(" ")}`;
  return `${first} …${last}   (${lOut} elements; ${last === "" ? "the first" : "the first and last"} ${PATTERN_END} are shown)`;
}
