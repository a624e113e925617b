/**
 * The source tree of a spec, before its meaning is checked. YAML, JSON, JavaScript objects and
 * flags are all converted to it. Every node knows its location.
 */
import { quote } from "../format-message.js";
import type { SourceText } from "../source-text.js";

export type SourceNode =
  | { readonly kind: "map"; readonly location: string; readonly entries: readonly SourceEntry[] }
  | { readonly kind: "list"; readonly location: string; readonly items: readonly SourceNode[] }
  | ({ readonly kind: "scalar" } & SourceText)
  | { readonly kind: "null"; readonly location: string };

export interface SourceEntry {
  readonly key: string;
  readonly keyLocation: string;
  readonly value: SourceNode;
}

/** Describes a node for a message: "a list", "empty", or a scalar as it is written. */
export function describeNode(node: SourceNode): string {
  switch (node.kind) {
    case "map":
      return "a map of names";
    case "list":
      return node.items.length === 0 ? "an empty list" : "a list";
    case "null":
      return "empty";
    case "scalar":
      return quote(node.text);
  }
}
