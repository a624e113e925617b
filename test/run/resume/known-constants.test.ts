import { writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { sweepToFile } from "../../../src/library/sweep.ts";
import { knownConstants } from "../../../src/run/resume/known-constants.ts";
import { type ResumeTarget, resumeTarget } from "../../../src/run/resume/start.ts";
import { planWithoutConstants } from "../../../src/run/threads.ts";
import { inTemporaryFolder } from "../../support/cli.ts";
import { clear } from "../../support/stopped-sweep.ts";
import { planOf } from "../../support/sweeps.ts";

inTemporaryFolder();

const SPEC = {
  axes: { in_channels: 8, out_channels: "1..200", kernel_size: "1..20", l_in: "1..50" },
  columns: ["macs", "holes"],
} as const;
const NAMES = [
  "batch_size",
  "in_channels",
  "stride",
  "padding",
  "output_padding",
  "dilation",
  "groups",
  "bias",
  "holes",
];

async function stopped(dropConstant: boolean): Promise<void> {
  const stop = () => {
    throw new Error("enough");
  };
  await expect(
    sweepToFile(SPEC, "out.csv", { resume: true, dropConstant, onProgress: stop }),
  ).rejects.toThrow("enough");
}

async function known(spec: Parameters<typeof planOf>[0] = SPEC, limit?: number) {
  const plan = planOf(spec);
  const target = (await resumeTarget(plan, "out.csv", { limit })) as ResumeTarget;
  return knownConstants(plan, target, { limit });
}

describe("the constant columns that a manifest has", () => {
  beforeEach(clear);

  it("are those of a stopped sweep, and are not searched again", async () => {
    await stopped(true);
    const names = await known();
    expect([...(names ?? [])]).toEqual(NAMES);
    const search = planWithoutConstants(planOf(SPEC), { known: names });
    const { done, value } = await search.next();
    expect(done).toBe(true);
    expect(value).toMatchObject({
      cells: ["out_channels", "l_in", "kernel_size", "macs"],
      constants: expect.arrayContaining([
        { name: "in_channels", value: 8 },
        { name: "holes", value: 0n },
      ]),
    });
  });

  it("are those of a finished sweep", async () => {
    await sweepToFile(SPEC, "out.csv", { resume: true, dropConstant: true });
    expect([...((await known()) ?? [])]).toEqual(NAMES);
  });

  it("are unknown without a manifest, and for another sweep", async () => {
    expect(await known()).toBeUndefined();
    writeFileSync("out.csv.partial.json", "mine");
    expect(await known()).toBeUndefined();
    clear();
    await stopped(false);
    expect(await known()).toBeUndefined();
    clear();
    await stopped(true);
    expect(await known({ ...SPEC, where: "l_in > 3" })).toBeUndefined();
    expect(await known({ ...SPEC, columns: ["macs"] })).toBeUndefined();
    expect(await known(SPEC, 9)).toBeUndefined();
  });
});
