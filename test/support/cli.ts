/**
 * The command line in the test's own process: its output and exit code. Rows are written to a file
 * or discarded.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { port, STDOUT } from "../../src/cli/terminal.ts";

/** The built binary, for tests that need a separate process. */
export const BINARY = fileURLToPath(new URL("../../dist/bin/cli.cjs", import.meta.url));

export interface Said {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stdout: string;
}

/**
 * Runs a command line. `stdout` contains printed text, but not rows written to the descriptor. A
 * terminal has 80 columns.
 */
export async function said(args: readonly string[], isTerminal = false): Promise<Said> {
  let [stderr, stdout] = ["", ""];
  const collect = (into: (text: string) => void) => (text: string | Uint8Array) => {
    into(text.toString());
    return true;
  };
  const spies = [
    vi.spyOn(port, "isTerminal").mockReturnValue(isTerminal),
    vi.spyOn(port, "write").mockImplementation((stream, text) => {
      if (stream === STDOUT) stdout += text;
      else stderr += text;
    }),
    vi.spyOn(process.stderr, "write").mockImplementation(collect((text) => (stderr += text))),
    vi.spyOn(process.stdout, "write").mockImplementation(collect((text) => (stdout += text))),
  ];
  try {
    return { exitCode: await main(args), stderr, stdout };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Gives the tests of a file a temporary folder, which is also their working directory. */
export function inTemporaryFolder(): void {
  let before: string;
  let folder: string;
  beforeAll(() => {
    before = process.cwd();
    folder = mkdtempSync(join(tmpdir(), "upsweep-"));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });
}
