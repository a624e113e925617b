/** Complete writes to an open file descriptor. */
import { write } from "node:fs";
import { promisify } from "node:util";
import { errors } from "../errors.js";
import { ClosedPipe } from "./sink.js";

const writeSome = promisify(write);

/** Delay before another write to a full non-blocking pipe, in milliseconds. */
const FULL_PIPE_WAIT = 1;

/**
 * Writes all of `bytes`, retrying partial writes and full pipes.
 *
 * @param name the name of the file in error messages.
 * @param position the offset in the file; the descriptor's current position if omitted.
 * @throws ClosedPipe if the reader of a pipe has gone. UpsweepError if the write fails otherwise.
 */
export async function writeAll(
  fd: number,
  bytes: Uint8Array,
  name: string,
  position?: number,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      const { bytesWritten } = await writeSome(
        fd,
        bytes,
        at,
        bytes.length - at,
        position === undefined ? null : position + at,
      );
      at += bytesWritten;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new ClosedPipe();
      if (code !== "EAGAIN") throw errors.cannotWrite(name, error);
      await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_WAIT));
    }
  }
}
