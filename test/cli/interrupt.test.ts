/** Ctrl-C and SIGTERM, sent to the built binary. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { BINARY, inTemporaryFolder } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

const upsweep = (command: string, input = "") =>
  spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
  });

describe("an interrupted command", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "keeps its rows on %s, prints how to resume, and exits with %i",
    async (signal, code) => {
      const vast =
        "--in-channels 1..1000 --out-channels 1..1000 --kernel-size 1..1000 --l-in 1..1000 -o vast.csv";
      for (const name of ["vast.csv.partial", "vast.csv.partial.json"])
        rmSync(name, { force: true });
      const child = spawn(process.execPath, [BINARY, "sweep", ...vast.split(" ")], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.on("data", (text) => (stderr += text));
      await expect
        .poll(() => existsSync("vast.csv.partial") && lstatSync("vast.csv.partial").size, {
          timeout: 20_000,
        })
        .toBeGreaterThan(1_000_000);
      child.kill(signal);
      const exitCode = await new Promise((resolve) => child.on("exit", resolve));
      expect(exitCode).toBe(code);
      expect(stderr).toMatch(
        /^upsweep: interrupted after [\d,]+ rows\. Repeat the command with --resume to continue\.\n$/,
      );
      expect([
        existsSync("vast.csv"),
        existsSync("vast.csv.partial"),
        existsSync("vast.csv.partial.json"),
      ]).toEqual([false, true, true]);
    },
  );

  it("ends on Ctrl-C while it looks for constant columns, and leaves no file", async () => {
    // No layer of stride 1 has holes, and only all rows show that.
    const vast = words`
      --in-channels 1..1000 --out-channels 1..1000 --kernel-size 1..1000 --l-in 1..1000
      --columns holes -o constant.csv --drop-constant
    `;
    const child = spawn(process.execPath, [BINARY, "sweep", ...vast], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    const started = "upsweep: looking for constant columns, before the first row is written\n";
    await expect.poll(() => stderr, { timeout: 20_000 }).toBe(started);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
    expect(stderr.slice(started.length)).toMatch(
      /^upsweep: interrupted in the search for constant columns after [\d,]+ rows\. No row was written\.\n$/,
    );
    expect(readdirSync(".").filter((name) => name.startsWith("constant.csv"))).toEqual([]);
  });

  it.each([
    ["sweep", ["-o", "hours.csv", "--check", "all"], "0 rows. hours.csv was not written."],
    [
      "sweep",
      words`-o hours.csv --method simulate --sample 1`,
      "0 rows. hours.csv was not written.",
    ],
    ["verify", [], "0 layers; no difference so far"],
    [
      "count",
      words`--from layer.csv -o hours.csv --method simulate`,
      "0 rows. hours.csv was not written.",
    ],
  ])(
    "ends on Ctrl-C while a single layer is simulated for hours: %s %j",
    async (command, flags, said) => {
      writeFileSync(
        "layer.csv",
        "in_channels,out_channels,kernel_size,l_in\n1,1,2147483647,2147483647\n",
      );
      const layer = flags.includes("--from")
        ? []
        : words`--in-channels 1 --out-channels 1 --kernel-size 2147483647 --l-in 2147483647`;
      const child = spawn(process.execPath, [BINARY, command, ...layer, ...flags], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      let stderr = "";
      child.stderr.on("data", (text) => (stderr += text));
      // The simulation has long started after a second of processor time. That is 100 hundredths of
      // a second, in the 14th field, after a name in parentheses.
      const worked = () =>
        Number(readFileSync(`/proc/${child.pid}/stat`, "latin1").split(") ")[1]?.split(" ")[11]);
      await expect.poll(worked, { timeout: 20_000 }).toBeGreaterThan(100);
      child.kill("SIGINT");
      expect(await new Promise((resolve) => child.on("exit", (code) => resolve(code)))).toBe(130);
      expect(stderr).toBe(`upsweep: interrupted after ${said}\n`);
      expect(readdirSync(".").filter((name) => name.startsWith("hours"))).toEqual([]);
      // The timeout is generous: the test is about whether the process reacts.
    },
    60_000,
  );

  it("ends immediately on a second Ctrl-C while a slow disk flushes, and can be resumed", async () => {
    // A disk that takes a minute to flush the remaining data.
    writeFileSync(
      "slow.cjs",
      `const fs = require("node:fs");
       fs.fdatasyncSync = () => {
         fs.writeSync(2, "flushing\\n");
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
       };`,
    );
    const space = words`
      --in-channels 1..60 --out-channels 1..50 --kernel-size 1..20 --l-in 1..200 --columns macs
      -o twice.csv
    `;
    const child = spawn(process.execPath, ["--require", "./slow.cjs", BINARY, "sweep", ...space], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
      if (stderr.includes("flushing")) child.kill("SIGINT");
    });
    await expect
      .poll(() => existsSync("twice.csv.partial.json") && lstatSync("twice.csv.partial").size, {
        timeout: 20_000,
      })
      .toBeGreaterThan(1_000_000);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)))).toBe(
      "SIGINT",
    );
    expect(stderr).toBe("flushing\n");
    expect(upsweep(`sweep ${space.join(" ")} --resume --quiet`)).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(upsweep(`sweep ${space.slice(0, -1).join(" ")} once.csv --quiet`).status).toBe(0);
    expect(readFileSync("twice.csv").equals(readFileSync("once.csv"))).toBe(true);
  });
});
