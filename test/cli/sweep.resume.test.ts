/** `--resume`: which unfinished and finished files it continues, and which it refuses. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { SpecInput } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { changeManifest, type Fields, writeFields } from "../support/manifests.ts";
import { changed, clear, SPEC, stopped } from "../support/stopped-sweep.ts";
import { pattern, printed, text, words } from "../support/text.ts";

inTemporaryFolder();

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

const FLAGS = words`
  --in-channels 4,6 --out-channels 4 --l-in 1..40 --kernel-size 3..7 --stride 1..7 --groups 1,2,3
`;
const COMMAND = [
  "sweep",
  ...FLAGS,
  "--bias",
  "true,false",
  "--columns",
  "l_out,macs",
  "-o",
  "out.csv",
  "--quiet",
];

async function wholeText(): Promise<string> {
  expect(
    await said([...COMMAND.map((word) => (word === "out.csv" ? "whole.csv" : word)), "--force"]),
  ).toMatchObject({ exitCode: 0, stderr: "" });
  return readFileSync("whole.csv", "utf8");
}

const refusal = (message: string) => ({ exitCode: 2, stderr: `upsweep: ${message}\n`, stdout: "" });

describe("a stopped sweep", () => {
  it("is resumed with --resume to the same bytes and the same summary", async () => {
    const whole = await wholeText();
    await stopped();
    const loud = COMMAND.filter((word) => word !== "--quiet");
    const { exitCode, stderr } = await said([...loud, "--resume"]);
    expect(exitCode).toBe(0);
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
    expect(stderr).toMatch(
      /^upsweep: resuming after 700 rows\n16,800 layers: 11,200 rows written, 5,600 rejected\n/,
    );
    expect(existsSync("out.csv.partial") || existsSync("out.csv.partial.json")).toBe(false);
  });

  it("is not restarted without --force", async () => {
    await stopped();
    expect(await said(COMMAND)).toEqual(
      refusal(
        "out.csv belongs to an unfinished sweep. Continue with --resume, or start over with --force.",
      ),
    );
    const whole = await wholeText();
    expect((await said([...COMMAND, "--force"])).exitCode).toBe(0);
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it.each<[string, SpecInput, string]>([
    [
      "an axis",
      { ...SPEC, axes: { ...SPEC.axes, stride: [1, 3, 5, 7] } } as SpecInput,
      "axis stride changed from 1, 3, 5, 7 to 1..7",
    ],
    [
      "a range",
      { ...SPEC, axes: { ...SPEC.axes, l_in: "2..80:2" } } as SpecInput,
      "axis l_in changed from 2..80:2 to 1..40",
    ],
    [
      "the columns",
      { ...SPEC, columns: ["l_out"] },
      "the columns changed from batch_size,in_channels,out_channels,l_in,kernel_size,stride," +
        "padding,output_padding,dilation,groups,bias,l_out to ",
    ],
    [
      "a condition",
      { ...SPEC, where: "l_in > 3" } as SpecInput,
      "where changed from l_in > 3 to empty",
    ],
    [
      "the sample",
      { ...SPEC, sample: { rows: 5000, seed: 2 } },
      "the sample changed from 5000 with seed 2 to none",
    ],
  ])("is not continued by a sweep with another property: %s", async (_, spec, what) => {
    await stopped(spec);
    const { exitCode, stderr } = await said([...COMMAND, "--resume"]);
    expect(
      [exitCode, stderr.startsWith(`upsweep: out.csv belongs to a different sweep: ${what}`)],
      stderr,
    ).toEqual([2, true]);
    expect(existsSync("out.csv.partial")).toBe(true);
  });

  it("is started by --resume where there is none, and is complete when the command is repeated", async () => {
    const whole = await wholeText();
    clear();
    expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
    const loud = COMMAND.filter((word) => word !== "--quiet");
    expect(await said([...loud, "--resume"])).toEqual({
      exitCode: 0,
      stderr: "upsweep: out.csv is already complete\n",
      stdout: "",
    });
    expect(await said([...loud, "--resume", "--trust"])).toEqual({
      exitCode: 0,
      stderr: "upsweep: out.csv is already complete\n",
      stdout: "",
    });
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it.each(["out.csv", "out.csv.gz"])(
    "is recognised as complete by a comparison, where the first run left no manifest: %s",
    async (name) => {
      clear();
      const command = COMMAND.map((word) => (word === "out.csv" ? name : word)).filter(
        (word) => word !== "--quiet",
      );
      expect(await said([...command])).toMatchObject({ exitCode: 0 });
      expect(readdirSync(".").filter((file) => file.startsWith("out."))).toEqual([name]);
      expect(await said([...command, "--resume"])).toEqual({
        exitCode: 0,
        stderr: printed`
          upsweep: ${name} exists; comparing it with a new sweep, without writing
          |upsweep: ${name} is already complete
        `,
        stdout: "",
      });
      const bytes = readFileSync(name);
      const there = refusal(`${name} already exists. Write elsewhere or add --force.`);
      for (const other of [
        bytes.subarray(0, bytes.length - 1),
        Buffer.concat([bytes, bytes.subarray(0, 9)]),
        changed(bytes, 200),
        Buffer.from("x"),
      ]) {
        writeFileSync(name, other);
        expect(await said([...command, "--resume", "--quiet"])).toEqual(there);
        expect(readFileSync(name).equals(other)).toBe(true);
      }
      writeFileSync(name, bytes);
      expect(
        await said([
          ...command.map((word) => (word === "l_out,macs" ? "macs" : word)),
          "--resume",
          "--quiet",
        ]),
      ).toEqual(there);
    },
  );

  it("is refused where a finished file was changed", async () => {
    clear();
    expect(await said([...COMMAND, "--resume"])).toMatchObject({ exitCode: 0 });
    writeFileSync("out.csv", changed(readFileSync("out.csv"), 1000));
    expect(await said([...COMMAND, "--resume"])).toEqual(
      refusal(
        text`
          out.csv does not match out.csv.json: the checksum or the number of lines differs. One of
          them was changed or damaged. Sweep again with --force.
        `,
      ),
    );
    expect(await said([...COMMAND, "--force"])).toMatchObject({ exitCode: 0 });
    // The manifest of the old file is removed.
    expect(existsSync("out.csv.json")).toBe(false);
  });

  it("does not touch a user's file in the place of the manifest", async () => {
    clear();
    writeFileSync("out.csv.json", '{ "mine": true }');
    expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
    expect(readFileSync("out.csv.json", "utf8")).toBe('{ "mine": true }');
    expect(await said([...COMMAND, "--resume"])).toMatchObject({ exitCode: 0 });
    expect(await said([...COMMAND, "--shard", "0/2"])).toMatchObject({ exitCode: 0 });
    const shard = "out.00001-of-00002.csv.json";
    writeFileSync(shard, "mine");
    expect(await said([...COMMAND, "--shard", "1/2"])).toEqual(
      refusal(
        `${shard} exists, but was not left by a known run of upsweep. Move it away, or add --force to discard it.`,
      ),
    );
    expect(readFileSync(shard, "utf8")).toBe("mine");
  });

  it("is complete when it was stopped between naming the file and its own end", async () => {
    const whole = await wholeText();
    clear();
    expect(await said([...COMMAND, "--resume"])).toMatchObject({ exitCode: 0 });
    renameSync("out.csv.json", "out.csv.partial.json");
    const loud = COMMAND.filter((word) => word !== "--quiet");
    expect(await said([...loud, "--resume"])).toEqual({
      exitCode: 0,
      stderr: "upsweep: out.csv is already complete\n",
      stdout: "",
    });
    expect(existsSync("out.csv.partial.json")).toBe(false);
    // While the file is being renamed it has a temporary name, which its manifest records.
    for (const isNamed of [false, true]) {
      renameSync("out.csv.json", "out.csv.partial.json");
      const { name } = JSON.parse(readFileSync("out.csv.partial.json", "utf8")) as { name: string };
      linkSync("out.csv", name);
      if (!isNamed) rmSync("out.csv");
      expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
      expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
      expect(readdirSync(".").filter((file) => file.startsWith("out.csv"))).toEqual([
        "out.csv",
        "out.csv.json",
      ]);
    }
  });

  it("resumes without --force where it started with --force, and replaces a file only then", async () => {
    const whole = await wholeText();
    await stopped();
    writeFileSync("out.csv", "old");
    expect(await said([...COMMAND, "--resume"])).toEqual(
      refusal("out.csv already exists. Write elsewhere or add --force."),
    );
    changeManifest("out.csv.partial.json", () => ({ replace: true }));
    expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it("is refused when its rows were changed, unless --trust is given", async () => {
    await stopped();
    const [rows, manifest] = [
      readFileSync("out.csv.partial"),
      readFileSync("out.csv.partial.json", "utf8"),
    ];
    const { bytes } = JSON.parse(manifest) as { bytes: number };
    const row = rows.indexOf("\n", 2000) + 1;
    const damaged = refusal(
      text`
        out.csv.partial does not match out.csv.partial.json: the checksum or the number of lines
        differs. One of them was changed or damaged. Sweep again with --force.
      `,
    );
    const damages: [string, Buffer][] = [
      ["a flipped bit", changed(rows, 1234)],
      ["a byte of the header", changed(rows, 3)],
      ["the last byte", changed(rows, bytes - 1)],
      ["zeros", Buffer.from(rows).fill(0, 4096, 8192)],
      [
        "a cut inside a row",
        Buffer.concat([rows.subarray(0, row + 5), rows.subarray(row + 9), Buffer.alloc(9, "1")]),
      ],
      [
        "a row twice",
        Buffer.concat([rows.subarray(0, row), rows.subarray(rows.lastIndexOf("\n", row - 2) + 1)]),
      ],
      [
        "two blocks exchanged",
        Buffer.concat([
          rows.subarray(0, 4096),
          rows.subarray(8192, 12_288),
          rows.subarray(4096, 8192),
          rows.subarray(12_288),
        ]),
      ],
    ];
    for (const [, text] of damages) {
      writeFileSync("out.csv.partial", text);
      expect(await said([...COMMAND, "--resume"])).toEqual(damaged);
      expect(readFileSync("out.csv.partial").equals(text)).toBe(true);
      expect(readFileSync("out.csv.partial.json", "utf8")).toBe(manifest);
      expect(existsSync("out.csv.partial.lock")).toBe(false);
    }
    expect(await said([...COMMAND, "--resume", "--trust"])).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: "",
    });

    await stopped();
    truncateSync("out.csv.partial", 100);
    expect((await said([...COMMAND, "--resume"])).stderr).toMatch(
      pattern`
        upsweep: out.csv.partial has 100 bytes, but ${/[0-9]+/} were written. The file was changed:
        start over with --force.
        |${/$/}
      `,
    );
  });

  it.each<[string, (fields: Fields) => Fields]>([
    ["done, too small", () => ({ done: "600" })],
    ["done, too large", ({ done }) => ({ done: String(Number(done) + 500) })],
    ["done, beyond the end", () => ({ done: "99999999999" })],
    ["rows, too large", ({ rows }) => ({ rows: String(Number(rows) + 1) })],
    [
      "rows, with a compensating number of empty positions",
      ({ rows, empty }) => ({
        rows: String(Number(rows) - 1),
        empty: String(Number(empty) + 1),
      }),
    ],
    ["bytes, too small", () => ({ bytes: 2000 })],
    ["bytes, too large", ({ bytes }) => ({ bytes: Number(bytes) + 3 })],
    ["lines", ({ lines }) => ({ lines: Number(lines) + 1 })],
    ["the checksum", () => ({ checksum: "A".repeat(171).concat("=") })],
  ])(
    "is refused when its manifest was edited, with or without a matching checksum: %s",
    async (_, change) => {
      await stopped();
      const [rows, manifest] = [
        readFileSync("out.csv.partial"),
        readFileSync("out.csv.partial.json", "utf8"),
      ];
      changeManifest("out.csv.partial.json", change);
      const fitting = await said([...COMMAND, "--resume"]);
      expect([fitting.exitCode, fitting.stderr]).toEqual([
        2,
        expect.stringMatching(/^upsweep: [^\n]*--force\.\n$/),
      ]);
      const fields = JSON.parse(manifest) as Fields;
      writeFileSync(
        "out.csv.partial.json",
        `${JSON.stringify({ ...fields, ...change(fields) }, null, 2)}\n`,
      );
      const damaged = refusal(
        text`
          out.csv.partial.json is not a valid manifest: it was changed or damaged after it was
          written. Start over with --force.
        `,
      );
      expect(await said([...COMMAND, "--resume"])).toEqual(damaged);
      expect(await said([...COMMAND, "--resume", "--trust"])).toEqual(damaged);
      expect(readFileSync("out.csv.partial").equals(rows)).toBe(true);
    },
  );

  it("is refused when its manifest is invalid", async () => {
    await stopped();
    const fields = JSON.parse(readFileSync("out.csv.partial.json", "utf8")) as Fields;
    const missing = (name: string) =>
      Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
    const reasons: [string, () => void][] = [
      ["it is not JSON", () => writeFileSync("out.csv.partial.json", "{")],
      [
        "it comes from another version of upsweep, or from another program",
        () => writeFileSync("out.csv.partial.json", "null"),
      ],
      [
        "it comes from another version of upsweep, or from another program",
        () => writeFields("out.csv.partial.json", { ...fields, format: 1 }),
      ],
      ...["whole", "name", "bytes", "skip", "checksum", "done", "rejected"].map(
        (name): [string, () => void] => [
          "some of its entries are missing or malformed",
          () => writeFields("out.csv.partial.json", missing(name)),
        ],
      ),
      [
        "some of its entries are missing or malformed",
        () => writeFields("out.csv.partial.json", { ...fields, bytes: 0 }),
      ],
      [
        "some of its entries are missing or malformed",
        () => writeFields("out.csv.partial.json", { ...fields, checksum: "AAAA" }),
      ],
      [
        "some of its entries are missing or malformed",
        () => writeFields("out.csv.partial.json", { ...fields, rejected: ["1"] }),
      ],
      [
        "its rows and rejected layers do not add up to its raw indices",
        () => writeFields("out.csv.partial.json", { ...fields, done: "1" }),
      ],
    ];
    for (const [reason, damage] of reasons) {
      damage();
      expect(await said([...COMMAND, "--resume"])).toEqual(
        refusal(
          `out.csv.partial.json is not a valid manifest: ${reason}. Start over with --force.`,
        ),
      );
    }
  });

  it("is not overwritten by another command without --force", async () => {
    await stopped();
    writeFileSync("list.csv", "in_channels,out_channels,l_in,kernel_size\n1,1,2,x\n");
    const count = words`count --from list.csv -o out.csv --quiet`;
    expect((await said(count)).stderr).toMatch(
      /^upsweep: out\.csv belongs to an unfinished sweep\. /,
    );
    expect(existsSync("out.csv.partial.json")).toBe(true);
    expect((await said([...count, "--force"])).stderr).toMatch(/^upsweep: list\.csv:2: /);
    expect(existsSync("out.csv.partial.json")).toBe(false);
  });
});

it("resumes after a full disk, here a limit on the size of files", () => {
  const space = `sweep ${examples}/vocoder.yaml --set l_in=32`;
  const run = (script: string) => spawnSync("bash", ["-c", script], { encoding: "utf8" });
  const upsweep = `"${process.execPath}" "${BINARY}"`;
  const limited = run(`ulimit -f 20000; ${upsweep} ${space} -o full.csv`);
  expect([limited.status, limited.stderr]).toEqual([
    1,
    expect.stringMatching(
      pattern`
        upsweep: stopped after ${/[\d,]+/} rows. Repeat the command with --resume to continue.
        |upsweep: full.csv cannot be written: the file would be larger than allowed. ${/./}
      `,
    ),
  ]);
  expect(statSync("full.csv.partial").size).toBeLessThanOrEqual(20000 * 1024);
  expect(
    run(
      `${upsweep} ${space} -o full.csv --quiet --resume && ${upsweep} ${space} --quiet | cmp - full.csv`,
    ),
  ).toMatchObject({ status: 0, stderr: "" });
});

it("refuses --trust without --resume", async () => {
  expect(await said([...COMMAND, "--trust"])).toEqual(
    refusal(
      "--trust is given without --resume. It skips the checksum of resumed rows; add --resume, or remove it.",
    ),
  );
});

it("refuses --resume without a file, and with --force", async () => {
  const toPipe = COMMAND.map((word) => (word === "out.csv" ? "/dev/null" : word));
  expect((await said([...toPipe, "--resume"])).stderr).toBe(
    "upsweep: --resume is given without a file. Name the file of the unfinished sweep with -o.\n",
  );
  expect((await said([...COMMAND, "--resume", "--force"])).stderr).toBe(
    printed`
      upsweep: both --resume and --force are given. --resume continues a sweep, --force starts over;
      remove one of them.
    `,
  );
});
