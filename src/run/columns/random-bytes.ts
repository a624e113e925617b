/** Reads parts of a file. */
import { constants } from "node:fs";
import type { RandomBytes } from "../../formats/arrow/contents.js";
import { openOwn } from "../../sink/file.js";

/**
 * Opens a file for the time of `use`.
 *
 * @param length the number of its bytes that are read as a whole file.
 * @throws UpsweepError if it is not a regular file of this user.
 */
export async function withRandomBytes<T>(
  path: string,
  length: number,
  use: (bytes: RandomBytes) => Promise<T>,
): Promise<T> {
  const file = await openOwn(path, constants.O_RDONLY);
  try {
    return await use({
      length,
      read: async (offset, length) => {
        const piece = new Uint8Array(length);
        const { bytesRead } = await file.read(piece, 0, length, offset);
        return piece.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}
