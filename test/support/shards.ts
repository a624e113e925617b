/** Sweeps of shards. */
import { expect } from "vitest";
import { shardName } from "../../src/run/resume/shard-name.ts";
import { said } from "./cli.ts";
import { words } from "./text.ts";

export const FLAGS = words`
  --in-channels 4,6 --out-channels 4 --l-in 1..40 --kernel-size 3..7 --stride 1..7
  --groups 1,2,3 --columns l_out,macs
`;
export const SWEEP = ["sweep", ...FLAGS, "-o", "out.csv", "--quiet"];

export const refusal = (message: string) => ({
  exitCode: 2,
  stderr: `upsweep: ${message}\n`,
  stdout: "",
});
export const done = { exitCode: 0, stderr: "", stdout: "" };
export const shard = (index: number, of: number) => shardName("out.csv", { index, of });

export async function sweepShards(of: number, command: readonly string[] = SWEEP): Promise<void> {
  for (let index = 0; index < of; index++)
    expect(await said([...command, "--shard", `${index}/${of}`])).toEqual(done);
}
