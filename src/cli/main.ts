/** The command line: which command, with which options. What a command does stands in its own file, loaded when it is called. */

import { readFileSync } from "node:fs";
import { Argument, Command, CommanderError, Option } from "commander";
import { UpsweepError } from "../errors.js";
import { BIG_INTS } from "../formats/json.js";
import { DEFAULT_KIND, KIND_NAMES, kindOf, kindsWith, type Parameter } from "../layers/kinds.js";
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

/** Runs a command line without the program's name; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  chooseColor(colorOf(args));
  try {
    await program(args[0]).parseAsync(args[0] === "-V" ? ["-v"] : [...args], { from: "user" });
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Says what went wrong; returns the exit code: 2 when the input is at fault, 1 for anything else. */
export function report(error: unknown): number {
  // The reader of standard output wants no more, as with `| head`.
  if (error instanceof ClosedPipe) return 0;
  // Help and version end here too, with exit code 0; commander has printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UpsweepError) {
    complain(error.message);
    return error.isInputError ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  complain(
    `${message}. This is a defect of upsweep: please report it with the command that you gave.`,
  );
  return 1;
}

/** What --color says, before anything is parsed: errors of parsing are coloured too. */
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

/** The commands by their names, in the groups of the help; but for completions, which is about all of them. */
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

/** @param first the first word: when it is a command that needs no other, only that one is made. Measured 2026-11-26: 99 ms of CPU instead of 108. */
function program(first?: string): Command {
  const upsweep = new Command("upsweep")
    .description(
      "Exact operation counts of transposed convolutions, for one layer or a design space of billions.",
    )
    .optionsGroup("General:")
    .version(version(), "-v, --version", "print the version")
    .exitOverride()
    .addHelpText(
      "before",
      examples([
        [
          "upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32",
          "one layer, each step shown",
        ],
        ["upsweep count --from layers.csv -o counted.csv", "every layer of a list"],
        ["upsweep sweep grid.yaml -o out.csv", "every layer of a grid"],
        ["upsweep plan grid.yaml", "what that will come to"],
        ["upsweep compare --from layers.csv", "what other counters say of them"],
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
  upsweep.helpCommand("help [command]", "show the help of a command");
  for (const command of upsweep.commands) {
    command.copyInheritedSettings(upsweep);
    equip(command);
  }
  equip(upsweep);
  return upsweep;
}

function examples(lines: readonly (readonly [string, string])[]): string {
  return `${painter(STDOUT)("bold", "Examples:")}\n${lines.map(([command, meaning]) => `  ${command}\n      ${meaning}\n`).join("")}`;
}

function countCommand(): Command {
  const flags = new AxisFlags(false);
  const command = new Command("count")
    .description("count one layer, each step shown; or every layer of a list")
    .addHelpText(
      "before",
      examples([
        [
          "upsweep count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2",
          "the smallest layer with an overlap",
        ],
        [
          "upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32 --json",
          "as JSON",
        ],
        [
          "upsweep count --from layers.csv -o counted.csv",
          "a CSV with a column for each parameter; results are written behind its columns",
        ],
        [
          "cat layers.csv | upsweep count --from - --columns ops,macs | head",
          "from a pipe, into a pipe",
        ],
      ]),
    );
  addParameterOptions(command, flags, "<n>");
  return command
    .addOption(outputSizeOption())
    .optionsGroup("A list of layers:")
    .option("--from <file>", "read layers from a CSV or JSON lines; - is standard input")
    .addOption(delimiterOption())
    .addOption(carryOption())
    .option(
      "--skip-invalid",
      "leave out layers that break a rule, and count them, instead of stopping at the first",
    )
    .addOption(errorsOption())
    .option(
      "--verify-results",
      "compare results that the list has already with the counted ones, and stop where they differ",
    )
    .option("--total", "end with a row of totals")
    .option("--total-to <file>", "write the totals to FILE as JSON; - is standard output")
    .optionsGroup("Output:")
    .addOption(columnsOption())
    .option("-o, --output <file>", "write the answer to FILE; - is standard output", "-")
    .option("--force", "replace FILE if it exists")
    .option("--json", "one layer: write JSON")
    .addOption(formatOption("with --from: "))
    .addOption(bigIntsOption("with --json, or in JSON lines: "))
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(methodOption())
    .addOption(checkOption("with --from: "))
    .addOption(workersOption())
    .action(async (options) => {
      if (options.from === undefined) await (await import("./count.js")).countOne(flags, options);
      else await (await import("./list.js")).countList(flags, options);
    });
}

/** A command on a grid, which comes from a file or from flags. */
function gridCommand(
  name: string,
  description: string,
  lines: readonly (readonly [string, string])[],
): { command: Command; flags: AxisFlags } {
  const flags = new AxisFlags();
  const command = new Command(name)
    .description(description)
    .argument("[spec]", "a grid in YAML or JSON")
    .addHelpText("before", examples(lines));
  addParameterOptions(command, flags, "<values>");
  command
    // Grids have no output size; those who give one are told what to write.
    .addOption(outputSizeOption().hideHelp(name !== "compare"))
    .optionsGroup("Grid:")
    .addOption(
      new Option(
        "--axis <name=values>",
        "an axis by its name; several names, separated by commas, change together",
      ).argParser((text: string) => flags.giveAxis(text)),
    )
    .addOption(
      new Option(
        "--variable <name=values>",
        "an axis of your own, which expressions can use",
      ).argParser((text: string) => flags.giveVariable(text)),
    )
    .addOption(
      new Option(
        "--set <name=values>",
        "change an axis or variable of the spec; may be given several times",
      ).argParser(collected),
    )
    .addOption(
      new Option(
        "--where <condition>",
        "keep only layers that match the condition; may be given several times",
      ).argParser(collected),
    )
    .addOption(
      new Option(
        "--distinct",
        "write each layer once; leave out layers that an earlier grid has too",
      ),
    )
    .addOption(
      new Option("--sample <n>", "draw N raw indices uniformly, instead of taking all").argParser(
        (text) => readWholeNumber("--sample", text, 1, SAMPLE_MAX),
      ),
    )
    .addOption(
      new Option("--seed <n>", "draw another sample (default: 0)").argParser((text) =>
        readWholeNumber("--seed", text, 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .optionsGroup("Output:")
    .addOption(columnsOption());
  return { command, flags };
}

/** Of an option that may be given several times. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function sweepCommand(): Command {
  const { command, flags } = gridCommand(
    "sweep",
    "write a CSV row for every legal layer of a grid",
    [
      ["upsweep sweep grid.yaml -o out.csv", "a grid from a file"],
      [
        "upsweep sweep --l-in 32..256:32 --kernel-size 3,5,7 --stride 1..4 --in-channels 64 --out-channels 64",
        "the same without a file; the last axis changes fastest",
      ],
      [
        "upsweep sweep --stride 2..8 --kernel-size '2 * stride' --padding 'stride // 2' --l-in 32 --in-channels 64 --out-channels 64 --where 'l_out == stride * l_in'",
        "axes that depend on others, and a condition",
      ],
      [
        "upsweep sweep grid.yaml --set l_in=1..100 --sample 100000 --seed 7 -o some.csv",
        "a file with one axis changed; a sample of it",
      ],
      [
        "upsweep sweep grid.yaml --columns l_out,ops,macs --limit 3",
        "other result columns, three rows",
      ],
      [
        "upsweep sweep grid.yaml -o out.csv --resume",
        "continue after an interruption; the result is byte-identical",
      ],
      [
        "upsweep sweep grid.yaml -o out.csv --shard 3/16 --resume",
        "one of 16 shards, out.00003-of-00016.csv; 'upsweep merge out.csv' merges them",
      ],
    ],
  );
  return command
    .option(
      "-o, --output <file>",
      "write rows to FILE; - is standard output, of which a terminal gets the first rows",
      "-",
    )
    .option("--force", "replace FILE if it exists, and what is left of an interrupted sweep")
    .addOption(formatOption())
    .addOption(bigIntsOption("in JSON lines: "))
    .option(
      "--resume",
      "continue an interrupted sweep into FILE; with nothing to resume, start from the beginning",
    )
    .option("--trust", "with --resume: do not read what is there to compare its checksum")
    .addOption(
      new Option(
        "--shard <i/n>",
        "sweep part I of N, counted from 0, into its own file; auto or auto/N takes the part from an array job",
      ).argParser((text: string) => readShard(text)),
    )
    .addOption(
      new Option("--limit <n>", "stop after N rows").argParser((text) =>
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
    .description("merge shards into the file an unsharded sweep would have written")
    .argument("<output>", "the file to write")
    .argument(
      "[parts...]",
      "the shards, in any order (default: those next to the output, found by name)",
    )
    .addHelpText(
      "before",
      examples([
        [
          "upsweep merge out.csv",
          "merge out.00000-of-00016.csv to out.00015-of-00016.csv, which are kept",
        ],
        [
          "upsweep merge all.csv node1/out.00000-of-00002.csv node2/out.00001-of-00002.csv",
          "shards from other folders, each next to its .json",
        ],
      ]),
    )
    .optionsGroup("Output:")
    .option("--force", "replace the output if it exists")
    .option("--trust", "do not compare the parts with their checksums")
    .addOption(quietOption())
    .action(async (output, parts, options) =>
      (await import("./merge.js")).merge(output, parts, options),
    );
}

function planCommand(): Command {
  const { command, flags } = gridCommand(
    "plan",
    "show the loop nest of a grid, its exact size, and an estimate of rows, bytes and time",
    [
      ["upsweep plan grid.yaml", "before a sweep of hours"],
      ["upsweep plan grid.yaml --exact", "count the rows without writing them"],
    ],
  );
  return command
    .option(
      "--exact",
      "count the rows, and the layers that each rule leaves out, by visiting every layer",
    )
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./plan.js")).plan(spec, flags, options));
}

function verifyCommand(): Command {
  const { command, flags } = gridCommand(
    "verify",
    "compare simulation and closed form on the layers of a grid",
    [
      ["upsweep verify grid.yaml --sample 100000", "on that many layers, drawn uniformly"],
      [
        "upsweep verify --l-in 1..8 --kernel-size 1..6 --stride 1..6 --padding 0..8 --in-channels 1 --out-channels 1",
        "on every layer",
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
    "compare the answers of other counters with the exact count, and say why they differ",
    [
      [
        "upsweep compare --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32",
        "one layer: every convention, with the reason",
      ],
      [
        "upsweep compare --from examples/real-layers.csv",
        "a list: how often each is exact, and how far off",
      ],
      ["upsweep compare grid.yaml --sample 100000 --json", "a design space, or a sample of it"],
    ],
  );
  return command
    .optionsGroup("A list of layers:")
    .option("--from <file>", "read layers from a CSV or JSON lines; - is standard input")
    .addOption(delimiterOption())
    .addOption(carryOption())
    .option(
      "--skip-invalid",
      "leave out layers that break a rule, and count them, instead of stopping at the first",
    )
    .optionsGroup("Output:")
    .addOption(new Option("--json", "write JSON").conflicts("markdown"))
    .addOption(bigIntsOption())
    .option("--markdown", "write a Markdown table")
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./compare.js")).compare(spec, flags, options));
}

function columnsCommand(): Command {
  return new Command("columns")
    .description("list every column with its meaning")
    .addHelpText(
      "before",
      examples([
        ["upsweep columns", "as a table"],
        ["upsweep columns --layer conv_transpose2d", "those of another kind of layer"],
        ["upsweep columns --json", "for a program"],
      ]),
    )
    .optionsGroup("Layers:")
    .addOption(layerOption())
    .optionsGroup("Output:")
    .addOption(new Option("--json", "write JSON").conflicts("markdown"))
    .option("--markdown", "write Markdown tables")
    .action(async (options) => (await import("./columns.js")).columns(options));
}

function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a spec, for editors")
    .addHelpText(
      "before",
      examples([
        [
          "upsweep schema > upsweep.schema.json",
          "then, on top of a spec: # yaml-language-server: $schema=upsweep.schema.json",
        ],
      ]),
    )
    .action(async () => (await import("./schema.js")).schema());
}

function completionsCommand(upsweep: Command): Command {
  return new Command("completions")
    .description("print a script that completes command lines in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "before",
      examples([
        ['eval "$(upsweep completions bash)"', "in ~/.bashrc"],
        [
          "upsweep completions zsh > ~/.zfunc/_upsweep",
          "with fpath+=(~/.zfunc) before compinit in ~/.zshrc",
        ],
        ["upsweep completions fish > ~/.config/fish/completions/upsweep.fish", "for fish"],
      ]),
    )
    .action(async (shell) => (await import("./completions.js")).completions(upsweep, shell));
}

/** One option for each parameter; values are kept in the order in which they are given. */
function addParameterOptions(
  command: Command,
  flags: AxisFlags,
  argument: "<n>" | "<values>",
): void {
  command.optionsGroup("Layers:").addOption(layerOption());
  const add = ({ name, type, meaning, default: usual }: Omit<Parameter, "base" | "dimension">) => {
    const quote = type === "boolean" && argument === "<n>" ? "<true|false>" : argument;
    const needed =
      kindsWith(name).length === KIND_NAMES.length
        ? "required"
        : `required by ${kindsWith(name).join(", ")}`;
    const value =
      usual === undefined ? needed : `default: ${type === "boolean" ? usual === 1 : usual}`;
    command.addOption(
      new Option(`${flagOf(name)} ${quote}`, `${meaning} (${value})`).argParser((text: string) =>
        flags.give(name, text),
      ),
    );
  };
  for (const parameter of PARAMETERS) add(parameter);
  command.addOption(
    new Option("--no-bias", "the same as --bias false").argParser(() =>
      flags.give("bias", "false"),
    ),
  );
  // Layers with several dimensions have their own lengths; --kernel-size and the others like it are for all dimensions.
  for (const parameter of kindOf("conv_transpose3d").parameters)
    if (parameter.base === "l_in") add(parameter);
  for (const { name, meaning, min, max, ...rest } of SETTINGS) {
    const usual = "default" in rest ? ` (default: ${rest.default})` : "";
    const flag = flagOf(name);
    const read = (text: string) =>
      name === "sample_rate" ? readRate(text, flag) : readWholeNumber(flag, text, min, max);
    command.addOption(new Option(`${flag} <n>`, `${meaning}${usual}`).argParser(read));
  }
}

function formatOption(onlyWith = ""): Option {
  return new Option(
    "--format <name>",
    `${onlyWith}format of the rows: csv, tsv or jsonl (default: by the extension of the output)`,
  );
}

function delimiterOption(): Option {
  return new Option(
    "--delimiter <character>",
    "the character between fields (default: found from the header)",
  ).argParser(readDelimiter);
}

function carryOption(): Option {
  return new Option(
    "--carry <names>",
    "columns that are labels, though they look like parameters; may be given several times",
  ).argParser(collected);
}

function errorsOption(): Option {
  return new Option(
    "--errors <how>",
    "at a row at fault: stop (the default), or write a row whose last column, error, has the message",
  ).choices(["stop", "row"]);
}

function layerOption(): Option {
  return new Option(
    "--layer <kind>",
    `kind of the layers: ${KIND_NAMES.join(", ")}, or PyTorch's class, such as ConvTranspose2d (default: ${DEFAULT_KIND})`,
  );
}

function columnsOption(): Option {
  return new Option(
    "--columns <names>",
    "result columns or groups of them, in order, for example l_out,ops,conventions; see 'upsweep columns'",
  );
}

function outputSizeOption(): Option {
  return new Option(
    "--output-size <n>",
    "one layer: choose output_padding for an output of that length, as PyTorch's output_size does",
  );
}

function bigIntsOption(where = "with --json: "): Option {
  return new Option(
    "--big-ints <type>",
    `${where}write all integers as JSON numbers with every digit (when left out), or as strings; JSON.parse of JavaScript rounds numbers beyond 2^53`,
  ).choices(BIG_INTS);
}

function methodOption(): Option {
  return new Option(
    "--method <name>",
    "count overlaps by a closed form or by simulation; the results are the same",
  )
    .choices(["closed", "simulate"])
    .default("closed");
}

function checkOption(onlyWith = ""): Option {
  return new Option(
    "--check <what>",
    `${onlyWith}compare the closed form with the simulation: on no layer, on about one in a thousand (the default), or on all`,
  ).choices(CHECKS);
}

function workersOption(): Option {
  return new Option(
    "--workers <n>",
    "worker threads (default: the number of processors)",
  ).argParser((text) => readWholeNumber("--workers", text, 1, 1024));
}

function quietOption(): Option {
  return new Option("--quiet", "show no progress and no summary");
}
