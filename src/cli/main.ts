/**
 * The command line: the commands and their options. Each command runs from a file of its own, which
 * is loaded when the command is called.
 */

import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, Option } from "commander";
import { REPORT_BUG, UpsweepError } from "../errors.js";
import { BIG_INTS } from "../formats/json.js";
import { FORMAT_NAMES } from "../formats/registry.js";
import {
  DEFAULT_KIND,
  KIND_NAMES,
  type KindName,
  kindOf,
  kindsWith,
  type Parameter,
} from "../layers/kinds.js";
import { PARAMETERS, SETTINGS } from "../layers/parameters.js";
import { readRate } from "../layers/rate.js";
import { CHECKS } from "../plan/method.js";
import { ClosedPipe } from "../sink/sink.js";
import { flagOf } from "../spec/flags.js";
import { SAMPLE_MAX } from "../spec/spec.js";
import { equip } from "./equip.js";
import { AxisFlags, readDelimiter, readWholeNumber, SHELLS } from "./options.js";
import { readShard } from "./shard.js";
import { COLOR_CHOICES, chooseColor, complain, painter, STDOUT } from "./terminal.js";

/** Runs a command line, given without the program's name, and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  chooseColor(colorOf(args));
  try {
    await program(args[0]).parseAsync(args[0] === "-V" ? ["-v"] : [...args], { from: "user" });
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Prints what went wrong. Returns the exit code: 2 when the input is at fault, 1 otherwise. */
export function report(error: unknown): number {
  // The reader of standard output has closed the pipe, as `head` does.
  if (error instanceof ClosedPipe) return 0;
  // Help and version also end here, with exit code 0. Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UpsweepError) {
    complain(error.message);
    return error.isInputError ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  complain(`${message}. ${REPORT_BUG}`);
  return 1;
}

/** The value of --color, read before parsing so that parse errors are coloured too. */
function colorOf(args: readonly string[]): string {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const at = args.findIndex((arg) => arg === "--color" || arg.startsWith("--color="));
  const given =
    at < 0 || at >= end
      ? undefined
      : args[at] === "--color"
        ? args[at + 1]
        : args[at]?.slice("--color=".length);
  return COLOR_CHOICES.find((known) => known === given) ?? "auto";
}

function version(): string {
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  return version;
}

/**
 * The commands by name, in the groups of the help. `completions` is added separately, because it
 * needs all other commands.
 */
const COMMANDS: readonly (readonly [string, readonly (readonly [string, () => Command])[]])[] = [
  [
    "Layers:",
    [
      ["count", countCommand],
      ["compare", compareCommand],
    ],
  ],
  [
    "Design spaces:",
    [
      ["plan", planCommand],
      ["sweep", sweepCommand],
      ["merge", mergeCommand],
      ["verify", verifyCommand],
    ],
  ],
  [
    "Reference:",
    [
      ["columns", columnsCommand],
      ["schema", schemaCommand],
    ],
  ],
];

/**
 * The parser of command lines.
 *
 * @param first the first argument. If it names a command other than `completions`, only that
 *   command is built. Measured 2026-11-26: 99 ms of CPU instead of 108.
 */
function program(first?: string): Command {
  const upsweep = new Command("upsweep")
    .description(
      "Count the operations of transposed convolutions exactly, for one layer or a design space of billions",
    )
    .optionsGroup("General:")
    .version(version(), "-v, --version", "Print the version")
    .exitOverride()
    .addHelpText(
      "before",
      examples([
        [
          "upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32",
          "Count one layer, step by step",
        ],
        ["upsweep count --from layers.csv -o counted.csv", "Count every layer of a list"],
        ["upsweep sweep grid.yaml -o out.csv", "Count every layer of a grid"],
        ["upsweep plan grid.yaml", "Estimate the rows, bytes and time of a sweep"],
        ["upsweep compare --from layers.csv", "Compare other FLOP counters with the exact count"],
      ]),
    );
  const own = COMMANDS.flatMap(([, commands]) => commands).find(([name]) => name === first);
  for (const [group, commands] of own ? [["", [own]] as const] : COMMANDS) {
    upsweep.commandsGroup(group);
    for (const [, make] of commands) upsweep.addCommand(make());
  }
  if (own === undefined) {
    upsweep.commandsGroup("Reference:");
    upsweep.addCommand(completionsCommand(upsweep));
  }
  upsweep.helpCommand("help [command]", "Show the help of a command");
  for (const command of upsweep.commands) {
    command.copyInheritedSettings(upsweep);
    equip(command);
  }
  equip(upsweep);
  return upsweep;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function examples(lines: readonly (readonly [string, string])[]): string {
  return `${painter(STDOUT)("bold", "Examples:")}\n${lines.map(([command, meaning]) => `  ${command}\n      ${meaning}\n`).join("")}`;
}

function countCommand(): Command {
  const flags = new AxisFlags(false);
  const command = new Command("count")
    .description("Count one layer step by step, or every layer of a list")
    .addHelpText(
      "before",
      examples([
        [
          "upsweep count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2",
          "Count the smallest layer with an overlap",
        ],
        [
          "upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32 --json",
          "Write one layer as JSON",
        ],
        [
          "upsweep count --from layers.csv -o counted.csv",
          "Read a CSV with one column per parameter, and append the results as columns",
        ],
        [
          "cat layers.csv | upsweep count --from - --columns ops,macs | head",
          "Read from a pipe and write to a pipe",
        ],
      ]),
    );
  addParameterOptions(command, flags, "<n>");
  return command
    .addOption(outputSizeOption())
    .optionsGroup("A list of layers:")
    .option("--from <file>", "Read layers from a CSV or JSON Lines FILE; - is standard input")
    .addOption(delimiterOption())
    .addOption(carryOption())
    .option(
      "--skip-invalid",
      "Reject illegal layers and count them, instead of stopping at the first",
    )
    .addOption(errorsOption())
    .option(
      "--verify-results",
      "Compare the results in the list with the counts, and stop at the first difference",
    )
    .option("--total", "Append a row of totals")
    .option("--total-to <file>", "Write the totals to FILE as JSON; - is standard output")
    .optionsGroup("Output:")
    .addOption(columnsOption())
    .option("-o, --output <file>", "Write the results to FILE; - is standard output", "-")
    .option("--force", "Replace FILE if it exists")
    .option("--json", "For one layer, write JSON")
    .addOption(formatOption("With --from: "))
    .addOption(bigIntsOption("In JSON and JSON Lines: "))
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(methodOption())
    .addOption(checkOption("With --from: "))
    .addOption(workersOption())
    .action(async (options) => {
      if (options.from === undefined) await (await import("./count.js")).countOne(flags, options);
      else await (await import("./list.js")).countList(flags, options);
    });
}

/** A command on a grid, which is read from a file or from options. */
function gridCommand(
  name: string,
  description: string,
  lines: readonly (readonly [string, string])[],
): { command: Command; flags: AxisFlags } {
  const flags = new AxisFlags();
  const command = new Command(name)
    .description(description)
    .argument("[spec]", "File with a grid, in YAML or JSON")
    .addHelpText("before", examples(lines));
  addParameterOptions(command, flags, "<values>");
  command
    // Grids have no output size. The hidden option leads to a message that says what to write.
    .addOption(outputSizeOption().hideHelp(name !== "compare"))
    .optionsGroup("Grid:")
    .addOption(
      new Option(
        "--axis <name=values>",
        "Add an axis by name; several names, separated by commas, change together",
      ).argParser((text: string) => flags.giveAxis(text)),
    )
    .addOption(
      new Option("--variable <name=values>", "Add a variable that expressions can use").argParser(
        (text: string) => flags.giveVariable(text),
      ),
    )
    .addOption(
      new Option(
        "--set <name=values>",
        "Replace an axis or variable of the spec; repeatable",
      ).argParser(collected),
    )
    .addOption(
      new Option(
        "--where <condition>",
        "Keep only layers that match the condition; repeatable",
      ).argParser(collected),
    )
    .addOption(
      new Option(
        "--distinct",
        "Write each layer once: reject layers that an earlier grid also has",
      ),
    )
    .addOption(
      new Option("--sample <n>", "Sample N raw indices uniformly, instead of all").argParser(
        (text) => readWholeNumber("--sample", text, 1, SAMPLE_MAX),
      ),
    )
    .addOption(
      new Option("--seed <n>", "Seed of the sample (default: 0)").argParser((text) =>
        readWholeNumber("--seed", text, 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .optionsGroup("Output:")
    .addOption(columnsOption());
  return { command, flags };
}

/** Collects the values of an option that can be given several times. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function sweepCommand(): Command {
  const { command, flags } = gridCommand("sweep", "Write a row for every legal layer of a grid", [
    ["upsweep sweep grid.yaml -o out.csv", "Read a grid from a file"],
    [
      "upsweep sweep --l-in 32..256:32 --kernel-size 3,5,7 --stride 1..4 --in-channels 64 --out-channels 64",
      "Give a grid as options; the last axis changes fastest",
    ],
    [
      "upsweep sweep --stride 2..8 --kernel-size '2 * stride' --padding 'stride // 2' --l-in 32 --in-channels 64 --out-channels 64 --where 'l_out == stride * l_in'",
      "Use axes that depend on others, and a condition",
    ],
    [
      "upsweep sweep grid.yaml --set l_in=1..100 --sample 100000 --seed 7 -o some.csv",
      "Change one axis of the file, and sweep a sample",
    ],
    [
      "upsweep sweep grid.yaml --columns l_out,ops,macs --limit 3",
      "Choose other result columns, and write three rows",
    ],
    [
      "upsweep sweep grid.yaml -o out.csv --resume",
      "Continue after an interruption; the result is byte-identical",
    ],
    [
      "upsweep sweep grid.yaml -o out.csv --shard 3/16 --resume",
      "Write one of 16 shards, out.00003-of-00016.csv; 'upsweep merge out.csv' merges them",
    ],
  ]);
  return command
    .option(
      "-o, --output <file>",
      "Write rows to FILE; - is standard output, cut to the first rows on a terminal",
      "-",
    )
    .option("--force", "Replace FILE if it exists, and discard an interrupted sweep into it")
    .addOption(formatOption())
    .addOption(bigIntsOption("In JSON Lines: "))
    .option(
      "--resume",
      "Continue an interrupted sweep into FILE; with nothing to resume, start from the beginning",
    )
    .option("--trust", "With --resume: do not verify the checksum of the existing rows")
    .addOption(
      new Option(
        "--shard <i/n>",
        "Sweep shard I of N, counted from 0, into its own file; auto or auto/N takes I from an array job",
      ).argParser((text: string) => readShard(text)),
    )
    .addOption(
      new Option("--limit <n>", "Stop after N rows").argParser((text) =>
        readWholeNumber("--limit", text, 1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(methodOption())
    .addOption(checkOption())
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./sweep.js")).sweep(spec, flags, options));
}

function mergeCommand(): Command {
  return new Command("merge")
    .description("Merge shards into the file an unsharded sweep would have written")
    .argument("<output>", "File to write")
    .argument(
      "[shards...]",
      "Shards, in any order (default: those next to the output, found by name)",
    )
    .addHelpText(
      "before",
      examples([
        [
          "upsweep merge out.csv",
          "Merge out.00000-of-00016.csv to out.00015-of-00016.csv, and keep them",
        ],
        [
          "upsweep merge all.csv node1/out.00000-of-00002.csv node2/out.00001-of-00002.csv",
          "Merge shards from other folders, each next to its .json",
        ],
      ]),
    )
    .optionsGroup("Output:")
    .option("--force", "Replace the output if it exists")
    .option("--trust", "Do not verify the checksums of the shards")
    .addOption(quietOption())
    .action(async (output, shards, options) =>
      (await import("./merge.js")).merge(output, shards, options),
    );
}

function planCommand(): Command {
  const { command, flags } = gridCommand(
    "plan",
    "Show the loop nest of a grid, its raw size, and an estimate of rows, bytes and time",
    [
      ["upsweep plan grid.yaml", "Check a grid before a long sweep"],
      ["upsweep plan grid.yaml --exact", "Count the rows without writing them"],
    ],
  );
  return command
    .option(
      "--exact",
      "Count the rows, and the layers that each rule rejects, by visiting every layer",
    )
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./plan.js")).plan(spec, flags, options));
}

function verifyCommand(): Command {
  const { command, flags } = gridCommand(
    "verify",
    "Compare simulation and closed form on the layers of a grid",
    [
      ["upsweep verify grid.yaml --sample 100000", "Verify a uniform sample of layers"],
      [
        "upsweep verify --l-in 1..8 --kernel-size 1..6 --stride 1..6 --padding 0..8 --in-channels 1 --out-channels 1",
        "Verify every layer",
      ],
    ],
  );
  return command
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./verify.js")).verify(spec, flags, options));
}

function compareCommand(): Command {
  const { command, flags } = gridCommand(
    "compare",
    "Compare other FLOP counters with the exact count, and explain the differences",
    [
      [
        "upsweep compare --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32",
        "Compare one layer by every convention, with reasons",
      ],
      [
        "upsweep compare --from examples/real-layers.csv",
        "Compare a list: how often each counter is exact, and how far off",
      ],
      ["upsweep compare grid.yaml --sample 100000 --json", "Compare a sample of a design space"],
    ],
  );
  return command
    .optionsGroup("A list of layers:")
    .option("--from <file>", "Read layers from a CSV or JSON Lines FILE; - is standard input")
    .addOption(delimiterOption())
    .addOption(carryOption())
    .option(
      "--skip-invalid",
      "Reject illegal layers and count them, instead of stopping at the first",
    )
    .optionsGroup("Output:")
    .addOption(new Option("--json", "Write JSON").conflicts("markdown"))
    .addOption(bigIntsOption())
    .option("--markdown", "Write a Markdown table")
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./compare.js")).compare(spec, flags, options));
}

function columnsCommand(): Command {
  return new Command("columns")
    .description("List every column with its meaning")
    .addHelpText(
      "before",
      examples([
        ["upsweep columns", "Print a table"],
        ["upsweep columns --layer conv_transpose2d", "List the columns of another kind of layer"],
        ["upsweep columns --json", "Print JSON"],
      ]),
    )
    .optionsGroup("Layers:")
    .addOption(layerOption())
    .optionsGroup("Output:")
    .addOption(new Option("--json", "Write JSON").conflicts("markdown"))
    .option("--markdown", "Write Markdown tables")
    .action(async (options) => (await import("./columns.js")).columns(options));
}

function schemaCommand(): Command {
  return new Command("schema")
    .description("Print the JSON Schema of a spec, for editors")
    .addHelpText(
      "before",
      examples([
        [
          "upsweep schema > upsweep.schema.json",
          "Then begin specs with: # yaml-language-server: $schema=upsweep.schema.json",
        ],
      ]),
    )
    .action(async () => (await import("./schema.js")).schema());
}

function completionsCommand(upsweep: Command): Command {
  return new Command("completions")
    .description("Print a script that completes command lines in a shell")
    .addArgument(new Argument("<shell>", "Shell to complete in").choices(SHELLS))
    .addHelpText(
      "before",
      examples([
        ['eval "$(upsweep completions bash)"', "Put this line in ~/.bashrc"],
        [
          "upsweep completions zsh > ~/.zfunc/_upsweep",
          "Put fpath+=(~/.zfunc) before compinit in ~/.zshrc",
        ],
        [
          "upsweep completions fish > ~/.config/fish/completions/upsweep.fish",
          "Install the completions for fish",
        ],
      ]),
    )
    .action(async (shell) => (await import("./completions.js")).completions(upsweep, shell));
}

/** Adds one option per parameter. `flags` keeps the values in the order in which they are given. */
function addParameterOptions(
  command: Command,
  flags: AxisFlags,
  argument: "<n>" | "<values>",
): void {
  command.optionsGroup("Layers:").addOption(layerOption());
  const add = ({ name, type, meaning, default: usual }: Omit<Parameter, "base" | "dimension">) => {
    const quote = type === "boolean" && argument === "<n>" ? "<true|false>" : argument;
    const needed = neededBy(kindsWith(name));
    const value =
      usual === undefined ? needed : `default: ${type === "boolean" ? usual === 1 : usual}`;
    command.addOption(
      new Option(`${flagOf(name)} ${quote}`, `${capitalised(meaning)} (${value})`).argParser(
        (text: string) => flags.give(name, text),
      ),
    );
  };
  for (const parameter of PARAMETERS) add(parameter);
  command.addOption(
    new Option("--no-bias", "Same as --bias false").argParser(() => flags.give("bias", "false")),
  );
  // 2-d and 3-d layers have their own lengths, and linear layers have features in place of
  // channels. --kernel-size and similar options set all dimensions.
  for (const parameter of [kindOf("conv_transpose3d"), kindOf("linear")].flatMap(
    ({ parameters }) => parameters,
  ))
    if (parameter.name !== parameter.base && !parameter.name.includes(".")) add(parameter);
  for (const { name, meaning, min, max, ...rest } of SETTINGS) {
    const usual = "default" in rest ? ` (default: ${rest.default})` : "";
    const flag = flagOf(name);
    const read = (text: string) =>
      name === "sample_rate" ? readRate(text, flag) : readWholeNumber(flag, text, min, max);
    command.addOption(new Option(`${flag} <n>`, `${capitalised(meaning)}${usual}`).argParser(read));
  }
}

/** Which kinds of layers require a parameter, in the fewest words. */
function neededBy(kinds: readonly KindName[]): string {
  const others = KIND_NAMES.filter((kind) => !kinds.includes(kind));
  if (others.length === 0) return "required";
  return others.length < kinds.length
    ? `required, except for ${others.join(", ")}`
    : `required for ${kinds.join(", ")}`;
}

function formatOption(onlyWith = ""): Option {
  return new Option(
    "--format <name>",
    capitalised(
      `${onlyWith}format of the rows: ${FORMAT_NAMES.slice(0, -1).join(", ")} or ${FORMAT_NAMES.at(-1)} (default: from the extension of the output)`,
    ),
  );
}

function delimiterOption(): Option {
  return new Option(
    "--delimiter <character>",
    "Character between fields (default: detected from the header)",
  ).argParser(readDelimiter);
}

function carryOption(): Option {
  return new Option(
    "--carry <names>",
    "Copy these columns as labels, though they look like parameters; repeatable",
  ).argParser(collected);
}

function errorsOption(): Option {
  return new Option(
    "--errors <how>",
    "At an invalid row, stop (the default), or write the message into a last column, error",
  ).choices(["stop", "row"]);
}

function layerOption(): Option {
  return new Option(
    "--layer <kind>",
    `Kind of the layers: ${KIND_NAMES.join(", ")}, or PyTorch's class, such as ConvTranspose2d (default: ${DEFAULT_KIND})`,
  );
}

function columnsOption(): Option {
  return new Option(
    "--columns <names>",
    "Result columns or groups, in order, for example l_out,ops,conventions; see 'upsweep columns'",
  );
}

function outputSizeOption(): Option {
  return new Option(
    "--output-size <n>",
    "For one layer, choose the output_padding that gives this length, as PyTorch's output_size does",
  );
}

function bigIntsOption(where = "With --json: "): Option {
  return new Option(
    "--big-ints <type>",
    `${where}write integers as exact numbers (the default) or as strings; JavaScript's JSON.parse rounds numbers beyond 2^53`,
  ).choices(BIG_INTS);
}

function methodOption(): Option {
  return new Option(
    "--method <name>",
    "Count overlaps by closed form or by simulation; the results are the same",
  )
    .choices(["closed", "simulate"])
    .default("closed");
}

function checkOption(onlyWith = ""): Option {
  return new Option(
    "--check <what>",
    capitalised(
      `${onlyWith}compare the closed form with the simulation on none, about one in 1,000 (the default), or all layers`,
    ),
  ).choices(CHECKS);
}

function workersOption(): Option {
  return new Option(
    "--workers <n>",
    "Worker threads (default: the number of processors)",
  ).argParser((text) => readWholeNumber("--workers", text, 1, 1024));
}

function quietOption(): Option {
  return new Option("--quiet", "Show no progress and no summary");
}
