/** Parses YAML, and so JSON, into the source of a spec. Every node gets file:line:column. */
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
import type { SourceText } from "../source-text.js";
import type { SourceEntry, SourceNode } from "./source.js";

/**
 * Parses the text of a spec. Messages call it `file`.
 *
 * @throws UpsweepError if the text is not YAML, has a key twice, or uses anchors, aliases or tags.
 */
export function sourceFromYaml(text: string, file: string): SourceNode {
  const lines = new LineCounter();
  const document: Document.Parsed = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const locationAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error) throw errors.syntax(locationAt(error.pos[0]), parserMessage(error));

  const nodeFrom = (node: Node | null, locationOfNull: string): SourceNode => {
    if (node === null) return { kind: "null", location: locationOfNull };
    const location = locationAt(node.range?.[0] ?? 0);
    if (isAlias(node) || ("anchor" in node && node.anchor)) throw errors.alias(location);
    if (node.tag) throw errors.tag(location, node.tag);
    if (isMap(node))
      return {
        kind: "map",
        location,
        entries: entriesFrom(node.items as Pair<Node, Node | null>[], location),
      };
    if (isSeq(node))
      return {
        kind: "list",
        location,
        items: node.items.map((item) => nodeFrom(item as Node | null, location)),
      };
    if (isScalar(node) && node.value !== null) {
      // The text as written: a plain 0x10 or 1e3 must not become the number that YAML makes of it.
      return {
        kind: "scalar",
        location,
        text: node.source ?? String(node.value),
        ...startOf(node),
      };
    }
    return { kind: "null", location };
  };

  /**
   * The position of a scalar's first character. Unknown for text that is folded over lines or has
   * escapes.
   */
  const startOf = (node: Scalar): Pick<SourceText, "start"> => {
    const [from, to] = node.range ?? [0, 0];
    const source = text.slice(from, to);
    const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
    if (source.slice(quoted, source.length - quoted) !== node.source) return {};
    const { line, col } = lines.linePos(from + quoted);
    return { start: { file, line, column: col } };
  };

  const entriesFrom = (
    pairs: readonly Pair<Node, Node | null>[],
    mapLocation: string,
  ): SourceEntry[] => {
    const seen = new Set<string>();
    return pairs.map((pair) => {
      const keyNode = nodeFrom(pair.key, mapLocation);
      if (keyNode.kind !== "scalar")
        throw errors.syntax(keyNode.location, "a key must be a plain name");
      if (seen.has(keyNode.text)) throw errors.duplicateKey(keyNode.location, keyNode.text);
      seen.add(keyNode.text);
      return {
        key: keyNode.text,
        keyLocation: keyNode.location,
        value: nodeFrom(pair.value, keyNode.location),
      };
    });
  };

  return nodeFrom(document.contents, `${file}:1:1`);
}

/** The parser's message as a clause for the middle of a sentence. */
function parserMessage({ code, message }: YAMLParseError): string {
  if (code === "MULTIPLE_DOCS") return "a spec is one document, but a second one begins here";
  if (code === "RESOURCE_EXHAUSTION") return "the spec is nested too deeply";
  return (message.charAt(0).toLowerCase() + message.slice(1)).replace(/\.$/, "");
}
