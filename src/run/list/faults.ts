/** The errors for records of a list that the kernel could not count, and the layers of records. */

import { overflow } from "../../columns/errors.js";
import { errors } from "../../errors.js";
import { jsonOf } from "../../formats/json.js";
import type { ListFault } from "../../kernel/kernel.js";
import { describeLayer } from "../../layers/describe.js";
import { invalidLayer } from "../../layers/errors.js";
import {
  anyParameter,
  equivalentsOf,
  KIND_NAMES,
  type Kind,
  kindNamed,
  kindOf,
  parameterOf,
  wordValue,
} from "../../layers/kinds.js";
import { type Layer, layerFrom } from "../../layers/layer.js";
import { readRate } from "../../layers/rate.js";
import { type ListPlan, missingParameters, rolesOf, splitRecord } from "../../plan/list.js";
import {
  remedyOfNamedPadding,
  remedyWithWords,
  startsWithNamedPadding,
} from "../../spec/foreign.js";
import { domainOf, readInteger } from "../../spec/values.js";
import type { ListAnswer } from "../workers/protocol.js";

type Fault = ListFault | NonNullable<ListAnswer["fault"]>;

/** The error for a record at fault. Reads the record again, to name its values. */
export function faultError(list: ListPlan, fault: Fault, record: string, at: string): Error {
  const fields = splitRecord(record);
  if (fields === undefined) return errors.badQuotes(at);
  // If a field is missing, the others are usually in the wrong columns. Their number says more.
  if (fault.kind === "fieldCount" || fields.length !== list.fields.length)
    return errors.fieldCount(at, fields.length, list.fields.length);
  switch (fault.kind) {
    case "kind":
      return kindError(list, fields[list.kindField as number] as string, at);
    case "field":
      return fieldError(list, fields, fault.field, at);
    case "rule":
      return fault.rule === "RANGE"
        ? rangeError(list, fields, at)
        : invalidLayer(at, fault.rule, layerOf(list, fields));
    case "disagree":
      return errors.disagree(describeLayer(layerOf(list, fields)));
    case "differs":
      return errors.resultDiffers(at, fault.name, fault.given, fault.counted);
    case "cell":
      return fault.reason === "exceeds"
        ? errors.countAboveSigned(at, fault.column, fault.value)
        : errors.textNotUtf8(at, fault.column, fault.value);
    case "overflow":
      return overflow(
        at,
        list.isComparing ? "a count" : (list.columns[fault.result] as string),
        layerOf(list, fields),
      );
  }
}

/** The kind of a record. The kernel has checked that the list can contain it. */
function kindOfRecord(list: ListPlan, fields: readonly string[]): Kind {
  return (
    (list.kindField === undefined ? undefined : kindNamed(fields[list.kindField] as string)) ??
    kindOf(list.layer)
  );
}

function kindError(list: ListPlan, text: string, at: string): Error {
  const kind = kindNamed(text);
  if (!kind) return errors.unknownRowKind(at, text, KIND_NAMES);
  return errors.kindLacksFields(at, kind.name, missingParameters(list, kind));
}

function fieldError(list: ListPlan, fields: readonly string[], field: number, at: string): Error {
  const kind = kindOfRecord(list, fields);
  const [name, role, value] = [
    list.fields[field]?.name as string,
    rolesOf(list, kind)[field],
    fields[field] as string,
  ];
  if (role?.does === "stay empty")
    return errors.notEmptyField(at, name, value, kind.name, equivalentsOf(kind, name));
  if (role?.does !== "set") return errors.badQuotes(at);
  if (value === "") return errors.emptyField(at, name);
  if (name === "sample_rate") return rateError(value, at);
  if (anyParameter(name)?.type === "boolean") return errors.notBoolean(at, name, value);
  if (role.name === "padding" && startsWithNamedPadding(value))
    return errors.foreignValue(at, name, value.trim(), remedyOfNamedPadding(kind, value));
  if (role.names.length > 1) return errors.tupleField(at, name, value, role.names);
  const remedy = remedyWithWords(parameterOf(kind, role.names[0] as string) ?? {});
  return remedy === undefined
    ? errors.notInteger(at, name, value)
    : errors.foreignValue(at, name, value, remedy);
}

/** The sample rate in a field. Like any number, it may be enclosed in spaces or brackets. */
function rateText(text: string): string {
  return text.replace(/^[\s([]+|[\s,)\]]+$/g, "");
}

/** The error for a sample rate. A list allows only plain decimals and fractions of them. */
function rateError(value: string, at: string): Error {
  try {
    readRate(rateText(value), at);
  } catch (error) {
    return error as Error;
  }
  return errors.badRate(at, value);
}

function rangeError(list: ListPlan, fields: readonly string[], at: string): Error {
  for (const [i, role] of rolesOf(list, kindOfRecord(list, fields)).entries()) {
    if (role.does !== "set" || role.name === "bias") continue;
    for (const [dimension, name] of role.names.entries()) {
      try {
        if (name === "sample_rate") readRate(rateText(fields[i] as string), at);
        else readInteger(domainOf(name), valueIn(fields[i] as string, dimension), at);
      } catch (error) {
        return error as Error;
      }
    }
  }
  throw new Error(`no parameter out of range at ${at}`);
}

/** The value of a field for one dimension: its only value, or that element of a tuple. */
function valueIn(text: string, dimension: number): string {
  const values = text.match(/-?[0-9]+/g) ?? [];
  return (values.length > 1 ? values[dimension] : values[0]) ?? text;
}

export function layerOf(list: ListPlan, fields: readonly string[]): Layer {
  const kind = kindOfRecord(list, fields);
  const roles = rolesOf(list, kind);
  return layerFrom(kind, (p) => {
    const field = roles.findIndex((role) => role.does === "set" && role.names.includes(p.name));
    const role = roles[field];
    if (role?.does !== "set") return p.default ?? p.min;
    const value = fields[field] as string;
    const word = wordValue(kind, role.name, value);
    if (word !== undefined) return word;
    return p.type === "boolean"
      ? Number(jsonOf("boolean", value) === "true")
      : Number(valueIn(value, role.names.indexOf(p.name)));
  });
}
