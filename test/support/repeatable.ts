/**
 * A failing random test prints how to repeat its case: `SEED` and `CASE` in the environment select
 * it.
 */
import { relative } from "node:path";
import { fc } from "@fast-check/vitest";
import { expect } from "vitest";

const { SEED, CASE } = process.env;

/** The command that runs only the failing case of the current test. */
function commandFor(seed: number, path: string): string {
  const { testPath = "", currentTestName = "" } = expect.getState();
  const name = (currentTestName.split(" > ").at(-1) ?? "").replace(/ \(with seed=.*$/, "");
  const file = relative(process.cwd(), testPath);
  // vitest reads the name as a regular expression, and the shell as a quoted word.
  const pattern = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("'", ".");
  const run = `npx vitest run --config test/vitest.config.ts ${file} -t '${pattern}'`;
  return `SEED=${seed} CASE=${path} ${run}`;
}

fc.configureGlobal({
  ...(SEED !== undefined && { seed: Number(SEED) }),
  ...(CASE !== undefined && { path: CASE }),
  reporter: (run) => {
    if (!run.failed) return;
    const repeat =
      run.counterexamplePath === null
        ? ""
        : `\nRepeat this case: ${commandFor(run.seed, run.counterexamplePath)}`;
    throw new Error(`${fc.defaultReportMessage(run)}${repeat}`, { cause: run.errorInstance });
  },
});
