/** Ctrl-C and its like: say how far it got, leave nothing half done, and go. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Has `leave` called when the process is interrupted, which ends it then with the signal's exit code. Until the returned
 * function is called.
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
