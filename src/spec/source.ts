/**
 * What a spec is written in, before anyone has asked what it means: YAML, JSON, a JavaScript object or flags, all as one
 * kind of tree whose every node knows its place.
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

/** What a node is, for a message: "a list", "the text 'x'". */
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
