/**
 * The anchor: a sweep of one grid, against a C program that is written for that grid alone. The
 * program is the plain loop nest of the grid. It joins the fixed cells of each level, copies them
 * into each row, and writes the numbers of the row with a four-digit table. Its time is the cost of
 * the rows on this machine, without plans, checks, threads and Node. A program that also keeps
 * texts of numbers for other rows would be faster.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, compile, cpuSeconds, median } from "./harness.js";

const VOCODER = fileURLToPath(new URL("../examples/vocoder.yaml", import.meta.url));
const CLI = fileURLToPath(new URL("../dist/bin/cli.cjs", import.meta.url));

/** vocoder.yaml with batch sizes from 1 as its outermost axis. */
export function anchorSpec(batchSizes: number): string {
  const source = readFileSync(VOCODER, "utf8");
  const spec = source.replace(/^axes:$/m, `axes:\n  batch_size: 1..${batchSizes}`);
  check(spec !== source, "vocoder.yaml has axes");
  return spec;
}

/** The SHA-256 of what a process writes to its standard output. */
async function checksum(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  const closed = once(child, "close");
  const hash = createHash("sha256");
  for await (const chunk of child.stdout) hash.update(chunk);
  check((await closed)[0] === 0, `${command} ends without an error`);
  return hash.digest("hex");
}

/**
 * The median CPU seconds of complete processes that write 31 M rows to /dev/null: our sweep with
 * one worker, including the start of Node, and the C program. The ratio is the median of
 * alternating runs. Undefined without a C compiler. Both write the same bytes for one batch size,
 * which is checked first.
 */
export async function anchorRatio(
  pairs = 7,
): Promise<{ ours: number; theirs: number; ratio: number } | undefined> {
  const temporary = (name: string) => join(tmpdir(), `upsweep-anchor-${process.pid}-${name}`);
  const [program, spec] = [temporary("vocoder"), temporary("vocoder.yaml")];
  const sweep = [CLI, "sweep", spec, "-o", "-", "--workers", "1", "--quiet"];
  try {
    if (!compile("vocoder.c", program)) return undefined;
    writeFileSync(spec, anchorSpec(1));
    check(
      (await checksum(program, ["1"])) === (await checksum(process.execPath, sweep)),
      "the C program writes the bytes of the sweep",
    );
    writeFileSync(spec, anchorSpec(5));
    const taken = Array.from({ length: pairs }, () => ({
      theirs: cpuSeconds(program, ["5"]),
      ours: cpuSeconds(process.execPath, sweep),
    }));
    return {
      ours: median(taken.map(({ ours }) => ours)),
      theirs: median(taken.map(({ theirs }) => theirs)),
      ratio: median(taken.map(({ ours, theirs }) => ours / theirs)),
    };
  } finally {
    for (const path of [program, spec]) rmSync(path, { force: true });
  }
}
