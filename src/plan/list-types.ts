/**
 * The types of the columns of a counted list, for outputs of numbers instead of text. They follow
 * from the header and from the kinds that the list can hold, so they are known before its rows.
 */
import { hasColumn } from "../columns/derived.js";
import { column, type ResultName } from "../columns/table.js";
import { anyParameter, KIND_NAMES, type Kind, kindOf } from "../layers/kinds.js";
import { holdsKind, type ListPlan, type Role, rolesOf } from "./list.js";
import { type TypedColumn, typeOfResult, type ValueType } from "./value-types.js";

/** The last column of a list whose rows can have an error. */
export const ERROR_COLUMN = "error";

/** A column of a counted list. */
export interface ListColumn extends TypedColumn {
  /**
   * parameter: a column of the list that some kind reads as a parameter or setting; text: a column
   * that is copied; result: a result; error: the message of a row at fault.
   */
  readonly content: "parameter" | "text" | "result" | "error";
}

/**
 * The typed columns of a list's rows, in order: the columns of the list, then the results, then the
 * message of an error.
 *
 * @param hasErrorColumn whether rows at fault have a message in place of results. Then all
 * parameters and results are nullable.
 */
export function listColumns(list: ListPlan, hasErrorColumn = false): readonly ListColumn[] {
  const kinds = kindsOf(list);
  const roles = kinds.map((kind) => rolesOf(list, kind));
  const fields = list.fields.flatMap(({ name, meaning }, i): ListColumn[] => {
    if (meaning === "result") return [];
    if (meaning !== "parameter")
      return [{ name, content: "text", type: "text", isNullable: false, fitsSigned: true }];
    const own = roles.map((ofKind) => ofKind[i] as Role);
    const isNullable = hasErrorColumn || own.some(({ does }) => does !== "set");
    const type = typeOfParameter(name, own, kinds);
    return [{ name, content: "parameter", type, isNullable, fitsSigned: true }];
  });
  const results = list.columns
    .slice(0, list.verified?.written)
    .map((name): ListColumn => resultColumn(name, kinds, hasErrorColumn));
  const error = {
    name: ERROR_COLUMN,
    content: "error",
    type: "text",
    isNullable: true,
    fitsSigned: true,
  } as const;
  return [...fields, ...results, ...(hasErrorColumn ? [error] : [])];
}

/** The kinds of layers that a list can hold. */
export function kindsOf(list: ListPlan): readonly Kind[] {
  return KIND_NAMES.map(kindOf).filter((kind) => holdsKind(list, kind));
}

/**
 * A parameter is text if its value may be a tuple or a word in a kind that the list can hold. A
 * sample rate may be a fraction.
 */
function typeOfParameter(name: string, roles: readonly Role[], kinds: readonly Kind[]): ValueType {
  if (name === "sample_rate") return "double";
  if (anyParameter(name)?.type === "boolean") return "boolean";
  const isText = roles.some(
    (role, i) => role.does === "set" && (role.names.length > 1 || hasWords(role, kinds[i] as Kind)),
  );
  return isText ? "text" : "int32";
}

/** Whether the value of a single parameter may be a word. Each dimension alone has only numbers. */
function hasWords({ name }: { readonly name: string }, { dimensions, parameters }: Kind): boolean {
  return dimensions.length === 1 && parameters.some((p) => p.name === name && p.words);
}

function resultColumn(
  name: ResultName,
  kinds: readonly Kind[],
  hasErrorColumn: boolean,
): ListColumn {
  const isMissing = column(name).missing !== undefined;
  const isLacking = kinds.some((kind) => !hasColumn(kind, name));
  return {
    name,
    content: "result",
    type: typeOfResult(name),
    isNullable: hasErrorColumn || isMissing || isLacking,
    fitsSigned: true,
  };
}
