/**
 * The bars: performance targets relative to the limits of the machine, to other tools, and to
 * upsweep at another size. What a user starts as a process is timed as a complete process. Runs
 * that are compared alternate, so that a noisy machine disturbs both alike.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepToFile } from "../dist/index.js";
import { writeBatches } from "../dist/run/files/write.js";
import { countListRows } from "../dist/run/list/list.js";
import { fileSink } from "../dist/sink/file.js";
import { anchorRatio } from "./anchor.bench.js";
import { columnBars } from "./columns.bench.js";
import {
  type Bar,
  check,
  compile,
  flagsOf,
  median,
  millions,
  nanoseconds,
  pairedSpeedUp,
  peakMemory,
  quote,
  root,
  spaceOfRows,
} from "./harness.js";
import { duckdbRatio } from "./sweep.bench.js";

const VOCODER = root("examples/vocoder.yaml");
const CLI = root("dist/bin/cli.cjs");
const temporary = (name: string) => join(tmpdir(), `upsweep-bars-${process.pid}-${name}`);

const seconds = (run: () => unknown): number => {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
};
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Runs the program in a process, as a user does. */
function upsweep(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  check(status === 0, `upsweep ${args.join(" ")}: ${stderr}`);
}

/** Flushes what earlier runs have written to the disk, so that no run pays for another. */
function quietDisk(): void {
  execFileSync("sync");
}

async function asFastAsCopying(): Promise<Bar> {
  const [file, copy] = [temporary("swept.csv"), temporary("copied.csv")];
  try {
    upsweep("sweep", VOCODER, "-o", file);
    const pairs = Array.from({ length: 7 }, () => {
      rmSync(copy, { force: true });
      quietDisk();
      const copied = seconds(() => {
        execFileSync("cp", [file, copy]);
        // A sweep ends when its file is on the disk.
        execFileSync("sync", ["-d", copy]);
      });
      rmSync(file);
      quietDisk();
      return { copied, swept: seconds(() => upsweep("sweep", VOCODER, "-o", file)) };
    });
    check(
      readFileSync(file).equals(readFileSync(copy)),
      "the sweep gives the same bytes every time",
    );
    const ratio = median(pairs.map(({ copied, swept }) => swept / copied));
    return {
      what: "sweep of vocoder.yaml to a file, against cp of that file, both flushed to the disk",
      ours: quote(median(pairs.map(({ swept }) => swept))),
      theirs: quote(median(pairs.map(({ copied }) => copied))),
      ratio,
      bar: "at most 1.5",
      met: ratio <= 1.5,
    };
  } finally {
    for (const path of [file, copy]) rmSync(path, { force: true });
  }
}

async function rowsPerSecond(): Promise<Bar> {
  const rates: number[] = [];
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    const { rows } = await sweepToFile(VOCODER, "/dev/null", { workers: 2 });
    rates.push(Number(rows) / ((performance.now() - start) / 1000));
  }
  const rate = median(rates);
  return {
    what: "sweep of vocoder.yaml to /dev/null, including the start of the threads",
    ours: `${millions(rate)}`,
    theirs: "",
    ratio: rate / 20e6,
    bar: "20 M/s",
    met: rate >= 20e6,
  };
}

async function twoWorkers(): Promise<Bar> {
  const spec = { axes: { ...spaceOfRows(7).axes, l_in: "1..300" } };
  const run = (workers: number) => async () => sweepToFile(spec, "/dev/null", { workers });
  const { ratio, seconds: taken } = await pairedSpeedUp(run(1), run(2), 9);
  return {
    what: "30 M rows to /dev/null, two workers against one",
    ours: quote(taken[1]),
    theirs: quote(taken[0]),
    ratio,
    bar: "at least 1.85",
    met: ratio >= 1.85,
  };
}

/**
 * The geometries of examples/real-layers.csv: l_in, kernel_size, stride, padding, output_padding,
 * dilation.
 */
function realGeometries(): number[][] {
  const lines = readFileSync(root("examples/real-layers.csv"), "utf8").trim().split("\n").slice(1);
  return lines.map((line) =>
    line
      .replace(/"[^"]*"/g, "")
      .split(",")
      .slice(5, 11)
      .map(Number),
  );
}

interface Simulated {
  readonly taps: number;
  readonly covered: number;
  readonly nanoseconds: number;
}

/**
 * Enough rounds to be timed: about 2 ms for a layer that takes a nanosecond per product, with at
 * most 500 rounds.
 */
const roundsOf = ([lIn = 1, kernelSize = 1]: readonly number[]) =>
  Math.max(1, Math.min(500, Math.round(2e6 / (lIn * kernelSize))));

/** Times the simulation of the kernel, called directly: without the host, and without text. */
function simulateHere(geometries: readonly (readonly number[])[]): Simulated[] {
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(readFileSync(root("build/upsweep.release.wasm"))),
    { env: { abort() {} } },
  );
  const exports = instance.exports as Record<string, WebAssembly.Global> & {
    readonly memory: WebAssembly.Memory;
    setKind(kind: number): void;
    brokenRule(): number;
    computeOverlap(method: number, dimension: number): number;
  };
  const constant = (name: string): number => (exports[name] as WebAssembly.Global).value;
  const view = new DataView(exports.memory.buffer);
  const location = (name: string) => constant("LAYER_PTR") + 8 * constant(name);
  const set = (name: string, value: number) =>
    view.setBigUint64(location(name), BigInt(value), true);
  exports.setKind(0);
  for (const name of ["BATCH_SIZE", "IN_CHANNELS", "OUT_CHANNELS", "GROUPS"]) set(name, 1);
  const fields = ["L_IN", "KERNEL_SIZE", "STRIDE", "PADDING", "OUTPUT_PADDING", "DILATION"];
  const simulateAll = () =>
    geometries.map((geometry) => {
      for (const [i, field] of fields.entries()) set(field, geometry[i] as number);
      check(exports.brokenRule() === constant("NO_RULE"), "a real layer is legal");
      const rounds = roundsOf(geometry);
      const best = Math.min(
        ...Array.from({ length: 5 }, () =>
          seconds(() => {
            for (let i = 0; i < rounds; i++) exports.computeOverlap(constant("METHOD_SIMULATE"), 0);
          }),
        ),
      );
      const read = (name: string) => Number(view.getBigUint64(location(name), true));
      return {
        taps: read("DIMENSION_TAPS"),
        covered: read("DIMENSION_COVERED"),
        nanoseconds: (best * 1e9) / rounds,
      };
    });
  // The first pass warms up V8, which optimises code after it has run for a while.
  simulateAll();
  return simulateAll();
}

const totalNanoseconds = (all: readonly Simulated[]) =>
  all.reduce((sum, own) => sum + own.nanoseconds, 0);

/** Times the simulation of the same layers by another program, with one line for each layer. */
function simulateElsewhere(
  command: string,
  args: readonly string[],
  geometries: readonly (readonly number[])[],
): Simulated[] {
  const input = geometries
    .map((geometry) => `${[...geometry, roundsOf(geometry)].join(" ")}\n`)
    .join("");
  const lines = execFileSync(command, args, { input, encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [taps = 0, covered = 0, ns = 0] = line.split(" ").map(Number);
    return { taps, covered, nanoseconds: ns };
  });
}

function simulations(): Bar[] {
  const geometries = realGeometries();
  const ours = simulateHere(geometries);
  const against = (
    what: string,
    min: number,
    theirs: readonly Simulated[] | undefined,
    missing: string,
  ): Bar => {
    const bar = `at least ${min}`;
    if (!theirs)
      return { what, ours: nanoseconds(totalNanoseconds(ours) / 1e9), theirs: missing, bar };
    check(
      theirs.every(
        ({ taps, covered }, i) => taps === ours[i]?.taps && covered === ours[i]?.covered,
      ),
      `${what}: the same taps and covered`,
    );
    const ratio = totalNanoseconds(theirs) / totalNanoseconds(ours);
    return {
      what,
      ours: nanoseconds(totalNanoseconds(ours) / 1e9),
      theirs: nanoseconds(totalNanoseconds(theirs) / 1e9),
      ratio,
      bar,
      met: ratio >= min,
    };
  };
  const program = temporary("simulate");
  const c = compile("simulate.c", program) ? simulateElsewhere(program, [], geometries) : undefined;
  rmSync(program, { force: true });
  const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;
  const torch = hasTorch
    ? simulateElsewhere("/usr/bin/python3", [root("bench/native/simulate.py")], geometries)
    : undefined;
  return [
    against(
      "the 222 real layers simulated, against the plain loop in C (cc -O3 -march=native)",
      3,
      c,
      "skipped: no cc here",
    ),
    against(
      "the same, against PyTorch's convolution of ones (one thread)",
      200,
      torch,
      "skipped: no PyTorch here",
    ),
  ];
}

async function listRate(): Promise<Bar> {
  const [list, out] = [temporary("list.csv"), temporary("counted.csv")];
  try {
    const spec = {
      axes: {
        in_channels: [64, 128],
        out_channels: [32, 64],
        kernel_size: "2..51",
        stride: "1..10",
        l_in: "1..1250",
        groups: [1, 2],
        bias: [true, false],
      },
    };
    await sweepToFile(spec, out, { workers: 2 });
    execFileSync("sh", ["-c", `cut -d, -f1-11 '${out}' > '${list}'`]);
    const swept = execFileSync("sha256sum", ["-b", out], { encoding: "utf8" }).split(" ")[0];
    const count = async () =>
      writeBatches(
        countListRows(createReadStream(list, { highWaterMark: 1 << 20 }), "list", { workers: 2 }),
        new Uint8Array(0),
        await fileSink(out, { mayReplace: true }),
      );
    const rates: number[] = [];
    for (let i = 0; i < 5; i++) {
      rmSync(out);
      quietDisk();
      const start = performance.now();
      const { progress } = await count();
      rates.push(Number(progress.rows) / ((performance.now() - start) / 1000));
    }
    check(
      execFileSync("sha256sum", ["-b", out], { encoding: "utf8" }).split(" ")[0] === swept,
      "the list's rows are the sweep's rows",
    );
    const rate = median(rates);
    return {
      what: "count --from a list of 10 M rows to a file, two workers",
      ours: millions(rate),
      theirs: "",
      ratio: rate / 3e6,
      bar: "3 M/s",
      met: rate >= 3e6,
    };
  } finally {
    for (const path of [list, out]) rmSync(path, { force: true });
  }
}

function memory(): Bar {
  const [small, large] = [6, 8].map((exponent) =>
    median(
      Array.from({ length: 3 }, () => peakMemory("sweep", ...flagsOf(exponent), "-o", "/dev/null")),
    ),
  ) as [number, number];
  const ratio = large / small;
  return {
    what: "peak memory of a sweep of 10^8 rows, against one of 10^6",
    ours: mebibytes(large),
    theirs: mebibytes(small),
    ratio,
    bar: "at most 1.1, and 250 MB",
    met: ratio <= 1.1 && large < 250e6,
  };
}

function scaling(): Bar[] {
  const once = (exponent: number) =>
    seconds(() => upsweep("sweep", ...flagsOf(exponent), "-o", "/dev/null"));
  once(6);
  // The speed of the machine drifts over minutes. The runs that are compared with the longest one
  // are therefore before and after it.
  const times = new Map<number, number[]>([6, 7, 8, 9].map((exponent) => [exponent, []]));
  for (const exponent of [6, 7, 6, 7, 6, 7, 8, 8, 9, 8, 8])
    times.get(exponent)?.push(once(exponent));
  const taken = [...times].map(([exponent, all]) => ({ exponent, s: median(all) }));
  return taken.slice(1).map(({ exponent, s }, i): Bar => {
    const before = taken[i] as (typeof taken)[number];
    const ratio = s / before.s;
    return {
      what: `10^${exponent} rows to /dev/null, against 10^${exponent - 1}`,
      ours: quote(s),
      theirs: quote(before.s),
      ratio,
      bar: "at most 10.5",
      met: ratio <= 10.5,
    };
  });
}

function startUp(): Bar {
  const layer = [
    "count",
    "--in-channels",
    "1",
    "--out-channels",
    "1",
    "--kernel-size",
    "3",
    "--l-in",
    "2",
  ];
  const pairs = Array.from({ length: 21 }, () => ({
    empty: seconds(() => spawnSync(process.execPath, ["-e", "0"])),
    ours: seconds(() => upsweep(...layer)),
  }));
  const ratio = median(pairs.map(({ empty, ours }) => ours / empty));
  return {
    what: "count of one layer, against an empty Node process",
    ours: `${(1000 * median(pairs.map(({ ours }) => ours))).toFixed(0)} ms`,
    theirs: `${(1000 * median(pairs.map(({ empty }) => empty))).toFixed(0)} ms`,
    ratio,
    bar: "below 1.5",
    met: ratio < 1.5,
  };
}

/** Bytes of the files of the package and of its production dependencies. */
function installSize(): Bar {
  const packed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json"], {
      cwd: root("."),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  )[0] as { unpackedSize: number };
  const folders = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: root("."),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
    .trim()
    .split("\n")
    .slice(1);
  const bytesOf = (folder: string): number =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name !== "node_modules")
      .reduce(
        (sum, entry) =>
          sum +
          (entry.isDirectory()
            ? bytesOf(join(folder, entry.name))
            : entry.isFile()
              ? statSync(join(folder, entry.name)).size
              : 0),
        0,
      );
  const bytes = packed.unpackedSize + folders.reduce((sum, folder) => sum + bytesOf(folder), 0);
  return {
    what: "production install: the package and its dependencies",
    ours: mebibytes(bytes),
    theirs: "",
    ratio: bytes / 15e6,
    bar: "15 MB",
    met: bytes < 15e6,
  };
}

async function againstDuckdb(): Promise<Bar> {
  const { ours, theirs, ratio } = await duckdbRatio();
  return {
    what: "11.5 M rows to /dev/null, against DuckDB's COPY",
    ours: quote(ours),
    theirs: quote(theirs),
    ratio,
    bar: "at least 10",
    met: ratio >= 10,
  };
}

async function againstC(): Promise<Bar> {
  const what = [
    "sweep of vocoder.yaml with five batch sizes, one worker, CPU seconds against a C program",
    "written for this grid",
  ].join(" ");
  const bar = "at most 1.6";
  const found = await anchorRatio();
  if (!found) return { what, ours: "", theirs: "skipped: no cc here", bar };
  const { ours, theirs, ratio } = found;
  return { what, ours: quote(ours), theirs: quote(theirs), ratio, bar, met: ratio <= 1.6 };
}

export async function bars(): Promise<Bar[]> {
  const found: Bar[] = [];
  for (const bar of [
    asFastAsCopying,
    rowsPerSecond,
    againstC,
    againstDuckdb,
    columnBars,
    twoWorkers,
    simulations,
    listRate,
    memory,
    scaling,
    startUp,
    installSize,
  ]) {
    const answer = await bar();
    for (const own of [answer].flat()) {
      found.push(own);
      const figures = [own.ours, own.theirs, own.ratio?.toFixed(2)].filter(Boolean).join(", ");
      process.stderr.write(`${own.what}: ${figures} (${own.bar})\n`);
    }
  }
  return found;
}
