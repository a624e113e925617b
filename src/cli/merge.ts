/** `upsweep merge`: joins the shards of a sweep into one file. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { formatFor } from "../formats/registry.js";
import { gridNamesOf } from "../run/resume/identity.js";
import { findShards, type MergeProgress, mergedRows } from "../run/resume/merge.js";
import { writeOutput } from "./output.js";
import { gridsText, log, rejectionText, writtenText } from "./report.js";
import { counted } from "./text.js";

interface MergeOptions {
  readonly force?: boolean;
  readonly trust?: boolean;
  readonly quiet?: boolean;
}

export async function merge(
  output: string,
  named: readonly string[],
  options: MergeOptions,
): Promise<void> {
  if (output === "-") throw errors.usage("merge cannot write to standard output", "Name a file.");
  const shards = await findShards(output, named);
  const merged = formatFor(shards.format).isColumnar
    ? (await import("../run/columns/merge.js")).mergedColumns
    : mergedRows;
  const outcome = await writeOutput(merged(shards, options), output, {
    header: shards.header,
    compression: shards.compression,
    quiet: options.quiet,
    fraction: ({ bytes }: MergeProgress) => bytes / shards.bytes,
    mayReplace: options.force,
  });
  const grids = gridsText(shards.position.gridRows, {
    grids: gridNamesOf((shards.shards[0] as (typeof shards.shards)[number]).identity),
  });
  const written = `${printable(output)}: ${counted(shards.shards.length, "shard")}, ${writtenText(outcome)}`;
  log(
    [
      rejectionText(shards.position, shards.rejectionReasons, "rows written"),
      ...(grids === "" ? [] : [grids]),
      written,
    ].join("\n"),
    options.quiet,
  );
}
