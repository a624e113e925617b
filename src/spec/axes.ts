/** The axes of a grid: plain values, values that depend on other axes, and axes that turn together. */

import { isResultName, NAME_COLUMN } from "../columns/columns.js";
import { errors } from "../errors.js";
import { type Expression, FUNCTIONS, LIST_FUNCTIONS, type ListItem } from "../expression/node.js";
import { KEYWORDS, parseItem } from "../expression/parse.js";
import { textOfFraction } from "../fraction.js";
import { otherKindsParameter } from "../layers/errors.js";
import {
  isParameterName,
  type Kind,
  namesOfParameter,
  RATE_DENOMINATOR,
  shortNames,
} from "../layers/parameters.js";
import { describeNode, type SourceNode } from "./source.js";
import { domainOf, findDuplicate, overOne, type Run, readEntry, sizeOf } from "./values.js";

/** One axis, as written. All its names turn together; only a joint axis has several. */
export type Axis = { readonly place: string; readonly names: readonly string[] } & (
  | {
      readonly kind: "plain";
      /** The values of each name. */
      readonly runs: readonly (readonly Run[])[];
      readonly size: number;
      /** Where sample rates are fractions: their common denominator. The runs of `sample_rate` are numerators. */
      readonly rateDenominator?: number;
    }
  /** One value, which follows from other axes: no loop. */
  | { readonly kind: "derived"; readonly expression: Expression }
  /** A list whose values, and whose length, follow from other axes. */
  | { readonly kind: "list"; readonly items: readonly ListItem[] }
  /** A joint axis with values that follow from other axes: a row for each position, with a value for each name. */
  | { readonly kind: "joint"; readonly rows: readonly (readonly Expression[])[] }
);

/** The expressions of an axis: none when it is plain. */
export function expressionsOf(axis: Axis): readonly (Expression | ListItem)[] {
  switch (axis.kind) {
    case "plain":
      return [];
    case "derived":
      return [axis.expression];
    case "list":
      return axis.items;
    case "joint":
      return axis.rows.flat();
  }
}

/**
 * The axes of a grid. Of several dimensions a plain name (`kernel_size`) is an axis that the parameters of all dimensions follow.
 *
 * @throws UpsweepError when one is unknown, missing, given twice or has no values.
 */
export function readAxes(source: SourceNode, kind: Kind): Axis[] {
  if (source.kind !== "map") throw errors.notMap(source.place, "axes", describeNode(source));
  const known = [...kind.parameterNames, ...kind.plainNames];
  const written = readEntries(source, (name, place) => {
    if (isResultName(name)) throw errors.resultAxis(place, name);
    if (!known.includes(name))
      throw isParameterName(name)
        ? otherKindsParameter(place, name, kind)
        : errors.unknownAxis(place, name, known);
  });
  const axes = written.flatMap((axis) => [axis, ...followersOf(axis, kind)]);
  const given = new Set<string>();
  for (const { names, place } of axes) {
    for (const name of names) {
      if (given.has(name)) throw errors.axisTwice(place, name);
      given.add(name);
    }
  }
  const missing = kind.parameters
    .filter((p) => p.default === undefined && !given.has(p.name))
    .map((p) => p.name);
  if (missing.length > 0) throw errors.missingAxes(source.place, shortNames(kind, missing));
  return axes;
}

/** The axes that follow a plain name: `kernel_size.h` and `kernel_size.w`, each as long as `kernel_size`. */
function followersOf(axis: Axis, kind: Kind): Axis[] {
  const { place } = axis;
  return axis.names.flatMap((name) => {
    const plain = kind.plainNames.find((base) => base === name);
    const followers = plain ? namesOfParameter(kind, plain) : [];
    return followers.map((follower): Axis => {
      if (axis.kind === "plain" && axis.names.length === 1 && axis.size === 1)
        return { ...axis, names: [follower] };
      const root = { kind: "name", name, start: 0, end: name.length } as const;
      return {
        kind: "derived",
        place,
        names: [follower],
        expression: { written: { text: name, place }, root },
      };
    });
  });
}

/** Variables are axes of the user's own: they turn like others, and the layer's axes can be written with them. */
export function readVariables(source: SourceNode): Axis[] {
  if (source.kind === "null") return [];
  if (source.kind !== "map") throw errors.notMap(source.place, "variables", describeNode(source));
  return readEntries(source, (name, place) => {
    const taken =
      isResultName(name) ||
      isParameterName(name) ||
      name === NAME_COLUMN ||
      name === RATE_DENOMINATOR;
    const isWord =
      KEYWORDS.has(name) || Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(LIST_FUNCTIONS, name);
    if (taken || isWord || !/^[A-Za-z_][0-9A-Za-z_]{0,62}$/.test(name))
      throw errors.badVariable(place, name, taken);
  });
}

function readEntries(
  source: SourceNode & { kind: "map" },
  check: (name: string, place: string) => void,
): Axis[] {
  const seen = new Set<string>();
  return source.entries.map(({ key, keyPlace, value }) => {
    const names = key.split(",").map((name) => name.trim());
    for (const name of names) {
      check(name, keyPlace);
      if (seen.has(name)) throw errors.axisTwice(keyPlace, name);
      seen.add(name);
    }
    const [only] = names as [string];
    return names.length === 1
      ? readAxis(only, value, keyPlace)
      : readJointAxis(names, value, keyPlace);
  });
}

function readAxis(name: string, source: SourceNode, place: string): Axis {
  if (source.kind === "null") throw errors.emptyAxis(source.place, name);
  const items = source.kind === "list" ? source.items : [source];
  if (items.length === 0) throw errors.emptyAxis(source.place, name);
  const entries = items.map((item) => {
    if (item.kind !== "scalar") throw errors.badAxisValue(item.place, name, describeNode(item));
    return { item, read: readScalar(name, item, source.kind === "list") };
  });
  const { runs: constant, under } = overOne(
    entries.flatMap(({ read }) => (Array.isArray(read) ? (read as Run[]) : [])),
    source.place,
  );
  checkDistinct(source.place, name, constant, under);
  if (entries.every(({ read }) => Array.isArray(read))) {
    return {
      kind: "plain",
      place,
      names: [name],
      runs: [constant],
      size: sizeOf(constant),
      ...(under > 1 && { rateDenominator: under }),
    };
  }
  if (under > 1) throw errors.fractionAmongExpressions(source.place, name);
  const [first] = entries;
  if (entries.length === 1 && first && !Array.isArray(first.read)) {
    const { written, root } = first.read as ListItem;
    if (root.kind === "value")
      return { kind: "derived", place, names: [name], expression: { written, root: root.value } };
  }
  return {
    kind: "list",
    place,
    names: [name],
    items: entries.map(({ item, read }) =>
      Array.isArray(read) ? { written: item, root: parseItem(item) } : (read as ListItem),
    ),
  };
}

function readScalar(
  name: string,
  item: SourceNode & { kind: "scalar" },
  isInList: boolean,
): Run[] | ListItem {
  const text = item.text.trim();
  const [opening, closing] = [text.split("(").length, text.split(")").length];
  if (isInList && opening > closing) throw errors.openParenthesis(item.place, name, text);
  if (hasTopComma(text)) throw errors.textList(item.place, name, text);
  return readEntry(domainOf(name), item);
}

function hasTopComma(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([".includes(character)) depth++;
    if (")]".includes(character)) depth--;
    if (character === "," && depth <= 0) return true;
  }
  return false;
}

function checkDistinct(place: string, name: string, runs: readonly Run[], under: number): void {
  const duplicate = findDuplicate(runs);
  if (duplicate === undefined) return;
  const value =
    domainOf(name).type === "boolean"
      ? String(duplicate === 1)
      : textOfFraction({ over: BigInt(duplicate), under: BigInt(under) });
  throw errors.duplicateValue(place, name, value);
}

function readJointAxis(names: readonly string[], source: SourceNode, place: string): Axis {
  const label = names.join(", ");
  if (source.kind !== "list" || source.items.length === 0)
    throw errors.jointList(source.place, names, describeNode(source));
  const rows = source.items.map((row) => {
    if (row.kind !== "list") throw errors.jointList(row.place, names, describeNode(row));
    if (row.items.length !== names.length)
      throw errors.jointRow(row.place, names, row.items.length);
    return row.items.map((item, i) => {
      const name = names[i] as string;
      if (item.kind !== "scalar") throw errors.badAxisValue(item.place, name, describeNode(item));
      return { item, read: readJointValue(name, item) };
    });
  });
  const rateAt = names.indexOf("sample_rate");
  const rates = rows.flatMap((row) => {
    const read = row[rateAt]?.read;
    return Array.isArray(read) ? (read as Run[]) : [];
  });
  const { under } = overOne(rates, source.place);
  const values = rows.map((row) =>
    row.map(({ read }) => (Array.isArray(read) ? (read[0] as Run) : undefined)),
  );
  const seen = new Map<string, number>();
  for (const [i, row] of values.entries()) {
    if (row.includes(undefined)) continue;
    const text = row
      .map((run) => (run?.under === undefined ? run?.first : `${run.first}/${run.under}`))
      .join(", ");
    if (seen.has(text))
      throw errors.duplicateValue((source.items[i] as SourceNode).place, label, `[${text}]`);
    seen.set(text, i);
  }
  if (values.every((row) => !row.includes(undefined))) {
    const runs = names.map((_, i) =>
      i === rateAt ? overOne(rates, source.place).runs : values.map((row) => row[i] as Run),
    );
    return {
      kind: "plain",
      place,
      names,
      runs,
      size: rows.length,
      ...(under > 1 && { rateDenominator: under }),
    };
  }
  if (under > 1) throw errors.fractionAmongExpressions(source.place, "sample_rate");
  const expression = ({
    item,
    read,
  }: {
    item: SourceNode & { kind: "scalar" };
    read: Run[] | ListItem;
  }): Expression => {
    const root = Array.isArray(read) ? parseItem(item) : read.root;
    if (root.kind !== "value") throw errors.badAxisValue(item.place, label, "several values");
    return { written: item, root: root.value };
  };
  return { kind: "joint", place, names, rows: rows.map((row) => row.map(expression)) };
}

/** One value of a joint axis. */
function readJointValue(name: string, item: SourceNode & { kind: "scalar" }): Run[] | ListItem {
  const read = readScalar(name, item, true);
  const isOne = Array.isArray(read) ? sizeOf(read) === 1 : read.root.kind === "value";
  if (!isOne) throw errors.severalInJoint(item.place, name, item.text.trim());
  return read;
}
