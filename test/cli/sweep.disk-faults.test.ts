/** Disks that fill up or disappear, and writes that are partial or slow. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { pattern, printed } from "../support/text.ts";

inTemporaryFolder();

/** The result of a write of so many bytes: how many it accepts, and after how many milliseconds. */
let taking: (bytes: number) => { bytes: number; after: number } = (bytes) => ({ bytes, after: 0 });
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const { promisify } = await import("node:util");
  const writeSome = promisify(real.write);
  const write = Object.assign((...given: Parameters<typeof real.write>) => real.write(...given), {
    [promisify.custom]: async (
      fd: number,
      buffer: Uint8Array,
      at: number,
      length: number,
      position: number,
    ) => {
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

/** About 20 tasks of 4 MiB. */
const SPEC = {
  axes: {
    l_in: "1..100",
    kernel_size: "4..13",
    stride: "1..10",
    in_channels: "1..10",
    out_channels: "1..10",
  },
} as const;

describe("a sweep", () => {
  it.each([
    [
      "accept half of their bytes",
      () => (bytes: number) => ({ bytes: Math.ceil(bytes / 2), after: 0 }),
    ],
    [
      "sometimes take longer than a worker waits",
      () => {
        let writes = 0;
        return (bytes: number) => ({ bytes, after: writes++ % 4 === 1 ? 120 : 0 });
      },
    ],
  ])("loses nothing when writes %s", async (_, faulty) => {
    await sweepToFile(SPEC, "whole.csv", { workers: 2 });
    taking = faulty();
    await sweepToFile(SPEC, "out.csv", { workers: 2 });
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });
});

const mount = (...args: string[]) => spawnSync("mount", args, { encoding: "utf8" }).status === 0;

describe("a disk that disappears", () => {
  it("stops a sweep with one message, and the sweep can be resumed when it is back", async ({
    skip,
  }) => {
    mkdirSync("away");
    if (!mount("-t", "tmpfs", "-o", "size=300m", "tmpfs", "away"))
      skip("only root can mount a small disk");
    // A second mount of the same file system: it stays when the first is unmounted.
    mkdirSync("kept");
    expect(mount("--bind", "away", "kept")).toBe(true);
    try {
      const flags = Object.entries(SPEC.axes).flatMap(([name, values]) => [
        `--${name.replaceAll("_", "-")}`,
        values,
      ]);
      let writes = 0;
      taking = (bytes) => {
        if (++writes === 4) spawnSync("umount", ["--lazy", "away"]);
        return { bytes, after: 0 };
      };
      const { exitCode, stderr } = await said([
        "sweep",
        ...flags,
        "-o",
        "away/out.csv",
        "--workers",
        "2",
      ]);
      expect([exitCode, stderr]).toEqual([
        1,
        printed`
          upsweep: away/out.csv: the lock away/out.csv.partial.lock was removed, by someone or with
          its file system. This run stops and leaves its files as they are. Check the folder, then
          resume a sweep with --resume.
        `,
      ]);
      expect(readdirSync("away")).toEqual([]);
      expect(existsSync("kept/out.csv")).toBe(false);
      expect(await said(["sweep", ...flags, "-o", "kept/out.csv", "--resume", "--quiet"])).toEqual({
        exitCode: 0,
        stderr: "",
        stdout: "",
      });
      await sweepToFile(SPEC, "whole.csv", { workers: 2 });
      expect(readFileSync("kept/out.csv").equals(readFileSync("whole.csv"))).toBe(true);
    } finally {
      for (const folder of ["away", "kept"]) spawnSync("umount", [folder]);
    }
  });
});

describe("an output path that cannot be written", () => {
  it.each([
    ["ro/out.csv", "the file system is read-only"],
    ["none/out.csv", "no such file or folder"],
    ["file/out.csv", "a part of the path is not a folder"],
    ["folder", "it is a folder"],
  ])("is refused before anything is counted: %s", async (path, reason) => {
    for (const folder of ["ro", "folder"]) mkdirSync(folder, { recursive: true });
    writeFileSync("file", "");
    if (path.startsWith("ro/") && !mount("-t", "tmpfs", "-o", "ro", "tmpfs", "ro")) return;
    try {
      const command = [
        "sweep",
        "--in-channels",
        "1",
        "--out-channels",
        "1",
        "--l-in",
        "2",
        "--kernel-size",
        "3",
        "-o",
        path,
      ];
      for (const more of [[], ["--force"], ["--resume"]]) {
        const { exitCode, stderr } = await said([...command, ...more]);
        expect([exitCode, stderr]).toEqual([
          2,
          `upsweep: ${path} cannot be written: ${reason}. Write elsewhere with -o.\n`,
        ]);
      }
    } finally {
      if (path.startsWith("ro/")) spawnSync("umount", ["ro"]);
    }
  });
});

describe("a disk that is full", () => {
  it("stops a sweep with one message, and the sweep resumes to the same bytes with more space", async ({
    skip,
  }) => {
    mkdirSync("disk");
    if (!mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", "disk"))
      skip("only root can mount a small disk");
    try {
      const flags = Object.entries(SPEC.axes).flatMap(([name, values]) => [
        `--${name.replaceAll("_", "-")}`,
        values,
      ]);
      const command = ["sweep", ...flags, "-o", "disk/out.csv", "--workers", "2"];
      const { exitCode, stderr } = await said(command);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        pattern`
          upsweep: stopped after ${/[0-9,]+/} rows. Repeat the command with --resume to continue.
          |upsweep: disk/out.csv cannot be written: the disk is full. Free some space
        `,
      );
      expect(existsSync("disk/out.csv")).toBe(false);
      expect(statSync("disk/out.csv.partial").size).toBeLessThanOrEqual(24 * 2 ** 20);
      expect(mount("-o", "remount,size=200m", "disk")).toBe(true);
      expect(await said([...command, "--resume", "--quiet"])).toEqual({
        exitCode: 0,
        stderr: "",
        stdout: "",
      });
      await sweepToFile(SPEC, "whole.csv", { workers: 2 });
      expect(readFileSync("disk/out.csv").equals(readFileSync("whole.csv"))).toBe(true);
    } finally {
      spawnSync("umount", ["disk"]);
    }
  });
});

describe("a process with too few file descriptors", () => {
  const list = "in_channels,out_channels,l_in,kernel_size\n".concat("1,1,2,3\n".repeat(200_000));
  const flags = Object.entries(SPEC.axes).flatMap(([name, values]) => [
    `--${name.replaceAll("_", "-")}`,
    values,
  ]);
  it.each<[string, readonly string[]]>([
    ["a sweep", ["sweep", ...flags, "--limit", "200000", "-o", "few/out.csv", "--resume"]],
    ["a compressed sweep", ["sweep", ...flags, "--limit", "200000", "-o", "few/out.csv.gz"]],
    ["a list", ["count", "--from", "list.csv", "-o", "few/out.csv"]],
    ["a merge", ["merge", "few/out.csv", "part.00000-of-00001.csv"]],
  ])(
    "ends with one message, without a lock, and with files that can be resumed: %s",
    async (_, command) => {
      writeFileSync("list.csv", list);
      expect(
        await said(["sweep", ...flags, "--shard", "0/1", "--force", "--quiet", "-o", "part.csv"]),
      ).toMatchObject({ exitCode: 0 });
      const codes = new Set<number | null>();
      // Below some number node itself does not start. The number differs between versions.
      for (let files = 14; files < 40; files++) {
        rmSync("few", { recursive: true, force: true });
        mkdirSync("few");
        const script = `ulimit -n ${files}; exec "$@"`;
        const { status, stderr } = spawnSync(
          "bash",
          ["-c", script, "bash", process.execPath, BINARY, ...command, "--quiet"],
          { encoding: "utf8" },
        );
        const left = readdirSync("few").sort();
        if (!stderr.startsWith("upsweep: ") && status !== 0) continue;
        codes.add(status);
        if (status === 0) break;
        expect([files, stderr]).toEqual([files, expect.stringMatching(/^upsweep: [^\n]+\n$/)]);
        expect(stderr).toMatch(/too many (open )?files|EMFILE/);
        if (stderr.includes("no worker")) expect(stderr).toContain("ulimit -n");
        expect([
          [],
          ["out.csv.partial", "out.csv.partial.json"],
          ["out.csv.gz.partial", "out.csv.gz.partial.json"],
        ]).toContainEqual(left);
      }
      expect(codes.has(0)).toBe(true);
      expect(codes.size).toBeGreaterThan(1);
    },
  );
});
