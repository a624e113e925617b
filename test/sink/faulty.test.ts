/** Disks that fill up, and writes that take a part of what they are given, or their time. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sweepToFile } from "../../src/library.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

/** What a write does with so many bytes: how many of them it takes, after how many milliseconds. */
let taking: (bytes: number) => { bytes: number; after: number } = (bytes) => ({ bytes, after: 0 });
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const { promisify } = await import("node:util");
  const writeSome = promisify(real.write);
  const write = Object.assign((...given: Parameters<typeof real.write>) => real.write(...given), {
    [promisify.custom]: async (fd: number, buffer: Uint8Array, at: number, length: number, position: number) => {
      const { bytes, after } = taking(length);
      if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
      return writeSome(fd, buffer, at, bytes, position);
    },
  });
  return { ...real, write };
});
afterEach(() => {
  taking = (bytes) => ({ bytes, after: 0 });
});

/** Some 20 tasks of 4 MiB. */
const SPEC = { axes: { l_in: "1..100", kernel_size: "4..13", stride: "1..10", in_channels: "1..10", out_channels: "1..10" } } as const;

describe("writes that take", () => {
  it.each([
    ["a half of what they are given", () => (bytes: number) => ({ bytes: Math.ceil(bytes / 2), after: 0 })],
    [
      "longer than a worker waits for its rows to be written, now and then",
      () => {
        let writes = 0;
        return (bytes: number) => ({ bytes, after: writes++ % 4 === 1 ? 120 : 0 });
      },
    ],
  ])("%s lose nothing", async (_, faulty) => {
    await sweepToFile(SPEC, "whole.csv", { workers: 2 });
    taking = faulty();
    await sweepToFile(SPEC, "out.csv", { workers: 2 });
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });
});

const mount = (...args: string[]) => spawnSync("mount", args, { encoding: "utf8" }).status === 0;

describe("a disk that is full", () => {
  it("stops a sweep with one message; with more room it goes on to the same bytes", async ({ skip }) => {
    mkdirSync("disk");
    if (!mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", "disk")) skip("only root can mount a small disk");
    try {
      const flags = Object.entries(SPEC.axes).flatMap(([name, values]) => [`--${name.replaceAll("_", "-")}`, values]);
      const command = ["sweep", ...flags, "-o", "disk/out.csv", "--workers", "2"];
      const { exitCode, stderr } = await said(command);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^upsweep: stopped after [0-9,]+ rows; the same command with --resume goes on\nupsweep: disk\/out\.csv: cannot be written: the disk is full\. Make room/,
      );
      expect(existsSync("disk/out.csv")).toBe(false);
      expect(statSync("disk/out.csv.partial").size).toBeLessThanOrEqual(24 * 2 ** 20);
      expect(mount("-o", "remount,size=200m", "disk")).toBe(true);
      expect(await said([...command, "--resume", "--quiet"])).toEqual({ exitCode: 0, stderr: "", stdout: "" });
      await sweepToFile(SPEC, "whole.csv", { workers: 2 });
      expect(readFileSync("disk/out.csv").equals(readFileSync("whole.csv"))).toBe(true);
    } finally {
      spawnSync("umount", ["disk"]);
    }
  });
});
