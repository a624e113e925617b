/** Sweeps a plan into a file of columns: answers → row groups → bytes, in order. */

import type { ParquetOptions } from "../../formats/columnar.js";
import type { FormatName } from "../../formats/registry.js";
import { kernelHash, kernelModule } from "../../kernel/artefact.js";
import { parquetKernel } from "../../kernel/wasm.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { typedColumns } from "../../plan/value-types.js";
import type { Progress } from "../output/position.js";
import { identityOf } from "../resume/identity.js";
import type { RunOptions, SweptRows } from "../sweep/sweep.js";
import { sweepOnThreads } from "../threads.js";
import { packageVersion } from "../version.js";
import { columnarForm } from "./form.js";
import { GroupBuilder, rowsOfGroup } from "./row-groups.js";

/**
 * Sweeps a plan. Yields the bytes of the complete file in order: its start, its row groups, and its
 * end. Each has the progress of the sweep, which may be ahead of the row groups.
 *
 * @throws UpsweepError as `sweepOnThreads` does. No bytes of the row group that was not complete are
 * yielded then.
 */
export async function* sweepColumns(
  plan: Plan,
  options: RunOptions & ParquetOptions & { readonly format: FormatName },
): AsyncGenerator<SweptRows, Progress> {
  const columns = typedColumns(plan);
  const capacity = rowsOfGroup(columns);
  const provenance = {
    version: packageVersion(),
    build: kernelHash(),
    identity: identityOf(plan, options),
  };
  const form = columnarForm(plan, options, provenance, () => parquetKernel(kernelModule()));
  const swept = sweepOnThreads(plan, { ...options, isColumnar: true, isSummed: false });
  const builder = new GroupBuilder(columns, capacity);
  let progress: Progress | undefined;
  const part = (bytes: Uint8Array, rows: number): SweptRows => ({
    buffers: [bytes],
    rows,
    progress: progress as Progress,
  });
  const group = (): SweptRows => {
    const { rows } = builder;
    const bytes = form.add(builder.build());
    builder.clear();
    return part(bytes, rows);
  };
  let hasStarted = false;
  try {
    for (;;) {
      const next = await swept.next();
      progress = next.done ? next.value : next.value.progress;
      if (!hasStarted) yield part(form.start, 0);
      hasStarted = true;
      if (next.done) break;
      const { grid, batches } = next.value.columns as NonNullable<SweptRows["columns"]>;
      const { name = "" } = plan.grids[grid] as GridPlan;
      for (const batch of batches) {
        for (let at = 0; at < batch.rows; ) {
          const end = Math.min(batch.rows, at + capacity - builder.rows);
          builder.add(batch, at, end, name);
          at = end;
          if (builder.isFull) yield group();
        }
      }
    }
    if (builder.rows > 0) yield group();
    yield part(form.end(), 0);
    return progress;
  } finally {
    await swept.return(undefined as never);
  }
}
