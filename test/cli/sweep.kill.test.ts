/**
 * Processes that are killed with SIGKILL at random moments, and files that are damaged between
 * runs.
 */
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
import { shardName } from "../../src/run/resume/shard-name.ts";
import { BINARY } from "../support/cli.ts";
import { words } from "../support/text.ts";
import { IS_SLOW, slowIt } from "../support/tier.ts";

/**
 * Number of times a sweep is killed in all, and half the number of merges of damaged shards.
 * `KILLS=250` is the long run.
 */
const KILLS = Number(process.env.KILLS ?? (IS_SLOW ? 20 : 5));

/**
 * Determines what is damaged, and how; `KILL_SEED` repeats it. The moments of the kills are not
 * determined by it.
 */
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
let sampled = SEED;
/** A random whole number from 0 to below `end`. */
function random(end: number): number {
  sampled = (Math.imul(sampled, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((sampled / 2 ** 32) * end);
}

const folder = mkdtempSync(join(tmpdir(), "upsweep-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sweeps that write many row groups in seconds. */
const COLUMNAR = words`
  --l-in 1..1000 --in-channels 1..30 --out-channels 1..10 --kernel-size 4..13 --stride 1..8
  --columns macs,moduleprofiler
`;

/**
 * Sweeps that take seconds and write little: long layers, simulated. The long run adds one that
 * writes 1.4 GB.
 */
const SIMULATED = words`--l-in 70000 --in-channels 6 --out-channels 4 --method simulate`;
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
  parquet: COLUMNAR,
  "parquet-shard": [...COLUMNAR, "--shard", "1/2"],
  feather: COLUMNAR,
  ...(KILLS >= 100 && {
    arrow: COLUMNAR,
    closed: words`
      --l-in 1..1000 --in-channels 1..30 --out-channels 1..10 --kernel-size 4..13 --stride 1..10
      --columns macs
    `,
  }),
};

/** The extension of the output, and the file that a sweep writes for an output name. */
const ENDINGS: Readonly<Record<string, string>> = {
  compressed: ".csv.gz",
  parquet: ".parquet",
  "parquet-shard": ".parquet",
  feather: ".feather",
  arrow: ".arrows",
};
const endingOf = (name: string) => ENDINGS[name] ?? ".csv";
const fileOf = (name: string, out: string) =>
  name.endsWith("shard") ? shardName(out, { index: 1, of: 2 }) : out;

const argumentsOf = (name: string, out: string, workers: number) => [
  BINARY,
  "sweep",
  ...(SWEEPS[name] as readonly string[]),
  ...["--workers", String(workers), "-o", out, "--quiet"],
];

/**
 * Runs a process, and kills it after `killAfter` ms if it still runs. The exit code is null when it
 * was killed.
 */
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

/** Kinds of damage to files between two runs. */
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

/** Damages one of the existing files, and describes the damage. */
function damage(paths: readonly string[]): string {
  const there = paths.filter((path) => existsSync(path));
  const path = there[random(there.length)];
  const name = Object.keys(DAMAGES)[random(Object.keys(DAMAGES).length)] as string;
  if (path === undefined) return "empty";
  // Only manifests are edited as text: a gigabyte of rows does not fit a string.
  const isText = !/digit|number/.test(name) || statSync(path).size < 1e8;
  DAMAGES[isText ? name : "a bit flipped"]?.(path);
  return `${isText ? name : "a bit flipped"} in ${basename(path)}`;
}

/** One line whose remedy is --force: `start over with --force.`, `add --force to discard it.` */
const REFUSAL = /^upsweep: [^\n]*--force[^\n.]*\.\n$/;

/**
 * Restores files to their state before the damage. Unfinished rows without a manifest are removed:
 * they would have another inode, and upsweep recognises them by it.
 */
function restore(paths: readonly string[]): void {
  for (const path of paths) {
    const isKnown = !path.endsWith(".partial") || existsSync(`${path}.json.good`);
    rmSync(path, { force: true });
    if (isKnown && existsSync(`${path}.good`)) copyFileSync(`${path}.good`, path);
  }
  for (const path of paths) rmSync(`${path}.good`, { force: true });
}

describe("a sweep that is killed repeatedly while its files are damaged", () => {
  slowIt.each(Object.keys(SWEEPS))(
    "ends with a file that is byte-identical to an uninterrupted run, or is refused: %s",
    async (name) => {
      const whole = join(folder, `${name}${endingOf(name)}`);
      expect(await run(argumentsOf(name, whole, 2))).toEqual({ code: 0, stderr: "" });
      const expected = await hashOf(fileOf(name, whole));
      let kills = 0;
      let refusals = 0;
      while (kills < KILLS / Object.keys(SWEEPS).length) {
        const out = join(folder, `${name}-killed${endingOf(name)}`);
        const file = fileOf(name, out);
        const kept = [
          file,
          `${file}.json`,
          `${file}.partial`,
          `${file}.partial.json`,
          `${file}.partial.groups`,
        ];
        for (const path of kept) rmSync(path, { force: true });
        /** Damage that no run has met yet. */
        let unseen: string | undefined;
        for (let attempt = 0; ; attempt++) {
          const { code, stderr } = await run(
            [...argumentsOf(name, out, 1 + (attempt % 3)), "--resume"],
            100 + Math.random() * 2400,
          );
          if (code === 0) break;
          // The run with damaged files was killed before it had checked them.
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
          // Files are damaged between the two runs. The damage is detected, or has no effect.
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
        // Only two other files may be left. The manifest stays for the next --resume or for merge,
        // and the lock where the process was killed after its last step.
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

describe("damaged shards", () => {
  it.each([".csv", ".csv.gz", ".parquet", ".feather", ".arrows"])(
    "merge to the bytes that undamaged shards merge to, or are refused: out%s",
    async (ending) => {
      const sweep = words`
        sweep --in-channels 4,6 --out-channels 4 --l-in 1..300 --kernel-size 3..9 --stride 1..9
        --groups 1,2,3 --quiet
      `;
      const [out, whole] = [join(folder, `damaged${ending}`), join(folder, `undamaged${ending}`)];
      const shards = [0, 1, 2].map((index) => shardName(out, { index, of: 3 }));
      for (const index of shards.keys())
        await run([BINARY, ...sweep, "-o", out, "--shard", `${index}/3`]);
      await run([BINARY, "merge", whole, ...shards, "--quiet"]);
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
