/** `upsweep merge`: the parts of a sweep joined to one file. */
import { errors } from "../errors.js";
import { findParts, type MergeProgress, mergedRows } from "../run/merge.js";
import { printable } from "../words.js";
import { writeOutput } from "./output.js";
import { accountText, say, writtenText } from "./report.js";
import { counted } from "./text.js";

interface MergeOptions {
  readonly force?: boolean;
  readonly quiet?: boolean;
}

export async function merge(output: string, named: readonly string[], options: MergeOptions): Promise<void> {
  if (output === "-") throw errors.usage("merge to - is asked for", "Name a file.");
  const parts = findParts(output, named);
  const outcome = await writeOutput(mergedRows(parts), output, {
    header: parts.header,
    quiet: options.quiet,
    fraction: ({ bytes }: MergeProgress) => bytes / parts.bytes,
    mayReplace: options.force,
  });
  say(
    `${accountText(parts.position, parts.accounts, "rows")}\n${printable(output)}: ${counted(parts.parts.length, "part")}, ${writtenText(outcome)}`,
    options.quiet,
  );
}
