/** Writing rows to a file with a checkpoint, also while another run writes to the same name. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sumOf } from "../../../src/checksum.ts";
import { planSweep } from "../../../src/plan/plan.ts";
import { writeBatches } from "../../../src/run/files/write.ts";
import { Checkpoint } from "../../../src/run/resume/checkpoint.ts";
import { resumeTarget } from "../../../src/run/resume/start.ts";
import { sweepOnThreads } from "../../../src/run/threads.ts";
import { fileSink } from "../../../src/sink/file.ts";
import { type SpecInput, specFrom } from "../../../src/spec/read.ts";
import { inTemporaryFolder } from "../../support/cli.ts";

/**
 * Called before every operation on names in node:fs/promises. The operation fails when it rejects.
 */
let before: (operation: string, ...paths: string[]) => Promise<void> = async () => {};
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const wrapped = (name: "rename" | "link" | "unlink" | "open") =>
    Object.assign(async (...given: string[]) => {
      await before(name, ...given);
      return (real[name] as (...given: string[]) => Promise<unknown>)(...given);
    });
  return {
    ...real,
    rename: wrapped("rename"),
    link: wrapped("link"),
    unlink: wrapped("unlink"),
    open: wrapped("open"),
  };
});

inTemporaryFolder();
afterEach(() => {
  before = async () => {};
  for (const name of readdirSync(".")) rmSync(name, { recursive: true });
});

const SPEC: SpecInput = {
  axes: { in_channels: 1, out_channels: 1, l_in: "2..40", kernel_size: 3 },
};

describe("two runs on two machines", () => {
  /** Rewrites the lock as another machine would see it. */
  function seenFromElsewhere(): void {
    if (!existsSync("out.csv.partial.lock")) return;
    const lock = JSON.parse(readFileSync("out.csv.partial.lock", "utf8")) as { host: string };
    if (lock.host === hostname())
      writeFileSync("out.csv.partial.lock", `${JSON.stringify({ ...lock, host: "elsewhere" })}\n`);
  }

  async function run(
    plan: ReturnType<typeof planSweep>,
    onRow: () => Promise<void>,
  ): Promise<void> {
    const kept = (await resumeTarget(plan, "out.csv")) as NonNullable<
      Awaited<ReturnType<typeof resumeTarget>>
    >;
    const sink = await fileSink("out.csv", { mayReplace: true });
    const batches = async function* () {
      const sweep = sweepOnThreads(plan, { isSummed: true });
      for (;;) {
        const next = await sweep.next();
        if (next.done) return next.value;
        yield next.value;
        await onRow();
      }
    };
    await writeBatches(batches(), Buffer.from(plan.header), sink, {
      checkpoint: new Checkpoint(kept, sink, true),
    });
  }

  it("never name an unfinished file, at whatever step the second starts with --force or ends", async () => {
    const plans = [SPEC, { axes: { ...SPEC.axes, l_in: "50..60" } } as SpecInput].map((spec) =>
      planSweep(specFrom(spec)),
    ) as [never, never];
    const texts: string[] = [];
    for (const plan of plans) {
      await run(plan, async () => {});
      texts.push(readFileSync("out.csv", "utf8"));
      rmSync("out.csv");
    }
    const isGood = () => !existsSync("out.csv") || texts.includes(readFileSync("out.csv", "utf8"));
    let interleavings = 0;
    // `begin` is the step of the first run at which the second starts; `pause` is the step of the
    // second after which the first continues.
    for (let begin = 0; ; begin++) {
      let stepsOfFirst = 0;
      for (let pause = 0; ; pause++) {
        for (const name of readdirSync(".")) rmSync(name);
        let [steps, stepsOfSecond] = [0, 0];
        let second: Promise<unknown> | undefined;
        let goOn = () => {};
        let isPaused = false;
        const atStep = async () => {
          expect(isGood()).toBe(true);
          if (second === undefined) {
            if (steps++ < begin) return;
            seenFromElsewhere();
            const reached = new Promise<void>((resolve) => {
              goOn = resolve;
            });
            let release = () => {};
            const held = new Promise<void>((resolve) => {
              release = resolve;
            });
            inSecond = async () => {
              expect(isGood()).toBe(true);
              if (isPaused || stepsOfSecond++ < pause) return;
              isPaused = true;
              goOn();
              await held;
            };
            before = () => inSecond();
            second = run(plans[1], () => inSecond()).then(goOn, (error) => {
              goOn();
              return error;
            });
            await reached;
            seenFromElsewhere();
            letSecondGo = release;
            before = async () => expect(isGood()).toBe(true);
          }
        };
        let inSecond: () => Promise<void> = async () => {};
        let letSecondGo = () => {};
        before = atStep;
        const first = await run(plans[0], atStep).catch((error: Error) => error);
        stepsOfFirst = steps;
        letSecondGo();
        const other = await second;
        expect(isGood()).toBe(true);
        interleavings++;
        // One of them has written the file, and the other reports that it has not.
        const outcomes = [first, other].filter((outcome) => outcome instanceof Error) as Error[];
        for (const { message } of outcomes)
          expect(message).toMatch(
            /is now being written by another run|was removed, by someone or with its file system|cannot be written/,
          );
        if (outcomes.length < 2)
          expect(
            existsSync("out.csv"),
            `the second began at step ${begin} and paused at step ${pause}`,
          ).toBe(true);
        if (!isPaused || second === undefined) break;
      }
      if (stepsOfFirst <= begin) break;
    }
    expect(interleavings).toBeGreaterThan(20);
  });
});

const kept = {
  path: "out.csv",
  partial: "out.csv.partial",
  identity: { spec: "one" },
  rejectionReasons: [],
  compression: "none" as const,
  headerLines: 1n,
  isShard: false,
  keepsManifest: false,
};

it("a file whose number of lines differs from its rows does not get its name, and its rows are kept", async () => {
  const sink = await fileSink("out.csv", { mayReplace: false });
  const rows = Buffer.from("1,2\n3,4\n");
  const batches = async function* () {
    const progress = { done: 3n, rows: 3n, empty: 0n, rejected: [] };
    yield { buffers: [rows], progress, sum: sumOf(rows) };
    return progress;
  };
  await expect(
    writeBatches(batches(), Buffer.from("a,b\n"), sink, { checkpoint: new Checkpoint(kept, sink) }),
  ).rejects.toThrow(
    "2 lines were written for 3 rows, so the output stays in its .partial file. This is a bug in upsweep",
  );
  expect(readdirSync(".").sort()).toEqual(["out.csv.partial", "out.csv.partial.json"]);
  expect(readFileSync("out.csv.partial", "utf8")).toBe("a,b\n1,2\n3,4\n");
});
