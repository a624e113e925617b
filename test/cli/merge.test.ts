/** `upsweep merge`: which shards it joins, and which it refuses. */
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
import { beforeEach, describe, expect, it } from "vitest";
import { shardName } from "../../src/run/resume/shard-name.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { changeManifest } from "../support/manifests.ts";
import { done, refusal, SWEEP, shard, sweepShards } from "../support/shards.ts";
import { pattern, printed, text, words } from "../support/text.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

describe("upsweep merge", () => {
  it.each([
    ["of a grid", SWEEP],
    ["of a sample", [...SWEEP, "--sample", "5000", "--seed", "3"]],
    ["of a compressed grid", SWEEP.map((word) => (word === "out.csv" ? "out.csv.gz" : word))],
    [
      "with more shards than layers",
      words`sweep --in-channels 1 --out-channels 1 --l-in 2 --kernel-size 1..3 -o out.csv --quiet`,
    ],
  ])("writes the bytes of the unsharded sweep: %s", async (_, command) => {
    const out = command[command.indexOf("-o") + 1] as string;
    await sweepShards(5, command);
    expect(readdirSync(".").filter((name) => !name.endsWith(".json"))).toEqual(
      [0, 1, 2, 3, 4].map((index) => shardName(out, { index, of: 5 })),
    );
    expect(await said(["merge", out, "--quiet"])).toEqual(done);
    expect(await said(command.map((word) => (word === out ? `whole.${out}` : word)))).toEqual(done);
    expect(readFileSync(out).equals(readFileSync(`whole.${out}`))).toBe(true);
  });

  it("prints the summary of the unsharded sweep", async () => {
    await sweepShards(3);
    const { stderr } = await said(["merge", "out.csv"]);
    expect(stderr).toMatch(
      pattern`
        8,400 layers: 5,600 rows written, 2,800 rejected
        |     1,400  did not satisfy in_channels % groups == 0
        |${/.*/}
        |out.csv: 3 shards, ${/./}
      `,
    );
  });

  it("ignores the manifests that a pattern such as out.0* names beside the shards", async () => {
    await sweepShards(2);
    const names = readdirSync(".").filter((name) => name.startsWith("out.0"));
    expect(names).toHaveLength(4);
    expect(await said(["merge", "all.csv", ...names, "--quiet"])).toEqual(done);
    expect(await said(["merge", "out.csv", "--quiet"])).toEqual(done);
    expect(readFileSync("all.csv").equals(readFileSync("out.csv"))).toBe(true);
  });

  it("accepts shards from other folders, in any order", async () => {
    await sweepShards(3);
    mkdirSync("node");
    for (const name of [shard(1, 3), `${shard(1, 3)}.json`]) renameSync(name, `node/${name}`);
    expect(
      await said(["merge", "all.csv", shard(2, 3), `node/${shard(1, 3)}`, shard(0, 3), "--quiet"]),
    ).toEqual(done);
    expect(
      await said(["merge", "all.csv", shard(2, 3), `node/${shard(1, 3)}`, shard(0, 3), "--quiet"]),
    ).toEqual(refusal("all.csv already exists. Write elsewhere or add --force."));
  });
});

describe("merge refuses", () => {
  it("missing shards", async () => {
    await sweepShards(3);
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
        text`
          out.csv: no shards found, such as out.00000-of-00016.csv. Sweep them with --shard, or name
          them after the output file.
        `,
      ),
    );
    expect((await said(["merge", "out.csv", shard(2, 3)])).stderr).toBe(
      "upsweep: out.00002-of-00003.csv cannot be read: no such file or folder. Check the path.\n",
    );
  });

  it("shards of several sets, and of several sweeps", async () => {
    await sweepShards(2);
    await sweepShards(3);
    expect(await said(["merge", "out.csv"])).toEqual(
      refusal(
        text`
          out.csv: the shards found belong to sets of 2 and 3. Name the ones that belong together
          after the output file.
        `,
      ),
    );
    expect(await said(["merge", "out.csv", shard(0, 2), shard(1, 3)])).toEqual(
      refusal(
        text`
          out.00001-of-00003.csv and out.00000-of-00002.csv come from different sweeps: for the
          number of shards, the first has 3 and the second has 2. Sweep all shards with the same
          spec, options and version.
        `,
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
        text`
          out.00001-of-00002.csv and out.00000-of-00002.csv come from different sweeps: for axis
          stride, the first has 2..7 and the second has 1..7. Sweep all shards with the same spec,
          options and version.
        `,
      ),
    );
  });

  it("an output file that is one of the shards", async () => {
    await sweepShards(2);
    const before = readFileSync(shard(0, 2));
    symlinkSync(shard(0, 2), "link.csv");
    for (const output of [shard(0, 2), "link.csv"]) {
      expect(await said(["merge", output, shard(0, 2), shard(1, 2), "--force"])).toEqual(
        refusal(`${output} is one of the shards. Name another output file before the shards.`),
      );
    }
    expect(readFileSync(shard(0, 2)).equals(before)).toBe(true);
  });

  it("a repeated shard", async () => {
    await sweepShards(2);
    copyFileSync(shard(0, 2), "copy.csv");
    copyFileSync(`${shard(0, 2)}.json`, "copy.csv.json");
    expect((await said(["merge", "out.csv", "copy.csv", shard(0, 2), shard(1, 2)])).stderr).toMatch(
      /^upsweep: .* is the same shard as .*\. Name each shard once\.\n$/,
    );
  });

  it("an incomplete shard", async () => {
    await sweepShards(2);
    const manifest = readFileSync(`${shard(1, 2)}.json`, "utf8");
    const rows = readFileSync(shard(1, 2));
    const resume = "Sweep it again with --shard and --resume.";
    const force = "Sweep it again with --shard and --force.";
    const merged = () => said(["merge", "out.csv"]);
    truncateSync(shard(1, 2), 100);
    expect(await merged()).toEqual(
      refusal(
        text`
          out.00001-of-00002.csv is not a complete shard: it has 100 bytes, but
          out.00001-of-00002.csv.json says ${rows.length}. ${force}
        `,
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
        text`
          ${shard(1, 2)}.json is not a valid manifest: it was changed or damaged after it was
          written. Start over with --force.
        `,
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
    "a shard with changed bytes, unless --trust is given: %s",
    async (out) => {
      await sweepShards(
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
      // Two exchanged shards, of equal or different length.
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

  it("two exchanged shards of equal size", async () => {
    const command = words`
      sweep --in-channels 4 --out-channels 4 --l-in 10..29 --kernel-size 3 --columns l_out
      -o out.csv --quiet
    `;
    await sweepShards(2, command);
    expect(readFileSync(shard(0, 2)).length).toBe(readFileSync(shard(1, 2)).length);
    renameSync(shard(0, 2), "spare");
    renameSync(shard(1, 2), shard(0, 2));
    renameSync("spare", shard(1, 2));
    expect((await said(["merge", "out.csv"])).stderr).toBe(
      printed`
        upsweep: ${shard(0, 2)} is not a complete shard: its checksum differs from that in
        ${shard(0, 2)}.json. Sweep it again with --shard and --force.
      `,
    );
    expect(existsSync("out.csv")).toBe(false);
    expect(await said(["merge", "out.csv", "--trust", "--quiet"])).toEqual(done);
    // Together with their manifests, shards may have any names.
    for (const index of [0, 1]) renameSync(`${shard(index, 2)}.json`, `${index}.json`);
    renameSync("0.json", `${shard(1, 2)}.json`);
    renameSync("1.json", `${shard(0, 2)}.json`);
    expect(await said(["merge", "out.csv", "--quiet", "--force"])).toEqual(done);
    expect(await said(command.map((word) => (word === "out.csv" ? "whole.csv" : word)))).toEqual(
      done,
    );
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });

  it("shards that do not add up to the complete sweep", async () => {
    await sweepShards(2);
    changeManifest(`${shard(1, 2)}.json`, ({ empty }) => ({
      done: "4201",
      empty: String(Number(empty) + 1),
    }));
    expect((await said(["merge", "out.csv"])).stderr).toBe(
      printed`
        upsweep: out.00000-of-00002.csv is not a complete shard: all shards together have 8401 of
        8400 raw indices. Sweep it again with --shard and --resume.
      `,
    );
    changeManifest(`${shard(0, 2)}.json`, ({ rows }) => ({ gridRows: [String(Number(rows) + 1)] }));
    expect((await said(["merge", "out.csv"])).stderr).toContain(
      "the rows of its grids do not add up to its rows",
    );
    // Rows that one shard lacks and another has too many.
    await sweepShards(2, [...SWEEP, "--force"]);
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
      pattern`
        upsweep: out.00000-of-00002.csv is not a complete shard: it has ${/\d+/} rows, but
        out.00000-of-00002.csv.json says ${/\d+/}. ${/./}
      `,
    );
    expect(existsSync("out.csv")).toBe(false);
  });

  it("standard output", async () => {
    expect(await said(["merge", "-"])).toEqual(
      refusal("merge cannot write to standard output. Name a file."),
    );
  });
});
