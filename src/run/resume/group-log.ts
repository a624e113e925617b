/**
 * The log of the row groups of an unfinished Parquet file, OUT.partial.groups. The footer of the
 * file, which is written last, describes every row group. A run that continues the file has these
 * descriptions from the log. It has an entry for each row group that was written
 * (formats/parquet/entries.ts), and perhaps more after those that the manifest knows.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { utf8 } from "../../bytes.js";
import { errors, UpsweepError } from "../../errors.js";
import { groupLogPathOf, LOG_HEAD } from "../../sink/companions.js";
import { mustBeOwn, NO_FOLLOW, randomName, readOwnBytes, statusOf } from "../../sink/own.js";

const HEAD = utf8(LOG_HEAD);

export class GroupLog {
  readonly path: string;
  #fd: number | undefined;
  /** Where the next entry begins. */
  #end = 0;
  #isSynced = true;

  /** A log that is not on disk yet. */
  constructor(partial: string) {
    this.path = groupLogPathOf(partial);
  }

  /**
   * Reads the entries of an earlier run.
   *
   * @throws UpsweepError if the log is missing or not a log, or cannot be read.
   */
  read(): Uint8Array {
    return this.#orError(() => {
      if (!statusOf(this.path)) throw errors.badRowGroups(this.path, 0, 0, "the file is missing");
      const bytes = readOwnBytes(this.path);
      if (!HEAD.every((byte, i) => byte === bytes[i]))
        throw errors.badRowGroups(this.path, 0, 0, "its first bytes are not those of a log");
      return bytes.subarray(HEAD.length);
    });
  }

  /** Continues the log after the first `bytes` bytes of its entries, and removes the others. */
  continueAfter(bytes: number): void {
    this.#orError(() => {
      this.#fd = openSync(this.path, constants.O_RDWR | NO_FOLLOW);
      mustBeOwn(this.path, fstatSync(this.#fd, { bigint: true }));
      this.#end = HEAD.length + bytes;
      ftruncateSync(this.#fd, this.#end);
    });
  }

  /** Appends an entry. The first one creates the log, and replaces an older one. */
  append(entry: Uint8Array): void {
    this.#orError(() => {
      this.#fd ??= this.#create();
      for (let at = 0; at < entry.length; ) {
        const written = writeSync(this.#fd, entry, at, entry.length - at, this.#end);
        at += written;
        this.#end += written;
      }
    });
    this.#isSynced = false;
  }

  /** Flushes the log to disk. */
  sync(): void {
    if (this.#fd === undefined || this.#isSynced) return;
    this.#orError(() => fdatasyncSync(this.#fd as number));
    this.#isSynced = true;
  }

  /** Removes the log. It is not needed once the footer is written. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #create(): number {
    const temporary = randomName(this.path);
    const fd = openSync(temporary, "wx");
    try {
      this.#end = writeSync(fd, HEAD);
      renameSync(temporary, this.path);
      return fd;
    } catch (error) {
      closeSync(fd);
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #orError<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw error instanceof UpsweepError ? error : errors.cannotWrite(this.path, error);
    }
  }
}
