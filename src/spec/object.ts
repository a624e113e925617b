/** A JavaScript value as a spec's source: for the library. */
import { errors } from "../errors.js";
import type { SourceNode } from "./source.js";

export function sourceFromObject(value: unknown, place = "spec"): SourceNode {
  if (value === null || value === undefined) return { kind: "null", place };
  if (Array.isArray(value))
    return {
      kind: "list",
      place,
      items: value.map((item, i) => sourceFromObject(item, `${place}[${i}]`)),
    };
  switch (typeof value) {
    case "object":
      return {
        kind: "map",
        place,
        entries: Object.entries(value).map(([key, inner]) => ({
          key,
          keyPlace: `${place}.${key}`,
          value: sourceFromObject(inner, `${place}.${key}`),
        })),
      };
    case "number":
      if (!Number.isFinite(value)) throw errors.badAxisValue(place, "a value", String(value));
      return { kind: "scalar", place, text: String(value) };
    case "string":
    case "bigint":
    case "boolean":
      return { kind: "scalar", place, text: String(value) };
    default:
      throw errors.badAxisValue(place, "a value", `a ${typeof value}`);
  }
}
