import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { fileSink } from "../../src/sink/file.ts";
import { takeLock } from "../../src/sink/lock.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { printed, words } from "../support/text.ts";

inTemporaryFolder();
afterEach(() => {
  for (const name of readdirSync(".")) rmSync(name);
});

/** A lock as a process writes it. */
function lockOfProcess(pid: number, { host = hostname(), began = startTimeOf(pid) } = {}): void {
  writeFileSync(
    "out.csv.partial.lock",
    `${JSON.stringify({ host, pid, began, lock: "another" })}\n`,
  );
}

const startTimeOf = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ")[19] as string;

const again = { mayReplace: true };

/** A process that is idle until it is killed. */
function idle() {
  return spawn("sleep", ["60"]);
}

describe("a file that is being written", () => {
  it("is refused to another process of this machine, also with --force and --resume", async () => {
    const other = idle();
    try {
      lockOfProcess(other.pid as number);
      const command = words`sweep --in-channels 1 --out-channels 1 --l-in 2 --kernel-size 3 -o out.csv`;
      for (const flags of [[], ["--force"], ["--resume"]]) {
        expect(await said([...command, ...flags])).toEqual({
          exitCode: 2,
          stderr: printed`
            upsweep: out.csv is being written by process ${other.pid}. Wait for it, or write
            elsewhere. If that process is not upsweep, remove out.csv.partial.lock.
          `,
          stdout: "",
        });
      }
      expect(readdirSync(".")).toEqual(["out.csv.partial.lock"]);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("is refused to this process, until it is finished", async () => {
    const sink = await fileSink("out.csv", again);
    await expect(fileSink("out.csv", again)).rejects.toThrow(
      `out.csv is being written by process ${process.pid}. `,
    );
    await sink.write(Buffer.from("1\n"));
    await sink.finish();
    expect(readdirSync(".")).toEqual(["out.csv"]);
    (await fileSink("out.csv", again)).abandon();
    expect(readdirSync(".")).toEqual(["out.csv"]);
  });

  it("is free immediately after its process was killed", async () => {
    const other = idle();
    lockOfProcess(other.pid as number);
    other.kill("SIGKILL");
    await new Promise((resolve) => other.on("exit", resolve));
    const sink = await fileSink("out.csv", again);
    expect(sink.isOurs()).toBe(true);
    await sink.finish();
    expect(readdirSync(".")).toEqual(["out.csv"]);
  });

  it.each<[string, () => void]>([
    [
      "its number now belongs to another process",
      () => lockOfProcess(process.ppid, { began: "1" }),
    ],
    ["its number now belongs to this process", () => lockOfProcess(process.pid, { began: "1" })],
    ["it is an earlier lock of this process", () => lockOfProcess(process.pid)],
    ["it belongs to another machine", () => lockOfProcess(process.ppid, { host: "elsewhere" })],
    ["the lock is empty", () => writeFileSync("out.csv.partial.lock", "")],
    ["the lock is another JSON file", () => writeFileSync("out.csv.partial.lock", '{"host":1}')],
  ])("is free when its process does not exist: %s", async (_, leave) => {
    leave();
    const sink = await fileSink("out.csv", again);
    expect(sink.isOurs()).toBe(true);
    sink.abandon();
    expect(readdirSync(".")).toEqual([]);
  });

  it("is free when its process has ended, but is still a zombie", async () => {
    // The shell becomes a sleep, which never waits for its child.
    const parent = spawn("bash", ["-c", "sleep 0.2 & echo $!; exec sleep 60"]);
    try {
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.on("data", (text) => resolve(Number(text))),
      );
      while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1")))
        await new Promise((resolve) => setTimeout(resolve, 5));
      lockOfProcess(pid);
      (await fileSink("out.csv", again)).abandon();
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it.each([
    ["is not readable", "openSync", "EACCES", "permission denied", ["out.csv.partial.lock"]],
    ["cannot be written", "writeFileSync", "ENOSPC", "the disk is full", []],
  ])("is refused when the lock %s", (_, call, code, reason, left) => {
    const failing = `const fs = require("node:fs"), { ${call} } = fs;
      fs.${call} = (...given) => {
        if ("${call}" === "writeFileSync" || String(given[0]).endsWith(".lock"))
          throw Object.assign(new Error("${code}"), { code: "${code}" });
        return ${call}(...given);
      };`;
    writeFileSync("failing.cjs", failing);
    if (code === "EACCES") lockOfProcess(process.ppid);
    const command = words`sweep --in-channels 1 --out-channels 1 --l-in 2 --kernel-size 3 -o out.csv`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", "./failing.cjs", BINARY, ...command],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([
      2,
      `upsweep: out.csv cannot be written: ${reason}. Write elsewhere with -o.\n`,
    ]);
    rmSync("failing.cjs");
    expect(readdirSync(".")).toEqual(left);
  });

  it("is not replaced when it gets its name while another run waits for it", async () => {
    // Taking over a dead process's lock takes a moment, in which the file appears.
    lockOfProcess(process.pid, { began: "1" });
    const other = fileSink("out.csv", { mayReplace: false });
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync("out.csv", "rows\n");
    await expect(other).rejects.toThrow("out.csv already exists.");
    expect(readFileSync("out.csv", "utf8")).toBe("rows\n");
    expect(readdirSync(".")).toEqual(["out.csv"]);
  });

  it("belongs to one of two runs that find a dead process's lock at the same time", async () => {
    lockOfProcess(process.pid, { began: "1" });
    const outcomes = await Promise.allSettled([
      takeLock("out.csv.partial", "out.csv"),
      takeLock("out.csv.partial", "out.csv"),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const outcome of outcomes)
      if (outcome.status === "fulfilled") expect(outcome.value.isHeld()).toBe(true);
  });
});

describe("a run whose file another machine has taken over", () => {
  const takenOver =
    "out.csv is now being written by another run: process 7 on elsewhere. This run stops without touching it.";

  it("detects it before the file gets its name, and changes nothing", async () => {
    const sink = await fileSink("out.csv", again);
    await sink.write(Buffer.from("ours\n"));
    lockOfProcess(7, { host: "elsewhere", began: "1" });
    rmSync("out.csv.partial");
    writeFileSync("out.csv.partial", "theirs\n");
    await expect(sink.flush()).rejects.toThrow(takenOver);
    await expect(sink.write(Buffer.from("more\n"))).rejects.toThrow(takenOver);
    await expect(sink.finish()).rejects.toThrow(takenOver);
    expect(() => sink.truncateAndSync(2)).toThrow(takenOver);
    sink.abandon();
    expect(readFileSync("out.csv.partial", "utf8")).toBe("theirs\n");
    expect(readdirSync(".")).toEqual(["out.csv.partial", "out.csv.partial.lock"]);
  });

  it("stops its sweep, whose manifest would be wrong, while the other run continues", async () => {
    const command = words`
      sweep --in-channels 1..40 --out-channels 1..40 --l-in 1..100 --kernel-size 1..40
      --stride 1..10
    `;
    const child = spawn(process.execPath, [BINARY, ...command, "--quiet", "-o", "out.csv"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (!existsSync("out.csv.partial.json"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    lockOfProcess(7, { host: "elsewhere", began: "1" });
    rmSync("out.csv.partial.json");
    expect([await ended, stderr.startsWith(`upsweep: ${takenOver}`)], stderr).toEqual([1, true]);
    expect(existsSync("out.csv.partial.json")).toBe(false);
    expect(existsSync("out.csv.partial")).toBe(true);
  });
});

it("one of several simultaneous sweeps into one name writes the file", async () => {
  const flags = words`
    sweep --in-channels 1..10 --out-channels 1 --l-in 1..40 --kernel-size 1..40 --quiet --force
    -o
  `;
  const run = (stride: number) =>
    new Promise<number | null>((resolve) => {
      spawn(process.execPath, [BINARY, ...flags, "out.csv", "--stride", String(stride)], {
        stdio: "ignore",
      }).on("exit", resolve);
    });
  const strides = [1, 2, 3, 4, 5, 6];
  const codes = await Promise.all(strides.map(run));
  expect(codes.every((code) => code === 0 || code === 2)).toBe(true);
  const text = readFileSync("out.csv", "utf8");
  const one = (stride: number) =>
    spawnSync(process.execPath, [BINARY, ...flags, "-", "--stride", String(stride)], {
      encoding: "utf8",
      maxBuffer: 1e9,
    }).stdout;
  const of = strides.find((stride) => one(stride) === text);
  expect(codes[strides.indexOf(of as number)]).toBe(0);
  expect(readdirSync(".")).toEqual(["out.csv"]);
});
