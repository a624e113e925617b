/** `upsweep merge`: the parts of a sweep joined to one file. */
import { errors } from "../errors.js";
import { printable } from "../format-message.js";
import { gridNamesOf } from "../run/resume/identity.js";
import { findParts, type MergeProgress, mergedRows } from "../run/resume/merge.js";
import { writeOutput } from "./output.js";
import { accountText, gridsText, say, writtenText } from "./report.js";
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
  if (output === "-") throw errors.usage("merge to - is asked for", "Name a file.");
  const parts = await findParts(output, named);
  const outcome = await writeOutput(mergedRows(parts, options), output, {
    header: parts.header,
    compression: parts.compression,
    quiet: options.quiet,
    fraction: ({ bytes }: MergeProgress) => bytes / parts.bytes,
    mayReplace: options.force,
  });
  const grids = gridsText(parts.position.gridRows, {
    grids: gridNamesOf((parts.parts[0] as (typeof parts.parts)[number]).identity),
  });
  const written = `${printable(output)}: ${counted(parts.parts.length, "part")}, ${writtenText(outcome)}`;
  say(
    [
      accountText(parts.position, parts.accounts, "rows"),
      ...(grids === "" ? [] : [grids]),
      written,
    ].join("\n"),
    options.quiet,
  );
}
