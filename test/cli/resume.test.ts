import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sweepToFile } from "../../src/library.ts";
import { planSweep } from "../../src/plan/plan.ts";
import { Checkpoint } from "../../src/run/checkpoint.ts";
import { identityOf } from "../../src/run/identity.ts";
import { writeManifest } from "../../src/run/manifest.ts";
import { sweepPlan } from "../../src/run/sweep.ts";
import { writeBatches } from "../../src/run/write.ts";
import { fileSink } from "../../src/sink/file.ts";
import { type SpecInput, specFrom } from "../../src/spec/read.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

const SPEC: SpecInput = {
  axes: { in_channels: [4, 6], out_channels: 4, l_in: "1..40", kernel_size: "3..7", stride: "1..7", groups: [1, 2, 3], bias: [true, false] },
  columns: ["l_out", "macs"],
};
const FLAGS = ["--in-channels", "4,6", "--out-channels", "4", "--l-in", "1..40", "--kernel-size", "3..7", "--stride", "1..7", "--groups", "1,2,3"];
const COMMAND = ["sweep", ...FLAGS, "--bias", "true,false", "--columns", "l_out,macs", "-o", "out.csv", "--quiet"];

/** Leaves a sweep behind as an interruption does: stopped behind its first batch of rows, with half a row that was being written. */
async function stopped(spec: SpecInput = SPEC, limit?: number): Promise<void> {
  for (const name of ["out.csv", "out.csv.partial", "out.csv.partial.json"]) rmSync(name, { force: true });
  const plan = planSweep(specFrom(spec));
  const sink = await fileSink("out.csv", { mayReplace: true });
  const checkpoint = new Checkpoint(
    { path: "out.csv", partial: "out.csv.partial", identity: identityOf(plan, { limit }), accounts: plan.accounts, isPart: false },
    sink,
  );
  const interrupted = async function* () {
    // Of so small a sweep the first batch is the whole: its first rows are taken.
    for await (const { csv, progress } of sweepPlan(plan, { limit: 700 })) yield { csv, progress };
    throw new Error("no room");
  };
  await expect(writeBatches(interrupted(), plan.header, sink, { keeper: checkpoint })).rejects.toThrow("no room");
  appendFileSync("out.csv.partial", "1,4,4,9");
}

async function wholeText(): Promise<string> {
  expect(await said([...COMMAND.map((word) => (word === "out.csv" ? "whole.csv" : word)), "--force"])).toMatchObject({ exitCode: 0, stderr: "" });
  return readFileSync("whole.csv", "utf8");
}

const refusal = (message: string) => ({ exitCode: 2, stderr: `upsweep: ${message}\n`, stdout: "" });

describe("a sweep that was stopped", () => {
  it("goes on with --resume to the same bytes and the same account", async () => {
    const whole = await wholeText();
    await stopped();
    const loud = COMMAND.filter((word) => word !== "--quiet");
    const { exitCode, stderr } = await said([...loud, "--resume"]);
    expect(exitCode).toBe(0);
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
    expect(stderr).toMatch(/^upsweep: going on behind 700 rows\n16,800 layers = 11,200 rows \+ 5,600 left out\n/);
    expect(existsSync("out.csv.partial") || existsSync("out.csv.partial.json")).toBe(false);
  });

  it("is not begun anew by mistake", async () => {
    await stopped();
    expect(await said(COMMAND)).toEqual(
      refusal("out.csv: a sweep into it was stopped before its end. Go on with it with --resume, or begin anew with --force."),
    );
    const whole = await wholeText();
    expect((await said([...COMMAND, "--force"])).exitCode).toBe(0);
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it.each<[string, SpecInput, string]>([
    ["an axis", { ...SPEC, axes: { ...SPEC.axes, stride: [1, 3, 5, 7] } } as SpecInput, "axis stride was 1, 3, 5, 7, is now 1..7"],
    ["a range", { ...SPEC, axes: { ...SPEC.axes, l_in: "2..80:2" } } as SpecInput, "axis l_in was 2..80:2, is now 1..40"],
    [
      "the columns",
      { ...SPEC, columns: ["l_out"] },
      "the columns was batch_size,in_channels,out_channels,l_in,kernel_size,stride,padding,output_padding,dilation,groups,bias,l_out, is now ",
    ],
    ["a condition", { ...SPEC, where: "l_in > 3" } as SpecInput, "where was l_in > 3, is now nothing"],
    ["the sample", { ...SPEC, sample: { rows: 5000, seed: 2 } }, "the sample was 5000 with seed 2, is now none"],
  ])("is not mixed with another: %s", async (_, spec, what) => {
    await stopped(spec);
    const { exitCode, stderr } = await said([...COMMAND, "--resume"]);
    expect([exitCode, stderr.startsWith(`upsweep: out.csv: another sweep was stopped there: ${what}`)], stderr).toEqual([2, true]);
    expect(existsSync("out.csv.partial")).toBe(true);
  });

  it("is begun by --resume where none was stopped", async () => {
    const whole = await wholeText();
    for (const name of ["out.csv", "out.csv.partial", "out.csv.partial.json"]) rmSync(name, { force: true });
    expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
    expect(await said([...COMMAND, "--resume"])).toEqual(refusal("out.csv: is there already. Choose another name with -o, or replace it with --force."));
  });

  it("is whole when it was stopped between the name of the file and its own end", async () => {
    const whole = await wholeText();
    await stopped();
    expect(await said([...COMMAND, "--resume"])).toMatchObject({ exitCode: 0 });
    const account = { done: 16_800n, rows: 11_200n, nothing: 0n, leftOut: [] };
    const identity = identityOf(planSweep(specFrom(SPEC)));
    writeManifest("out.csv.partial.json", { identity, bytes: statSync("out.csv").size, position: account, accounts: [], isWhole: true, mayReplace: false });
    const loud = COMMAND.filter((word) => word !== "--quiet");
    expect(await said([...loud, "--resume"])).toEqual({ exitCode: 0, stderr: "upsweep: out.csv is whole already\n", stdout: "" });
    expect(existsSync("out.csv.partial.json")).toBe(false);
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it("goes on without --force where it was begun with it, and only then in place of a file", async () => {
    const whole = await wholeText();
    await stopped();
    writeFileSync("out.csv", "old");
    expect(await said([...COMMAND, "--resume"])).toEqual(refusal("out.csv: is there already. Choose another name with -o, or replace it with --force."));
    const manifest = readFileSync("out.csv.partial.json", "utf8");
    writeFileSync("out.csv.partial.json", manifest.replace('"replace": false', '"replace": true'));
    expect(await said([...COMMAND, "--resume"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
    expect(readFileSync("out.csv", "utf8") === whole).toBe(true);
  });

  it("is refused when its files have been changed", async () => {
    await stopped();
    truncateSync("out.csv.partial", 100);
    expect((await said([...COMMAND, "--resume"])).stderr).toMatch(
      /^upsweep: out\.csv\.partial: has 100 bytes, but [0-9]+ were written\. Somebody has changed it: begin anew with --force\.\n$/,
    );
    for (const [text, reason] of [
      ["{", "it is no JSON"],
      ["null", "it is of another version of upsweep, or of something else"],
      ['{"format":1,"identity":{}}', "something is missing in it"],
      [
        '{"format":1,"whole":false,"replace":false,"identity":null,"bytes":9,"done":"1","rows":"1","nothing":"0","leftOut":[],"accounts":[]}',
        "something is missing in it",
      ],
      [
        '{"format":1,"whole":false,"replace":false,"identity":{},"bytes":0,"done":"1","rows":"1","nothing":"0","leftOut":[],"accounts":[]}',
        "something is missing in it",
      ],
      [
        '{"format":1,"whole":false,"replace":false,"identity":{},"bytes":9,"done":"1","rows":"1","nothing":"0","leftOut":["1"],"accounts":[]}',
        "something is missing in it",
      ],
    ] as const) {
      writeFileSync("out.csv.partial.json", text);
      expect(await said([...COMMAND, "--resume"])).toEqual(
        refusal(`out.csv.partial.json: does not say how far the sweep has come: ${reason}. Begin anew with --force.`),
      );
    }
  });

  it("is not lost to another command without --force, and forgotten with it", async () => {
    await stopped();
    writeFileSync("list.csv", "in_channels,out_channels,l_in,kernel_size\n1,1,2,x\n");
    const count = ["count", "--from", "list.csv", "-o", "out.csv", "--quiet"];
    expect((await said(count)).stderr).toMatch(/^upsweep: out\.csv: a sweep into it was stopped before its end\. /);
    expect(existsSync("out.csv.partial.json")).toBe(true);
    expect((await said([...count, "--force"])).stderr).toMatch(/^upsweep: list\.csv:2: /);
    expect(existsSync("out.csv.partial.json")).toBe(false);
  });
});

it("goes on after the disk was full, here a limit to the size of files", () => {
  const space = `sweep ${examples}/vocoder.yaml --set l_in=32`;
  const run = (script: string) => spawnSync("bash", ["-c", script], { encoding: "utf8" });
  const upsweep = `"${process.execPath}" "${BINARY}"`;
  const limited = run(`ulimit -f 20000; ${upsweep} ${space} -o full.csv`);
  expect([limited.status, limited.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^upsweep: stopped after [\d,]+ rows; the same command with --resume goes on\nupsweep: full\.csv: cannot be written: the file would be larger than allowed\. /,
    ),
  ]);
  expect(statSync("full.csv.partial").size).toBeLessThanOrEqual(20000 * 1024);
  expect(run(`${upsweep} ${space} -o full.csv --quiet --resume && ${upsweep} ${space} --quiet | cmp - full.csv`)).toMatchObject({ status: 0, stderr: "" });
});

it("refuses --resume where there is nothing to go on with", async () => {
  const toPipe = COMMAND.map((word) => (word === "out.csv" ? "/dev/null" : word));
  expect((await said([...toPipe, "--resume"])).stderr).toBe(
    "upsweep: --resume is given without a file to go on with. Name the file of the sweep that was stopped with -o.\n",
  );
  expect((await said([...COMMAND, "--resume", "--force"])).stderr).toBe(
    "upsweep: both --resume and --force are given. --resume goes on with what is there, --force begins anew.\n",
  );
});

describe("sweepToFile with resume", () => {
  /** Several tasks, of which the first is done. */
  const spec: SpecInput = { axes: { in_channels: [4, 6], out_channels: 4, l_in: "1..200", kernel_size: "1..30", stride: "1..30", groups: [1, 2, 3] } };

  it("goes on behind what a call before it has written, and sums up the whole", async () => {
    const { seconds: _, ...whole } = await sweepToFile(spec, "whole.csv");
    const stop = () => {
      throw new Error("enough");
    };
    await expect(sweepToFile(spec, "lib.csv", { resume: true, onProgress: stop })).rejects.toThrow("enough");
    expect(existsSync("lib.csv")).toBe(false);
    const rows: bigint[] = [];
    const { seconds, ...resumed } = await sweepToFile(spec, "lib.csv", { resume: true, workers: 3, onProgress: (progress) => rows.push(progress.rows) });
    expect(resumed).toEqual(whole);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toBeGreaterThan(0n);
    expect(readFileSync("lib.csv").equals(readFileSync("whole.csv"))).toBe(true);
    expect(existsSync("lib.csv.partial.json")).toBe(false);
  });

  it("does not replace a file, nor go on with another sweep, nor with a device", async () => {
    await expect(sweepToFile(spec, "lib.csv", { resume: true })).rejects.toThrow("lib.csv: is there already. ");
    await stopped();
    await expect(sweepToFile(spec, "out.csv", { resume: true })).rejects.toThrow("out.csv: another sweep was stopped there: the columns was ");
    await expect(sweepToFile(spec, "/dev/null", { resume: true })).rejects.toThrow("resume: cannot be 'true'. /dev/null is no file that could be gone on with");
  });

  it("sums up a file that was whole before", async () => {
    const { seconds: _, ...whole } = await sweepToFile(SPEC, "out.csv");
    const { bytes, rows } = whole;
    const kept = { identity: identityOf(planSweep(specFrom(SPEC))), bytes, accounts: [], isWhole: true, mayReplace: false };
    writeManifest("out.csv.partial.json", { ...kept, position: { done: whole.size, rows, nothing: 0n, leftOut: [] } });
    expect(await sweepToFile(SPEC, "out.csv", { resume: true })).toMatchObject({ bytes, rows, size: whole.size });
  });
});
