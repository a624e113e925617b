/** Specs in the forms in which they come: an object, or a file of YAML or JSON. */
import { readFileSync } from "node:fs";
import type { ParameterName, ResultName } from "../columns.js";
import { errors, systemReason } from "../errors.js";
import { sourceFromObject } from "./object.js";
import { readSpec, type Spec } from "./spec.js";
import { sourceFromYaml } from "./yaml.js";

/** One value, or the text of a range (`"32..256:32"`) or of powers of two (`"pow2(32, 512)"`). */
export type AxisEntry = number | boolean | string;

/** A grid as an object. The order of the axes is the order of the loops: the last turns fastest. */
export interface SpecInput {
  readonly axes: { readonly [N in ParameterName]?: AxisEntry | readonly AxisEntry[] };
  /** Result columns, in the order of the row. */
  readonly columns?: readonly ResultName[];
}

const STANDARD_INPUT = 0;

/**
 * @param input an object, or the path of a YAML or JSON file; `-` is standard input.
 * @throws UpsweepError for the first thing that is wrong, with its place.
 */
export function specFrom(input: SpecInput | string): Spec {
  if (typeof input !== "string") return readSpec(sourceFromObject(input), "spec");
  const place = input === "-" ? "standard input" : input;
  return readSpec(sourceFromYaml(readText(input, place), place), place);
}

function readText(path: string, place: string): string {
  try {
    return readFileSync(path === "-" ? STANDARD_INPUT : path, "utf8");
  } catch (error) {
    throw errors.cannotRead(place, systemReason(error));
  }
}
