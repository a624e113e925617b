/** `upsweep compare`: other FLOP counters. */
import { type Command, Option } from "commander";
import { gridCommand } from "./grid-command.js";
import {
  bigIntsOption,
  carryOption,
  delimiterOption,
  fromOption,
  quietOption,
  skipInvalidOption,
  workersOption,
} from "./shared-options.js";

export function compareCommand(): Command {
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
    .addOption(fromOption())
    .addOption(delimiterOption())
    .addOption(carryOption())
    .addOption(skipInvalidOption())
    .optionsGroup("Output:")
    .addOption(new Option("--json", "Write JSON").conflicts("markdown"))
    .addOption(bigIntsOption())
    .option("--markdown", "Write a Markdown table")
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(workersOption())
    .action(async (spec, options) => (await import("./compare.js")).compare(spec, flags, options));
}
