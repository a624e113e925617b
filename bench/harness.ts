/**
 * Shared by the benches: measurements, tables, and a description of the machine. The benches are
 * compiled to build/, at the same depth as bench/, so that relative paths hold.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { Bench } from "tinybench";

/** The path of a file of the project. */
export const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Bar {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  /** Ours / theirs or theirs / ours, as the bar says; absent if it could not be measured. */
  readonly ratio?: number;
  readonly bar: string;
  readonly met?: boolean;
}

export interface Section {
  readonly title: string;
  /** What the figures mean, in a sentence or two. */
  readonly says: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A function to time. The bench checks its answer first. */
export interface Contender {
  readonly name: string;
  /**
   * If it returns a promise, it must be declared `async`. Otherwise tinybench calls it once more,
   * without awaiting it, to find out.
   */
  readonly run: () => unknown;
}

/** The median seconds of each contender. They run in one process, one after the other. */
export async function medianSeconds(
  contenders: readonly Contender[],
  options: { seconds?: number; iterations?: number } = {},
): Promise<Map<string, number>> {
  const bench = new Bench({
    time: (options.seconds ?? 0.3) * 1000,
    iterations: options.iterations ?? 5,
    warmupIterations: 1,
    warmupTime: 0,
    throws: true,
  });
  for (const { name, run } of contenders) bench.add(name, run);
  await bench.run();
  return new Map(
    bench.tasks.map((task) => {
      if (task.result.state !== "completed") throw new Error(`${task.name}: ${task.result.state}`);
      return [task.name, task.result.latency.p50 / 1000];
    }),
  );
}

/**
 * How many times as fast `second` is as `first`: the median over pairs of runs. The runs alternate,
 * so that a noisy machine disturbs both alike.
 */
export async function pairedSpeedUp(
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
  pairs: number,
): Promise<{ ratio: number; seconds: readonly [number, number] }> {
  const timed = async (run: () => Promise<unknown>) => {
    const start = performance.now();
    await run();
    return (performance.now() - start) / 1000;
  };
  const taken: { ratio: number; seconds: readonly [number, number] }[] = [];
  for (let i = 0; i < pairs; i++) {
    const [a, b] = [await timed(first), await timed(second)];
    taken.push({ ratio: a / b, seconds: [a, b] });
  }
  return taken.sort((a, b) => a.ratio - b.ratio)[Math.floor(pairs / 2)] as (typeof taken)[number];
}

/**
 * Compiles a program of bench/native/ for this machine. The answer is false if that fails, as it
 * does without a C compiler.
 */
export function compile(source: string, program: string): boolean {
  const path = fileURLToPath(new URL(`../bench/native/${source}`, import.meta.url));
  return spawnSync("cc", ["-O3", "-march=native", "-o", program, path]).status === 0;
}

/**
 * The seconds and CPU seconds of a complete process with all its threads, user and system, to the
 * millisecond. Its output goes to /dev/null. Node measures only its own process, so bash measures.
 */
export function processTimes(
  command: string,
  args: readonly string[],
): { readonly seconds: number; readonly cpu: number } {
  const script = 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null 2>/dev/null';
  const times = execFileSync("bash", ["-c", `{ ${script}; } 2>&1`, "bash", command, ...args], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN] = times
    .split(" ")
    .map(Number);
  return { seconds, cpu: user + system };
}

/** The CPU seconds of a complete process, as of `processTimes`. */
export function cpuSeconds(command: string, args: readonly string[]): number {
  return processTimes(command, args).cpu;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** Stops the bench if an answer is wrong: a fast wrong answer is worth nothing. */
export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`wrong answer, nothing is timed: ${what}`);
}

/** SQL that counts the rows that one of two CSV files has and the other has not. */
export function differenceQuery(a: string, b: string): string {
  return `SELECT count(*) FROM (
    (FROM '${a}' EXCEPT ALL FROM '${b}') UNION ALL (FROM '${b}' EXCEPT ALL FROM '${a}')
  )`;
}

export function markdown({ title, says, head, rows }: Section): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `## ${title}`,
    "",
    line(head),
    line(head.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
    says,
  ].join("\n");
}

export function machine(): string {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model.trim()}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    process.platform,
    new Date().toISOString().slice(0, 10),
  ].join(", ");
}

export const quote = (s: number) => `${s.toFixed(2)} s`;

export function nanoseconds(seconds: number): string {
  const ns = seconds * 1e9;
  if (ns < 1000) return `${ns.toFixed(ns < 100 ? 1 : 0)} ns`;
  return ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(1)} ms`;
}

export function millions(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(2)} M/s`;
}

/**
 * The peak resident memory of a complete process in bytes, from VmHWM in /proc/self/status. Its
 * rusage would start from the memory of this process.
 */
export function peakMemory(...args: readonly string[]): number {
  const script = `
    const { main } = await import(${JSON.stringify(root("dist/cli/main.js"))});
    process.exitCode = await main(${JSON.stringify(args)});
    console.log((await import("node:fs")).readFileSync("/proc/self/status", "utf8"));
  `;
  const status = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** A space of 10^exponent rows, none rejected: the default columns, channels innermost. */
export const spaceOfRows = (exponent: number) => ({
  axes: {
    l_in: `1..${10 ** (exponent - 5)}`,
    kernel_size: "4..13",
    stride: "1..10",
    in_channels: "1..10",
    out_channels: "1..50",
    bias: [true, false],
  },
});

/** The flags of that space. */
export const flagsOf = (exponent: number) =>
  Object.entries(spaceOfRows(exponent).axes).flatMap(([name, values]) => [
    `--${name.replace("_", "-")}`,
    String(values),
  ]);
