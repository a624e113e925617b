/** A sweep that was stopped. */
import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { expect } from "vitest";
import { planSweep } from "../../src/plan/plan.ts";
import { writeBatches } from "../../src/run/files/write.ts";
import { Checkpoint } from "../../src/run/resume/checkpoint.ts";
import { identityOf } from "../../src/run/resume/identity.ts";
import { sweepOnThreads } from "../../src/run/threads.ts";
import { fileSink } from "../../src/sink/file.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";

export const SPEC = {
  axes: {
    in_channels: [4, 6],
    out_channels: 4,
    l_in: "1..40",
    kernel_size: "3..7",
    stride: "1..7",
    groups: [1, 2, 3],
    bias: [true, false],
  },
  columns: ["l_out", "macs"],
} satisfies SpecInput;

export function clear(): void {
  for (const name of readdirSync(".")) if (name.startsWith("out.")) rmSync(name);
}

/** The same bytes with one bit changed. */
export function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/**
 * Leaves the files of an interrupted sweep: stopped after its first batch of rows, with an
 * incomplete row at the end.
 */
export async function stopped(spec: SpecInput = SPEC, limit?: number): Promise<void> {
  clear();
  const plan = planSweep(specFrom(spec));
  const sink = await fileSink("out.csv", { mayReplace: true });
  const checkpoint = new Checkpoint(
    {
      path: "out.csv",
      partial: "out.csv.partial",
      identity: identityOf(plan, { limit }),
      rejectionReasons: plan.rejectionReasons,
      headerLines: 1n,
      isShard: false,
      keepsManifest: false,
    },
    sink,
  );
  const interrupted = async function* () {
    // The first batch of such a small sweep would contain all rows, so a limit cuts it short.
    for await (const { buffers, progress, sum } of sweepOnThreads(plan, {
      limit: 700,
      isSummed: true,
    }))
      yield { buffers, progress, sum };
    throw new Error("no room");
  };
  await expect(
    writeBatches(interrupted(), Buffer.from(plan.header), sink, { checkpoint }),
  ).rejects.toThrow("no room");
  appendFileSync("out.csv.partial", "1,4,4,9");
}
