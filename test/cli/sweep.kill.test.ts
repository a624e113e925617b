import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shardName } from "../../src/run/sweep/shard.ts";
import { BINARY } from "../support/cli.ts";
import { IS_SLOW, slowIt } from "../support/tier.ts";

/** How often a sweep is killed in all, and half of how often a merge gets damaged parts; `KILLS=250` for the long run. */
const KILLS = Number(process.env.KILLS ?? (IS_SLOW ? 20 : 5));

/** What is damaged, and how, follows from this number; `KILL_SEED` repeats it. When a process is killed does not. */
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
let sampled = SEED;
/** A whole number from 0 to below `end`. */
function random(end: number): number {
  sampled = (Math.imul(sampled, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((sampled / 2 ** 32) * end);
}

const folder = mkdtempSync(join(tmpdir(), "upsweep-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sweeps that take seconds and write little: long layers, simulated. In the long run also one that writes much, 1.4 GB. */
const SIMULATED = "--l-in 70000 --in-channels 6 --out-channels 4 --method simulate".split(" ");
const SWEEPS: Record<string, readonly string[]> = {
  grid: [
    ...SIMULATED,
    "--kernel-size",
    "1..60",
    "--stride",
    "1..7",
    "--padding",
    "0..30",
    "--groups",
    "1,2,3",
  ],
  sample: [
    ...SIMULATED,
    "--kernel-size",
    "1..400",
    "--stride",
    "1..50",
    "--padding",
    "0..30",
    "--sample",
    "30000",
    "--seed",
    "5",
  ],
  limit: [
    ...SIMULATED,
    "--kernel-size",
    "1..60",
    "--stride",
    "1..7",
    "--padding",
    "0..30",
    "--limit",
    "20000",
  ],
  shard: [
    ...SIMULATED,
    "--kernel-size",
    "1..60",
    "--stride",
    "1..7",
    "--padding",
    "0..30",
    "--shard",
    "1/2",
  ],
  compressed: [
    ...SIMULATED,
    "--kernel-size",
    "1..60",
    "--stride",
    "1..7",
    "--padding",
    "0..30",
    "--groups",
    "1,2,3",
    "--columns",
    "all",
  ],
  ...(KILLS >= 100 && {
    closed:
      "--l-in 1..1000 --in-channels 1..30 --out-channels 1..10 --kernel-size 4..13 --stride 1..10 --columns macs".split(
        " ",
      ),
  }),
};

/** The file that a sweep makes of the name that it is given. */
const endingOf = (name: string) => (name === "compressed" ? ".csv.gz" : ".csv");
const fileOf = (name: string, out: string) =>
  name === "shard" ? shardName(out, { index: 1, of: 2 }) : out;

const argumentsOf = (name: string, out: string, workers: number) => [
  BINARY,
  "sweep",
  ...(SWEEPS[name] as readonly string[]),
  ...["--workers", String(workers), "-o", out, "--quiet"],
];

/** Runs a sweep, and kills it after so many milliseconds if it still runs. Returns its exit code, or null when it was killed. */
function run(
  args: readonly string[],
  killAfter?: number,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const timer =
      killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
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

/** What can happen to files between two runs. */
const DAMAGES: Record<string, (path: string) => void> = {
  "a bit flipped": (path) => edit(path, (bytes) => flip(bytes, random(bytes.length))),
  zeros: (path) =>
    edit(path, (bytes) => {
      const at = random(bytes.length);
      return bytes.fill(0, at, Math.min(bytes.length, at + 4096));
    }),
  "a piece cut out": (path) =>
    edit(path, (bytes) => {
      const at = random(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(100))]);
    }),
  "a piece twice": (path) =>
    edit(path, (bytes) => {
      const at = random(bytes.length);
      return Buffer.concat([bytes.subarray(0, at + 50), bytes.subarray(at)]);
    }),
  "two blocks exchanged": (path) =>
    edit(path, (bytes) => {
      const half = Math.floor(bytes.length / 3);
      return Buffer.concat([
        bytes.subarray(half, 2 * half),
        bytes.subarray(0, half),
        bytes.subarray(2 * half),
      ]);
    }),
  "the end cut off": (path) => truncateSync(path, random(statSync(path).size)),
  "something appended": (path) =>
    edit(path, (bytes) => Buffer.concat([bytes, Buffer.from("1,2,3")])),
  removed: (path) => rmSync(path),
  emptied: (path) => truncateSync(path, 0),
  "a digit changed": (path) =>
    edit(path, (bytes) =>
      Buffer.from(
        bytes.toString("latin1").replace(/[0-9](?=[^0-9]*$)/, String(random(10))),
        "latin1",
      ),
    ),
  "a number changed": (path) =>
    edit(path, (bytes) => {
      const name = ["done", "rows", "bytes", "empty", "lines", "skip"][random(6)] as string;
      return Buffer.from(
        bytes
          .toString("latin1")
          .replace(new RegExp(`("${name}": "?)([0-9]+)`), `$1${random(1_000_000)}`),
        "latin1",
      );
    }),
};

function edit(path: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(readFileSync(path)));
}

function flip(bytes: Buffer, at: number): Buffer {
  if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  return bytes;
}

/** Damages one of the files that are there, and says what it has done. */
function damage(paths: readonly string[]): string {
  const there = paths.filter((path) => existsSync(path));
  const path = there[random(there.length)];
  const name = Object.keys(DAMAGES)[random(Object.keys(DAMAGES).length)] as string;
  if (path === undefined) return "empty";
  // Digits and numbers are those of manifests: rows of a gigabyte are no text that could be held.
  const isText = !/digit|number/.test(name) || statSync(path).size < 1e8;
  DAMAGES[isText ? name : "a bit flipped"]?.(path);
  return `${isText ? name : "a bit flipped"} in ${basename(path)}`;
}

const REFUSAL = /^upsweep: [^\n]*--force\.\n$/;

/** Files as they were before they were damaged. Unfinished rows without a manifest are not known under another inode: they stay away. */
function restore(paths: readonly string[]): void {
  for (const path of paths) {
    const isKnown = !path.endsWith(".partial") || existsSync(`${path}.json.good`);
    rmSync(path, { force: true });
    if (isKnown && existsSync(`${path}.good`)) copyFileSync(`${path}.good`, path);
  }
  for (const path of paths) rmSync(`${path}.good`, { force: true });
}

describe("a sweep that is killed again and again, and its files damaged", () => {
  slowIt.each(Object.keys(SWEEPS))(
    "becomes the same file to the byte as one that was not, or is refused: %s",
    async (name) => {
      const whole = join(folder, `${name}${endingOf(name)}`);
      expect(await run(argumentsOf(name, whole, 2))).toEqual({ code: 0, stderr: "" });
      const expected = await hashOf(fileOf(name, whole));
      let kills = 0;
      let refusals = 0;
      while (kills < KILLS / Object.keys(SWEEPS).length) {
        const out = join(folder, `${name}-killed${endingOf(name)}`);
        const file = fileOf(name, out);
        const kept = [file, `${file}.json`, `${file}.partial`, `${file}.partial.json`];
        for (const path of kept) rmSync(path, { force: true });
        /** Damage that no run has ended on yet. */
        let unseen: string | undefined;
        for (let attempt = 0; ; attempt++) {
          const { code, stderr } = await run(
            [...argumentsOf(name, out, 1 + (attempt % 3)), "--resume"],
            100 + Math.random() * 2400,
          );
          if (code === 0) break;
          // The run that was given damaged files was killed before it had looked at them.
          if (code === 2 && unseen !== undefined) {
            expect(stderr, unseen).toMatch(REFUSAL);
            refusals++;
            restore(kept);
            unseen = undefined;
            continue;
          }
          expect({ code, stderr }).toEqual({ code: null, stderr: "" });
          kills++;
          if (random(2) === 0) continue;
          // Between the two runs something happens to what is there. It is found out, or does no harm.
          if (unseen === undefined)
            for (const path of kept) if (existsSync(path)) copyFileSync(path, `${path}.good`);
          const what = `${damage(kept)} (KILL_SEED=${SEED})`;
          const after = await run(
            [...argumentsOf(name, out, 2), "--resume"],
            400 + Math.random() * 1000,
          );
          if (after.code === 0) expect(await hashOf(file), what).toBe(expected);
          else if (after.code !== null)
            expect(after, what).toEqual({ code: 2, stderr: expect.stringMatching(REFUSAL) });
          if (after.code === 0) break;
          if (after.code === null) {
            kills++;
            unseen = what;
            continue;
          }
          refusals++;
          restore(kept);
          unseen = undefined;
        }
        expect(await hashOf(file)).toBe(expected);
        for (const path of kept) rmSync(`${path}.good`, { force: true });
        // Nothing else is left: the manifest, for the next --resume or for merge, and the lock where it was killed after its last step.
        const left = readdirSync(folder).filter(
          (path) => path.startsWith(`${name}-killed`) && !path.endsWith(".lock"),
        );
        expect([
          [basename(file)],
          [file, `${file}.json`].map((path) => basename(path)),
        ]).toContainEqual(left);
      }
      expect(kills).toBeGreaterThan(0);
      process.stdout.write(
        `${name}: killed ${kills} times, refused to continue ${refusals} times\n`,
      );
    },
    1_200_000,
  );
});

describe("parts that are damaged", () => {
  it.each([".csv", ".csv.gz"])(
    "merge to the bytes of the whole, or are refused: out%s",
    async (ending) => {
      const sweep =
        "sweep --in-channels 4,6 --out-channels 4 --l-in 1..300 --kernel-size 3..9 --stride 1..9 --groups 1,2,3 --quiet".split(
          " ",
        );
      const [out, whole] = [join(folder, `damaged${ending}`), join(folder, `undamaged${ending}`)];
      const shards = [0, 1, 2].map((index) => shardName(out, { index, of: 3 }));
      for (const index of shards.keys())
        await run([BINARY, ...sweep, "-o", out, "--shard", `${index}/3`]);
      await run([BINARY, ...sweep, "-o", whole]);
      const expected = await hashOf(whole);
      const files = shards.flatMap((path) => [path, `${path}.json`]);
      const good = new Map(files.map((path) => [path, readFileSync(path)]));
      let merged = 0;
      for (let i = 0; i < 2 * KILLS; i++) {
        let what: string;
        if (random(8) === 0) {
          const [one, other] = [random(3), random(3)].map((index) => shards[index] as string) as [
            string,
            string,
          ];
          writeFileSync(one, good.get(other) as Buffer);
          writeFileSync(other, good.get(one) as Buffer);
          what = `${basename(one)} and ${basename(other)} exchanged`;
        } else {
          what = damage(files);
        }
        const { code, stderr } = await run([BINARY, "merge", out, ...shards, "--quiet"]);
        what += ` (KILL_SEED=${SEED})`;
        if (code === 0) {
          expect(await hashOf(out), what).toBe(expected);
          merged++;
        } else {
          expect([code, stderr, existsSync(out)], what).toEqual([
            2,
            expect.stringMatching(/^upsweep: [^\n]+\n$/),
            false,
          ]);
        }
        rmSync(out, { force: true });
        for (const [path, bytes] of good) writeFileSync(path, bytes);
      }
      process.stdout.write(`damaged${ending}: merged ${merged} of ${2 * KILLS} times\n`);
    },
    1_200_000,
  );
});
