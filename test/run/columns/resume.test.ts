/** Files of columns that were stopped, killed or damaged: continued to the same bytes, or refused. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { beforeEach, describe, expect, it } from "vitest";
import type { PageCompression } from "../../../src/formats/columnar.ts";
import type { FormatName } from "../../../src/formats/registry.ts";
import { planSweep } from "../../../src/plan/plan.ts";
import { openSweepJob } from "../../../src/run/files/sweep-job.ts";
import { writeBatches } from "../../../src/run/files/write.ts";
import { fileSink } from "../../../src/sink/file.ts";
import { type SpecInput, specFrom } from "../../../src/spec/read.ts";
import { inTemporaryFolder } from "../../support/cli.ts";
import { changeManifest } from "../../support/manifests.ts";
import { thrownBy } from "../../support/thrown.ts";
import { IS_SLOW, runs } from "../../support/tier.ts";

inTemporaryFolder();

beforeEach(() => {
  for (const name of readdirSync(".")) rmSync(name);
});

const GROUP = 131_072;

/** 621,240 rows, after a quarter is rejected: five row groups. */
const SPEC = {
  axes: {
    l_in: "1..96",
    kernel_size: "1..9",
    stride: [1, 2, 3],
    padding: [0, 1],
    in_channels: "1..16",
    out_channels: "1..10",
  },
  where: "(in_channels + out_channels) % 4 != 1",
  columns: ["macs", "moduleprofiler", "zero_insertion_waste"],
} satisfies SpecInput;

const FORMATS = ["parquet", "arrow", "feather"] as const satisfies readonly FormatName[];
const FILES = { parquet: "out.parquet", arrow: "out.arrows", feather: "out.feather" };

interface Run {
  readonly workers?: number;
  readonly limit?: number | undefined;
  readonly trust?: boolean;
  readonly pageCompression?: PageCompression;
  /** Stops after this many batches, as a full disk does. */
  readonly batches?: number;
  /** Stops after the batch with this row. */
  readonly rows?: bigint;
}

/** Runs with `resume`. Returns whether the file is complete. */
async function attempt(format: FormatName, path: string, run: Run = {}): Promise<boolean> {
  const plan = planSweep(specFrom(SPEC));
  const { batches = Number.POSITIVE_INFINITY, rows, ...options } = run;
  const job = await openSweepJob(plan, path, {
    ...options,
    format,
    compression: "none",
    keepsProgress: true,
    resume: true,
    mayReplace: false,
  });
  if (job.finished) return true;
  const sink = await fileSink(path, { mayReplace: job.mayReplace, from: job.from });
  const stopping = async function* () {
    const all = job.batches();
    try {
      for (let done = 0; ; done++) {
        const next = await all.next();
        if (next.done) return next.value;
        if (done === batches) throw new Error("no room");
        yield next.value;
        if (rows !== undefined && next.value.progress.rows >= rows) throw new Error("no room");
      }
    } finally {
      await all.return(undefined as never);
    }
  };
  try {
    await writeBatches(stopping(), job.header, sink, {
      ...job,
      checkpoint: job.checkpointOf?.(sink),
    });
    return true;
  } catch (error) {
    if ((error as Error).message !== "no room") throw error;
    return false;
  }
}

async function whole(format: FormatName, options: Run = {}): Promise<Buffer> {
  const path = `whole.${format}`;
  expect(await attempt(format, path, options)).toBe(true);
  return readFileSync(path);
}

/** Leaves the files of a sweep that was stopped after some batches, with row groups. */
async function stopped(format: FormatName): Promise<void> {
  // With one worker, at most three groups of Parquet are kept to be encoded.
  const run = { rows: 520_000n, workers: 1 };
  expect(await attempt(format, FILES[format as "parquet"], run)).toBe(false);
  const found = readdirSync(".").filter((name) => name.startsWith("out."));
  const partial = `${FILES[format as "parquet"]}.partial`;
  const expected = [partial, `${partial}.json`];
  expect(found).toEqual(
    format === "parquet" ? [partial, `${partial}.groups`, expected[1]] : expected,
  );
}

describe.each(FORMATS)("a stopped sweep into %s", (format) => {
  const path = FILES[format];

  test.prop(
    [
      fc.array(
        fc.record({
          batches: fc.integer({ min: 0, max: 10 }),
          workers: fc.integer({ min: 1, max: 3 }),
        }),
        {
          maxLength: 6,
        },
      ),
    ],
    { numRuns: runs(16) },
  )("is continued to the bytes of an uninterrupted sweep, wherever it stops", async (attempts) => {
    for (const name of readdirSync(".")) rmSync(name);
    const expected = await whole(format);
    let isDone = false;
    for (const run of attempts) isDone ||= await attempt(format, path, run);
    if (!isDone) expect(await attempt(format, path)).toBe(true);
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(readdirSync(".").filter((name) => name.includes("partial"))).toEqual([]);
  });

  it.each([1, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP])(
    "is continued at the ends of row groups: %d rows",
    async (limit) => {
      const expected = await whole(format, { limit });
      for (const batches of IS_SLOW ? [1, 2, 3, 4, 5, 6, 7, 8] : [4, 7]) {
        for (const name of readdirSync(".").filter((name) => name.startsWith("out."))) rmSync(name);
        await attempt(format, path, { limit, batches });
        expect(await attempt(format, path, { limit })).toBe(true);
        expect(readFileSync(path).equals(expected)).toBe(true);
      }
    },
  );

  it("continues where the bytes after the last row group were lost or are others", async () => {
    const expected = await whole(format);
    await stopped(format);
    appendFileSync(`${path}.partial`, "rows that are not in the manifest");
    if (format === "parquet") appendFileSync(`${path}.partial.groups`, "a torn entry");
    expect(await attempt(format, path)).toBe(true);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  it("is refused if a bit of its rows was changed", async () => {
    await stopped(format);
    const bytes = readFileSync(`${path}.partial`);
    const rounds = IS_SLOW ? 20 : 8;
    for (let round = 0; round < rounds; round++) {
      const at = Math.floor((bytes.length * round) / rounds);
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << (round % 8));
      writeFileSync(`${path}.partial`, changed);
      expect((await thrownBy(() => attempt(format, path)))?.message).toMatch(
        new RegExp(
          `^${path}\\.partial does not match ${path}\\.partial\\.json: .* Sweep again with --force\\.$`,
        ),
      );
    }
    writeFileSync(`${path}.partial`, bytes);
    expect(await attempt(format, path)).toBe(true);
  });

  it("is refused if its rows were cut", async () => {
    await stopped(format);
    truncateSync(`${path}.partial`, statSync(`${path}.partial`).size - 1);
    expect((await thrownBy(() => attempt(format, path)))?.message).toMatch(
      /has \d+ bytes, but \d+ were written\. The file was changed: start over with --force\.$/,
    );
  });

  it("is refused if its manifest ends within a row group, or at another one", async () => {
    await stopped(format);
    const manifest = `${path}.partial.json`;
    const skip = Number(JSON.parse(readFileSync(manifest, "utf8")).skip);
    for (const [other, message] of [
      [skip + 1, "rows do not end at the end of a row group"],
      [skip + GROUP, format === "parquet" ? "out.parquet.partial.groups is damaged" : "it says"],
    ] as const) {
      changeManifest(manifest, (fields) => ({ ...fields, skip: other }));
      const refused = await thrownBy(() => attempt(format, path));
      expect(refused?.message).toContain(message);
      expect(refused?.message).toContain("Start over with --force.");
    }
    changeManifest(manifest, (fields) => ({ ...fields, skip }));
    expect(await attempt(format, path)).toBe(true);
  });

  it("is complete if it was stopped before it got its name", async () => {
    const expected = await whole(format);
    expect(await attempt(format, path)).toBe(true);
    renameSync(path, `${path}.partial`);
    renameSync(`${path}.json`, `${path}.partial.json`);
    expect(await attempt(format, path)).toBe(true);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  it("is recognised if it is complete, with and without its manifest", async () => {
    expect(await attempt(format, path)).toBe(true);
    expect(await attempt(format, path)).toBe(true);
    rmSync(`${path}.json`);
    const { mtimeMs } = statSync(path);
    expect(await attempt(format, path)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    const bytes = readFileSync(path);
    for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      writeFileSync(path, changed);
      expect((await thrownBy(() => attempt(format, path)))?.message).toBe(
        `${path} already exists. Write elsewhere or add --force.`,
      );
    }
    writeFileSync(path, Buffer.concat([bytes, Buffer.from([0])]));
    expect((await thrownBy(() => attempt(format, path)))?.message).toContain("already exists");
  });
});

describe("the log of row groups", () => {
  const [path, log] = ["out.parquet", "out.parquet.partial.groups"];

  it("is refused if any part of it was changed, cut or removed, and named", async () => {
    await stopped("parquet");
    const bytes = readFileSync(log);
    const refused = async (damaged: Uint8Array | undefined) => {
      if (damaged) writeFileSync(log, damaged);
      else rmSync(log);
      const partial = readFileSync(`${path}.partial`);
      const message = (await thrownBy(() => attempt("parquet", path)))?.message;
      expect(message).toMatch(
        /^out\.parquet\.partial\.groups is damaged: entry \d+, at byte \d+: .*\. Start over with --force\.$/,
      );
      expect(readFileSync(`${path}.partial`).equals(partial)).toBe(true);
    };
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      await refused(changed);
    }
    for (const length of [0, 10, 19, 30, bytes.length - 1])
      await refused(bytes.subarray(0, length));
    await refused(undefined);
    writeFileSync(log, bytes);
    expect(await attempt("parquet", path)).toBe(true);
    expect(existsSync(log)).toBe(false);
  });

  it("is not left open by a sweep that stops or is refused", async () => {
    const open = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).includes(".groups");
        } catch {
          return false;
        }
      });
    await stopped("parquet");
    expect(open()).toEqual([]);
    appendFileSync(log, "torn");
    expect(await attempt("parquet", path, { batches: 1 })).toBe(false);
    expect(open()).toEqual([]);
    truncateSync(log, 30);
    expect((await thrownBy(() => attempt("parquet", path)))?.message).toContain("is damaged");
    expect(open()).toEqual([]);
  });

  it("is refused if it is that of another file", async () => {
    await stopped("parquet");
    expect(
      await attempt("parquet", "plain.parquet", {
        rows: 520_000n,
        workers: 1,
        pageCompression: "none",
      }),
    ).toBe(false);
    renameSync("plain.parquet.partial.groups", log);
    expect((await thrownBy(() => attempt("parquet", path)))?.message).toContain(
      "its entries are of another file",
    );
  });

  it("is not replaced if it is a file of the user", async () => {
    writeFileSync(log, "my notes");
    expect((await thrownBy(() => attempt("parquet", path)))?.message).toBe(
      `${log} exists, but was not left by a known run of upsweep. Move it away, or add --force to ` +
        "discard it.",
    );
    expect(readFileSync(log, "utf8")).toBe("my notes");
  });
});

it("is not continued with pages that are compressed in another way", async () => {
  await stopped("parquet");
  expect(
    (await thrownBy(() => attempt("parquet", "out.parquet", { pageCompression: "none" })))?.message,
  ).toContain("the compression of pages changed from snappy to none");
});
