/** A spec: what a person asks for, validated completely. From source to spec there is this one way. */
import {
  COLUMN_GROUPS,
  COLUMNS,
  type Column,
  column,
  columnsOf,
  DEFAULT_COLUMNS,
  hasColumn,
  isResultName,
  NAME_COLUMN,
  type ResultName,
} from "../columns/columns.js";
import { errors } from "../errors.js";
import { type Expression, isCondition } from "../expression/node.js";
import { parseCondition } from "../expression/parse.js";
import {
  DEFAULT_KIND,
  isParameterName,
  isSettingName,
  KIND_NAMES,
  type Kind,
  type KindName,
  kindNamed,
  kindOf,
  parameterOf,
  requiredNames,
} from "../layers/parameters.js";
import { type Axis, readAxes, readVariables } from "./axes.js";
import { checkNames } from "./names.js";
import { withRate } from "./rate.js";
import { describeNode, type SourceEntry, type SourceNode } from "./source.js";
import { domainOf, readInteger } from "./values.js";

/** A block of a spec: the loops over its axes, and what their layers must keep. */
export interface Grid {
  /** Where it stands, for messages. */
  readonly location: string;
  readonly name?: string;
  /** Variables, then parameters, in the order in which they are written: outermost loop first. */
  readonly axes: readonly Axis[];
  /** Conditions that a layer must keep, besides PyTorch's own. */
  readonly where: readonly Expression[];
}

/** The names of variables that the grids of a spec have in common, and `name`, can be columns too. */
export type ColumnName = ResultName | (string & {});

export interface Sample {
  /** How many raw indices are drawn. */
  readonly rows: number;
  readonly seed: number;
}

/** What is swept, and what is written of it. */
export interface Spec {
  /** Where it comes from, for messages. */
  readonly location: string;
  /** The kind of its layers. */
  readonly layer: KindName;
  /** Swept one after the other, into one output. */
  readonly grids: readonly Grid[];
  /** In the order of the row, behind the eleven parameters. */
  readonly columns: readonly ColumnName[];
  /** Whether a layer that an earlier grid has too is written once. */
  readonly isDistinct: boolean;
  /** Without it everything is swept. */
  readonly sample?: Sample;
}

/** The keys of a grid, and of a spec: either those of its one grid, or `grids`. */
const GRID_KEYS = ["name", "variables", "axes", "where"] as const;
const SPEC_KEYS = ["layer", ...GRID_KEYS, "grids", "columns", "distinct", "sample"] as const;
const SAMPLE_KEYS = ["rows", "seed"] as const;

/** The largest sample. Before its first row it is dealt out to blocks, which takes 0.23 µs a draw (2026-11-23): half a minute for this many. */
export const SAMPLE_MAX = 100_000_000;

/** The longest name of a grid, in bytes: what fits the row's cells that are kept for it. */
export const NAME_BYTES = 80;

type Find<K extends string> = (key: K) => SourceEntry | undefined;

/** Looks entries up by key, after all keys were found to be known. */
function entriesOf<K extends string>(
  source: SourceNode,
  what: string,
  known: readonly K[],
): Find<K> {
  if (source.kind !== "map") throw errors.notMap(source.location, what, describeNode(source));
  for (const { key, keyLocation } of source.entries) {
    if ((known as readonly string[]).includes(key)) continue;
    if (isParameterName(key)) throw errors.axisAtTop(keyLocation, key);
    throw errors.unknownKey(keyLocation, key, known);
  }
  return (key) => source.entries.find((entry) => entry.key === key);
}

/**
 * @param place what messages about the spec as a whole begin with: its file name.
 * @throws UpsweepError for the first thing that is wrong, with its place.
 */
export function readSpec(source: SourceNode, location: string): Spec {
  const find = entriesOf(source, "the spec", SPEC_KEYS);
  const grids = find("grids");
  const own = GRID_KEYS.map(find).find((entry) => entry !== undefined);
  if (grids && own) throw errors.outsideGrids(own.keyLocation, own.key);
  const kind = readKind(find("layer")?.value);
  const read = grids ? readGrids(grids.value, kind) : [readGrid(source, location, kind, find)];
  const columns = find("columns");
  const sample = find("sample");
  const distinct = find("distinct");
  return {
    location,
    layer: kind.name,
    grids: read,
    columns: columns === undefined ? DEFAULT_COLUMNS : readColumns(columns.value, kind, read),
    isDistinct: distinct !== undefined && readDistinct(distinct.value),
    ...(sample && { sample: readSample(sample.value) }),
  };
}

function readKind(source: SourceNode | undefined): Kind {
  if (source === undefined) return kindOf(DEFAULT_KIND);
  const name = source.kind === "scalar" ? source.text.trim() : describeNode(source);
  const kind = kindNamed(name);
  if (kind === undefined) throw errors.unknownKind(source.location, name, KIND_NAMES);
  return kind;
}

function readGrids(source: SourceNode, kind: Kind): Grid[] {
  if (source.kind !== "list" || source.items.length === 0)
    throw errors.notGridList(source.location, describeNode(source));
  return source.items.map((item) =>
    readGrid(item, item.location, kind, entriesOf(item, "a grid", GRID_KEYS)),
  );
}

function readGrid(
  source: SourceNode,
  location: string,
  kind: Kind,
  find: Find<(typeof GRID_KEYS)[number]>,
): Grid {
  const axes = find("axes");
  if (axes === undefined || axes.value.kind === "null")
    throw errors.noAxes(source.location, requiredNames(kind));
  const [name, variables, where] = [find("name"), find("variables"), find("where")];
  const grid = {
    location,
    ...(name && { name: readName(name.value) }),
    axes: [...(variables ? readVariables(variables.value) : []), ...readAxes(axes.value, kind)],
    where: where ? readWhere(where.value) : [],
  };
  checkNames(kind, grid);
  return withRate(grid);
}

function readName(source: SourceNode): string {
  if (source.kind !== "scalar")
    throw errors.badName(source.location, describeNode(source), NAME_BYTES);
  const { text, location } = source;
  // What needs no quotes in a CSV, and cannot be taken for white space.
  if (
    !/^[^\s,"\p{Cc}](?:[^,"\p{Cc}]*[^\s,"\p{Cc}])?$/u.test(text) ||
    Buffer.byteLength(text) > NAME_BYTES
  ) {
    throw errors.badName(location, describeNode(source), NAME_BYTES);
  }
  return text;
}

function readWhere(source: SourceNode): Expression[] {
  const items = source.kind === "list" ? source.items : [source];
  return items.map((item): Expression => {
    if (item.kind !== "scalar") throw errors.badCondition(item.location, describeNode(item));
    const root = parseCondition(item);
    if (!isCondition(root)) throw errors.notCondition(item, root);
    return { source: item, root };
  });
}

function readDistinct(source: SourceNode): boolean {
  const text = source.kind === "scalar" ? source.text.trim() : describeNode(source);
  if (text !== "true" && text !== "false")
    throw errors.notBoolean(source.location, "distinct", text);
  return text === "true";
}

function readSample(source: SourceNode): Sample {
  const find = entriesOf(source, "sample", SAMPLE_KEYS);
  const whole = (
    key: (typeof SAMPLE_KEYS)[number],
    min: number,
    max: number,
  ): number | undefined => {
    const value = find(key)?.value;
    if (value === undefined) return undefined;
    if (value.kind !== "scalar") throw errors.notInteger(value.location, key, describeNode(value));
    return readInteger({ ...domainOf(key), min, max }, value.text.trim(), value.location);
  };
  const rows = whole("rows", 1, SAMPLE_MAX);
  if (rows === undefined) throw errors.noSampleRows(source.location);
  return { rows, seed: whole("seed", 0, Number.MAX_SAFE_INTEGER) ?? 0 };
}

/** What `columns:` may name beside single columns; the parameters (`config`) always stand in the row. */
export const GROUP_NAMES = ["config", ...COLUMN_GROUPS, "all"] as const;

/**
 * Reads a list of columns and groups of them; variables and names can be columns where every grid has them. Without grids
 * (for a single layer or a list) `isRated` says whether there is a sample rate; of a list that may turn out later. A list can
 * mix kinds: then it can have the columns of all of them.
 */
export function readColumns(
  source: SourceNode,
  of: Kind | readonly Kind[],
  grids: readonly Grid[] = [],
  isRated: boolean | "later" = grids.every((grid) => has(grid, "sample_rate")),
): ColumnName[] {
  if (source.kind !== "list") throw errors.notColumnList(source.location, describeNode(source));
  if (source.items.length === 0) throw errors.emptyColumns(source.location);
  const kinds = [of].flat() as Kind[];
  const [kind] = kinds as [Kind];
  const variables = [
    ...new Set(
      grids.flatMap((grid) =>
        grid.axes.flatMap(({ names }) => names).filter((name) => !parameterOf(kind, name)),
      ),
    ),
  ];
  const chosen: ColumnName[] = [];
  const single = new Set<string>();
  for (const item of source.items) {
    if (item.kind !== "scalar") throw errors.notColumnList(item.location, describeNode(item));
    const name = item.text.trim();
    const group = GROUP_NAMES.find((known) => known === name);
    if (group) {
      // A group adds what is not there yet.
      for (const each of columnsOfGroup(kinds, group, isRated === true))
        if (!chosen.includes(each)) chosen.push(each);
      continue;
    }
    if (isParameterName(name))
      throw errors.parameterColumn(item.location, name, kind.parameterNames.length);
    if (single.has(name)) throw errors.duplicateColumn(item.location, name);
    single.add(name);
    if (isResultName(name)) checkResult(item.location, name, kinds, isRated);
    else checkOwnColumn(item.location, name, kind, grids, variables);
    if (!chosen.includes(name)) chosen.push(name);
  }
  return chosen;
}

/** The columns of a group that layers of that kind have; those per second only where there is a sample rate. */
export function columnsOfGroup(
  of: Kind | readonly Kind[],
  group: (typeof GROUP_NAMES)[number],
  isRated: boolean,
): ResultName[] {
  const kinds = [of].flat() as Kind[];
  return COLUMNS.filter(({ name }) => kinds.some((kind) => hasColumn(kind, name)))
    .filter(
      (c: Column) =>
        (group === "all" || c.group === group) && (isRated || !c.dependsOn.includes("sample_rate")),
    )
    .map(({ name }) => name);
}

function has(grid: Grid, name: string): boolean {
  return grid.axes.some(({ names }) => names.includes(name));
}

function checkResult(
  location: string,
  name: ResultName,
  kinds: readonly Kind[],
  isRated: boolean | "later",
): void {
  if (!kinds.some((kind) => hasColumn(kind, name)))
    throw errors.otherKindsColumn(location, name, (kinds[0] as Kind).name);
  if (!isRated && column(name).dependsOn.includes("sample_rate"))
    throw errors.noSampleRate(location, name);
}

/** Checks that a column that is no result is there in every grid. */
function checkOwnColumn(
  location: string,
  name: string,
  kind: Kind,
  grids: readonly Grid[],
  variables: readonly string[],
): void {
  if (name === NAME_COLUMN && grids.length > 0) {
    const unnamed = grids.find((grid) => grid.name === undefined);
    if (unnamed) throw errors.unnamedGrid(location, unnamed.location);
  } else if (variables.includes(name) || (grids.length > 0 && isSettingName(name))) {
    const without = name === "bits" ? undefined : grids.find((grid) => !has(grid, name));
    if (without) throw errors.missingVariable(location, name, without.location);
  } else {
    throw errors.unknownColumn(location, name, [
      ...columnsOf(kind).map((c) => c.name),
      ...GROUP_NAMES,
      ...variables,
      ...(grids.length > 0 ? [NAME_COLUMN] : []),
    ]);
  }
}
