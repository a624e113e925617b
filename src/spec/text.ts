/** Specs as texts. */
import { type Overrides, withOverrides } from "./overrides.js";
import { readSpec, type Spec } from "./spec.js";
import { sourceFromYaml } from "./yaml.js";

/**
 * Reads a spec from a text in YAML or JSON.
 *
 * @param location where the text is from, such as the path of its file.
 * @throws UpsweepError for the first error in the spec, with its location.
 */
export function specFromText(text: string, location: string, overrides: Overrides = {}): Spec {
  return readSpec(withOverrides(sourceFromYaml(text, location), overrides), location);
}
