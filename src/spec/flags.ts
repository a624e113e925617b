/** Axes and columns given as flags, as a spec's source: `--l-in 32..256:32 --kernel-size 3,5,7 --bias true,false`. */
import type { ParameterName } from "../columns.js";
import type { SourceEntry, SourceNode } from "./source.js";

export function flagOf(name: ParameterName): string {
  return `--${name.replaceAll("_", "-")}`;
}

/** Splits at the commas that stand in no parentheses; brackets around the whole may be there or not. */
export function splitValues(text: string): string[] {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  if (inner.trim() === "") return [];
  const parts = [""];
  let depth = 0;
  for (const character of inner) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

export function listFromFlag(flag: string, text: string): SourceNode {
  return { kind: "list", place: flag, items: splitValues(text).map((part) => ({ kind: "scalar", place: flag, text: part })) };
}

/** A spec's source from axis flags, in the order in which they were given, and the text of --columns. */
export function sourceFromFlags(axes: ReadonlyMap<ParameterName, string>, columns?: string): SourceNode {
  const place = "flags";
  const axisEntries = [...axes].map(([name, text]): SourceEntry => ({ key: name, keyPlace: flagOf(name), value: listFromFlag(flagOf(name), text) }));
  const entries: SourceEntry[] = [{ key: "axes", keyPlace: place, value: { kind: "map", place, entries: axisEntries } }];
  if (columns !== undefined) entries.push({ key: "columns", keyPlace: "--columns", value: listFromFlag("--columns", columns) });
  return { kind: "map", place, entries };
}
