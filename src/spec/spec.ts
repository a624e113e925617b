/** A spec: what a person asks for, validated completely. From source to spec there is this one way. */
import {
  DEFAULT_COLUMNS,
  isParameterName,
  isResultName,
  PARAMETER_NAMES,
  PARAMETERS,
  type Parameter,
  type ParameterName,
  parameter,
  RESULT_NAMES,
  type ResultName,
} from "../columns.js";
import { errors } from "../errors.js";
import { describeNode, type SourceNode } from "./source.js";
import { findDuplicate, type Run, readEntry } from "./values.js";

/** One axis of a grid, as written. */
interface Axis {
  readonly name: ParameterName;
  readonly runs: readonly Run[];
}

/** A grid: its axes in the order of the loops, outermost first, and its result columns in the order of the row. */
export interface Spec {
  /** Where it comes from, for messages. */
  readonly place: string;
  readonly axes: readonly Axis[];
  readonly columns: readonly ResultName[];
}

const KEYS = ["axes", "columns"] as const;

/**
 * @param place what messages about the grid as a whole begin with: its file name.
 * @throws UpsweepError for the first thing that is wrong, with its place.
 */
export function readSpec(source: SourceNode, place: string): Spec {
  if (source.kind !== "map") throw errors.notMap(source.place, "the spec", describeNode(source));
  for (const { key, keyPlace } of source.entries) {
    if (!(KEYS as readonly string[]).includes(key)) {
      if (isParameterName(key)) throw errors.axisAtTop(keyPlace, key);
      throw errors.unknownKey(keyPlace, key, KEYS);
    }
  }
  const find = (key: (typeof KEYS)[number]) => source.entries.find((entry) => entry.key === key)?.value;
  const axes = find("axes");
  if (axes === undefined || axes.kind === "null") throw errors.noAxes(source.place);
  const columns = find("columns");
  return {
    place,
    axes: readAxes(axes),
    columns: columns === undefined ? DEFAULT_COLUMNS : readColumns(columns),
  };
}

function readAxes(source: SourceNode): Axis[] {
  if (source.kind !== "map") throw errors.notMap(source.place, "axes", describeNode(source));
  const axes = source.entries.map(({ key, keyPlace, value }): Axis => {
    if (isResultName(key)) throw errors.resultAxis(keyPlace, key);
    if (!isParameterName(key)) throw errors.unknownAxis(keyPlace, key, PARAMETER_NAMES);
    return { name: key, runs: readAxis(parameter(key), value) };
  });
  const missing = PARAMETERS.filter((p) => !("default" in p) && !axes.some((axis) => axis.name === p.name)).map((p) => p.name);
  if (missing.length > 0) throw errors.missingAxes(source.place, missing);
  return axes;
}

function readAxis(of: Parameter, source: SourceNode): Run[] {
  if (source.kind === "null") throw errors.emptyAxis(source.place, of.name);
  const items = source.kind === "list" ? source.items : [source];
  const runs = items.flatMap((item) => {
    if (item.kind !== "scalar") throw errors.badAxisValue(item.place, of.name, describeNode(item));
    const text = item.text.trim();
    if (/\([^)]*$/.test(text)) throw errors.openParenthesis(item.place, of.name, text);
    if (/,(?![^(]*\))/.test(text)) throw errors.textList(item.place, of.name, text);
    return readEntry(of, text, item.place);
  });
  if (runs.length === 0) throw errors.emptyAxis(source.place, of.name);
  const duplicate = findDuplicate(runs);
  if (duplicate !== undefined) {
    throw errors.duplicateValue(source.place, of.name, of.type === "boolean" ? String(duplicate === 1) : String(duplicate));
  }
  return runs;
}

/** Reads a list of result columns. */
export function readColumns(source: SourceNode): ResultName[] {
  if (source.kind !== "list") throw errors.notColumnList(source.place, describeNode(source));
  if (source.items.length === 0) throw errors.emptyColumns(source.place);
  const chosen: ResultName[] = [];
  for (const item of source.items) {
    if (item.kind !== "scalar") throw errors.notColumnList(item.place, describeNode(item));
    const name = item.text.trim();
    if (isParameterName(name)) throw errors.parameterColumn(item.place, name);
    if (!isResultName(name)) throw errors.unknownColumn(item.place, name, RESULT_NAMES);
    if (chosen.includes(name)) throw errors.duplicateColumn(item.place, name);
    chosen.push(name);
  }
  return chosen;
}
