/**
 * Overrides from the command line. They change the source of a spec before it is read, so that
 * `readSpec` remains the only way from a source to a spec.
 */
import { errors } from "../errors.js";
import type { SourceEntry, SourceNode } from "./source.js";

export interface Overrides {
  /** Axes to set, by key: one name, or several separated by commas. */
  readonly set?: readonly SourceEntry[] | undefined;
  /** Variables to add or change. */
  readonly variables?: readonly SourceEntry[] | undefined;
  readonly layer?: SourceNode | undefined;
  /** Conditions to add. */
  readonly where?: readonly SourceNode[] | undefined;
  readonly columns?: SourceNode | undefined;
  readonly distinct?: SourceNode | undefined;
  readonly sample?: SourceNode | undefined;
}

type MapNode = SourceNode & { readonly kind: "map" };

/**
 * Applies the overrides to a source. If it has several grids, axes, variables and conditions are
 * overridden in each of them.
 */
export function withOverrides(
  source: SourceNode,
  { set = [], variables = [], layer, where = [], columns, distinct, sample }: Overrides,
): SourceNode {
  if (source.kind !== "map") return source; // readSpec reports the error
  const overriddenGrid = (grid: SourceNode): SourceNode =>
    grid.kind === "map"
      ? withConditions(set.reduce(withAxis, variables.reduce(withVariable, grid)), where)
      : grid;
  const grids = entryOf(source, "grids");
  let result: MapNode;
  if (grids?.value.kind === "list")
    result = withEntry(source, {
      ...grids,
      value: { ...grids.value, items: grids.value.items.map(overriddenGrid) },
    });
  else result = overriddenGrid(source) as MapNode;
  if (layer)
    result = withEntry(result, { key: "layer", keyLocation: layer.location, value: layer });
  if (columns)
    result = withEntry(result, { key: "columns", keyLocation: columns.location, value: columns });
  if (distinct)
    result = withEntry(result, {
      key: "distinct",
      keyLocation: distinct.location,
      value: distinct,
    });
  if (sample)
    result = withEntry(result, { key: "sample", keyLocation: sample.location, value: sample });
  return result;
}

function entryOf(map: MapNode, key: string): SourceEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** The map with that entry. It replaces the entry with the same key, or is appended. */
function withEntry(map: MapNode, entry: SourceEntry): MapNode {
  const exists = map.entries.some(({ key }) => key === entry.key);
  return {
    ...map,
    entries: exists
      ? map.entries.map((old) => (old.key === entry.key ? entry : old))
      : [...map.entries, entry],
  };
}

const namesOf = (key: string): string[] => key.split(",").map((name) => name.trim());

function withAxis(grid: MapNode, axis: SourceEntry): MapNode {
  const names = namesOf(axis.key);
  for (const section of ["variables", "axes"]) {
    const map = entryOf(grid, section);
    if (map?.value.kind !== "map") continue;
    const old = map.value.entries.find(({ key }) => namesOf(key).join() === names.join());
    if (old)
      return withEntry(grid, { ...map, value: withEntry(map.value, { ...axis, key: old.key }) });
    const joint = map.value.entries.find(({ key }) =>
      namesOf(key).some((name) => names.includes(name)),
    );
    if (joint) throw errors.setJoint(axis.keyLocation, axis.key, joint.key);
  }
  const axes = entryOf(grid, "axes");
  return axes?.value.kind === "map"
    ? withEntry(grid, { ...axes, value: withEntry(axes.value, axis) })
    : grid;
}

function withVariable(grid: MapNode, variable: SourceEntry): MapNode {
  const section = entryOf(grid, "variables");
  const location = variable.keyLocation;
  const map: MapNode =
    section?.value.kind === "map" ? section.value : { kind: "map", location, entries: [] };
  return withEntry(grid, {
    key: "variables",
    keyLocation: section?.keyLocation ?? location,
    value: withEntry(map, variable),
  });
}

function withConditions(grid: MapNode, conditions: readonly SourceNode[]): MapNode {
  if (conditions.length === 0) return grid;
  const old = entryOf(grid, "where");
  const source = old === undefined ? [] : old.value.kind === "list" ? old.value.items : [old.value];
  const location = old?.value.location ?? (conditions[0] as SourceNode).location;
  return withEntry(grid, {
    key: "where",
    keyLocation: location,
    value: { kind: "list", location, items: [...source, ...conditions] },
  });
}
