/**
 * Random damage to specs, lists and command lines: each input is processed correctly or refused
 * with a message. A stack trace, a message about a bug in upsweep, or silence is a failure.
 * `FUZZ=100000 npm run test:slow` is the long run.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, type Said, said } from "../support/cli.ts";
import { printed, text, words } from "../support/text.ts";
import { IS_SLOW } from "../support/tier.ts";

inTemporaryFolder();

/** Total number of inputs. */
const FUZZ = Number(process.env.FUZZ ?? (IS_SLOW ? 15_000 : 900));

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const SPECS = [...readdirSync(examples).filter((name) => name.endsWith(".yaml"))].map((name) =>
  readFileSync(examples + name, "utf8"),
);
SPECS.push(
  text`
    {"axes": {"in_channels": 1, "out_channels": [1, 2], "l_in": "1..9",
    "kernel_size": "stride + 1", "stride": "pow2(1, 8)"}, "where": "l_out > 3"}
  `,
  printed`
    layer: conv1d
    |axes: {in_channels: 4, out_channels: 4, l_in: 1..20:3, kernel_size: [1, 2],
    groups: divisors(in_channels)}
    |columns: [all]
    |bits: 16
  `,
  printed`
    grids:
    |- {name: a, variables: {hop: 4},
    axes: {in_channels: 1, out_channels: 1, l_in: hop, kernel_size: 3}}
    |- axes: {in_channels: 1, out_channels: 1, l_in: 2, 'kernel_size, stride': [[3, 1], [4, 2]]}
    |sample: {rows: 3, seed: 1}
    |columns: [name, l_out]
  `,
);
const LIST = readFileSync(`${examples}real-layers.csv`, "utf8").split("\n").slice(0, 12).join("\n");
const LISTS = [
  LIST,
  'in_channels,out_channels,kernel_size,l_in,bias,note\n1,2,3,4,true,x\n4,4,5,6,0,"a,""b""\nc"\n',
  "kernel_size,l_in,in_channels,out_channels\r\n3,4,1,1\r\n",
];

/** Fragments that people or programs may have written there. */
const FRAGMENTS = [
  ...[
    "0",
    "-1",
    "-0",
    "1e3",
    "0x10",
    "1_000",
    "2147483647",
    "2147483648",
    "9999999999999999999",
    "18446744073709551616",
    "1.5",
    ".5",
    "NaN",
    "Infinity",
    "1e999",
    "٣",
  ],
  ...[
    "true",
    "null",
    "~",
    "''",
    '""',
    "[]",
    "{}",
    "[[]]",
    "..",
    "1..",
    "..2",
    "5..1",
    "1..9:0",
    "1..2147483647",
    "pow2(1, 3)",
    "pow2(0, 8)",
    "divisors(0)",
    "divisors(12)",
  ],
  ...[
    "stride",
    "kernel_size",
    "l_in",
    "l_out",
    "macs",
    "hop",
    "padding",
    "dilation",
    "groups",
    "bias",
    "layer",
    "axes",
    "where",
    "columns",
    "grids",
    "variables",
    "sample",
    "name",
  ],
  ...[
    "+",
    "-",
    "*",
    "//",
    "/",
    "%",
    "**",
    "==",
    "<=",
    " and ",
    " or ",
    " not ",
    " in ",
    " if ",
    " else ",
    "(",
    ")",
    ",",
    ":",
    ": ",
    "- ",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "!!int ",
    "|\n",
    ">\n",
    "---\n",
    "...\n",
    "? ",
  ],
  ...[
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\u0000",
    "\ufeff",
    "\u2028",
    "\ud800",
    "é",
    "💥",
    '"',
    "'",
    "\\",
    "`",
    "$(id)",
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "%s%n",
  ],
];

/**
 * One edit: at a location from 0 to 1, `length` characters are replaced by a fragment, or by a copy
 * of the text at another location.
 */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.constantFrom(0, 0, 1, 2, 5, 40),
    by: fc.oneof(fc.constantFrom(...FRAGMENTS), fc.double({ min: 0, max: 1, noNaN: true })),
  }),
  { minLength: 1, maxLength: 6 },
);

function edited(
  text: string,
  changes: readonly { at: number; length: number; by: string | number }[],
): string {
  return changes.reduce((before, { at, length, by }) => {
    const location = Math.floor(at * before.length);
    const from = typeof by === "number" ? Math.floor(by * before.length) : 0;
    return (
      before.slice(0, location) +
      (typeof by === "number" ? before.slice(from, from + 30) : by) +
      before.slice(location + length)
    );
  }, text);
}

function isAnswered({ exitCode, stderr, stdout }: Said, input: string): void {
  const message = `${stderr}\n--- for:\n${JSON.stringify(input)}`;
  expect([0, 2], message).toContain(exitCode);
  expect(stderr + stdout, message).not.toMatch(/bug in upsweep|\n {4}at |\[object Object\]/);
  if (exitCode === 2)
    expect(stderr, message).toMatch(/^upsweep: .+[.?)]\n|See 'upsweep|^Examples:\n/);
}

describe("random damage", () => {
  const share = Math.ceil(FUZZ / 3);

  test.prop([fc.constantFrom(...SPECS), edits], { numRuns: share })(
    "specs are swept or refused with a message",
    async (text, changes) => {
      const spec = edited(text, changes);
      writeFileSync("spec.yaml", spec);
      isAnswered(
        await said(words`sweep spec.yaml --sample 50 -o out.csv --force --quiet --workers 1`),
        spec,
      );
    },
  );

  test.prop([fc.constantFrom(...LISTS), edits], { numRuns: share })(
    "lists are counted or refused with a message",
    async (text, changes) => {
      const list = edited(text, changes);
      writeFileSync("list.csv", list);
      isAnswered(
        await said(words`
          count --from list.csv -o out.csv --force --quiet --columns all --workers 1
        `),
        list,
      );
    },
  );

  const word = fc.constantFrom(
    ...[
      "count",
      "sweep",
      "plan",
      "verify",
      "compare",
      "columns",
      "schema",
      "merge",
      "--json",
      "--markdown",
      "--quiet",
      "--limit",
      "--sample",
      "--seed",
      "--where",
      "--set",
      "--axis",
    ],
    ...[
      "--variable",
      "--columns",
      "--method",
      "--check",
      "--shard",
      "--resume",
      "--workers",
      "--layer",
      "--bits",
      "--sample-rate",
      "--exact",
      "--skip-invalid",
      "--from",
      "list.csv",
    ],
    ...[
      "spec.yaml",
      "--in-channels",
      "--out-channels",
      "--kernel-size",
      "--l-in",
      "--stride",
      "1",
      "3",
      "1..4",
      "stride=2",
      "hop=1..3",
      "closed",
      "simulate",
      "conv1d",
      "0/2",
    ],
    ...["l_out,macs", "all", "--", "--help", "--bias", "--no-bias", "", "-o", "out.csv"],
  );
  test.prop([fc.array(word, { maxLength: 12 })], { numRuns: share })(
    "command lines run or are refused with a message",
    async (args) => {
      writeFileSync("spec.yaml", SPECS.at(-3) as string);
      writeFileSync("list.csv", LISTS[1] as string);
      isAnswered(await said(args), args.join(" "));
    },
  );
});

describe("defects found by random input", () => {
  it.runIf(existsSync("/proc/self/fd"))("closes the file of a refused list", async () => {
    const opened = () => readdirSync("/proc/self/fd").length;
    writeFileSync("list.csv", `kernel_size\n${"1\n".repeat(2_000_000)}`);
    const before = opened();
    for (let i = 0; i < 20; i++)
      expect((await said(words`count --from list.csv -o out.csv --force`)).exitCode).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(opened()).toBeLessThan(before + 5);
  });

  it("names invisible characters and line breaks in messages by their numbers", async () => {
    writeFileSync("list.csv", "\u2028kernel_size,l_in\u202e,in_channels,out_channels\n");
    expect((await said(["count", "--from", "list.csv"])).stderr).toMatch(
      /^upsweep: list\.csv:1: the column '\\u\{2028\}kernel_size' looks like kernel_size, but is not recognised\. /,
    );
    writeFileSync("spec.yaml", '"\u202eaxes": 1\n');
    expect((await said(["sweep", "spec.yaml"])).stderr).toMatch(
      /^upsweep: spec\.yaml:1:1: unknown key '\\u\{202e\}axes'\. Did you mean 'axes'\?/,
    );
  });
});
