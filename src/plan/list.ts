/**
 * The plan of a list: what each column of a CSV means for each kind of layer, and which results
 * are appended to each record.
 */
import { hasColumn, needsSetting } from "../columns/derived.js";
import { column, isResultName, type ResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import {
  isParameterName,
  KIND_NAMES,
  type Kind,
  type KindName,
  kindOf,
  namesOfParameter,
  shortNames,
} from "../layers/kinds.js";
import type { Settings } from "../layers/layer.js";
import { SETTINGS } from "../layers/parameters.js";
import { type Field, KIND_COLUMN, readHeader } from "./list-header.js";

/** What a column means in a row of one kind. */
export type Role =
  /**
   * Sets these parameters or this setting. A plain name sets one parameter in each dimension.
   */
  | { readonly does: "set"; readonly name: string; readonly names: readonly string[] }
  /** Must be empty: the kind has no such parameter. */
  | { readonly does: "stay empty" }
  | { readonly does: "name the kind" }
  /** Is dropped from the copied record. */
  | { readonly does: "drop" }
  /** Is copied without being read. */
  | { readonly does: "carry" };

export interface ListPlan {
  /** The file's name. Messages begin with it. */
  readonly location: string;
  /**
   * The kind of all rows. If the list has a column for the kind, the kernel only starts with this
   * one, until a row names its own.
   */
  readonly layer: KindName;
  readonly fields: readonly Field[];
  /** The column that names the kind of each row. */
  readonly kindField?: number;
  /**
   * The results that follow each record. A result that the row's kind does not have is an empty
   * cell.
   */
  readonly columns: readonly ResultName[];
  readonly skipInvalid: boolean;
  /** Whether the layers are compared by all conventions instead of being written. */
  readonly isComparing: boolean;
  /**
   * Present if results of an earlier run are compared with the new ones. Their columns stay in the
   * record until then. The first `written` entries of `columns` are written; the others are counted
   * only for the comparison.
   */
  readonly verified?: { readonly written: number };
  /**
   * Whether additive columns are totalled. Measured 2026-11-26 on six columns, four of them
   * totalled: 3 % of the time.
   */
  readonly isTotalled: boolean;
  /** Settings for all layers of the list. */
  readonly settings: Settings;
}

/** The options of a list, which do not depend on its header. */
export interface ListRequest
  extends Pick<ListPlan, "layer" | "skipInvalid" | "isComparing" | "settings"> {
  /** The result columns, or a function that chooses them for the kinds that the list may hold. */
  readonly columns: readonly ResultName[] | ((kinds: readonly Kind[]) => readonly ResultName[]);
  /** Whether the kind was given as an option. A column for it is then an error. */
  readonly isKindGiven?: boolean | undefined;
  /** Columns that are labels, even if their names resemble parameters or results. */
  readonly carry?: readonly string[] | undefined;
  readonly isTotalled?: boolean | undefined;
  /** Whether results of an earlier run are compared with the new ones. */
  readonly verifyResults?: boolean | undefined;
}

/**
 * Plans a list from its header record.
 *
 * @param headerText the record as it is in the file, without its line end.
 * @param at the location with which messages about the header begin.
 * @throws UpsweepError if a column is missing or named twice, or if its name resembles something
 * that is not read.
 */
export function planList(
  headerText: string,
  location: string,
  request: ListRequest,
  at = `${location}:1`,
): ListPlan {
  const names = splitRecord(headerText);
  if (names === undefined) throw errors.badQuotes(at);
  if (headerText.trim() === "") throw errors.emptyList(at);
  const carry = new Set(request.carry ?? []);
  const kindField = carry.has(KIND_COLUMN) ? -1 : names.indexOf(KIND_COLUMN);
  if (kindField >= 0 && request.isKindGiven) throw errors.kindTwice(at);
  const kinds = (kindField >= 0 ? KIND_NAMES : [request.layer]).map(kindOf);
  const written = typeof request.columns === "function" ? request.columns(kinds) : request.columns;
  const given = names
    .filter(isResultName)
    .filter((name) => !carry.has(name) && !written.includes(name));
  const columns = request.verifyResults
    ? [...written, ...given.filter((name) => kinds.some((kind) => hasColumn(kind, name)))]
    : written;
  // A column with the name of a setting is one only if a result depends on it: a list may have a
  // label named sample_rate.
  const settingsUsed = SETTINGS.map(({ name }) => name).filter((name) =>
    columns.some((c) => needsSetting(c, name)),
  );
  const parameters = new Set<string>([
    ...kinds.flatMap(({ parameterNames, plainNames }) => [...parameterNames, ...plainNames]),
    ...settingsUsed,
  ]);
  const fields = readHeader(names, at, {
    parameters,
    carry,
    hasKind: kindField >= 0,
    kinds,
    written: new Set(written),
  });
  const { settings } = request;
  for (const name of settingsUsed)
    if (settings[name] !== undefined && names.includes(name) && !carry.has(name))
      throw errors.settingTwice(at, name);
  const rateColumn = columns.find((name) => needsSetting(name, "sample_rate"));
  const hasRateField = fields.some(
    ({ name, meaning }) => name === "sample_rate" && meaning === "parameter",
  );
  if (rateColumn && settings.sample_rate === undefined && !hasRateField)
    throw errors.noSampleRate(at, rateColumn);
  const plan: ListPlan = {
    location,
    layer: request.layer,
    fields,
    ...(kindField >= 0 && { kindField }),
    columns,
    skipInvalid: request.skipInvalid,
    isComparing: request.isComparing,
    isTotalled: request.isTotalled ?? true,
    ...(request.verifyResults && { verified: { written: written.length } }),
    settings,
  };
  if (kindField < 0) {
    const [kind] = kinds as [Kind];
    const repeated = parameterSetTwice(kind, fields);
    if (repeated !== undefined) throw errors.fieldSetTwice(at, repeated);
    const missing = missingParameters(plan, kind);
    if (missing.length > 0) throw errors.missingFields(at, shortNames(kind, missing));
  }
  return plan;
}

/** The parameters that a column sets in a layer of a kind, or the setting. */
function namesSet(kind: Kind, name: string): readonly string[] {
  const plain = kind.plainNames.find((base) => base === name);
  return plain ? namesOfParameter(kind, plain) : [name];
}

function hasName({ parameterNames, plainNames }: Kind, name: string): boolean {
  return parameterNames.includes(name) || plainNames.some((plain) => plain === name);
}

/** A parameter of a kind that two columns set, if any. */
function parameterSetTwice(kind: Kind, fields: readonly Field[]): string | undefined {
  const given = new Set<string>();
  for (const { name, meaning } of fields) {
    if (meaning !== "parameter") continue;
    for (const own of namesSet(kind, name)) {
      if (given.has(own)) return own;
      given.add(own);
    }
  }
  return undefined;
}

/** What each column means in rows of one kind, in the order of the header. */
export function rolesOf(list: ListPlan, kind: Kind): readonly Role[] {
  const names = new Set(list.fields.map(({ name }) => name));
  return list.fields.map(({ name, meaning }): Role => {
    if (meaning === "kind") return { does: "name the kind" };
    if (meaning === "result") return list.verified ? { does: "carry" } : { does: "drop" };
    if (meaning === "label") return { does: "carry" };
    if (isParameterName(name) || kind.plainNames.some((plain) => plain === name)) {
      if (!hasName(kind, name)) return { does: "stay empty" };
      const own = namesSet(kind, name);
      // In a list that mixes kinds, kernel_size may be meant for one kind and kernel_size.h for
      // another.
      if (list.kindField !== undefined && own.length > 1 && own.some((each) => names.has(each)))
        return { does: "stay empty" };
      return { does: "set", name, names: own };
    }
    return { does: "set", name, names: [name] };
  });
}

/** The required parameters of a kind that no column of the list sets. */
export function missingParameters(list: ListPlan, kind: Kind): readonly string[] {
  const given = new Set(
    rolesOf(list, kind).flatMap((role) => (role.does === "set" ? role.names : [])),
  );
  return kind.parameters
    .filter((p) => p.default === undefined && !given.has(p.name))
    .map((p) => p.name);
}

/**
 * Whether a list can hold layers of a kind: it is the kind of the list, or the list has a column
 * for the kind and all columns that the kind needs.
 */
export function holdsKind(list: ListPlan, kind: Kind): boolean {
  if (list.kindField === undefined) return kind.name === list.layer;
  return missingParameters(list, kind).length === 0;
}

/** The header of the output: the columns that are copied, then the results. */
export function headerOf(list: ListPlan): readonly string[] {
  const kept = list.fields.filter(({ meaning }) => meaning !== "result");
  return [...kept.map(({ name }) => name), ...list.columns.slice(0, list.verified?.written)];
}

/** The columns of an earlier run that are dropped, because their results are counted again. */
export function droppedColumns(list: ListPlan): readonly string[] {
  return list.verified
    ? []
    : list.fields.filter(({ meaning }) => meaning === "result").map(({ name }) => name);
}

/** The result columns of a list that are totalled over its layers. */
export function addedColumns(list: ListPlan): readonly ResultName[] {
  if (!list.isTotalled) return [];
  return list.columns.slice(0, list.verified?.written).filter((name) => column(name).isAdditive);
}

/** A field of a CSV, in quotes if it needs them. */
export function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The fields of one CSV record, or undefined if its quotes are malformed. */
export function splitRecord(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const end = closingQuote(text, at);
      if (end < 0) return undefined;
      fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at < text.length && text[at] !== ",") return undefined;
    } else {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** The index of the closing quote of the field that begins at `at`, or -1. */
function closingQuote(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return end;
}
