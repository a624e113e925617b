/** Where rows go. A sink takes bytes; a write that has not settled holds the workers back. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  /** Brings to the disk what is written, where there is a disk. @throws UpsweepError when it could not be kept, or is not ours any more. */
  flush(): Promise<void>;
  /** The name under which a finished file lies for a moment before it gets its own, where it does. */
  readonly temporaryName?: string | undefined;
  /** Whether nobody else has begun to write there meanwhile; what lies beside the file is not to be touched then. */
  isOurs(): boolean;
  /** Cuts off what stands behind so many bytes and brings the rest to the disk, at once: for the last moment of a process. */
  truncateAndSync(bytes: number): void;
  /** Everything is written: make it whole. `named` is called once it has its name, before another run can begin there. */
  finish(onNamed?: () => void): Promise<void>;
  /** It will not become whole: leave nothing behind. At once, so that it can be the last thing a process does. */
  abandon(): void;
  /** It stops here and may go on later: leave what is written as it is. */
  keepPartial(): void;
}

/** The reader of a pipe has gone: nothing is wrong, and nothing more is wanted. */
export class ClosedPipe extends Error {}
