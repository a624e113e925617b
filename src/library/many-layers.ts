/** Batches from an array of layers. */
import { errors, UpsweepError } from "../errors.js";
import type { ManyKernel, ManyPlan } from "../kernel/many.js";
import type { Kind, KindName } from "../layers/kinds.js";
import { readKind, readLayer } from "../layers/read.js";
import { firstRateColumn, planOf, readInto } from "./counter.js";
import { type Batches, OUT_OF_RANGE, type Request } from "./many-batches.js";
import { checkColumns } from "./options.js";

export function batchesOfLayers(
  layers: readonly unknown[],
  request: Request,
  defaultKind: KindName,
): Batches {
  const plans = new Map<Kind, ManyPlan>();
  const planFor = (kind: Kind): ManyPlan => {
    const known = plans.get(kind);
    if (known) return known;
    checkColumns(kind, request.columns);
    const plan = planOf(kind, request.columns, request);
    plans.set(kind, plan);
    return plan;
  };
  const needsRate = firstRateColumn(request.columns);
  const kindAt = (row: number) =>
    (layers[row] as { readonly layer?: unknown } | null | undefined)?.layer ?? defaultKind;
  return {
    rows: layers.length,
    fill: (kernel, row) => {
      const end = Math.min(layers.length, row + kernel.maxRows);
      const kindName = kindAt(row);
      let kind: Kind | undefined;
      let next = row;
      // A batch has layers of one kind. It ends before a layer that cannot be read: that error is
      // thrown only after the layers before it have been found to be legal.
      for (; next < end && (next === row || kindAt(next) === kindName); next++) {
        try {
          const read = readOrMark(
            kernel,
            next - row,
            layers[next],
            `layers[${next}]`,
            defaultKind,
            request.skipInvalid,
          );
          if (read === undefined) continue;
          if (needsRate !== undefined && !read.hasSampleRate)
            throw errors.noSampleRate(`layers[${next}]`, needsRate);
          kind = read.reader.kind;
        } catch (error) {
          if (next === row) throw error;
          break;
        }
      }
      return {
        plan: planFor(kind ?? readKind(kindName, `layers[${row}].layer`)),
        count: next - row,
      };
    },
    layerAt: (row) => ({
      layer: readLayer(layers[row], `layers[${row}]`, defaultKind),
      location: `layers[${row}]`,
    }),
  };
}

/**
 * Reads a layer into a row. With `skipInvalid`, a layer with a parameter out of range is not an
 * error: it is marked so that the kernel rejects it.
 */
function readOrMark(
  kernel: ManyKernel,
  row: number,
  layer: unknown,
  location: string,
  defaultKind: KindName,
  skipInvalid: boolean,
) {
  try {
    return readInto(kernel, row, layer, location, defaultKind);
  } catch (error) {
    if (!skipInvalid || !(error instanceof UpsweepError) || error.code !== "outOfRange")
      throw error;
    kernel.input[row] = OUT_OF_RANGE;
    return undefined;
  }
}
