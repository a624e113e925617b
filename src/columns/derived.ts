/**
 * Properties of a column that follow from its record and the kind of layer: its formula, its
 * dependencies, and whether it needs the overlap.
 */

import { type Node, namesIn } from "../expression/node.js";
import { namesOfFormula, parsed, replaceNames } from "../layers/evaluated.js";
import type { Family, FamilyName } from "../layers/family.js";
import { FAMILIES, type Kind, namesOfParameter } from "../layers/kinds.js";
import { isSettingName, PARAMETERS, type ParameterName } from "../layers/parameters.js";
import { namesConstrainedWith } from "../layers/rules.js";
import { AUXILIARIES } from "./auxiliary.js";
import type { Formula, Quantity, Tool } from "./column.js";
import { COLUMNS, type Column, column, DEFAULT_COLUMNS, type ResultName } from "./table.js";

const quantities = new Map<string, Quantity>(
  [...AUXILIARIES, ...COLUMNS].map((quantity) => [quantity.name, quantity]),
);

/** The column or auxiliary quantity with that name. */
export function quantityOf(name: string): Quantity | undefined {
  return quantities.get(name);
}

/** The formula, or other text, for a family; undefined if the family has none. */
export function formulaIn(family: FamilyName, text: Formula | undefined): string | undefined {
  return typeof text === "string" ? text : text?.[family];
}

/** Whether layers of that kind have the column. */
export function hasColumn(kind: Kind, name: ResultName): boolean {
  const { formula, dimension, perDimension } = column(name);
  if (dimension !== undefined && !kind.dimensions.includes(dimension)) return false;
  if (perDimension && kind.dimensions.length === 0) return false;
  return formula === undefined || formulaIn(kind.family.name, formula) !== undefined;
}

/** The columns of a kind of layer, in the order of the table. */
export function columnsOf(kind: Kind): readonly Column[] {
  return COLUMNS.filter(({ name }) => hasColumn(kind, name));
}

/**
 * The columns of rows if none are chosen: the default columns that at least one of the kinds has.
 */
export function defaultColumns(kinds: readonly Kind[]): readonly ResultName[] {
  return DEFAULT_COLUMNS.filter((name) => kinds.some((kind) => hasColumn(kind, name)));
}

/**
 * The parameters and settings that a quantity is computed from, and whether it is also computed
 * from the overlap pattern.
 */
interface Basis {
  readonly bases: ReadonlySet<string>;
  readonly needsOverlap: boolean;
}

const basisOfName = new Map<string, Basis>();

function basisOf(family: Family, name: string): Basis {
  const key = `${family.name} ${name}`;
  const known = basisOfName.get(key);
  if (known) return known;
  const quantity = quantityOf(name);
  if (!quantity) return { bases: new Set([name]), needsOverlap: false };
  const formula = formulaIn(family.name, quantity.formula);
  const needsOverlap = formula === undefined && quantity.dependsOn === undefined;
  // The overlap pattern depends on all geometry parameters.
  const names =
    formula === undefined ? (quantity.dependsOn ?? GEOMETRY_NAMES) : namesOfFormula(formula);
  const parts = names.map((used) => basisOf(family, used));
  const basis = {
    bases: new Set(parts.flatMap((part) => [...part.bases])),
    needsOverlap: needsOverlap || parts.some((part) => part.needsOverlap),
  };
  basisOfName.set(key, basis);
  return basis;
}

/**
 * Parameters that can make a layer illegal. Their defaults never do, for any values of the others.
 */
const CONSTRAINING = ["groups", "padding", "output_padding"] as const;

const GEOMETRY_NAMES: readonly string[] = PARAMETERS.filter((p) => "perDimension" in p).map(
  ({ name }) => name,
);

/** Whether the column needs taps or covered, the two expensive quantities. */
export function needsOverlap(kind: Kind, name: ResultName): boolean {
  return basisOf(kind.family, name).needsOverlap;
}

/** Whether the column needs a setting, in some family. */
export function needsSetting(name: ResultName, setting: string): boolean {
  const { formula } = column(name);
  return FAMILIES.filter((family) => formulaIn(family.name, formula) !== undefined).some((family) =>
    basisOf(family, name).bases.has(setting),
  );
}

/**
 * The parameters and settings that a column depends on, by their names in a kind of layer. Only
 * legal layers have results, so if one of them is in a rule, all parameters of that rule are
 * included.
 */
export function dependenciesOfColumn(kind: Kind, name: ResultName): readonly string[] {
  const { dimension } = column(name);
  const { bases } = basisOf(kind.family, name);
  const constrained = CONSTRAINING.filter((base) => bases.has(base)).flatMap((base) =>
    namesConstrainedWith(kind.family, base),
  );
  return [...new Set([...bases, ...constrained])].flatMap((base): readonly string[] => {
    if (isSettingName(base)) return [base];
    const names = namesOfParameter(kind, base as ParameterName);
    return dimension === undefined || names.length < 2
      ? names
      : names.filter((_, i) => kind.dimensions[i] === dimension);
  });
}

/**
 * The formula of a column for a kind of layer, as documents show it. In a column about one
 * dimension, the parameters are those of that dimension.
 */
export function formulaOf(kind: Kind, name: ResultName): string {
  const { formula, definition, dimension } = column(name);
  const text = formulaIn(kind.family.name, formula) ?? definition ?? "";
  const at = dimension === undefined ? undefined : kind.dimensions.indexOf(dimension);
  return replaceNames(text, (used) => {
    const names = namesOfParameter(kind, used as ParameterName);
    return (at === undefined ? names.length === 1 && names[0] : names[at]) || used;
  });
}

/**
 * Whether the column is a sum over the samples of a batch: every term of its formula has the batch
 * size as a factor, and no denominator depends on it. Such a column is 0 for an empty batch, even
 * if the other factors would overflow.
 */
export function isSumOverBatch(family: Family, name: string): boolean {
  if (name === "batch_size") return true;
  const formula = formulaIn(family.name, quantityOf(name)?.formula);
  if (formula === undefined) return false;
  const dependsOnBatch = (node: Node) =>
    namesIn(node).some((used) => basisOf(family, used.name).bases.has("batch_size"));
  const isSum = (node: Node): boolean => {
    switch (node.kind) {
      case "name":
        return isSumOverBatch(family, node.name);
      case "binary":
        if (node.operator === "*") return isSum(node.left) || isSum(node.right);
        if (node.operator === "/") return isSum(node.left) && !dependsOnBatch(node.right);
        return "+-".includes(node.operator) && isSum(node.left) && isSum(node.right);
      default:
        return false;
    }
  };
  return isSum(parsed(formula));
}

/** A column of one kind of layer as plain data, for documents and programs. */
export interface ColumnOfKind
  extends Omit<
    Column,
    "formula" | "counts" | "definition" | "dependsOn" | "missing" | "tool" | "inMacs"
  > {
  readonly formula: string;
  readonly counts: string;
  readonly dependsOn: readonly string[];
  readonly needsOverlap: boolean;
  /** The tool gives no answer for some layers. */
  readonly nullable?: true;
  readonly tool?: Omit<Tool, "function"> & { readonly function: string };
}

/** Describes a column of one kind of layer. */
export function describeColumn(kind: Kind, source: Column): ColumnOfKind {
  const { definition: _, missing, tool, inMacs: __, ...record } = source;
  return {
    ...record,
    formula: formulaOf(kind, source.name),
    counts: formulaIn(kind.family.name, source.counts) ?? "",
    dependsOn: dependenciesOfColumn(kind, source.name),
    needsOverlap: needsOverlap(kind, source.name),
    ...(missing && { nullable: true }),
    ...(tool && {
      tool: { ...tool, function: formulaIn(kind.family.name, tool.function) ?? "" },
    }),
  };
}
