/** The axes of a grid: plain values, values that depend on other axes, and joint axes. */

import { isResultName, NAME_COLUMN } from "../columns/table.js";
import { errors } from "../errors.js";
import { type Expression, FUNCTIONS, LIST_FUNCTIONS, type ListItem } from "../expression/node.js";
import { KEYWORDS, parseItem } from "../expression/parse.js";
import { textOfFraction } from "../fraction.js";
import { otherKindsParameter } from "../layers/errors.js";
import {
  anyParameter,
  isParameterName,
  type Kind,
  namesOfParameter,
  shortNames,
  wordValue,
} from "../layers/kinds.js";
import { RATE_DENOMINATOR } from "../layers/parameters.js";
import { PARAMETER_MAX } from "../limits.js";
import { describeNode, type SourceNode } from "./source.js";
import {
  domainOf,
  findDuplicate,
  overCommonDenominator,
  type Progression,
  readEntry,
  sizeOf,
} from "./values.js";

/** One axis, as it is written. Only a joint axis has several names, which advance together. */
export type Axis = { readonly location: string; readonly names: readonly string[] } & (
  | {
      readonly kind: "plain";
      /** The values of each name, in the order of `names`. */
      readonly progressions: readonly (readonly Progression[])[];
      readonly size: number;
      /**
       * The common denominator of the sample rates, if they are fractions. The values of
       * `sample_rate` are then the numerators.
       */
      readonly rateDenominator?: number;
    }
  /** A single value that depends on other axes. It needs no loop. */
  | { readonly kind: "derived"; readonly expression: Expression }
  /** A list whose values and length depend on other axes. */
  | { readonly kind: "list"; readonly items: readonly ListItem[] }
  /** A joint axis whose values depend on other axes: a row per position, with a value per name. */
  | { readonly kind: "joint"; readonly rows: readonly (readonly Expression[])[] }
);

/** The expressions of an axis. A plain axis has none. */
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
 * Reads the axes of a grid. In a kind with several dimensions, a plain name (`kernel_size`) is an
 * axis that the parameters of all dimensions follow.
 *
 * @throws UpsweepError if an axis is unknown, missing, given twice or has no values.
 */
export function readAxes(source: SourceNode, kind: Kind): Axis[] {
  if (source.kind !== "map") throw errors.notMap(source.location, "axes", describeNode(source));
  const known = [...kind.parameterNames, ...kind.plainNames];
  const entries = readEntries(
    source,
    (name, location) => {
      if (isResultName(name)) throw errors.resultAxis(location, name);
      if (!known.includes(name))
        throw isParameterName(name)
          ? otherKindsParameter(location, name, kind)
          : errors.unknownAxis(location, name, known);
    },
    kind,
  );
  const axes = entries.flatMap((axis) => {
    const all = withWordFollowers(axis, kind);
    return [all, ...followersOf(all, kind)];
  });
  const given = new Set<string>();
  for (const { names, location } of axes) {
    for (const name of names) {
      if (given.has(name)) throw errors.axisTwice(location, name);
      given.add(name);
    }
  }
  const missing = kind.parameters
    .filter((p) => p.default === undefined && !given.has(p.name))
    .map((p) => p.name);
  if (missing.length > 0) throw errors.missingAxes(source.location, shortNames(kind, missing));
  return axes;
}

/**
 * An axis of several dimensions that has a word among its values, with the parameters of all
 * dimensions beside its own names. A follower cannot evaluate a word, because it is not a number.
 */
function withWordFollowers(axis: Axis, kind: Kind): Axis {
  if (axis.kind !== "plain") return axis;
  const added = axis.names.flatMap((name, i) => {
    const own = axis.progressions[i] ?? [];
    const base = kind.plainNames.find((plain) => plain === name);
    return base && hasWord(own)
      ? namesOfParameter(kind, base).map((follower) => ({ follower, own }))
      : [];
  });
  if (added.length === 0 || (axis.names.length === 1 && axis.size === 1)) return axis;
  return {
    ...axis,
    names: [...axis.names, ...added.map(({ follower }) => follower)],
    progressions: [...axis.progressions, ...added.map(({ own }) => own)],
  };
}

/** Whether a word such as `same` is among the values. */
function hasWord(progressions: readonly Progression[]): boolean {
  return progressions.some(({ first }) => first > PARAMETER_MAX);
}

/** The location of an axis with a padding that may be a word, if there is one. */
export function wordAxis(axes: readonly Axis[]): string | undefined {
  return axes.find(
    (axis) =>
      axis.kind === "plain" &&
      axis.names.some(
        (name, i) => anyParameter(name)?.base === "padding" && hasWord(axis.progressions[i] ?? []),
      ),
  )?.location;
}

/**
 * The axes that follow a plain name: `kernel_size.h` and `kernel_size.w`, each equal to
 * `kernel_size`.
 */
function followersOf(axis: Axis, kind: Kind): Axis[] {
  const { location } = axis;
  return axis.names.flatMap((name) => {
    const plain = kind.plainNames.find((base) => base === name);
    const followers = plain ? namesOfParameter(kind, plain) : [];
    // A word has its followers in the axis itself.
    if (followers.some((follower) => axis.names.includes(follower))) return [];
    return followers.map((follower): Axis => {
      if (axis.kind === "plain" && axis.names.length === 1 && axis.size === 1)
        return { ...axis, names: [follower] };
      const root = { kind: "name", name, start: 0, end: name.length } as const;
      return {
        kind: "derived",
        location,
        names: [follower],
        expression: { source: { text: name, location }, root },
      };
    });
  });
}

/**
 * Reads the variables of a grid: axes that the user names. They are looped over like other axes,
 * and the expressions of the layer's axes can use them.
 */
export function readVariables(source: SourceNode): Axis[] {
  if (source.kind === "null") return [];
  if (source.kind !== "map")
    throw errors.notMap(source.location, "variables", describeNode(source));
  return readEntries(source, (name, location) => {
    const taken =
      isResultName(name) ||
      isParameterName(name) ||
      name === NAME_COLUMN ||
      name === RATE_DENOMINATOR;
    const isWord =
      KEYWORDS.has(name) || Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(LIST_FUNCTIONS, name);
    if (taken || isWord || !/^[A-Za-z_][0-9A-Za-z_]{0,62}$/.test(name))
      throw errors.badVariable(location, name, taken);
  });
}

function readEntries(
  source: SourceNode & { kind: "map" },
  check: (name: string, location: string) => void,
  kind?: Kind,
): Axis[] {
  const seen = new Set<string>();
  return source.entries.map(({ key, keyLocation, value }) => {
    const names = key.split(",").map((name) => name.trim());
    for (const name of names) {
      check(name, keyLocation);
      if (seen.has(name)) throw errors.axisTwice(keyLocation, name);
      seen.add(name);
    }
    const [only] = names as [string];
    return names.length === 1
      ? readAxis(only, value, keyLocation, kind)
      : readJointAxis(names, value, keyLocation, kind);
  });
}

function readAxis(name: string, source: SourceNode, location: string, kind?: Kind): Axis {
  if (source.kind === "null") throw errors.emptyAxis(source.location, name);
  const items = source.kind === "list" ? source.items : [source];
  if (items.length === 0) throw errors.emptyAxis(source.location, name);
  const entries = items.map((item) => {
    if (item.kind !== "scalar") throw errors.badAxisValue(item.location, name, describeNode(item));
    return { item, read: readScalar(name, item, source.kind === "list", kind) };
  });
  const { progressions: constant, denominator } = overCommonDenominator(
    entries.flatMap(({ read }) => (Array.isArray(read) ? (read as Progression[]) : [])),
    source.location,
  );
  checkDistinct(source.location, name, constant, denominator);
  if (entries.every(({ read }) => Array.isArray(read))) {
    return {
      kind: "plain",
      location,
      names: [name],
      progressions: [constant],
      size: sizeOf(constant),
      ...(denominator > 1 && { rateDenominator: denominator }),
    };
  }
  if (denominator > 1) throw errors.fractionAmongExpressions(source.location, name);
  const [first] = entries;
  if (entries.length === 1 && first && !Array.isArray(first.read)) {
    const { source, root } = first.read as ListItem;
    if (root.kind === "value")
      return { kind: "derived", location, names: [name], expression: { source, root: root.value } };
  }
  return {
    kind: "list",
    location,
    names: [name],
    items: entries.map(({ item, read }) =>
      Array.isArray(read) ? { source: item, root: parseItem(item) } : (read as ListItem),
    ),
  };
}

function readScalar(
  name: string,
  item: SourceNode & { kind: "scalar" },
  isInList: boolean,
  kind?: Kind,
): Progression[] | ListItem {
  const text = item.text.trim();
  const word = kind && wordValue(kind, name, text);
  if (word !== undefined) return [{ first: word, step: 1, count: 1 }];
  const [opening, closing] = [text.split("(").length, text.split(")").length];
  if (isInList && opening > closing) throw errors.openParenthesis(item.location, name, text);
  if (hasTopComma(text)) throw errors.textList(item.location, name, text);
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

function checkDistinct(
  location: string,
  name: string,
  progressions: readonly Progression[],
  denominator: number,
): void {
  const duplicate = findDuplicate(progressions);
  if (duplicate === undefined) return;
  const value =
    domainOf(name).type === "boolean"
      ? String(duplicate === 1)
      : textOfFraction({ numerator: BigInt(duplicate), denominator: BigInt(denominator) });
  throw errors.duplicateValue(location, name, value);
}

function readJointAxis(
  names: readonly string[],
  source: SourceNode,
  location: string,
  kind?: Kind,
): Axis {
  const label = names.join(", ");
  if (source.kind !== "list" || source.items.length === 0)
    throw errors.jointList(source.location, names, describeNode(source));
  const rows = source.items.map((row) => {
    if (row.kind !== "list") throw errors.jointList(row.location, names, describeNode(row));
    if (row.items.length !== names.length)
      throw errors.jointRow(row.location, names, row.items.length);
    return row.items.map((item, i) => {
      const name = names[i] as string;
      if (item.kind !== "scalar")
        throw errors.badAxisValue(item.location, name, describeNode(item));
      return { item, read: readJointValue(name, item, kind) };
    });
  });
  const rateIndex = names.indexOf("sample_rate");
  const rates = rows.flatMap((row) => {
    const read = row[rateIndex]?.read;
    return Array.isArray(read) ? (read as Progression[]) : [];
  });
  const { denominator } = overCommonDenominator(rates, source.location);
  const values = rows.map((row) =>
    row.map(({ read }) => (Array.isArray(read) ? (read[0] as Progression) : undefined)),
  );
  const seen = new Map<string, number>();
  for (const [i, row] of values.entries()) {
    if (row.includes(undefined)) continue;
    const text = row
      .map((progression) =>
        progression?.denominator === undefined
          ? progression?.first
          : `${progression.first}/${progression.denominator}`,
      )
      .join(", ");
    if (seen.has(text))
      throw errors.duplicateValue((source.items[i] as SourceNode).location, label, `[${text}]`);
    seen.set(text, i);
  }
  if (values.every((row) => !row.includes(undefined))) {
    const progressions = names.map((_, i) =>
      i === rateIndex
        ? overCommonDenominator(rates, source.location).progressions
        : values.map((row) => row[i] as Progression),
    );
    return {
      kind: "plain",
      location,
      names,
      progressions,
      size: rows.length,
      ...(denominator > 1 && { rateDenominator: denominator }),
    };
  }
  if (denominator > 1) throw errors.fractionAmongExpressions(source.location, "sample_rate");
  const expression = ({
    item,
    read,
  }: {
    item: SourceNode & { kind: "scalar" };
    read: Progression[] | ListItem;
  }): Expression => {
    const root = Array.isArray(read) ? parseItem(item) : read.root;
    if (root.kind !== "value") throw errors.badAxisValue(item.location, label, "several values");
    return { source: item, root: root.value };
  };
  return { kind: "joint", location, names, rows: rows.map((row) => row.map(expression)) };
}

/** Reads one value of a joint axis. */
function readJointValue(
  name: string,
  item: SourceNode & { kind: "scalar" },
  kind?: Kind,
): Progression[] | ListItem {
  const read = readScalar(name, item, true, kind);
  const isOne = Array.isArray(read) ? sizeOf(read) === 1 : read.root.kind === "value";
  if (!isOne) throw errors.severalInJoint(item.location, name, item.text.trim());
  return read;
}
