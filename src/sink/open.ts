/** The sink of an output by its name. Each kind is loaded only when it is written to. */
import type { PartialFile } from "./file.js";
import type { Sink } from "./sink.js";

/** `-` is standard output. */
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
