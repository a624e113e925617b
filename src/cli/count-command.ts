/** `upsweep count`: one layer or a list of layers. */
import { Command } from "commander";
import { AxisFlags } from "./options.js";
import {
  addParameterOptions,
  bigIntsOption,
  carryOption,
  checkOption,
  columnsOption,
  compressionOption,
  delimiterOption,
  errorsOption,
  examples,
  formatOption,
  fromOption,
  methodOption,
  outputSizeOption,
  quietOption,
  skipInvalidOption,
  unsignedOption,
  workersOption,
} from "./shared-options.js";

export function countCommand(): Command {
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
          "upsweep count --from layers.csv -o counted.parquet",
          "Write Parquet, for pandas, polars or DuckDB",
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
    .addOption(fromOption())
    .addOption(delimiterOption())
    .addOption(carryOption())
    .addOption(skipInvalidOption())
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
    .addOption(compressionOption())
    .addOption(
      unsignedOption("write all counts as unsigned integers; without it, none may exceed 2^63 - 1"),
    )
    .addOption(quietOption())
    .optionsGroup("Calculation:")
    .addOption(methodOption())
    .addOption(checkOption("With --from: "))
    .addOption(workersOption())
    .action(async (options) => {
      if (options.from === undefined) await (await import("./count.js")).countOne(flags, options);
      else await (await import("./count-list.js")).countList(flags, options);
    });
}
