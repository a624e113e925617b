/** The command line: which command, with which options. What a command does stands in its own file, loaded when it is called. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { UpsweepError } from "../errors.js";
import { BIG_INTS } from "../formats/json.js";
import { KIND_NAMES, kindOf, PARAMETERS, SETTINGS } from "../parameters.js";
import { CHECKS } from "../plan/method.js";
import { ClosedPipe } from "../sink/sink.js";
import { flagOf } from "../spec/flags.js";
import { SAMPLE_MAX } from "../spec/spec.js";
import { AxisFlags, readWholeNumber } from "./options.js";
import { readPart } from "./part.js";

/** Runs a command line without the program's name; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof ClosedPipe) return 0;
    // Help and version end here too, with exit code 0; what commander has to say it has said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UpsweepError) {
      process.stderr.write(`upsweep: ${error.message}\n`);
      return error.isInputError ? 2 : 1;
    }
    const { message } = error as Error;
    process.stderr.write(`upsweep: ${message}. This is a defect of upsweep: please report it with the command that you gave.\n`);
    return 1;
  }
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return version;
}

function program(): Command {
  const upsweep = new Command("upsweep")
    .description("Exact operation counts of transposed convolutions, for one layer or a design space of billions.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "upsweep: ")) })
    .showHelpAfterError("See 'upsweep --help'.")
    .addHelpText(
      "before",
      examples([
        ["upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32", "one layer, each step shown"],
        ["upsweep count --from layers.csv -o counted.csv", "every layer of a list"],
        ["upsweep sweep grid.yaml -o out.csv", "every layer of a grid"],
        ["upsweep plan grid.yaml", "what that will come to"],
        ["upsweep compare --from layers.csv", "what other counters say of them"],
      ]),
    );
  upsweep.addCommand(countCommand());
  upsweep.addCommand(sweepCommand());
  upsweep.addCommand(mergeCommand());
  upsweep.addCommand(planCommand());
  upsweep.addCommand(verifyCommand());
  upsweep.addCommand(compareCommand());
  upsweep.addCommand(columnsCommand());
  upsweep.addCommand(schemaCommand());
  for (const command of upsweep.commands) command.copyInheritedSettings(upsweep).showHelpAfterError(`See 'upsweep ${command.name()} --help'.`);
  return upsweep;
}

function examples(lines: readonly (readonly [string, string])[]): string {
  return `Examples:\n${lines.map(([command, meaning]) => `  ${command}\n      ${meaning}\n`).join("")}`;
}

function countCommand(): Command {
  const flags = new AxisFlags();
  const command = new Command("count").description("count one layer, each step shown; or every layer of a list").addHelpText(
    "before",
    examples([
      ["upsweep count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2", "the smallest layer with an overlap"],
      ["upsweep count --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32 --json", "as JSON"],
      ["upsweep count --from layers.csv -o counted.csv", "a CSV with a column for each parameter; results are written behind its columns"],
      ["cat layers.csv | upsweep count --from - --columns ops,macs | head", "from a pipe, into a pipe"],
    ]),
  );
  addParameterOptions(command, flags, "<n>");
  return command
    .option("--json", "one layer: as JSON; integers beyond 2^53 are strings")
    .option("--from <file>", "a CSV of layers; - reads standard input")
    .option("-o, --output <file>", "where the answer goes; - is standard output", "-")
    .option("--force", "replace the file if it is there")
    .addOption(formatOption("with --from: "))
    .addOption(bigIntsOption())
    .addOption(columnsOption())
    .option("--skip-invalid", "with --from: leave out layers that break a rule, and count them, instead of stopping there")
    .addOption(methodOption())
    .addOption(checkOption("with --from: "))
    .addOption(workersOption())
    .addOption(quietOption())
    .action(async (options) => {
      if (options.from === undefined) await (await import("./count.js")).countOne(flags, options);
      else await (await import("./list.js")).countList(flags, options);
    });
}

/** A command on a grid, which comes from a file or from flags. */
function gridCommand(name: string, description: string, lines: readonly (readonly [string, string])[]): { command: Command; flags: AxisFlags } {
  const flags = new AxisFlags();
  const command = new Command(name).description(description).argument("[spec]", "a grid in YAML or JSON").addHelpText("before", examples(lines));
  addParameterOptions(command, flags, "<values>");
  command
    .addOption(
      new Option("--axis <name=values>", "the same for any axis; several names, separated by commas, turn together").argParser((text: string) =>
        flags.giveAxis(text),
      ),
    )
    .addOption(
      new Option("--variable <name=values>", "an axis of your own, which others can be written with").argParser((text: string) => flags.giveVariable(text)),
    )
    .addOption(new Option("--set <name=values>", "change an axis or variable of the file").argParser(collected))
    .addOption(new Option("--where <condition>", "leave out layers that do not keep it; may be given several times").argParser(collected))
    .addOption(new Option("--distinct", "write each layer once: leave out what an earlier grid has too"))
    .addOption(
      new Option("--sample <n>", "draw that many raw indices, uniformly, instead of taking all").argParser((text) =>
        readWholeNumber("--sample", text, 1, SAMPLE_MAX),
      ),
    )
    .addOption(
      new Option("--seed <n>", "draw another sample; 0 when left out").argParser((text) => readWholeNumber("--seed", text, 0, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(columnsOption());
  return { command, flags };
}

/** Of an option that may be given several times. */
function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function sweepCommand(): Command {
  const { command, flags } = gridCommand("sweep", "write a CSV row for every legal layer of a grid", [
    ["upsweep sweep grid.yaml -o out.csv", "a grid from a file"],
    [
      "upsweep sweep --l-in 32..256:32 --kernel-size 3,5,7 --stride 1..4 --in-channels 64 --out-channels 64",
      "the same without a file; the last axis turns fastest",
    ],
    [
      "upsweep sweep --stride 2..8 --kernel-size '2 * stride' --padding 'stride // 2' --l-in 32 --in-channels 64 --out-channels 64 --where 'l_out == stride * l_in'",
      "axes that depend on others, and a condition",
    ],
    ["upsweep sweep grid.yaml --set l_in=1..100 --sample 100000 --seed 7 -o some.csv", "a file with one axis changed; a sample of it"],
    ["upsweep sweep grid.yaml --columns l_out,ops,macs --limit 3", "other result columns, three rows"],
    ["upsweep sweep grid.yaml -o out.csv --resume", "go on after an interruption; the file becomes the same to the byte"],
    ["upsweep sweep grid.yaml -o out.csv --shard 3/16 --resume", "one of 16 parts, into out.00003-of-00016.csv; 'upsweep merge out.csv' joins them"],
  ]);
  return command
    .option("-o, --output <file>", "where the rows go; - is standard output", "-")
    .option("--force", "replace the file if it is there, and whatever is left of a sweep that was stopped")
    .addOption(formatOption())
    .addOption(bigIntsOption())
    .option("--resume", "go on with the sweep into that file that was stopped; begin it if none was")
    .option("--trust", "with --resume: do not read what is there to compare its checksum")
    .addOption(
      new Option(
        "--shard <i/n>",
        "sweep only that part of the raw indices, counted from 0, into a file of its own; auto or auto/n: the part of the array job's task",
      ).argParser((text: string) => readPart(text)),
    )
    .addOption(new Option("--limit <n>", "stop behind that many rows").argParser((text) => readWholeNumber("--limit", text, 1, Number.MAX_SAFE_INTEGER)))
    .addOption(methodOption())
    .addOption(checkOption())
    .addOption(workersOption())
    .addOption(quietOption())
    .action(async (spec, options) => (await import("./sweep.js")).sweep(spec, flags, options));
}

function mergeCommand(): Command {
  return new Command("merge")
    .description("join the parts of a sweep to the very file that it would have made undivided")
    .argument("<output>", "the file that the parts make up")
    .argument("[parts...]", "the parts, in any order; without, those that stand beside it by their names")
    .addHelpText(
      "before",
      examples([
        ["upsweep merge out.csv", "the parts out.00000-of-00016.csv to out.00015-of-00016.csv; they stay where they are"],
        ["upsweep merge all.csv node1/out.00000-of-00002.csv node2/out.00001-of-00002.csv", "parts from elsewhere, each with its .json beside it"],
      ]),
    )
    .option("--force", "replace the file if it is there")
    .option("--trust", "do not compare the parts with their checksums")
    .addOption(quietOption())
    .action(async (output, parts, options) => (await import("./merge.js")).merge(output, parts, options));
}

function planCommand(): Command {
  const { command, flags } = gridCommand("plan", "show the loop nest of a grid, its exact size, and an estimate of rows, bytes and time", [
    ["upsweep plan grid.yaml", "before a sweep of hours"],
    ["upsweep plan grid.yaml --exact", "count the rows without writing them"],
  ]);
  return command
    .option("--exact", "count the rows, and what each rule leaves out, by looking at every layer")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./plan.js")).plan(spec, flags, options));
}

function verifyCommand(): Command {
  const { command, flags } = gridCommand("verify", "compare simulation and closed form on the layers of a grid", [
    ["upsweep verify grid.yaml --sample 100000", "on that many layers, drawn uniformly"],
    ["upsweep verify --l-in 1..8 --kernel-size 1..6 --stride 1..6 --padding 0..8 --in-channels 1 --out-channels 1", "on every layer"],
  ]);
  return command
    .addOption(workersOption())
    .addOption(quietOption())
    .action(async (spec, options) => (await import("./verify.js")).verify(spec, flags, options));
}

function compareCommand(): Command {
  const { command, flags } = gridCommand("compare", "put the answers of other counters beside the exact count, and say why they differ", [
    ["upsweep compare --in-channels 512 --out-channels 256 --kernel-size 16 --stride 8 --padding 4 --l-in 32", "one layer: every convention, with the reason"],
    ["upsweep compare --from examples/real-layers.csv", "a list: how often each is exact, and how far off"],
    ["upsweep compare grid.yaml --sample 100000 --json", "a design space, or a sample of it"],
  ]);
  return command
    .option("--from <file>", "a CSV of layers; - reads standard input")
    .option("--skip-invalid", "with --from: leave out layers that break a rule, and count them, instead of stopping there")
    .addOption(new Option("--json", "as JSON").conflicts("markdown"))
    .option("--markdown", "as a Markdown table")
    .addOption(workersOption())
    .addOption(quietOption())
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
    .option("--layer <kind>", `the kind of the layers: ${KIND_NAMES.join(", ")}`)
    .addOption(new Option("--json", "as JSON").conflicts("markdown"))
    .option("--markdown", "as Markdown tables")
    .action(async (options) => (await import("./columns.js")).columns(options));
}

function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a spec, for editors")
    .addHelpText("before", examples([["upsweep schema > upsweep.schema.json", "then, on top of a spec: # yaml-language-server: $schema=upsweep.schema.json"]]))
    .action(async () => (await import("./schema.js")).schema());
}

/** One option for each parameter; values are kept in the order in which they are given. */
function addParameterOptions(command: Command, flags: AxisFlags, argument: "<n>" | "<values>"): void {
  for (const { name, type, meaning } of PARAMETERS) {
    const shown = type === "boolean" && argument === "<n>" ? "<true|false>" : argument;
    command.addOption(new Option(`${flagOf(name)} ${shown}`, meaning).argParser((text: string) => flags.give(name, text)));
  }
  command.addOption(new Option("--no-bias", "the same as --bias false").argParser(() => flags.give("bias", "false")));
  command.addOption(new Option("--layer <kind>", `the kind of the layers: ${KIND_NAMES.join(", ")}`));
  // Of layers with several dimensions; --kernel-size and its like are for all of them.
  const lengths = kindOf("conv_transpose3d").parameters.filter(({ base }) => base === "l_in");
  for (const { name, meaning } of lengths) {
    command.addOption(new Option(`${flagOf(name)} ${argument}`, meaning).argParser((text: string) => flags.give(name, text)));
  }
  for (const { name, meaning, least, most } of SETTINGS) {
    command.addOption(new Option(`${flagOf(name)} <n>`, meaning).argParser((text) => readWholeNumber(flagOf(name), text, least, most)));
  }
}

function formatOption(onlyWith = ""): Option {
  return new Option("--format <name>", `${onlyWith}the format of the rows: csv, tsv or jsonl; the file's extension decides when left out`);
}

function bigIntsOption(): Option {
  return new Option("--big-ints <type>", "in JSON, write all integers as numbers with their exact digits, or all as strings").choices(BIG_INTS);
}

function columnsOption(): Option {
  return new Option("--columns <names>", "result columns or groups of them, and their order, for example l_out,ops,conventions");
}

function methodOption(): Option {
  return new Option("--method <name>", "how overlaps are counted; both give the same integers").choices(["closed", "simulate"]).default("closed");
}

function checkOption(onlyWith = ""): Option {
  return new Option(
    "--check <what>",
    `${onlyWith}compare the closed form with the simulation: on no layer, on about one in a thousand (when left out), or on all`,
  ).choices(CHECKS);
}

function workersOption(): Option {
  return new Option("--workers <n>", "worker threads; as many as processors when left out").argParser((text) => readWholeNumber("--workers", text, 1, 1024));
}

function quietOption(): Option {
  return new Option("--quiet", "no progress and no summary");
}
