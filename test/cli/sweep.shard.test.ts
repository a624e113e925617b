import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { fc, test } from "@fast-check/vitest";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { planSweep } from "../../src/plan/plan.ts";
import { boundsOf, type Shard, shardName } from "../../src/run/sweep/shard.ts";
import { sweepPlan } from "../../src/run/sweep/sweep.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { changeManifest } from "../support/manifests.ts";

inTemporaryFolder();

const FLAGS =
  "--in-channels 4,6 --out-channels 4 --l-in 1..40 --kernel-size 3..7 --stride 1..7 --groups 1,2,3 --columns l_out,macs".split(
    " ",
  );
const SWEEP = ["sweep", ...FLAGS, "-o", "out.csv", "--quiet"];

const refusal = (message: string) => ({ exitCode: 2, stderr: `upsweep: ${message}\n`, stdout: "" });
const done = { exitCode: 0, stderr: "", stdout: "" };
const shard = (index: number, of: number) => shardName("out.csv", { index, of });

async function sweepParts(of: number, command: readonly string[] = SWEEP): Promise<void> {
  for (let index = 0; index < of; index++)
    expect(await said([...command, "--shard", `${index}/${of}`])).toEqual(done);
}

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

describe("a sweep in parts", () => {
  it.each([
    ["of a grid", SWEEP],
    ["of a sample", [...SWEEP, "--sample", "5000", "--seed", "3"]],
    ["of a grid, compressed", SWEEP.map((word) => (word === "out.csv" ? "out.csv.gz" : word))],
    [
      "with more parts than layers",
      [
        "sweep",
        "--in-channels",
        "1",
        "--out-channels",
        "1",
        "--l-in",
        "2",
        "--kernel-size",
        "1..3",
        "-o",
        "out.csv",
        "--quiet",
      ],
    ],
  ])("merges to the very bytes of the whole: %s", async (_, command) => {
    const out = command[command.indexOf("-o") + 1] as string;
    await sweepParts(5, command);
    expect(readdirSync(".").filter((name) => !name.endsWith(".json"))).toEqual(
      [0, 1, 2, 3, 4].map((index) => shardName(out, { index, of: 5 })),
    );
    expect(await said(["merge", out, "--quiet"])).toEqual(done);
    expect(await said(command.map((word) => (word === out ? `whole.${out}` : word)))).toEqual(done);
    expect(readFileSync(out).equals(readFileSync(`whole.${out}`))).toBe(true);
  });

  it("merges with the account of the whole", async () => {
    await sweepParts(3);
    const { stderr } = await said(["merge", "out.csv"]);
    expect(stderr).toMatch(
      /^8,400 layers: 5,600 rows written, 2,800 rejected\n {5}1,400 {2}did not satisfy in_channels % groups == 0\n.*\nout\.csv: 3 shards, /,
    );
  });

  it("gives each part a header, so that it can be read by itself", async () => {
    await sweepParts(2);
    for (const index of [0, 1])
      expect(readFileSync(shard(index, 2), "utf8")).toMatch(/^batch_size,.*,l_out,macs\n1,/);
  });

  it("goes on with a part that was stopped, and leaves one alone that is whole", async () => {
    await sweepParts(2);
    const loud = SWEEP.filter((word) => word !== "--quiet");
    expect(await said([...loud, "--shard", "1/2", "--resume"])).toMatchObject({
      exitCode: 0,
      stderr: "upsweep: out.00001-of-00002.csv is already complete\n",
    });
    expect((await said([...SWEEP, "--shard", "1/2"])).stderr).toMatch(
      /^upsweep: out\.00001-of-00002\.csv already exists\. /,
    );

    // As if it had been stopped right before, and right after, the part got its name.
    const manifest = `${shard(1, 2)}.json`;
    renameSync(manifest, `${shard(1, 2)}.partial.json`);
    expect(await said([...SWEEP, "--shard", "1/2", "--resume"])).toEqual(done);
    expect(existsSync(manifest)).toBe(true);
    renameSync(manifest, `${shard(1, 2)}.partial.json`);
    renameSync(shard(1, 2), `${shard(1, 2)}.partial`);
    expect(await said([...SWEEP, "--shard", "1/2", "--resume"])).toEqual(done);
    expect(await said(["merge", "out.csv", "--quiet"])).toEqual(done);
  });

  it("merges parts that lie elsewhere, named in any order", async () => {
    await sweepParts(3);
    mkdirSync("node");
    for (const name of [shard(1, 3), `${shard(1, 3)}.json`]) renameSync(name, `node/${name}`);
    expect(
      await said(["merge", "all.csv", shard(2, 3), `node/${shard(1, 3)}`, shard(0, 3), "--quiet"]),
    ).toEqual(done);
    expect(
      await said(["merge", "all.csv", shard(2, 3), `node/${shard(1, 3)}`, shard(0, 3), "--quiet"]),
    ).toEqual(refusal("all.csv already exists. Write elsewhere or add --force."));
  });

  const values = (min: number, max: number) =>
    fc.uniqueArray(fc.integer({ min: min, max: max }), { minLength: 1, maxLength: 6 });
  const grids = fc.record({
    variables: fc.record({ hop: values(1, 6) }),
    axes: fc.record({
      stride: fc.oneof(values(1, 5), fc.constant("hop")),
      kernel_size: fc.oneof(values(1, 9), fc.constant(["hop", "2 * hop", 3])),
      l_in: values(1, 30),
      in_channels: fc.constant([4, 6]),
      out_channels: fc.constant(12),
      groups: fc.oneof(fc.constant(1), fc.constant("divisors(gcd(in_channels, out_channels))")),
      padding: fc.oneof(fc.constant(0), fc.constant("(kernel_size - stride) // 2")),
    }),
    where: fc.constantFrom([], ["macs % 3 > 0"], ["kernel_size >= stride", "l_out % 2 == 0"]),
  });
  const specs = fc.record({
    grids: fc.array(grids, { minLength: 1, maxLength: 3 }),
    columns: fc.constant(["macs"]),
    ...{
      sample: fc.option(fc.record({ rows: fc.integer({ min: 1, max: 800 }), seed: fc.nat() }), {
        nil: undefined,
      }),
    },
  });

  test.prop([specs, fc.integer({ min: 1, max: 9 })], { numRuns: 150 })(
    "cuts any space into the rows and the account of the whole",
    async (made, of) => {
      const { sample, ...rest } = made;
      const plan = planSweep(specFrom({ ...rest, ...(sample && { sample }) } as SpecInput));
      const swept = async (shard?: Shard) => {
        const sweep = sweepPlan(plan, { workers: 1, shard });
        const texts: string[] = [];
        for (;;) {
          const { done, value } = await sweep.next();
          if (done)
            return {
              text: texts.join(""),
              rejectionReason: [value.done, value.rows, value.empty, ...value.rejected],
            };
          for (const bytes of value.buffers) texts.push(Buffer.from(bytes).toString());
        }
      };
      const whole = await swept();
      const shards: Awaited<ReturnType<typeof swept>>[] = [];
      for (let index = 0; index < of; index++) shards.push(await swept({ index, of }));
      expect(shards.map(({ text }) => text).join("")).toBe(whole.text);
      expect(
        whole.rejectionReason.map((_, i) =>
          shards.reduce((sum, { rejectionReason }) => sum + (rejectionReason[i] ?? 0n), 0n),
        ),
      ).toEqual(whole.rejectionReason);
    },
  );
});

describe("the bounds of parts", () => {
  it("lie side by side, even to one index, up to the largest space", () => {
    for (const size of [0n, 1n, 7n, 1000n, 2n ** 63n - 1n]) {
      for (const of of [1, 2, 7, 16, 99_999]) {
        let end = 0n;
        for (const index of of > 100 ? [0] : Array.from({ length: of }, (_, i) => i)) {
          const bounds = boundsOf({ index, of }, size);
          expect(bounds.first).toBe(end);
          end = bounds.end;
          expect([size / BigInt(of), size / BigInt(of) + 1n]).toContain(bounds.end - bounds.first);
        }
        expect(boundsOf({ index: of - 1, of }, size).end).toBe(size);
      }
    }
  });
});

describe("merge refuses", () => {
  it("parts that are missing", async () => {
    await sweepParts(3);
    rmSync(shard(1, 3));
    expect(await said(["merge", "out.csv"])).toEqual(
      refusal("out.csv: shard 1 of 3 is missing. Sweep it with --shard."),
    );
    rmSync(shard(0, 3));
    expect(await said(["merge", "out.csv"])).toEqual(
      refusal("out.csv: shards 0 and 1 of 3 are missing. Sweep them with --shard."),
    );
    rmSync(shard(2, 3));
    expect(await said(["merge", "out.csv"])).toEqual(
      refusal(
        "out.csv: no shards found, such as out.00000-of-00016.csv. Sweep them with --shard, or name them after the output file.",
      ),
    );
    expect((await said(["merge", "out.csv", shard(2, 3)])).stderr).toBe(
      "upsweep: out.00002-of-00003.csv cannot be read: no such file or folder. Check the path.\n",
    );
  });

  it("parts of several divisions, and of several sweeps", async () => {
    await sweepParts(2);
    await sweepParts(3);
    expect(await said(["merge", "out.csv"])).toEqual(
      refusal(
        "out.csv: the shards found belong to sets of 2 and 3. Name the ones that belong together after the output file.",
      ),
    );
    expect(await said(["merge", "out.csv", shard(0, 2), shard(1, 3)])).toEqual(
      refusal(
        "out.00001-of-00003.csv and out.00000-of-00002.csv come from different sweeps: for the number of shards, the first has 3 and the second has 2. Sweep all shards with the same spec, options and version.",
      ),
    );
    expect(
      await said([
        ...SWEEP.map((word) => (word === "1..7" ? "2..7" : word)),
        "--shard",
        "1/2",
        "--force",
      ]),
    ).toEqual(done);
    expect(await said(["merge", "out.csv", shard(0, 2), shard(1, 2)])).toEqual(
      refusal(
        "out.00001-of-00002.csv and out.00000-of-00002.csv come from different sweeps: for axis stride, the first has 2..7 and the second has 1..7. Sweep all shards with the same spec, options and version.",
      ),
    );
  });

  it("are not merged into one of themselves", async () => {
    await sweepParts(2);
    const before = readFileSync(shard(0, 2));
    symlinkSync(shard(0, 2), "link.csv");
    for (const output of [shard(0, 2), "link.csv"]) {
      expect(await said(["merge", output, shard(0, 2), shard(1, 2), "--force"])).toEqual(
        refusal(`${output} is one of the shards. Name another output file before the shards.`),
      );
    }
    expect(readFileSync(shard(0, 2)).equals(before)).toBe(true);
  });

  it("a part that is there twice", async () => {
    await sweepParts(2);
    copyFileSync(shard(0, 2), "copy.csv");
    copyFileSync(`${shard(0, 2)}.json`, "copy.csv.json");
    expect((await said(["merge", "out.csv", "copy.csv", shard(0, 2), shard(1, 2)])).stderr).toMatch(
      /^upsweep: .* is the same shard as .*\. Name each shard once\.\n$/,
    );
  });

  it("a part that is not complete", async () => {
    await sweepParts(2);
    const manifest = readFileSync(`${shard(1, 2)}.json`, "utf8");
    const rows = readFileSync(shard(1, 2));
    const resume = "Sweep it again with --shard and --resume.";
    const force = "Sweep it again with --shard and --force.";
    const merged = () => said(["merge", "out.csv"]);
    truncateSync(shard(1, 2), 100);
    expect(await merged()).toEqual(
      refusal(
        `out.00001-of-00002.csv is not a complete shard: it has 100 bytes, but out.00001-of-00002.csv.json says ${rows.length}. ${force}`,
      ),
    );
    writeFileSync(shard(1, 2), rows);
    for (const [change, reason] of [
      [{ whole: false }, "out.00001-of-00002.csv.json says that its sweep was stopped"],
      [
        { identity: { "the shard": "none" } },
        "out.00001-of-00002.csv.json does not say which shard it is",
      ],
    ] as const) {
      writeFileSync(`${shard(1, 2)}.json`, manifest);
      changeManifest(`${shard(1, 2)}.json`, () => change);
      expect(await merged()).toEqual(
        refusal(`out.00001-of-00002.csv is not a complete shard: ${reason}. ${resume}`),
      );
    }
    writeFileSync(`${shard(1, 2)}.json`, manifest.replace('"whole": true', '"whole": false'));
    expect(await merged()).toEqual(
      refusal(
        `${shard(1, 2)}.json is not a valid manifest: it was changed or damaged after it was written. Start over with --force.`,
      ),
    );
    rmSync(`${shard(1, 2)}.json`);
    expect(await merged()).toEqual(
      refusal(
        `out.00001-of-00002.csv is not a complete shard: out.00001-of-00002.csv.json is missing. ${resume}`,
      ),
    );
    expect(readdirSync(".").filter((name) => /^out\.csv/.test(name))).toEqual([]);
  });

  it.each(["out.csv", "out.csv.gz"])(
    "a part whose bytes have been changed, but with --trust: %s",
    async (out) => {
      await sweepParts(
        3,
        SWEEP.map((word) => (word === "out.csv" ? out : word)),
      );
      const [one, other] = [1, 2].map((index) => shardName(out, { index, of: 3 })) as [
        string,
        string,
      ];
      const rows = readFileSync(one);
      const reason = (text: string) =>
        refusal(
          `${one} is not a complete shard: ${text}. Sweep it again with --shard and --force.`,
        );
      const damages: [Buffer, string][] = [
        [
          Buffer.from(rows).fill(
            rows[rows.length - 2] === 0x30 ? 0x31 : 0x30,
            rows.length - 2,
            rows.length - 1,
          ),
          out === "out.csv"
            ? `its checksum differs from that in ${one}.json`
            : "its gzip data is damaged: incorrect length check",
        ],
        [
          Buffer.concat([rows.subarray(0, 800), rows.subarray(900)]),
          `it has ${rows.length - 100} bytes, but ${one}.json says ${rows.length}`,
        ],
      ];
      if (out === "out.csv") {
        damages.push(
          [Buffer.from(rows).fill(0, 1000, 2000), `its checksum differs from that in ${one}.json`],
          [
            Buffer.from(rows).fill("x", 0, 1),
            `its first line differs from that of ${shardName(out, { index: 0, of: 3 })}`,
          ],
        );
      }
      for (const [text, why] of damages) {
        writeFileSync(one, text);
        expect(await said(["merge", out])).toEqual(reason(why));
        expect(readdirSync(".").filter((name) => name.startsWith(`${out}`))).toEqual([]);
      }
      writeFileSync(one, rows);
      // Two parts exchanged, where they are equally long and where they are not.
      renameSync(one, "spare");
      renameSync(other, one);
      renameSync("spare", other);
      const { exitCode, stderr } = await said(["merge", out]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(
          /is not a complete shard: (its checksum differs from|it has \d+ bytes)/,
        ),
      ]);
      expect(existsSync(out)).toBe(false);
    },
  );

  it("two parts of equal size that are exchanged", async () => {
    const command = [
      "sweep",
      "--in-channels",
      "4",
      "--out-channels",
      "4",
      "--l-in",
      "10..29",
      "--kernel-size",
      "3",
      "--columns",
      "l_out",
      "-o",
      "out.csv",
      "--quiet",
    ];
    await sweepParts(2, command);
    expect(readFileSync(shard(0, 2)).length).toBe(readFileSync(shard(1, 2)).length);
    renameSync(shard(0, 2), "spare");
    renameSync(shard(1, 2), shard(0, 2));
    renameSync("spare", shard(1, 2));
    expect((await said(["merge", "out.csv"])).stderr).toBe(
      `upsweep: ${shard(0, 2)} is not a complete shard: its checksum differs from that in ${shard(0, 2)}.json. Sweep it again with --shard and --force.\n`,
    );
    expect(existsSync("out.csv")).toBe(false);
    expect(await said(["merge", "out.csv", "--trust", "--quiet"])).toEqual(done);
    // With their manifests they may lie under any name.
    for (const index of [0, 1]) renameSync(`${shard(index, 2)}.json`, `${index}.json`);
    renameSync("0.json", `${shard(1, 2)}.json`);
    renameSync("1.json", `${shard(0, 2)}.json`);
    expect(await said(["merge", "out.csv", "--quiet", "--force"])).toEqual(done);
    expect(await said(command.map((word) => (word === "out.csv" ? "whole.csv" : word)))).toEqual(
      done,
    );
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });

  it("parts that do not add up to the whole", async () => {
    await sweepParts(2);
    changeManifest(`${shard(1, 2)}.json`, ({ empty }) => ({
      done: "4201",
      empty: String(Number(empty) + 1),
    }));
    expect((await said(["merge", "out.csv"])).stderr).toBe(
      "upsweep: out.00000-of-00002.csv is not a complete shard: all shards together have 8401 of 8400 raw indices. Sweep it again with --shard and --resume.\n",
    );
    changeManifest(`${shard(0, 2)}.json`, ({ rows }) => ({ gridRows: [String(Number(rows) + 1)] }));
    expect((await said(["merge", "out.csv"])).stderr).toContain(
      "the rows of its grids do not add up to its rows",
    );
    // Rows that one part lacks and another has too many.
    await sweepParts(2, [...SWEEP, "--force"]);
    for (const [index, by] of [
      [0, 1],
      [1, -1],
    ] as const) {
      changeManifest(`${shard(index, 2)}.json`, ({ rows, rejected }) => {
        const counts = (rejected as string[]).map(Number);
        const max = counts.indexOf(Math.max(...counts));
        return {
          rows: String(Number(rows) + by),
          gridRows: [String(Number(rows) + by)],
          rejected: counts.map((count, i) => String(count - (i === max ? by : 0))),
        };
      });
    }
    expect((await said(["merge", "out.csv"])).stderr).toMatch(
      /^upsweep: out\.00000-of-00002\.csv is not a complete shard: it has \d+ rows, but out\.00000-of-00002\.csv\.json says \d+\. /,
    );
    expect(existsSync("out.csv")).toBe(false);
  });

  it("standard output", async () => {
    expect(await said(["merge", "-"])).toEqual(
      refusal("merge cannot write to standard output. Name a file."),
    );
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
          /^upsweep: --shard cannot be .*Write I\/N, counted from 0, for example 3\/16\. In an array job, write auto or auto\/16\./,
        ),
      ]);
    },
  );

  it("needs a file, and goes with no --limit", async () => {
    const toNothing = SWEEP.map((word) => (word === "out.csv" ? "/dev/null" : word));
    for (const command of [toNothing, ["sweep", ...FLAGS]]) {
      expect((await said([...command, "--shard", "0/2"])).stderr).toBe(
        "upsweep: --shard is given without a file. Name the file that the shards belong to with -o.\n",
      );
    }
    expect((await said([...SWEEP, "--shard", "0/2", "--limit", "5"])).stderr).toBe(
      "upsweep: both --shard and --limit are given. A shard does not know the first rows of the sweep; remove one of them.\n",
    );
  });

  it("does as examples/kubernetes says", async () => {
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

  it("reads the environment of the process", () => {
    const { status, stderr } = spawnSync(process.execPath, [BINARY, ...SWEEP, "--shard", "auto"], {
      env: { ...process.env, JOB_COMPLETION_INDEX: "1", JOB_COMPLETIONS: "2" },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(existsSync(shard(1, 2))).toBe(true);
  });
});
