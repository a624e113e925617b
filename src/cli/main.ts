/**
 * The command line. `count-command.ts` has the arguments, options and examples of `count`, and so
 * for the other commands. What a command does is in `count.ts`, which is loaded when it is called.
 */

import { Command, CommanderError } from "commander";
import { REPORT_BUG, UpsweepError } from "../errors.js";
import { packageVersion } from "../run/version.js";
import { ClosedPipe } from "../sink/sink.js";
import { columnsCommand } from "./columns-command.js";
import { compareCommand } from "./compare-command.js";
import { completionsCommand } from "./completions-command.js";
import { countCommand } from "./count-command.js";
import { equip } from "./equip.js";
import { mergeCommand } from "./merge-command.js";
import { planCommand } from "./plan-command.js";
import { schemaCommand } from "./schema-command.js";
import { examples } from "./shared-options.js";
import { sweepCommand } from "./sweep-command.js";
import { COLOR_CHOICES, chooseColor, complain } from "./terminal.js";
import { verifyCommand } from "./verify-command.js";

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
      "Count the operations of convolution layers exactly, for one layer or a design space of billions",
    )
    .optionsGroup("General:")
    .version(packageVersion(), "-v, --version", "Print the version")
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
