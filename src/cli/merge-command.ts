/** `upsweep merge`: joining shards. */
import { Command } from "commander";
import { examples, quietOption } from "./shared-options.js";

export function mergeCommand(): Command {
  return new Command("merge")
    .description("Merge shards into one file: for text formats, the bytes of the unsharded sweep")
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
