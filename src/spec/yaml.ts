/** YAML (and so JSON) text as a spec's source, with file:line:column for every node. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLParseError,
} from "yaml";
import { errors } from "../errors.js";
import type { Written } from "../source-text.js";
import type { SourceEntry, SourceNode } from "./source.js";

/**
 * Reads a spec's text. `file` is its name for messages.
 *
 * @throws UpsweepError where the text is not YAML, has a key twice, or uses anchors.
 */
export function sourceFromYaml(text: string, file: string): SourceNode {
  const lines = new LineCounter();
  const document: Document.Parsed = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) throw errors.syntax(placeAt(error.pos[0]), sentence(error));

  const nodeFrom = (node: Node | null, placeOfNull: string): SourceNode => {
    if (node === null) return { kind: "null", place: placeOfNull };
    const place = placeAt(node.range?.[0] ?? 0);
    if (isAlias(node) || ("anchor" in node && node.anchor)) throw errors.alias(place);
    if (node.tag) throw errors.tag(place, node.tag);
    if (isMap(node))
      return {
        kind: "map",
        place,
        entries: entriesFrom(node.items as Pair<Node, Node | null>[], place),
      };
    if (isSeq(node))
      return {
        kind: "list",
        place,
        items: node.items.map((item) => nodeFrom(item as Node | null, place)),
      };
    if (isScalar(node) && node.value !== null) {
      // The text as it is written: a plain 0x10 or 1e3 must not pass for the number that YAML makes of it.
      return { kind: "scalar", place, text: node.source ?? String(node.value), ...startOf(node) };
    }
    return { kind: "null", place };
  };

  /** Where a scalar's text begins, unless it is folded over lines or holds escapes. */
  const startOf = (node: Scalar): Pick<Written, "start"> => {
    const [from, to] = node.range ?? [0, 0];
    const written = text.slice(from, to);
    const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
    if (written.slice(quoted, written.length - quoted) !== node.source) return {};
    const { line, col } = lines.linePos(from + quoted);
    return { start: { file, line, column: col } };
  };

  const entriesFrom = (
    pairs: readonly Pair<Node, Node | null>[],
    mapPlace: string,
  ): SourceEntry[] => {
    const seen = new Set<string>();
    return pairs.map((pair) => {
      const keyNode = nodeFrom(pair.key, mapPlace);
      if (keyNode.kind !== "scalar")
        throw errors.syntax(keyNode.place, "a key must be a plain name");
      if (seen.has(keyNode.text)) throw errors.duplicateKey(keyNode.place, keyNode.text);
      seen.add(keyNode.text);
      return {
        key: keyNode.text,
        keyPlace: keyNode.place,
        value: nodeFrom(pair.value, keyNode.place),
      };
    });
  };

  return nodeFrom(document.contents, `${file}:1:1`);
}

/** The parser's words as the middle of a message. */
function sentence({ code, message }: YAMLParseError): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins, but a spec is one";
  if (code === "RESOURCE_EXHAUSTION") return "it is nested too deep";
  return (message.charAt(0).toLowerCase() + message.slice(1)).replace(/\.$/, "");
}
