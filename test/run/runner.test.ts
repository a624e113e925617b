import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import workerThreads from "node:worker_threads";
import type { Piscina } from "piscina";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sweepToFile } from "../../src/library/sweep.ts";
import { countListRows } from "../../src/run/list/list.ts";
import { threadedRunner } from "../../src/run/runner.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { planOf } from "../support/sweeps.ts";
import { pattern } from "../support/text.ts";

inTemporaryFolder();

const pools: Piscina[] = [];
let filename: string | undefined;

/** The real pool, except that a test can replace its worker file and stop its threads. */
vi.mock("piscina", async (original) => {
  const { Piscina: Real } = await original<typeof import("piscina")>();
  class Watched extends Real {
    constructor(options: ConstructorParameters<typeof Real>[0]) {
      super({
        ...options,
        resourceLimits: { maxOldGenerationSizeMb: 48 },
        ...(filename !== undefined && { filename, env: process.env as Record<string, string> }),
      });
      pools.push(this);
    }
  }
  return { Piscina: Watched };
});

afterEach(() => {
  filename = undefined;
  pools.length = 0;
});

type How = "throw" | "exit" | "memory" | "load";

/**
 * From now on workers fail on some of their tasks, `times` times on each. Returns a function that
 * counts the failures.
 */
function failing(how: How, times: number, victims = 1): () => number {
  const folder = mkdtempSync("fails-");
  process.env.UPSWEEP_TEST_FAILS = JSON.stringify({ how, times, victims, folder });
  filename = fileURLToPath(new URL("../support/failing-worker.cjs", import.meta.url));
  return () =>
    readdirSync(folder).reduce((sum, name) => sum + readFileSync(`${folder}/${name}`).length, 0);
}

/** About 20 tasks. */
const SPEC = {
  axes: {
    l_in: "1..100",
    kernel_size: "4..13",
    stride: "1..10",
    in_channels: "1..10",
    out_channels: "1..10",
  },
  columns: ["macs"],
} as const;

describe("a sweep whose workers die", () => {
  it.each([
    ["throw", 1, 9],
    ["throw", 2, 9],
    ["exit", 1, 9],
    ["exit", 2, 1],
    ["memory", 1, 3],
    ["memory", 2, 1],
  ] as const)(
    "has each row once, from other workers (%s, %i times on each of %i tasks)",
    async (how, times, victims) => {
      await sweepToFile(SPEC, "whole.csv", { workers: 2 });
      const failures = failing(how, times, victims);
      const { rows } = await sweepToFile(SPEC, "out.csv", { workers: 2 });
      expect(failures()).toBeGreaterThanOrEqual(times);
      expect(rows).toBe(1_000_000n);
      expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
    },
  );

  it("survives threads that are terminated from outside at any time", async () => {
    const spec = { ...SPEC, axes: { ...SPEC.axes, l_in: "1..500" } };
    await sweepToFile(spec, "whole.csv", { workers: 2 });
    const running = sweepToFile(spec, "out.csv", { workers: 2 });
    let stopped = 0;
    const timer = setInterval(() => {
      const threads = pools[1]?.threads ?? [];
      const thread = threads[stopped % 2];
      if (stopped < 2 && thread) {
        stopped++;
        void thread.terminate();
      }
    }, 50);
    await running;
    clearInterval(timer);
    expect(stopped).toBeGreaterThan(0);
    expect(readFileSync("out.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });

  it.each([
    [
      "throw",
      /^3 workers in a row failed on the raw indices from [0-9]+ of grid 1: thrown by the test\. If memory is short/,
    ],
    [
      "exit",
      /^3 workers in a row failed on the raw indices from [0-9]+ of grid 1: worker exited with code: 7\. /,
    ],
    [
      "memory",
      pattern`
        3 workers in a row failed on the raw indices from ${/[0-9]+/} of grid 1: Worker terminated
        due to reaching memory limit
      `,
    ],
  ] as const)("ends with one message when a task fails three times (%s)", async (how, message) => {
    failing(how, 99);
    await expect(sweepToFile(SPEC, "bad.csv", { workers: 2 })).rejects.toThrow(message);
  });

  it("ends with one message when no worker can be started", async () => {
    failing("load", 0);
    await expect(sweepToFile(SPEC, "bad.csv", { workers: 2 })).rejects.toThrow(
      /^(no worker could be started|3 workers in a row failed on .*): not to be loaded\. /,
    );
    failing("load", 0);
    await expect(sweepToFile(SPEC, "bad.csv", { workers: 1 })).rejects.toThrow(
      "not to be loaded. If memory",
    );
  });

  it("ends with one message when the system allows no thread", async () => {
    const refused = Object.assign(new Error("EAGAIN"), { code: "ERR_WORKER_INIT_FAILED" });
    const spy = vi.spyOn(workerThreads, "Worker").mockImplementation(function refuse() {
      throw refused;
    });
    await expect(sweepToFile(SPEC, "bad.csv", { workers: 2 })).rejects.toThrow(
      "no worker could be started: the system allows no more threads. " +
        "If memory or threads are short, use fewer workers with --workers. ",
    );
    spy.mockRestore();
    expect(existsSync("bad.csv.partial")).toBe(false);
  });

  it("attributes the death of a worker to its running task, not to its queued ones", async () => {
    const runner = threadedRunner({ kind: "sweep", plan: planOf(SPEC), method: "closed" }, 1);
    const task = (grid: number) =>
      ({ kind: "range", grid, first: 0n, end: 1n, maxVisits: 1 }) as const;
    // A worker dies three times while it runs grid 0. Grid 1 is queued each time, and is rejected
    // after it.
    const deaths = [new Error("first"), new Error("second"), new Error("third")];
    const tries: [number, number] = [0, 0];
    const pool = pools[0] as Piscina;
    pool.run = async ({ grid }: { grid: 0 | 1 }) => {
      const attempt = tries[grid]++;
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt + grid));
      if (attempt < 3) throw deaths[attempt];
      return "done";
    };
    const [blamed, spared] = await Promise.allSettled([runner.run(task(0)), runner.run(task(1))]);
    await runner.close();
    expect(blamed).toMatchObject({ status: "rejected", reason: { code: "workersFailed" } });
    expect(spared).toEqual({ status: "fulfilled", value: "done" });
  });

  it("keeps its rows, and can be resumed", async () => {
    const flags = Object.entries(SPEC.axes).flatMap(([name, values]) => [
      `--${name.replaceAll("_", "-")}`,
      values,
    ]);
    const command = ["sweep", ...flags, "--columns", "macs", "-o", "kept.csv", "--workers", "2"];
    failing("throw", 99);
    const { exitCode, stderr } = await said(command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      pattern`
        upsweep: stopped after ${/[0-9,]+/} rows. Repeat the command with --resume to continue.
        |upsweep: 3 workers in a row failed on
      `,
    );
    filename = undefined;
    expect(await said([...command, "--resume", "--quiet"])).toMatchObject({ exitCode: 0 });
    await sweepToFile(SPEC, "whole.csv", { workers: 2 });
    expect(readFileSync("kept.csv").equals(readFileSync("whole.csv"))).toBe(true);
  });
});

describe("a list whose workers die", () => {
  const header = "in_channels,out_channels,kernel_size,stride,l_in\n";

  async function counted(): Promise<string> {
    const list = async function* () {
      yield Buffer.from(header);
      // Each chunk starts with a different digit, by which the failing worker identifies it.
      for (let channels = 1; channels < 10; channels++)
        yield Buffer.from(`${channels},2,3,2,10\n`.repeat(50_000));
    };
    let text = "";
    for await (const { buffers } of countListRows(list(), "list", {
      workers: 2,
      columns: ["macs"],
    }))
      for (const bytes of buffers) text += Buffer.from(bytes).toString();
    return text;
  }

  it.each(["throw", "exit"] as const)("has each row once, from other workers (%s)", async (how) => {
    const whole = await counted();
    const failures = failing(how, 1);
    const text = await counted();
    expect(failures()).toBeGreaterThan(0);
    expect(text === whole).toBe(true);
  });

  it("ends with one message when a chunk fails three times", async () => {
    failing("throw", 99);
    await expect(counted()).rejects.toThrow(
      /^3 workers in a row failed on a chunk of [0-9]+ bytes of the list: thrown by the test\. /,
    );
  });
});
