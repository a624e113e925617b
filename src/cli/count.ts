/** `upsweep count`: one layer, with every step of the calculation. */

import { overflow } from "../columns/errors.js";
import {
  column,
  type PartialResults,
  type ResultName,
  type ResultValue,
} from "../columns/table.js";
import { working } from "../columns/working.js";
import { errors } from "../errors.js";
import { joinNames } from "../format-message.js";
import { checkLayerFile } from "../formats/file-name.js";
import type { BigInts } from "../formats/json.js";
import { jsonText } from "../formats/pretty.js";
import { builtKernel } from "../kernel/built.js";
import type { Kernel } from "../kernel/kernel.js";
import { describeLayer } from "../layers/describe.js";
import { invalidLayer, otherKindsParameter } from "../layers/errors.js";
import {
  anyParameter,
  isParameterName,
  type Kind,
  namesOfParameter,
  oneDimensional,
  type Parameter,
  shortNames,
  spatialOf,
  wordValue,
} from "../layers/kinds.js";
import type { Layer } from "../layers/layer.js";
import { layerFrom, namedParameters } from "../layers/layer.js";
import type { Dimension } from "../layers/parameters.js";
import { outputLength } from "../layers/rules.js";
import { PARAMETER_MAX } from "../limits.js";
import type { Check } from "../plan/method.js";
import { sinkFor } from "../sink/open.js";
import { flagOf, splitValues } from "../spec/flags.js";
import {
  remedyOfNamedPadding,
  remedyOfUnequalPadding,
  remedyWithWords,
  startsWithNamedPadding,
} from "../spec/foreign.js";
import { columnsOfGroup } from "../spec/spec.js";
import { domainOf, type Progression, readEntry, readInteger } from "../spec/values.js";
import {
  type AxisFlags,
  columnsFrom,
  kindFrom,
  type LayerOptions,
  settingsFrom,
} from "./options.js";
import type { PageOptions } from "./output.js";
import { table } from "./text.js";

interface CountOptions extends LayerOptions, PageOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly format?: string;
  readonly json?: boolean;
  readonly bigInts?: BigInts;
  readonly columns?: string;
  readonly method: "closed" | "simulate";
  readonly skipInvalid?: boolean;
  readonly check?: Check;
  readonly carry?: readonly string[];
  readonly verifyResults?: boolean;
  readonly total?: boolean;
  readonly totalTo?: string;
  readonly delimiter?: string;
  readonly errors?: "stop" | "row";
}

/** Outputs up to this length show their complete overlap pattern. */
const FULL_PATTERN = 64;

/** Elements shown at each end of a longer pattern. */
const PATTERN_END = 16;

/**
 * The upper end of a pattern costs one step per input that reaches it. Beyond this many steps it is
 * omitted.
 */
const PATTERN_STEPS = 10_000_000;

export async function countOne(flags: AxisFlags, options: CountOptions): Promise<void> {
  const { skipInvalid, check, carry, verifyResults, total, totalTo, delimiter } = options;
  const forLists = {
    "--skip-invalid": skipInvalid,
    "--check": check,
    "--carry": carry,
    "--verify-results": verifyResults,
    "--total": total,
    "--total-to": totalTo,
    "--delimiter": delimiter,
    "--errors": options.errors,
    "--format": options.format,
    "--compression": options.compression,
    "--unsigned": options.unsigned,
  };
  const [foreign] = Object.entries(forLists).flatMap(([flag, given]) =>
    given === undefined ? [] : [flag],
  );
  if (foreign)
    throw errors.usage(`${foreign} is for lists`, "Leave it out, or name a list with --from.");
  checkLayerFile(options.output, options.json === true);
  const bigInts = bigIntsOf(options);
  const layer = layerFromFlags("count", flags, options);
  const isRated = layer.sample_rate !== undefined;
  const kernel = builtKernel();
  const results = countedLayer(kernel, layer, options.method);
  // Convention columns have a command of their own, `compare`. JSON includes them.
  const usual = () =>
    columnsOfGroup(layer.kind, "all", isRated).filter(
      (name) => options.json || column(name).group !== "conventions",
    );
  const wanted = columnsFrom(options.columns, layer.kind, isRated) ?? usual();
  const overflowing = wanted.find((name) => results[name] === undefined);
  if (overflowing) throw overflow("layer", overflowing, layer);
  const text = options.json
    ? json(layer, results, wanted, bigInts)
    : shownWork(kernel, layer, results, wanted);
  const sink = await sinkFor(options.output, { mayReplace: options.force });
  await sink.write(Buffer.from(`${text}\n`));
  await sink.finish();
}

/** The results of a layer. @throws UpsweepError when the layer is illegal. */
export function countedLayer(
  kernel: Kernel,
  layer: Layer,
  method: "closed" | "simulate",
): PartialResults {
  const counts = kernel.count(layer, method);
  if (counts.broken !== undefined) throw invalidLayer("layer", counts.broken, layer);
  return counts.results;
}

/**
 * The layer given by options. In 2-d and 3-d layers, `--kernel-size 3,5` has one value per
 * dimension and `--kernel-size 3` one value for all. PyTorch's `(3, 5)` means the same as `3,5`.
 *
 * @throws UpsweepError for unknown, missing or malformed parameters.
 */
export function layerFromFlags(command: string, flags: AxisFlags, options: LayerOptions): Layer {
  const kind = kindFrom(options);
  const known = [...kind.parameterNames, ...kind.plainNames];
  const foreign = flags.axes.find(({ name }) => !known.includes(name));
  if (foreign) {
    throw isParameterName(foreign.name)
      ? otherKindsParameter(foreign.flag, foreign.name, kind)
      : errors.unknownParameter(foreign.flag, foreign.name, known);
  }
  const given = (p: Parameter) => flags.valuesOf(p.name) ?? flags.valuesOf(p.base);
  const missing = kind.parameters
    .filter((p) => p.default === undefined && given(p) === undefined)
    .map((p) => p.name);
  if (missing.length > 0)
    throw errors.missingParameters(command, shortNames(kind, missing).map(flagOf));
  const read = (p: Parameter): number => {
    const text = given(p);
    if (text === undefined) return p.default ?? p.min;
    if (p.base === "padding")
      checkPadding(kind, p, text, (base) =>
        read(kind.parameters.find((q) => q.base === base && q.dimension === p.dimension) ?? p),
      );
    return valueFromFlag(kind, p, text);
  };
  const layer = layerFrom(kind, read, settingsFrom(options));
  if (options.outputSize === undefined) return layer;
  if (flags.axes.some(({ name }) => anyParameter(name)?.base === "output_padding")) {
    throw errors.usage(
      "both --output-size and --output-padding are given",
      "The output size determines output_padding; remove one of them.",
    );
  }
  return withOutputSize(layer, options.outputSize);
}

/**
 * Refuses paddings that PyTorch's layers have no parameter for: `same`, `valid`, and two ends that
 * differ.
 *
 * @throws UpsweepError with the numbers to write instead.
 */
function checkPadding(
  kind: Kind,
  p: Parameter,
  text: string,
  valueIn: (base: keyof Dimension) => number,
): void {
  const flag = flagOf(p.base);
  const own = () => ({
    l_in: valueIn("l_in"),
    kernel_size: valueIn("kernel_size"),
    stride: valueIn("stride"),
    output_padding:
      namesOfParameter(kind, "output_padding").length > 0 ? valueIn("output_padding") : 0,
    dilation: valueIn("dilation"),
  });
  if (wordValue(kind, p.base, text.trim()) !== undefined) return;
  if (startsWithNamedPadding(text))
    throw errors.foreignValue(flag, p.base, text.trim(), remedyOfNamedPadding(kind, text, own()));
  const values = valuesOfFlag(text);
  if (
    kind.dimensions.length === 1 &&
    values.length === 2 &&
    values.every((value) => /^(0|[1-9][0-9]{0,9})$/.test(value))
  ) {
    throw errors.unequalPadding(
      flag,
      text,
      remedyOfUnequalPadding(kind, values.map(Number), own()),
    );
  }
}

/**
 * The layer with the output_padding that gives the output size `text`, as PyTorch's
 * `forward(input, output_size)` chooses it.
 *
 * @throws UpsweepError when no legal output_padding gives that size.
 */
function withOutputSize(layer: Layer, text: string): Layer {
  const { kind } = layer;
  const flag = "--output-size";
  if (namesOfParameter(kind, "output_padding").length === 0)
    throw errors.noOutputSize(flag, kind.name);
  const names = kind.dimensions.map((letter) => (letter === "" ? "l_out" : `${letter}_out`));
  const values = valuesOfFlag(text);
  if (values.length !== 1 && values.length !== names.length)
    throw errors.dimensionCount(flag, "output_size", values.length, names);
  const dimensions = layer.dimensions.map((dimension, i) => {
    const name = names[i] as string;
    const size = readInteger(
      { name, type: "integer", min: 1, max: PARAMETER_MAX },
      values[values.length === 1 ? 0 : i] as string,
      flag,
    );
    const base = outputLength(kind, { ...dimension, output_padding: 0 });
    const [min, max] = [base < 1n ? 1n : base, base + BigInt(dimension.stride) - 1n];
    if (size < min || size > max) {
      const set = (["l_in", "kernel_size", "stride", "padding", "dilation"] as const).map(
        (of) => `${namesOfParameter(kind, of)[i]} ${dimension[of]}`,
      );
      throw errors.impossibleOutputSize(flag, name, size, min, max, joinNames(set));
    }
    return { ...dimension, output_padding: Number(BigInt(size) - base) };
  });
  return { ...layer, dimensions };
}

/** The values of an option. A Python tuple, `(3, 5)` or `(3,)`, loses its parentheses. */
export function valuesOfFlag(text: string): string[] {
  const [, inside] = /^\s*\(\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*,?\s*\)\s*$/.exec(text) ?? [];
  return splitValues(inside ?? text);
}

function valueFromFlag(kind: Kind, p: Parameter, text: string): number {
  const word = wordValue(kind, p.base, text.trim());
  if (word !== undefined) return word;
  const names = p.perDimension ? namesOfParameter(kind, p.base) : [p.name];
  const flag = flagOf(names.length > 1 && p.base !== "l_in" ? p.base : p.name);
  const values = valuesOfFlag(text);
  const mayHaveSeveral = names.length > 1 && p.base !== "l_in";
  if (mayHaveSeveral && values.length > 1 && values.length !== names.length)
    throw errors.dimensionCount(flag, p.base, values.length, names);
  const value = mayHaveSeveral && values.length > 1 ? values[p.dimension] : values[0];
  if (value === undefined || (!mayHaveSeveral && values.length > 1))
    throw errors.severalValues(flag, p.name, text);
  const entry = readEntry(domainOf(p.name), { text: value, location: flag });
  if (!Array.isArray(entry)) {
    if (p.type === "boolean") throw errors.notBoolean(flag, p.name, value);
    const remedy = remedyWithWords(p);
    throw remedy === undefined
      ? errors.notInteger(flag, p.name, value)
      : errors.foreignValue(flag, p.base, value, remedy);
  }
  const [run, ...more] = entry as readonly Progression[];
  if (run === undefined || run.count > 1 || more.length > 0)
    throw errors.severalValues(flag, p.name, text);
  return run.first;
}

/** The parameters and results as one flat JSON object. */
function json(
  layer: Layer,
  results: PartialResults,
  wanted: readonly ResultName[],
  bigInts: BigInts,
): string {
  const counted = wanted.map((name) => [name, results[name] as ResultValue]);
  return jsonText(
    { layer: layer.kind.name, ...parametersInJson(layer), ...Object.fromEntries(counted) },
    bigInts,
  );
}

/** Parameters by their names, integers as bigints. */
export function parametersInJson(layer: Layer): {
  readonly [name: string]: bigint | boolean | string;
} {
  return Object.fromEntries(
    Object.entries(namedParameters(layer)).map(([name, value]) => [
      name,
      typeof value === "number" ? BigInt(value) : value,
    ]),
  );
}

/** The form of integers in JSON. The default is exact numbers. */
export function bigIntsOf({
  json,
  bigInts,
}: {
  readonly json?: boolean;
  readonly bigInts?: BigInts;
}): BigInts {
  if (bigInts !== undefined && !json)
    throw errors.usage("--big-ints needs --json", "Add --json, or remove --big-ints.");
  return bigInts ?? "number";
}

const SECTIONS = [
  ["geometry", "Shape and overlap"],
  ["documented", "As documented (moduleprofiler's definition)"],
  ["exact", "Exact"],
  ["conventions", "By other counters ('upsweep compare' explains the differences)"],
] as const;

function shownWork(
  kernel: Kernel,
  layer: Layer,
  results: PartialResults,
  wanted: readonly ResultName[],
): string {
  const dimensions = layer.dimensions.map((dimension) => dimensionCounts(kernel, layer, dimension));
  const sections = SECTIONS.map(([group, title]) => {
    const names = columnsOfGroup(layer.kind, group, true).filter((name) => wanted.includes(name));
    const lines = names.map((name) => [
      "",
      name,
      String(results[name] ?? "none"),
      working(name, layer, results, dimensions),
    ]);
    return { title, lines };
  }).filter(({ lines }) => lines.length > 0);
  // Format all sections in one table, so that they share column widths.
  const aligned = table(
    sections.flatMap(({ lines }) => lines),
    [2],
  ).split("\n");
  const quote = sections.map(
    ({ title, lines }) => `${title}\n${aligned.splice(0, lines.length).join("\n")}`,
  );
  const patterns = layer.dimensions.map((dimension, i) => {
    const letter = layer.kind.dimensions[i] as string;
    const lOut = (dimensions[i] as PartialResults).l_out as bigint;
    return `  ${letter === "" ? "y" : `y.${letter}`} = ${pattern(kernel, layer.kind, dimension, lOut)}`;
  });
  const overlap =
    patterns.length === 0
      ? []
      : [`Overlap: ${spatialOf(layer.kind).patternTitle}\n${patterns.join("\n")}`];
  return [describeLayer(layer), ...overlap, ...quote].join("\n\n");
}

/** The counts of one dimension: those of a 1-d layer whose other parameters are minimal. */
function dimensionCounts(kernel: Kernel, layer: Layer, dimension: Dimension): PartialResults {
  const alone = layerFrom(oneDimensional(layer.kind), (p) =>
    p.perDimension ? dimension[p.base as keyof Dimension] : p.min,
  );
  return kernel.count(alone, "closed").results ?? {};
}

function pattern(kernel: Kernel, kind: Kind, dimension: Dimension, lOut: bigint): string {
  if (lOut <= BigInt(FULL_PATTERN))
    return kernel.overlap(kind, dimension, 0n, Number(lOut)).join(" ");
  const first = kernel.overlap(kind, dimension, 0n, PATTERN_END).join(" ");
  const reaching = Math.min(
    dimension.l_in,
    (dimension.dilation * (dimension.kernel_size - 1) + PATTERN_END) / dimension.stride,
  );
  const last =
    reaching > PATTERN_STEPS
      ? ""
      : ` ${kernel.overlap(kind, dimension, lOut - BigInt(PATTERN_END), PATTERN_END).join(" ")}`;
  const shown = `${last === "" ? "the first" : "the first and last"} ${PATTERN_END} are shown`;
  return `${first} …${last}   (${lOut} elements; ${shown})`;
}
