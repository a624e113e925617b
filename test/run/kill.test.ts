import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nameOfPart } from "../../src/run/part.ts";
import { BINARY } from "../support/cli.ts";

/** How often a sweep is killed in all; `KILLS=200` for the long run. */
const KILLS = Number(process.env.KILLS ?? 8);

const folder = mkdtempSync(join(tmpdir(), "upsweep-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sweeps that take seconds and write little: long layers, simulated. In the long run also one that writes much, 1.4 GB. */
const SIMULATED = "--l-in 70000 --in-channels 6 --out-channels 4 --method simulate".split(" ");
const SWEEPS: Record<string, readonly string[]> = {
  grid: [...SIMULATED, "--kernel-size", "1..60", "--stride", "1..7", "--padding", "0..30", "--groups", "1,2,3"],
  sample: [...SIMULATED, "--kernel-size", "1..400", "--stride", "1..50", "--padding", "0..30", "--sample", "30000", "--seed", "5"],
  limit: [...SIMULATED, "--kernel-size", "1..60", "--stride", "1..7", "--padding", "0..30", "--limit", "20000"],
  part: [...SIMULATED, "--kernel-size", "1..60", "--stride", "1..7", "--padding", "0..30", "--shard", "1/2"],
  ...(KILLS >= 100 && {
    closed: "--l-in 1..1000 --in-channels 1..30 --out-channels 1..10 --kernel-size 4..13 --stride 1..10 --columns macs".split(" "),
  }),
};

/** The file that a sweep makes of the name that it is given. */
const fileOf = (name: string, out: string) => (name === "part" ? nameOfPart(out, { index: 1, of: 2 }) : out);

const argumentsOf = (name: string, out: string, workers: number) => [
  BINARY,
  "sweep",
  ...(SWEEPS[name] as readonly string[]),
  ...["--workers", String(workers), "-o", out, "--quiet"],
];

/** Runs a sweep, and kills it after so many milliseconds if it still runs. Returns its exit code, or null when it was killed. */
function run(args: readonly string[], killAfter?: number): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve({ code, stderr });
    });
  });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

describe("a sweep that is killed again and again", () => {
  it.each(Object.keys(SWEEPS))(
    "becomes the same file to the byte as one that was let alone: %s",
    async (name) => {
      const whole = join(folder, `${name}.csv`);
      expect(await run(argumentsOf(name, whole, 2))).toEqual({ code: 0, stderr: "" });
      const expected = await hashOf(fileOf(name, whole));
      let kills = 0;
      while (kills < KILLS / Object.keys(SWEEPS).length) {
        const out = join(folder, `${name}-killed.csv`);
        const file = fileOf(name, out);
        for (const path of [file, `${file}.json`]) rmSync(path, { force: true });
        for (let attempt = 0; ; attempt++) {
          const { code, stderr } = await run([...argumentsOf(name, out, 1 + (attempt % 3)), "--resume"], 100 + Math.random() * 2400);
          if (code === 0) break;
          expect({ code, stderr }).toEqual({ code: null, stderr: "" });
          kills++;
          // Killed when all was done but the process: the manifest is gone, and only the file is there.
          if (existsSync(out) && !existsSync(`${out}.partial.json`)) break;
        }
        expect(await hashOf(file)).toBe(expected);
        // Nothing else is left: of a part its manifest, and the lock where it was killed behind its last step.
        const left = readdirSync(folder).filter((path) => path.startsWith(`${name}-killed`) && !path.endsWith(".lock"));
        expect(left).toEqual((name === "part" ? [file, `${file}.json`] : [file]).map((path) => basename(path)));
      }
      expect(kills).toBeGreaterThan(0);
      process.stdout.write(`${name}: killed ${kills} times\n`);
    },
    1_200_000,
  );
});
