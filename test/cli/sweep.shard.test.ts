/** `--shard`: sweeps of one shard. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { done, FLAGS, SWEEP, shard, sweepShards } from "../support/shards.ts";
import { pattern, printed } from "../support/text.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

describe("a shard of a sweep", () => {
  it("has its own header, so that it can be read alone", async () => {
    await sweepShards(2);
    for (const index of [0, 1])
      expect(readFileSync(shard(index, 2), "utf8")).toMatch(/^batch_size,.*,l_out,macs\n1,/);
  });

  it("is resumed where it was stopped, and left alone when it is complete", async () => {
    await sweepShards(2);
    const loud = SWEEP.filter((word) => word !== "--quiet");
    expect(await said([...loud, "--shard", "1/2", "--resume"])).toMatchObject({
      exitCode: 0,
      stderr: "upsweep: out.00001-of-00002.csv is already complete\n",
    });
    expect((await said([...SWEEP, "--shard", "1/2"])).stderr).toMatch(
      /^upsweep: out\.00001-of-00002\.csv already exists\. /,
    );

    // As if the process had been stopped just before, and just after, the shard got its name.
    const manifest = `${shard(1, 2)}.json`;
    renameSync(manifest, `${shard(1, 2)}.partial.json`);
    expect(await said([...SWEEP, "--shard", "1/2", "--resume"])).toEqual(done);
    expect(existsSync(manifest)).toBe(true);
    renameSync(manifest, `${shard(1, 2)}.partial.json`);
    renameSync(shard(1, 2), `${shard(1, 2)}.partial`);
    expect(await said([...SWEEP, "--shard", "1/2", "--resume"])).toEqual(done);
    expect(await said(["merge", "out.csv", "--quiet"])).toEqual(done);
  });
});

describe("--shard", () => {
  it.each(["3/3", "4/3", "-1/3", "1", "1/0", "1/100000", "a/b", "", "1/3/5", "0x1/3"])(
    "refuses %j",
    async (text) => {
      const { exitCode, stderr } = await said([...SWEEP, `--shard=${text}`]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(
          pattern`
            upsweep: --shard cannot be ${/.*/}Write I/N, counted from 0, for example 3/16. In an
            array job, write auto or auto/16.
          `,
        ),
      ]);
    },
  );

  it("requires a file, and is refused with --limit", async () => {
    const toNothing = SWEEP.map((word) => (word === "out.csv" ? "/dev/null" : word));
    for (const command of [toNothing, ["sweep", ...FLAGS]]) {
      expect((await said([...command, "--shard", "0/2"])).stderr).toBe(
        "upsweep: --shard is given without a file. Name the file that the shards belong to with -o.\n",
      );
    }
    expect((await said([...SWEEP, "--shard", "0/2", "--limit", "5"])).stderr).toBe(
      printed`
        upsweep: both --shard and --limit are given. A shard does not know the first rows of the
        sweep; remove one of them.
      `,
    );
  });

  it("runs as examples/kubernetes describes", async () => {
    const example = (name: string) =>
      fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
    type Job = {
      spec: {
        completions?: number;
        template: {
          spec: { containers: [{ command: string[]; env?: { name: string; value: string }[] }] };
        };
      };
    };
    const containerOf = (name: string) => {
      const { spec } = parse(readFileSync(example(`kubernetes/${name}.yaml`), "utf8")) as Job;
      return { ...spec.template.spec.containers[0], completions: spec.completions };
    };
    const { command, env, completions } = containerOf("sweep");
    expect(env).toEqual([{ name: "JOB_COMPLETIONS", value: String(completions) }]);
    const here = (words: readonly string[]) =>
      words
        .slice(1)
        .map((word) =>
          word.replace("/spec/grid.yaml", example("small.yaml")).replace("/data/", ""),
        );
    for (let index = 0; index < (completions as number); index++) {
      vi.stubEnv("JOB_COMPLETIONS", String(completions));
      vi.stubEnv("JOB_COMPLETION_INDEX", String(index));
      expect(await said(here(command))).toEqual(done);
    }
    vi.unstubAllEnvs();
    expect(await said(here(containerOf("merge").command))).toEqual(done);
    expect(await said(["sweep", example("small.yaml"), "-o", "whole.csv", "--quiet"])).toEqual(
      done,
    );
    expect(readFileSync("grid.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });

  it("reads the environment of the process with auto", () => {
    const { status, stderr } = spawnSync(process.execPath, [BINARY, ...SWEEP, "--shard", "auto"], {
      env: { ...process.env, JOB_COMPLETION_INDEX: "1", JOB_COMPLETIONS: "2" },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(existsSync(shard(1, 2))).toBe(true);
  });
});
