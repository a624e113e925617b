/** Converts a JavaScript value into the source of a spec, for the library. */
import { errors } from "../errors.js";
import type { SourceNode } from "./source.js";

export function sourceFromObject(value: unknown, location = "spec"): SourceNode {
  if (value === null || value === undefined) return { kind: "null", location };
  if (Array.isArray(value))
    return {
      kind: "list",
      location,
      items: value.map((item, i) => sourceFromObject(item, `${location}[${i}]`)),
    };
  switch (typeof value) {
    case "object":
      return {
        kind: "map",
        location,
        entries: Object.entries(value).map(([key, inner]) => ({
          key,
          keyLocation: `${location}.${key}`,
          value: sourceFromObject(inner, `${location}.${key}`),
        })),
      };
    case "number":
      if (!Number.isFinite(value)) throw errors.badAxisValue(location, "a value", String(value));
      return { kind: "scalar", location, text: String(value) };
    case "string":
    case "bigint":
    case "boolean":
      return { kind: "scalar", location, text: String(value) };
    default:
      throw errors.badAxisValue(location, "a value", `a ${typeof value}`);
  }
}
