/** Lists as the rest of the program reads them. */
import { expect } from "vitest";
import { listBytes } from "../../src/input/list.ts";

interface Read {
  readonly csv: string;
  /** For each line of the CSV, the line or row in the user's file. */
  readonly lines: readonly number[];
}

export async function readList(
  bytes: Uint8Array,
  {
    pieceBytes = 1 << 20,
    delimiter,
    isFile = true,
    name = "list",
  }: { pieceBytes?: number; delimiter?: string; isFile?: boolean; name?: string } = {},
): Promise<Read> {
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  const list = listBytes(
    { name, open, isFile, size: bytes.length, isLive: false },
    delimiter,
    () => {},
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of list) {
    pieces.push(piece);
    expect(list.fraction?.()).toBeLessThanOrEqual(1);
  }
  const csv = Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  return { csv, lines: csv.split("\n").map((_, i) => list.lines?.of(i + 1) ?? i + 1) };
}

export const utf16 = (text: string, isBig: boolean, hasMark: boolean) => {
  const bytes = Buffer.from((hasMark ? "\ufeff" : "") + text, "utf16le");
  return isBig ? bytes.swap16() : bytes;
};
