/** Opens the sink for an output name. The module of each kind of sink is loaded on demand. */
import type { PartialFile } from "./file.js";
import type { Sink } from "./sink.js";

/** Opens the sink for `output`; `-` is standard output. */
export async function sinkFor(
  output: string,
  {
    mayReplace = false,
    from,
  }: { mayReplace?: boolean | undefined; from?: PartialFile | undefined } = {},
): Promise<Sink> {
  if (output === "-") return (await import("./stdout.js")).stdoutSink();
  return (await import("./file.js")).fileSink(output, { mayReplace, from });
}
