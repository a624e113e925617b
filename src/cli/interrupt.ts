/** Handles SIGINT and SIGTERM. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `leave` when the process is interrupted, then exits with the signal's exit code. The
 * returned function removes the handlers.
 */
export function onInterrupt(leave: () => void): () => void {
  const interrupted = (signal: NodeJS.Signals) => {
    leave();
    process.exit(SIGNALS[signal as keyof typeof SIGNALS]);
  };
  for (const signal of Object.keys(SIGNALS)) process.once(signal, interrupted);
  return () => {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, interrupted);
  };
}
