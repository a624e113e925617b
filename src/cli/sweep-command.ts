/** `upsweep sweep`: the rows of a grid. */
import { type Command, Option } from "commander";
import { gridCommand } from "./grid-command.js";
import { readWholeNumber } from "./options.js";
import { readShard } from "./shard.js";
import {
  bigIntsOption,
  checkOption,
  compressionOption,
  formatOption,
  methodOption,
  quietOption,
  unsignedOption,
  workersOption,
} from "./shared-options.js";

export function sweepCommand(): Command {
  const { command, flags } = gridCommand("sweep", "Write a row for every legal layer of a grid", [
    ["upsweep sweep grid.yaml -o out.csv", "Read a grid from a file"],
    [
      "upsweep sweep --l-in 32..256:32 --kernel-size 3,5,7 --stride 1..4 --in-channels 64 --out-channels 64",
      "Give a grid as options; the last axis changes fastest",
    ],
    [
      "upsweep sweep --stride 2..8 --kernel-size '2 * stride' --padding 'stride // 2' --l-in 32 " +
        "--in-channels 64 --out-channels 64 --where 'l_out == stride * l_in'",
      "Use axes that depend on others, and a condition",
    ],
    [
      "upsweep sweep grid.yaml --set l_in=1..100 --sample 100000 --seed 7 -o some.csv",
      "Change one axis of the file, and sweep a sample",
    ],
    [
      "upsweep sweep grid.yaml --columns l_out,ops,macs --limit 3",
      "Choose other result columns, and write three rows",
    ],
    [
      "upsweep sweep grid.yaml -o out.csv --drop-constant",
      "Leave out the columns that have the same value in all rows",
    ],
    ["upsweep sweep grid.yaml -o out.parquet", "Write Parquet, for pandas, polars or DuckDB"],
    [
      "upsweep sweep grid.yaml -o out.csv --resume",
      "Continue after an interruption; the result is byte-identical",
    ],
    [
      "upsweep sweep grid.yaml -o out.csv --shard 3/16 --resume",
      "Write one of 16 shards, out.00003-of-00016.csv; 'upsweep merge out.csv' merges them",
    ],
  ]);
  return command
    .option(
      "--drop-constant",
      "Leave out the columns that have the same value in all rows, and list them in the summary",
    )
    .option(
      "-o, --output <file>",
      "Write rows to FILE; - is standard output, cut to the first rows on a terminal",
      "-",
    )
    .option("--force", "Replace FILE if it exists, and discard an interrupted sweep into it")
    .addOption(formatOption())
    .addOption(bigIntsOption("In JSON Lines: "))
    .addOption(compressionOption())
    .addOption(
      unsignedOption(
        "write all counts as unsigned integers, not only those that may exceed 2^63 - 1",
      ),
    )
    .option(
      "--resume",
      "Continue an interrupted sweep into FILE; with nothing to resume, start from the beginning",
    )
    .option("--trust", "With --resume: do not verify the checksum of the existing rows")
    .addOption(
      new Option(
        "--shard <i/n>",
        "Sweep shard I of N, counted from 0, into its own file; auto or auto/N takes I from an array job",
      ).argParser((text: string) => readShard(text)),
    )
    .addOption(
      new Option("--limit <n>", "Stop after N rows").argParser((text) =>
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
