/** One-dimensional transposed layers, the subject of most tests. */
import type { ResultName } from "../../src/columns/table.ts";
import type { Kind } from "../../src/layers/kinds.ts";
import { kindOf } from "../../src/layers/kinds.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerFrom } from "../../src/layers/layer.ts";
import { columnsOfGroup } from "../../src/spec/spec.ts";

export const TRANSPOSED: Kind = kindOf("conv_transpose1d");

/** All results of such a layer without a sample rate. */
export const ALL_RESULTS: readonly ResultName[] = columnsOfGroup(TRANSPOSED, "all", false);

/** The layer with these values; booleans are 0 and 1. */
export function layerOfValues(value: (name: string) => number, kind: Kind = TRANSPOSED): Layer {
  return layerFrom(kind, (p) => value(p.name));
}
