/**
 * Closed pipes, full disks and names with escape sequences: what each command does with its output.
 * Every command runs in its own process.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { BINARY, inTemporaryFolder } from "../support/cli.ts";
import { words } from "../support/text.ts";
import { IS_SLOW } from "../support/tier.ts";

inTemporaryFolder();

beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 1..4, out_channels: 64, kernel_size: 3, l_in: 1..40 }\n",
  );
  writeFileSync(
    "layers.csv",
    `in_channels,out_channels,kernel_size,l_in\n${"64,64,3,32\n".repeat(2000)}`,
  );
});

const LAYER = "--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32";

/** Commands that print to standard output. */
const PRINTING = [
  "--help",
  "--version",
  "count --help",
  "sweep --help",
  "help plan",
  "columns",
  "columns --json",
  "columns --markdown",
  "schema",
  `count ${LAYER}`,
  `count ${LAYER} --json`,
  "count --from layers.csv",
  "sweep grid.yaml",
  "sweep grid.yaml --workers 1 --quiet",
  "plan grid.yaml",
  "plan grid.yaml --exact",
  "verify grid.yaml",
  `compare ${LAYER}`,
  `compare ${LAYER} --json`,
  "compare --from layers.csv",
  "compare grid.yaml --markdown",
  "completions bash",
  "completions zsh",
  "completions fish",
];

/** All printing commands in the slow tier; in the fast tier every `step`-th, starting at `from`. */
const some = (from: number, step: number) =>
  PRINTING.filter((_, i) => IS_SLOW || i % step === from);

/** Commands that fail with a message on standard error. */
const FAILING = [
  "zebra",
  "sweep --zebra",
  "sweep nope.yaml",
  `count ${LAYER} --stride 0`,
  "columns --layer conv9d",
  "count --from nope.csv",
  "merge out.csv",
];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command after the reader has closed one of its streams. */
function withClosed(stream: "stdout" | "stderr", command: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [BINARY, ...command.split(" ")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      if (name === stream) child[name].destroy();
      else child[name].on("data", (text) => (said[name] += text));
    }
    child.on("close", (code, signal) => resolve({ code, signal, ...said }));
  });
}

function onFullDisk(stream: "stdout" | "stderr", command: string) {
  const full = openSync("/dev/full", "w");
  try {
    const stdio =
      stream === "stdout"
        ? (["ignore", full, "pipe"] as const)
        : (["ignore", "pipe", full] as const);
    return spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
      encoding: "utf8",
      stdio: [...stdio],
      maxBuffer: 1 << 26,
    });
  } finally {
    closeSync(full);
  }
}

describe("a command whose standard output fails", () => {
  it.each(some(0, 2))(
    "ends with exit code 0 and without a message when the reader closes the pipe: %s",
    async (command) => {
      const { code, signal, stderr } = await withClosed("stdout", command);
      expect([code, signal]).toEqual([0, null]);
      // The summary of a run may have been printed before.
      expect(stderr).not.toMatch(/upsweep:|at .*\.c?js|Error/);
    },
  );

  it.each(some(1, 2))(
    "ends with exit code 1 and one message when the disk is full: %s",
    (command) => {
      const { status, stderr } = onFullDisk("stdout", command);
      expect(status).toBe(1);
      expect(stderr.split("\n").filter((line) => line.startsWith("upsweep:"))).toEqual([
        expect.stringMatching(
          /^upsweep: standard output cannot be written: the disk is full\. Free some space or /,
        ),
      ]);
      expect(stderr).not.toMatch(/at .*\.c?js|Error/);
    },
  );
});

describe("a command whose standard error fails", () => {
  it.each(FAILING)("keeps the exit code of its error: %s", async (command) => {
    expect(await withClosed("stderr", command)).toEqual({
      code: 2,
      signal: null,
      stdout: "",
      stderr: "",
    });
    const { status, signal, stdout } = onFullDisk("stderr", command);
    expect([status, signal, stdout]).toEqual([2, null, ""]);
  });

  it.each(some(2, 4))("prints its result: %s", async (command) => {
    const whole = spawnSync(process.execPath, [BINARY, ...command.split(" ")], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    const timeless = (text: string) =>
      text.replace(/\([0-9.]+ s\)/, "").replace(/^(bytes|time) .*$/gm, "");
    const closed = await withClosed("stderr", command);
    expect([closed.code, timeless(closed.stdout)]).toEqual([0, timeless(whole.stdout)]);
    const full = onFullDisk("stderr", command);
    expect([full.status, timeless(full.stdout)]).toEqual([0, timeless(whole.stdout)]);
  });
});

describe("-o with the name of a pipe or of a descriptor", () => {
  const bash = (script: string) =>
    spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, NODE: process.execPath, BINARY },
    });
  const SWEEP = '"$NODE" "$BINARY" sweep grid.yaml --quiet';

  it.each([
    ["standard output in a pipe", `${SWEEP} -o /dev/stdout | cat`],
    ["by its number", `${SWEEP} -o /proc/self/fd/1 | cat`],
    ["standard error", `${SWEEP} -o /dev/stderr 2>&1 | cat`],
    [
      "a process substitution",
      `${SWEEP} -o >(cat > there.txt); while [ ! -s there.txt ]; do sleep 0.05; done; sleep 0.2; cat there.txt`,
    ],
    ["a link to a pipe", `ln -sf /dev/stdout link; ${SWEEP} -o link | cat`],
    ["a named pipe", `mkfifo named; { cat named & ${SWEEP} -o named; wait; }`],
    [
      "standard output in a file, where it stands",
      `{ echo before; ${SWEEP} -o /dev/stdout; echo after; } > there.csv; sed '1d;$d' there.csv`,
    ],
  ])("writes there: %s", (_, script) => {
    const { stdout, stderr } = bash(script);
    expect([stderr, stdout]).toEqual(["", bash(SWEEP).stdout]);
    expect(stdout.split("\n")).toHaveLength(4 * 40 + 2);
  });

  it("is refused where no such descriptor is open", () => {
    const { status, stderr } = bash(`${SWEEP} -o /dev/fd/8000`);
    expect([status, stderr]).toEqual([
      2,
      "upsweep: /dev/fd/8000 cannot be written: it is not open. Write elsewhere with -o.\n",
    ]);
  });

  it("ends quietly when its reader has enough", () => {
    expect(
      bash(`set -o pipefail; ${SWEEP} -o /dev/stdout --set in_channels=1..2000 | head -1`),
    ).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(/^batch_size,.*\n$/),
    });
  });
});

describe("names with escape sequences", () => {
  const RED = "\x1b[31mred\x07\x9b2J\u202e\nnext";
  const PRINTED = "\\x1b[31mred\\x07\\x9b2J\\u{202e}\\x0anext";
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [BINARY, ...args], { encoding: "utf8" });

  it.each<[string, string[]]>([
    ["an unknown command", [RED]],
    ["an unknown option", ["count", `--${RED}`]],
    ["an unknown option with a value", ["count", `--${RED}=${RED}`]],
    ["an invalid choice", ["sweep", "--method", RED]],
    ["the name of a spec", ["sweep", RED]],
    ["the name of a list", ["count", "--from", RED]],
    ["an output", ["sweep", "grid.yaml", "-o", `nowhere/${RED}`]],
    [
      "a value",
      ["count", ...words`--in-channels 64 --out-channels 64 --kernel-size 3 --l-in`, RED],
    ],
    ["a column", ["sweep", "grid.yaml", "--columns", RED]],
    ["a kind", ["columns", "--layer", RED]],
    ["an axis", ["sweep", "--axis", `${RED}=1`]],
    ["a shard", ["sweep", "grid.yaml", "--shard", RED]],
    ["the file of a merge", ["merge", RED]],
    ["a condition", ["sweep", "grid.yaml", "--where", RED]],
  ])("reach the terminal as escapes: %s", (_, args) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, ""]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must contain none of them
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(stderr.startsWith("upsweep: ")).toBe(true);
    expect(stderr).not.toMatch(/^next/m);
  });

  it("are shown in full where a file is named", () => {
    expect(run("sweep", RED).stderr).toBe(
      `upsweep: ${PRINTED} cannot be read: no such file or folder. Check the path.\n`,
    );
    expect(run(RED).stderr).toBe(`upsweep: unknown command '${PRINTED}'\nSee 'upsweep --help'.\n`);
    const { status, stderr } = run("sweep", "grid.yaml", "-o", `${RED}.csv`);
    expect([status, stderr.split("\n")[1]?.split(": ")[0]]).toEqual([0, `${PRINTED}.csv`]);
  });

  it("are escapes in tables and in JSON, which stays valid", () => {
    const name = "\x1b[31m\x9b2J\u202e\u{e0001}.csv";
    writeFileSync(
      name,
      "in_channels,out_channels,kernel_size,l_in,stride,padding\n64,64,3,32,2,1\n",
    );
    const table = run("compare", "--from", name);
    expect([
      table.status,
      table.stdout.includes("\\x1b[31m\\x9b2J\\u{202e}\\u{e0001}.csv:2: ConvTranspose1d("),
    ]).toEqual([0, true]);
    const json = run("compare", "--from", name, "--json");
    for (const text of [table.stdout, json.stdout]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the output must contain none of them
      expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u{e0001}]/u);
    }
    expect(JSON.parse(json.stdout).conventions[0].largest.location).toBe(`${name}:2`);
  });

  it("keep messages short when arguments are long", () => {
    expect(run(`--${"x".repeat(100_000)}`).stderr.length).toBeLessThan(300);
  });
});
