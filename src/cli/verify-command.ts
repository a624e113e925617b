/** `upsweep verify`: simulation against closed form. */
import type { Command } from "commander";
import { gridCommand } from "./grid-command.js";
import { quietOption, workersOption } from "./shared-options.js";

export function verifyCommand(): Command {
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
