/** `upsweep plan`: the loops and the size of a grid. */
import type { Command } from "commander";
import { gridCommand } from "./grid-command.js";
import { workersOption } from "./shared-options.js";

export function planCommand(): Command {
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
