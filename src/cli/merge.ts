/** `upsweep merge`: the parts of a sweep joined to one file. */
import { errors } from "../errors.js";
import { findParts, type MergeProgress, mergedRows } from "../run/merge.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";

interface MergeOptions {
  readonly force?: boolean;
  readonly trust?: boolean;
  readonly quiet?: boolean;
}

export async function merge(output: string, named: readonly string[], options: MergeOptions): Promise<void> {
  if (output === "-") throw errors.usage("merge to - is asked for", "Name a file.");
  const parts = await findParts(output, named);
  const outcome = await writeOutput(mergedRows(parts, options), output, {
    header: parts.header,
    quiet: options.quiet,
    fraction: ({ bytes }: MergeProgress) => bytes / parts.bytes,
    mayReplace: options.force,
  });
  say(`${accountText(parts.position, parts.accounts, "rows")}\n${output}: ${parts.parts.length} parts, ${writtenText(outcome)}`, options.quiet);
}
