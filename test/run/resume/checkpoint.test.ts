import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NO_BYTES } from "../../../src/checksum.ts";
import { planSweep } from "../../../src/plan/plan.ts";
import { stopWriting } from "../../../src/run/files/write.ts";
import { Checkpoint } from "../../../src/run/resume/checkpoint.ts";
import { readManifest } from "../../../src/run/resume/manifest.ts";
import { readStart, resumeTarget } from "../../../src/run/resume/start.ts";
import { fileSink } from "../../../src/sink/file.ts";
import type { Sink } from "../../../src/sink/sink.ts";
import { type SpecInput, specFrom } from "../../../src/spec/read.ts";
import { inTemporaryFolder } from "../../support/cli.ts";

inTemporaryFolder();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  rmSync("out.csv.partial.json", { force: true });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A sink whose flushes end when the test decides. */
function slowSink() {
  const flushes: (() => void)[] = [];
  const sink: Sink = {
    write: async () => {},
    flush: () => new Promise((resolve) => flushes.push(resolve)),
    isOurs: () => true,
    truncateAndSync: () => {},
    finish: async () => {},
    abandon: () => {},
    keepPartial: () => {},
  };
  const flushed = async () => {
    for (const end of flushes.splice(0)) end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sink, flushes, flushed };
}

const kept = {
  path: "out.csv",
  partial: "out.csv.partial",
  identity: { spec: "one" },
  rejectionReasons: [],
  compression: "none" as const,
  headerLines: 1n,
  isShard: false,
  keepsManifest: false,
};
const reached = (rows: number, bytes: number) => ({
  position: { done: BigInt(rows), rows: BigInt(rows), empty: 0n, rejected: [] },
  sum: { ...NO_BYTES, bytes },
  skip: 0,
});
const savedRows = () =>
  existsSync("out.csv.partial.json")
    ? readManifest("out.csv.partial.json").position.rows
    : undefined;

describe("a checkpoint", () => {
  it("is written one second after the last one, and not before", async () => {
    const { sink, flushes, flushed } = slowSink();
    const checkpoint = new Checkpoint(kept, sink);
    vi.advanceTimersByTime(999);
    checkpoint.progressed(reached(10, 1000));
    expect(flushes.length).toBe(0);
    vi.advanceTimersByTime(1);
    checkpoint.progressed(reached(20, 2000));
    expect(flushes.length).toBe(1);
    await flushed();
    expect(savedRows()).toBe(20n);
    vi.advanceTimersByTime(999);
    checkpoint.progressed(reached(30, 3000));
    expect(flushes.length).toBe(0);
    vi.advanceTimersByTime(1);
    checkpoint.progressed(reached(40, 4000));
    await flushed();
    expect(savedRows()).toBe(40n);
  });

  it("is written after 256 MB, however little time has passed", async () => {
    const { sink, flushes, flushed } = slowSink();
    const checkpoint = new Checkpoint(kept, sink, false, 1000);
    checkpoint.progressed(reached(10, 256e6 + 999));
    expect(flushes.length).toBe(0);
    checkpoint.progressed(reached(20, 256e6 + 1000));
    await flushed();
    expect(savedRows()).toBe(20n);
    checkpoint.progressed(reached(30, 512e6 + 999));
    expect(flushes.length).toBe(0);
    checkpoint.progressed(reached(40, 512e6 + 1000));
    await flushed();
    expect(savedRows()).toBe(40n);
  });

  it("records only what was written before the flush started, and only after the flush ended", async () => {
    const { sink, flushes, flushed } = slowSink();
    const checkpoint = new Checkpoint(kept, sink);
    vi.advanceTimersByTime(1000);
    checkpoint.progressed(reached(10, 1000));
    // While the flush is running the sweep continues, and does not start a second flush.
    vi.advanceTimersByTime(5000);
    checkpoint.progressed(reached(20, 2000));
    expect([flushes.length, savedRows()]).toEqual([1, undefined]);
    await flushed();
    expect(JSON.parse(readFileSync("out.csv.partial.json", "utf8"))).toMatchObject({
      rows: "10",
      bytes: 1000,
    });
  });

  it("is not changed when another run has started to write the file", () => {
    const { sink } = slowSink();
    const checkpoint = new Checkpoint(kept, sink);
    checkpoint.progressed(reached(10, 1000));
    expect(checkpoint.keepForResume()).toBe(true);
    const theirs = new Checkpoint(kept, { ...sink, isOurs: () => false });
    theirs.progressed(reached(20, 2000));
    expect(theirs.keepForResume()).toBe(false);
    theirs.remove();
    expect(savedRows()).toBe(10n);
  });

  it("is removed with its rows when the sweep can never be complete", async () => {
    const sink = await fileSink("out.csv", { mayReplace: false });
    const checkpoint = new Checkpoint(kept, sink);
    await sink.write(Buffer.from("1,2\n"));
    checkpoint.progressed(reached(1, 4));
    expect(checkpoint.keepForResume()).toBe(true);
    expect(savedRows()).toBe(1n);
    expect(stopWriting(sink, checkpoint, true)).toBe(false);
    expect(readdirSync(".")).toEqual([]);
  });

  it("is not written after a flush that failed", async () => {
    const { sink } = slowSink();
    const checkpoint = new Checkpoint(kept, {
      ...sink,
      flush: () => Promise.reject(new Error("lost")),
    });
    vi.advanceTimersByTime(1000);
    checkpoint.progressed(reached(10, 1000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(savedRows()).toBeUndefined();
  });
});

const SPEC: SpecInput = {
  axes: { in_channels: 1, out_channels: 1, l_in: "2..40", kernel_size: 3 },
};

it("is not continued from another run's leftovers under its lock", async () => {
  const plan = planSweep(specFrom(SPEC));
  const kept = (await resumeTarget(plan, "out.csv")) as NonNullable<
    Awaited<ReturnType<typeof resumeTarget>>
  >;
  const start = await readStart(kept, async () => undefined);
  expect(start).toMatchObject({ isComplete: false, bytes: 0 });
  // The lock is held until the sink takes it over.
  await expect(fileSink("out.csv", { mayReplace: false })).rejects.toThrow(
    `is being written by process ${process.pid}`,
  );
  const sink = await fileSink("out.csv", { mayReplace: false, from: start as never });
  sink.abandon();
  expect(readdirSync(".")).toEqual([]);
});
