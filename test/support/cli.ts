/** The command line in the test's own process: what it says, and its exit code. Rows go to a file or nowhere. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { port, STDOUT } from "../../src/cli/terminal.ts";

/** The built binary, for what needs a process of its own. */
export const BINARY = fileURLToPath(new URL("../../dist/bin/cli.cjs", import.meta.url));

export interface Said {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stdout: string;
}

/** Runs a command line. `stdout` holds what is printed; rows written to the descriptor do not. A terminal has 80 columns. */
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

/** A folder of its own for the tests of a file, which is also where they stand. */
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
