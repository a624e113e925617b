/** Specs in the forms in which they come: an object, or a file of YAML or JSON. */

import { closeSync, openSync, readSync } from "node:fs";
import { errors } from "../errors.js";
import type { KindName, NameOf } from "../layers/kinds.js";
import type { ParameterName } from "../layers/parameters.js";
import { sourceFromObject } from "./object.js";
import { type Overrides, withOverrides } from "./overrides.js";
import { type ColumnName, readSpec, type Spec } from "./spec.js";
import { sourceFromYaml } from "./yaml.js";

/** One value, or a text: a range (`"32..256:32"`), powers of two (`"pow2(32, 512)"`), or an expression (`"(kernel_size - stride) // 2"`). */
export type AxisEntry = number | bigint | boolean | string;

/** The values of an axis, or the rows of a joint one. */
type AxisValues = AxisEntry | readonly AxisEntry[] | readonly (readonly AxisEntry[])[];

/** Axes by their names; a joint axis has several, separated by commas. */
type AxesInput = {
  readonly [N in ParameterName | "d_in" | "h_in" | "w_in" | `${ParameterName}.${"d" | "h" | "w"}`]?:
    | AxisEntry
    | readonly AxisEntry[];
} & {
  readonly [names: `${string},${string}`]: AxisValues;
};

/** One grid. The order of the axes is the order of the loops: the last turns fastest. */
export interface GridInput {
  /** What `columns: ["name"]` writes. */
  readonly name?: string;
  /** Axes of your own, which the layer's can be written with; their loops stand outside. */
  readonly variables?: Readonly<Record<string, AxisValues>>;
  readonly axes: AxesInput;
  /** Conditions that a layer must keep. */
  readonly where?: string | readonly string[];
}

interface OutputInput {
  /** The kind of the layers; `conv_transpose1d` when left out. */
  readonly layer?: NameOf<KindName>;
  /** Result columns, groups of them, names of variables and `name`, in the order of the row. */
  readonly columns?: readonly ColumnName[];
  /** Write each layer once: one that an earlier grid has too is left out. */
  readonly distinct?: boolean;
  /** Draw so many raw indices, instead of sweeping all. */
  readonly sample?: { readonly rows: number; readonly seed?: number };
}

/** A spec as an object: one grid, or several that are swept one after the other. */
export type SpecInput = OutputInput & (GridInput | { readonly grids: readonly GridInput[] });

const STANDARD_INPUT = 0;

/**
 * @param input an object, or the path of a YAML or JSON file; `-` is standard input.
 * @throws UpsweepError for the first thing that is wrong, with its place.
 */
export function specFrom(input: SpecInput | string, overrides: Overrides = {}): Spec {
  if (typeof input !== "string")
    return readSpec(withOverrides(sourceFromObject(input), overrides), "spec");
  const location = input === "-" ? "standard input" : input;
  return readSpec(
    withOverrides(sourceFromYaml(readText(input, location), location), overrides),
    location,
  );
}

/** The longest spec: more than enough for as many values as the kernel holds, little enough to parse in seconds. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024;

function readText(path: string, location: string): string {
  const bytes = Buffer.alloc(MAX_TEXT_BYTES + 1);
  let filled = 0;
  try {
    const fd = path === "-" ? STANDARD_INPUT : openSync(path, "r");
    try {
      // A file that has no end, such as a device, is read no further than this either.
      for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
        read = readSync(fd, bytes, filled, bytes.length - filled, null);
    } finally {
      if (fd !== STANDARD_INPUT) closeSync(fd);
    }
  } catch (error) {
    throw errors.cannotRead(location, error);
  }
  if (filled > MAX_TEXT_BYTES) throw errors.longSpec(location, MAX_TEXT_BYTES);
  return bytes.toString("utf8", 0, filled);
}
