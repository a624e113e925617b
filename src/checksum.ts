/**
 * The checksum of bytes, with their line ends counted: what a manifest says of a file, and how a file is compared with it.
 *
 * The bytes are read as rows of sixteen. Each of the sixteen lanes has two sums modulo 2^32: of its bytes, and of its bytes times the number of
 * their row. Two checksums can be joined at any byte, since moving bytes only turns the lanes. So the workers sum the rows that they hand out, and
 * this thread only joins. A CRC-32 joins too, but takes five times as long. Measured 2026-11-26: 20 GB/s against 4.4 for zlib.crc32, where a sweep
 * writes 0.45 GB per second of a core.
 *
 * It finds damage (a changed byte, zeros, exchanged blocks, a cut). It is no protection against somebody who computes it anew.
 */

const LANES = 16;
const NEWLINE = 10;

/** Bytes that lie in one piece, or whose pieces have been joined. */
export interface Sum {
  readonly bytes: number;
  /** Line ends among them. */
  readonly lines: number;
  /** For each lane the sum of its bytes, then for each lane the weighted sum. */
  readonly lanes: Uint32Array;
}

export const NO_BYTES: Sum = { bytes: 0, lines: 0, lanes: new Uint32Array(2 * LANES) };

/** The checksum of few bytes, such as a header. Of many the kernel makes it, a hundred times as fast (see assembly/sum.ts). */
export function sumOf(bytes: Uint8Array): Sum {
  const lanes = new Uint32Array(2 * LANES);
  let lines = 0;
  for (let i = 0; i < bytes.length; i++) {
    const [byte, lane] = [bytes[i] as number, i % LANES];
    lanes[lane] = (lanes[lane] as number) + byte;
    lanes[LANES + lane] = (lanes[LANES + lane] as number) + Math.imul((i - lane) / LANES, byte);
    if (byte === NEWLINE) lines++;
  }
  return { bytes: bytes.length, lines, lanes };
}

/** The checksum of the bytes of `first` with those of `second` after them. */
export function joined(first: Sum, second: Sum): Sum {
  const lanes = first.lanes.slice();
  const rotation = first.bytes % LANES;
  const rows = (first.bytes - rotation) / LANES;
  for (let lane = 0; lane < LANES; lane++) {
    const target = (lane + rotation) % LANES;
    const rowOffset = rows + Number(lane + rotation >= LANES);
    const plainSum = second.lanes[lane] as number;
    lanes[target] = (lanes[target] as number) + plainSum;
    lanes[LANES + target] =
      (lanes[LANES + target] as number) +
      (second.lanes[LANES + lane] as number) +
      Math.imul(rowOffset, plainSum);
  }
  return { bytes: first.bytes + second.bytes, lines: first.lines + second.lines, lanes };
}

/** Whether the bytes are the same, as far as their checksums say. */
export function isSameSum(one: Sum, other: Sum): boolean {
  return (
    one.bytes === other.bytes && one.lines === other.lines && textOfSum(one) === textOfSum(other)
  );
}

/** The lanes as a manifest has them. */
export function textOfSum({ lanes }: Sum): string {
  const bytes = Buffer.alloc(4 * lanes.length);
  for (const [i, lane] of lanes.entries()) bytes.writeUInt32LE(lane, 4 * i);
  return bytes.toString("base64");
}

/** The lanes that a manifest has; undefined where that is no checksum. */
export function lanesFrom(text: string): Uint32Array | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 8 * LANES || bytes.toString("base64") !== text) return undefined;
  return Uint32Array.from({ length: 2 * LANES }, (_, i) => bytes.readUInt32LE(4 * i));
}
