/** What the commands on a grid have in common: the grid's file and its options. */
import { Command, Option } from "commander";
import { SAMPLE_MAX } from "../spec/spec.js";
import { AxisFlags, readWholeNumber } from "./options.js";
import {
  addParameterOptions,
  collected,
  columnsOption,
  examples,
  outputSizeOption,
} from "./shared-options.js";

/** A command on a grid, which is read from a file or from options. */
export function gridCommand(
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
