/** The sink of standard output. */
import { writeAll } from "./descriptor.js";
import type { Sink } from "./sink.js";

const STDOUT = 1;

export function stdoutSink(): Sink {
  return {
    // Write to the descriptor. process.stdout writes synchronously, which would block this thread.
    write: (bytes) => writeAll(STDOUT, bytes, "standard output"),
    flush: async () => {},
    isOurs: () => true,
    truncateAndSync: () => {},
    finish: async (onNamed) => onNamed?.(),
    abandon: () => {},
    keepPartial: () => {},
  };
}
