/** Rows to standard output. */
import { writeAll } from "./descriptor.js";
import type { Sink } from "./sink.js";

const STDOUT = 1;

export function stdoutSink(): Sink {
  return {
    // The descriptor itself, not process.stdout: that writes synchronously, and this thread would stand still meanwhile.
    write: (bytes) => writeAll(STDOUT, bytes, "standard output"),
    flush: async () => {},
    isOurs: () => true,
    truncateAndSync: () => {},
    finish: async (named) => named?.(),
    abandon: () => {},
    keepPartial: () => {},
  };
}
