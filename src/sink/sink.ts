/** Where rows go. A sink takes bytes; a write that has not settled holds the workers back. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  /** Everything is written: make it whole. */
  finish(): Promise<void>;
  /** It will not become whole: leave nothing behind. At once, so that it can be the last thing a process does. */
  abandon(): void;
}

/** The reader of a pipe has gone: nothing is wrong, and nothing more is wanted. */
export class ClosedPipe extends Error {}
