/**
 * Axes and columns from flags, as a spec's source: `--l-in 32..256:32 --kernel-size 3,5,7 --bias
 * true,false`.
 */
import { errors } from "../errors.js";
import type { SourceEntry, SourceNode } from "./source.js";

export function flagOf(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** An axis that is given as a flag. */
export interface AxisFlag {
  /** One name, or several separated by commas. */
  readonly name: string;
  readonly values: string;
  /** The flag as it was given. Messages begin with it. */
  readonly flag: string;
}

/**
 * Splits a text at the commas outside of parentheses and brackets. Brackets around the complete
 * text are optional.
 */
export function splitValues(text: string): string[] {
  const trimmed = text.trim();
  const outer = splitOutside(trimmed);
  // [1, 2] is a list of two; [1, 2], [3, 4] is a list of two lists.
  const inner =
    outer.length === 1 && /^\[.*\]$/s.test(trimmed) ? splitOutside(trimmed.slice(1, -1)) : outer;
  return inner.length === 1 && inner[0] === "" ? [] : inner;
}

function splitOutside(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("([".includes(character)) depth++;
    if (")]".includes(character)) depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** Reads a list from a flag. An element in brackets is a list itself. */
export function listFromFlag(flag: string, text: string): SourceNode & { kind: "list" } {
  const items = splitValues(text).map(
    (part): SourceNode =>
      part.startsWith("[")
        ? listFromFlag(flag, part)
        : { kind: "scalar", location: flag, text: part },
  );
  return { kind: "list", location: flag, items };
}

/** Reads `name=values`. Several names may precede the `=`, separated by commas. */
export function readAssignment(option: string, text: string): AxisFlag {
  const at = text.indexOf("=");
  if (at < 1) throw errors.badOption(option, text, "Write name=values, for example 'stride=1..4'.");
  const name = text.slice(0, at).trim();
  return { name, values: text.slice(at + 1).trim(), flag: `${option} ${name}` };
}

/**
 * The entry of an axis in a spec. A single value is not wrapped in a list, so that a single
 * expression becomes a derived axis.
 */
export function entryFromFlag({ name, values, flag }: AxisFlag): SourceEntry {
  const list = listFromFlag(flag, values);
  const [only] = list.items;
  const isOne = list.items.length === 1 && only?.kind === "scalar" && !values.startsWith("[");
  return { key: name, keyLocation: flag, value: isOne ? only : list };
}

/** The source of a spec from axes and variables, in the order in which they were given. */
export function sourceFromFlags(
  axes: readonly AxisFlag[],
  variables: readonly AxisFlag[],
): SourceNode & { readonly kind: "map" } {
  const location = "flags";
  const map = (key: string, entries: readonly SourceEntry[]): SourceEntry => ({
    key,
    keyLocation: location,
    value: { kind: "map", location, entries },
  });
  const sections = [map("axes", axes.map(entryFromFlag))];
  if (variables.length > 0) sections.unshift(map("variables", variables.map(entryFromFlag)));
  return { kind: "map", location, entries: sections };
}

/** The entry of a sample in a spec. */
export function sampleFromFlags(rows: number, seed: number): SourceNode {
  const scalar = (key: string, value: number): SourceEntry => ({
    key,
    keyLocation: `--${key}`,
    value: { kind: "scalar", location: `--${key}`, text: String(value) },
  });
  return {
    kind: "map",
    location: "--sample",
    entries: [scalar("rows", rows), scalar("seed", seed)],
  };
}
