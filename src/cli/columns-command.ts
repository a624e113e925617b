/** `upsweep columns`: the column table. */
import { Command, Option } from "commander";
import { examples, layerOption } from "./shared-options.js";

export function columnsCommand(): Command {
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
