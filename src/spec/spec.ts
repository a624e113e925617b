/**
 * A spec: the user's request, completely validated. `readSpec` is the only way from a source to a
 * spec.
 */
import { utf8 } from "../bytes.js";
import { COLUMN_GROUPS } from "../columns/column.js";
import { columnsOf, defaultColumns, hasColumn, needsSetting } from "../columns/derived.js";
import {
  COLUMNS,
  type Column,
  isResultName,
  NAME_COLUMN,
  type ResultName,
} from "../columns/table.js";
import { errors } from "../errors.js";
import { type Expression, isCondition } from "../expression/node.js";
import { parseCondition } from "../expression/parse.js";
import {
  DEFAULT_KIND,
  isParameterName,
  KIND_NAMES,
  type Kind,
  type KindName,
  kindNamed,
  kindOf,
  parameterOf,
  requiredNames,
} from "../layers/kinds.js";
import { isSettingName } from "../layers/parameters.js";
import { type Axis, readAxes, readVariables } from "./axes.js";
import { checkNames } from "./names.js";
import { withRate } from "./rate.js";
import { describeNode, type SourceEntry, type SourceNode } from "./source.js";
import { domainOf, readInteger } from "./values.js";

/** One grid of a spec: its axes, and the conditions that its layers must satisfy. */
export interface Grid {
  /** The location in the spec, for messages. */
  readonly location: string;
  readonly name?: string;
  /** The variables, then the parameters, each in the order written: the outermost loop first. */
  readonly axes: readonly Axis[];
  /** Conditions that a layer must satisfy in addition to PyTorch's rules. */
  readonly where: readonly Expression[];
}

/** The name of a result column. A variable that every grid has, and `name`, can be columns too. */
export type ColumnName = ResultName | (string & {});

export interface Sample {
  /** The number of raw indices to draw. */
  readonly rows: number;
  readonly seed: number;
}

/** What to sweep, and which columns to write. */
export interface Spec {
  /** The origin of the spec, for messages. */
  readonly location: string;
  /** The kind of all its layers. */
  readonly layer: KindName;
  /** The grids, swept one after the other into one output. */
  readonly grids: readonly Grid[];
  /** The columns after the parameters, in the order of the row. */
  readonly columns: readonly ColumnName[];
  /** Whether to write each layer once, even if several grids have it. */
  readonly isDistinct: boolean;
  /** If absent, every raw index is swept. */
  readonly sample?: Sample;
}

/** The keys of a grid, and those of a spec: either the keys of its single grid, or `grids`. */
const GRID_KEYS = ["name", "variables", "axes", "where"] as const;
const SPEC_KEYS = ["layer", ...GRID_KEYS, "grids", "columns", "distinct", "sample"] as const;
const SAMPLE_KEYS = ["rows", "seed"] as const;

/**
 * Maximum size of a sample. Before the first row, the draws are dealt out to blocks. That takes
 * 0.23 µs a draw (2026-11-23): half a minute for this many.
 */
export const SAMPLE_MAX = 100_000_000;

/**
 * Maximum length of a grid's name in bytes. The slots that a row reserves for the name hold as
 * many.
 */
export const NAME_BYTES = 80;

type Find<K extends string> = (key: K) => SourceEntry | undefined;

/**
 * Returns a function that finds entries by key.
 *
 * @throws UpsweepError if the source is not a map, or has an unknown key.
 */
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
 * Reads and validates a spec.
 *
 * @param location the name of the spec, for messages about the spec in general: its file name.
 * @throws UpsweepError for the first error, with its location.
 */
export function readSpec(source: SourceNode, location: string): Spec {
  const find = entriesOf(source, "the spec", SPEC_KEYS);
  const grids = find("grids");
  const gridEntry = GRID_KEYS.map(find).find((entry) => entry !== undefined);
  if (grids && gridEntry) throw errors.outsideGrids(gridEntry.keyLocation, gridEntry.key);
  const kind = readKind(find("layer")?.value);
  const gridList = grids ? readGrids(grids.value, kind) : [readGrid(source, location, kind, find)];
  const columns = find("columns");
  const sample = find("sample");
  const distinct = find("distinct");
  return {
    location,
    layer: kind.name,
    grids: gridList,
    columns:
      columns === undefined ? defaultColumns([kind]) : readColumns(columns.value, kind, gridList),
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
  // The name needs no quotes in CSV, and has no white space at its ends.
  if (
    !/^[^\s,"\p{Cc}](?:[^,"\p{Cc}]*[^\s,"\p{Cc}])?$/u.test(text) ||
    utf8(text).length > NAME_BYTES
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
  const readWholeNumber = (
    key: (typeof SAMPLE_KEYS)[number],
    min: number,
    max: number,
  ): number | undefined => {
    const value = find(key)?.value;
    if (value === undefined) return undefined;
    if (value.kind !== "scalar") throw errors.notInteger(value.location, key, describeNode(value));
    return readInteger({ ...domainOf(key), min, max }, value.text.trim(), value.location);
  };
  const rows = readWholeNumber("rows", 1, SAMPLE_MAX);
  if (rows === undefined) throw errors.noSampleRows(source.location);
  return { rows, seed: readWholeNumber("seed", 0, Number.MAX_SAFE_INTEGER) ?? 0 };
}

/**
 * The groups that `columns:` accepts, besides single columns. `config` means the parameters, which
 * are always written, so it adds nothing.
 */
export const GROUP_NAMES = ["config", ...COLUMN_GROUPS, "all"] as const;

/**
 * Reads a list of columns and groups. A variable or `name` can be a column if every grid has it.
 *
 * @param of the kind of the layers. A list may mix kinds: it can have the columns of all of them.
 * @param grids empty for a single layer or a list.
 * @param hasSampleRate whether there is a sample rate; "later" if the rows of a list decide that.
 * @throws UpsweepError for a column that is unknown, given twice or not available.
 */
export function readColumns(
  source: SourceNode,
  of: Kind | readonly Kind[],
  grids: readonly Grid[] = [],
  hasSampleRate: boolean | "later" = grids.every((grid) => hasName(grid, "sample_rate")),
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
  const named = new Set<string>();
  for (const item of source.items) {
    if (item.kind !== "scalar") throw errors.notColumnList(item.location, describeNode(item));
    const name = item.text.trim();
    const group = GROUP_NAMES.find((known) => known === name);
    if (group) {
      // A group adds the columns that are not chosen yet.
      for (const each of columnsOfGroup(kinds, group, hasSampleRate === true))
        if (!chosen.includes(each)) chosen.push(each);
      continue;
    }
    if (isParameterName(name))
      throw errors.parameterColumn(item.location, name, kind.parameterNames.length);
    if (named.has(name)) throw errors.duplicateColumn(item.location, name);
    named.add(name);
    if (isResultName(name)) checkResult(item.location, name, kinds, hasSampleRate);
    else checkGridColumn(item.location, name, kind, grids, variables);
    if (!chosen.includes(name)) chosen.push(name);
  }
  return chosen;
}

/**
 * The columns of a group that layers of these kinds have. Columns per second require a sample rate.
 */
export function columnsOfGroup(
  of: Kind | readonly Kind[],
  group: (typeof GROUP_NAMES)[number],
  hasSampleRate: boolean,
): ResultName[] {
  const kinds = [of].flat() as Kind[];
  return COLUMNS.filter(({ name }) => kinds.some((kind) => hasColumn(kind, name)))
    .filter(
      (c: Column) =>
        (group === "all" || c.group === group) &&
        (hasSampleRate || !needsSetting(c.name, "sample_rate")),
    )
    .map(({ name }) => name);
}

function hasName(grid: Grid, name: string): boolean {
  return grid.axes.some(({ names }) => names.includes(name));
}

function checkResult(
  location: string,
  name: ResultName,
  kinds: readonly Kind[],
  hasSampleRate: boolean | "later",
): void {
  if (!kinds.some((kind) => hasColumn(kind, name)))
    throw errors.otherKindsColumn(location, name, (kinds[0] as Kind).name);
  if (!hasSampleRate && needsSetting(name, "sample_rate"))
    throw errors.noSampleRate(location, name);
}

/** Checks that every grid has a column that is not a result: a variable, a setting or `name`. */
function checkGridColumn(
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
    const without = name === "bits" ? undefined : grids.find((grid) => !hasName(grid, name));
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
