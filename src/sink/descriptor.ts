/** Writing to an open file descriptor, whole. */
import { write } from "node:fs";
import { promisify } from "node:util";
import { errors } from "../errors.js";
import { ClosedPipe } from "./sink.js";

const writeSome = promisify(write);

/** How long to wait before a pipe that is full and does not block is tried again, in milliseconds. */
const FULL_PIPE_WAIT = 1;

/** Writes all of `bytes`: at so many bytes of the file, or where it stands. `name` is what messages call the file. */
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
