/**
 * Compressed files: the same bytes for any number of workers and after any interruption, readable
 * by every gzip tool.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { planSweep } from "../../../src/plan/plan.ts";
import { writeBatches } from "../../../src/run/files/write.ts";
import { MEMBER_BYTES } from "../../../src/run/output/gzip.ts";
import { Checkpoint } from "../../../src/run/resume/checkpoint.ts";
import { type ResumeTarget, resumeTarget } from "../../../src/run/resume/start.ts";
import { sweepOnThreads } from "../../../src/run/threads.ts";
import { fileSink } from "../../../src/sink/file.ts";
import { type SpecInput, specFrom } from "../../../src/spec/read.ts";
import { inTemporaryFolder, said } from "../../support/cli.ts";
import { words } from "../../support/text.ts";

inTemporaryFolder();
afterEach(() => {
  for (const name of readdirSync(".")) rmSync(name);
});

const done = { exitCode: 0, stderr: "", stdout: "" };

/** About 15 MB of rows: several tasks, and several members in each. */
const AXES = {
  l_in: "1..100",
  kernel_size: "4..13",
  stride: "1..10",
  in_channels: "1..5",
  out_channels: "1..5",
};
const FLAGS = Object.entries(AXES).flatMap(([name, values]) => [
  `--${name.replaceAll("_", "-")}`,
  values,
]);
const SWEEP = ["sweep", ...FLAGS, "--quiet", "-o"];

/** The members of a gzip file, each decompressed separately. */
function membersOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const head = Buffer.from([0x1f, 0x8b, 8]);
  for (let at = 0; at < bytes.length; ) {
    let end = bytes.indexOf(head, at + 3);
    for (;;) {
      try {
        found.push(gunzipSync(bytes.subarray(at, end < 0 ? undefined : end)));
        break;
      } catch (error) {
        if (end < 0) throw error;
        end = bytes.indexOf(head, end + 3);
      }
    }
    if (end < 0) break;
    at = end;
  }
  return found;
}

describe("a sweep into a name that ends in .gz", () => {
  it("has the rows of the plain file, in members of equal length, for any number of workers", async () => {
    expect(await said([...SWEEP, "plain.csv"])).toEqual(done);
    for (const workers of ["1", "2", "3"])
      expect(await said([...SWEEP, `${workers}.csv.gz`, "--workers", workers])).toEqual(done);
    const [one, two, three] = ["1", "2", "3"].map((workers) =>
      readFileSync(`${workers}.csv.gz`),
    ) as [Buffer, Buffer, Buffer];
    expect(two.equals(one) && three.equals(one)).toBe(true);
    const plain = readFileSync("plain.csv");
    const pieces = membersOf(one);
    expect(Buffer.concat(pieces).equals(plain)).toBe(true);
    expect(pieces.length).toBe(Math.ceil(plain.length / MEMBER_BYTES));
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(MEMBER_BYTES);
    expect(one.length).toBeLessThan(plain.length / 4);
  });

  it("is readable by zcat and by Python", async ({ skip }) => {
    expect(await said([...SWEEP, "plain.csv"])).toEqual(done);
    expect(await said([...SWEEP, "out.csv.gz"])).toEqual(done);
    expect(
      spawnSync("bash", ["-c", "zcat out.csv.gz | cmp - plain.csv"], { encoding: "utf8" }),
    ).toMatchObject({ status: 0, stderr: "" });
    const python =
      "import gzip; assert gzip.open('out.csv.gz').read() == open('plain.csv', 'rb').read()";
    if (spawnSync("python3", ["-c", ""]).status !== 0) skip("there is no python3");
    expect(spawnSync("python3", ["-c", python], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    if (spawnSync("python3", ["-c", "import pandas"]).status !== 0) return;
    const pandas =
      "import pandas as p; assert p.read_csv('out.csv.gz').equals(p.read_csv('plain.csv'))";
    expect(spawnSync("python3", ["-c", pandas], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it("resumes to the same bytes wherever it was stopped", async () => {
    const plan = planSweep(specFrom({ axes: AXES } as SpecInput));
    expect(await said([...SWEEP, "whole.csv.gz"])).toEqual(done);
    const whole = readFileSync("whole.csv.gz");
    let continued = 0;
    for (const batches of [1, 2, 3, 4]) {
      for (const name of readdirSync(".")) if (name.startsWith("out")) rmSync(name);
      const kept = (await resumeTarget(plan, "out.csv.gz", {
        compression: "gzip",
      })) as ResumeTarget;
      const sink = await fileSink("out.csv.gz", { mayReplace: false });
      const stopping = async function* () {
        let count = 0;
        for await (const rows of sweepOnThreads(plan, {
          isSummed: true,
          workers: 1 + (batches % 3),
        })) {
          yield rows;
          if (++count === batches) throw new Error("stop");
        }
        throw new Error("not enough batches");
      };
      const checkpoint = new Checkpoint(kept, sink);
      await expect(
        writeBatches(stopping() as never, Buffer.from(plan.header), sink, {
          checkpoint,
          compression: "gzip",
        }),
      ).rejects.toThrow("stop");
      // Where no member was complete, nothing is kept, and the sweep starts over.
      if (!existsSync("out.csv.gz.partial.json")) {
        expect(readdirSync(".")).toEqual(["whole.csv.gz"]);
        continue;
      }
      continued++;
      const { bytes, skip } = JSON.parse(readFileSync("out.csv.gz.partial.json", "utf8")) as {
        bytes: number;
        skip: number;
      };
      const written = membersOf(readFileSync("out.csv.gz.partial"));
      expect(readFileSync("out.csv.gz.partial").length).toBe(bytes);
      expect(written.every(({ length }) => length === MEMBER_BYTES)).toBe(true);
      expect(skip).toBeGreaterThanOrEqual(0);
      writeFileSync(
        "out.csv.gz.partial",
        Buffer.concat([readFileSync("out.csv.gz.partial"), Buffer.from([0x1f, 0x8b, 8, 0])]),
      );
      expect(await said([...SWEEP, "out.csv.gz", "--resume"])).toEqual(done);
      expect(readFileSync("out.csv.gz").equals(whole)).toBe(true);
    }
    expect(continued).toBeGreaterThan(1);
  });

  it("stops at its limit", async () => {
    expect(await said([...SWEEP, "out.csv.gz", "--limit", "70000"])).toEqual(done);
    expect(gunzipSync(readFileSync("out.csv.gz")).toString().trimEnd().split("\n").length).toBe(
      70_001,
    );
  });
});

it("a list is compressed when its name ends in .gz", async () => {
  const layers = Array.from(
    { length: 60_000 },
    (_, i) => `${1 + (i % 7)},${1 + (i % 5)},${2 + (i % 900)},${1 + (i % 4)},"layer ${i}, named"`,
  );
  writeFileSync(
    "list.csv",
    ["in_channels,out_channels,l_in,kernel_size,label", ...layers].join("\n"),
  );
  expect(await said(words`count --from list.csv -o out.csv --quiet`)).toEqual(done);
  expect(await said(words`count --from list.csv -o out.csv.gz --quiet`)).toEqual(done);
  expect(gunzipSync(readFileSync("out.csv.gz")).equals(readFileSync("out.csv"))).toBe(true);
  expect(membersOf(readFileSync("out.csv.gz")).length).toBeGreaterThan(1);
  expect(existsSync("out.csv.gz.partial")).toBe(false);
});
