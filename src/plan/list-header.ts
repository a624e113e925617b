/**
 * The header of a list: what each column means, or why its name is refused. A column with a name
 * that resembles a parameter is refused, because copied as a label it would be silently ignored.
 */
import { columnsOf } from "../columns/derived.js";
import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { skeletonOf } from "../format-message.js";
import { KIND_NAMES, type Kind, type KindName, kindOf, namesOfParameter } from "../layers/kinds.js";
import type { ParameterName } from "../layers/parameters.js";

/** The column that names the kind of each row. */
export const KIND_COLUMN = "layer";

export interface Field {
  readonly name: string;
  /**
   * parameter: sets a parameter of some kind, or a setting; kind: names the kind of the row;
   * result: was written by an earlier run; label: is copied without being read.
   */
  readonly meaning: "parameter" | "kind" | "result" | "label";
}

interface HeaderNames {
  /** The names of parameters and settings that columns can set. */
  readonly parameters: ReadonlySet<string>;
  readonly carry: ReadonlySet<string>;
  readonly hasKind: boolean;
  readonly kinds: readonly Kind[];
  /** The results that will follow each record. */
  readonly written: ReadonlySet<string>;
}

export function readHeader(
  names: readonly string[],
  at: string,
  { parameters, carry, hasKind, kinds, written }: HeaderNames,
): Field[] {
  const seen = new Set<string>();
  const results = new Set(kinds.flatMap((kind) => columnsOf(kind).map(({ name }): string => name)));
  const skeletons = new Map(
    [...parameters, ...results, ...(hasKind ? [KIND_COLUMN] : [])].map((name) => [
      skeletonOf(name),
      name,
    ]),
  );
  const all = new Set(names);
  for (const name of carry) if (!all.has(name)) throw errors.unknownCarried(name, names);
  const fields = names.map((name, i): Field => {
    if (name === "") throw errors.unnamedField(at, i + 1);
    if (seen.has(name)) throw errors.duplicateField(at, name);
    seen.add(name);
    if (carry.has(name)) {
      if (parameters.has(name)) throw errors.carriedParameter(at, name);
      if (written.has(name)) throw errors.resultField(at, name);
      return { name, meaning: "label" };
    }
    if (hasKind && name === KIND_COLUMN) return { name, meaning: "kind" };
    if (parameters.has(name)) return { name, meaning: "parameter" };
    if (isResultName(name)) return { name, meaning: "result" };
    refuseLikelyMistake(name, at, skeletons, parameters, kinds);
    return { name, meaning: "label" };
  });
  return fields;
}

/** Names that people and other frameworks give to parameters. */
const OTHER_NAMES: Readonly<Record<string, ParameterName>> = {
  batch: "batch_size",
  cin: "in_channels",
  inch: "in_channels",
  inchannel: "in_channels",
  inputchannels: "in_channels",
  infeatures: "in_channels",
  cout: "out_channels",
  outch: "out_channels",
  outchannel: "out_channels",
  outputchannels: "out_channels",
  outfeatures: "out_channels",
  nfilters: "out_channels",
  kernel: "kernel_size",
  kernels: "kernel_size",
  kernelshape: "kernel_size",
  kernelsizes: "kernel_size",
  ksize: "kernel_size",
  filtersize: "kernel_size",
  inputlength: "l_in",
  inlength: "l_in",
  lengthin: "l_in",
  strides: "stride",
  pad: "padding",
  pads: "padding",
  paddings: "padding",
  outpadding: "output_padding",
  outpad: "output_padding",
  outputpad: "output_padding",
  dilationrate: "dilation",
  dilations: "dilation",
  group: "groups",
  numgroups: "groups",
  usebias: "bias",
  hasbias: "bias",
  biasterm: "bias",
};

/** Columns that may name the kind of a layer. Only the column `layer` is read as the kind. */
const NAMES_A_KIND: ReadonlySet<string> = new Set(
  (
    "kind type module op optype operator layer layertype layerkind layerclass moduletype " +
    "modulename class classname transposed istransposed"
  ).split(" "),
);

/** Columns that change how a layer treats its input. No count takes them into account. */
const NOT_READ: ReadonlySet<string> = new Set(
  "paddingmode autopad outputsize outputshape inputshape inputsize dataformat ceilmode".split(" "),
);

/**
 * @throws UpsweepError for a column whose name resembles a known one, or has a meaning in other
 * programs that is not read here. If a column `Stride` were copied as a label, every layer would
 * silently be counted with stride 1.
 */
function refuseLikelyMistake(
  name: string,
  at: string,
  known: ReadonlyMap<string, string>,
  parameters: ReadonlySet<string>,
  kinds: readonly Kind[],
): void {
  const skeleton = skeletonOf(name);
  const near = known.get(skeleton);
  if (near !== undefined) throw errors.similarField(at, name, near);
  const other = OTHER_NAMES[skeleton];
  if (other !== undefined) {
    const own = parameters.has(other)
      ? other
      : kinds.flatMap((kind) => namesOfParameter(kind, other))[0];
    if (own !== undefined) throw errors.similarField(at, name, own);
  }
  const foreign = FOREIGN_PARAMETERS.get(skeleton);
  if (foreign !== undefined) throw errors.otherKindsField(at, name, foreign);
  if (NAMES_A_KIND.has(skeleton)) throw errors.kindField(at, name, KIND_COLUMN);
  if (NOT_READ.has(skeleton)) throw errors.unreadField(at, name);
}

/** The kinds that have each parameter, by the skeleton of its name. */
const FOREIGN_PARAMETERS: ReadonlyMap<string, readonly KindName[]> = new Map(
  KIND_NAMES.flatMap((kind) => [...kindOf(kind).parameterNames, ...kindOf(kind).plainNames]).map(
    (name) => [
      skeletonOf(name),
      KIND_NAMES.filter((kind) => kindOf(kind).parameterNames.includes(name)),
    ],
  ),
);
