/** A sink takes the bytes of rows. A pending write applies backpressure to the workers. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Flushes written bytes to disk, if the sink is a file.
   *
   * @throws UpsweepError if they could not be stored, or the file no longer belongs to this run.
   */
  flush(): Promise<void>;
  /** The name that a complete file has for a moment before it gets its own. Files only. */
  readonly temporaryName?: string | undefined;
  /**
   * Whether the output still belongs to this run. If another run has started to write it, the files
   * next to it must not be touched.
   */
  isOurs(): boolean;
  /**
   * Truncates the file to `bytes` and flushes it to disk. Synchronous, so that a process can do it
   * just before it exits.
   */
  truncateAndSync(bytes: number): void;
  /**
   * Completes the output after the last write. Calls `onNamed` once the file has its name, before
   * another run can take the lock.
   */
  finish(onNamed?: () => void): Promise<void>;
  /**
   * Removes the incomplete output. Does not wait, so that a process can call it just before exit.
   */
  abandon(): void;
  /** Stops, and keeps the partial file so that a later run can resume it. */
  keepPartial(): void;
}

/** The reader of a pipe has gone. This is not a failure: no more output is needed. */
export class ClosedPipe extends Error {}
