/** Handles Ctrl-C and SIGTERM: reports the progress, leaves nothing half done, and exits. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Calls `beforeExit` when the process is interrupted, and then exits with the signal's exit code:
 * 130 for SIGINT, 143 for SIGTERM.
 *
 * @returns a function that removes the handlers.
 */
export function onInterrupt(beforeExit: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    beforeExit();
    process.exit(SIGNALS[signal as keyof typeof SIGNALS]);
  };
  for (const signal of Object.keys(SIGNALS)) process.once(signal, onSignal);
  return () => {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
  };
}
