/**
 * A checksum of bytes that also counts their line ends. Manifests store it, and a file is verified
 * against it.
 *
 * The bytes are read as rows of sixteen. Each of the sixteen lanes has two sums modulo 2^32: the
 * sum of its bytes, and the sum of each byte times its row number. Two checksums can be joined at
 * any byte, because moving bytes only rotates the lanes. Workers therefore sum the rows that they
 * return, and the main thread only joins the sums. A CRC-32 can be joined too, but takes five times
 * as long. Measured 2026-11-26: 20 GB/s, against 4.4 GB/s for zlib.crc32. A sweep writes 0.45 GB
 * per second and core.
 *
 * The checksum detects damage: a changed byte, zeroed bytes, swapped blocks, a truncated file. It
 * does not protect against deliberate changes, since anyone can recompute it.
 */

const LANES = 16;
const NEWLINE = 10;

/** The checksum of one sequence of bytes. */
export interface Sum {
  readonly bytes: number;
  /** Number of line ends in the bytes. */
  readonly lines: number;
  /** The plain sum of every lane, followed by the weighted sum of every lane. */
  readonly lanes: Uint32Array;
}

/** The checksum of an empty sequence. */
export const NO_BYTES: Sum = { bytes: 0, lines: 0, lanes: new Uint32Array(2 * LANES) };

/**
 * The checksum of a few bytes, such as a header. The kernel sums large inputs a hundred times as
 * fast (see assembly/sum.ts).
 */
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

/** The checksum of the bytes of `first` followed by those of `second`. */
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

/** Whether two checksums are equal in length, line ends and lanes. */
export function isSameSum(one: Sum, other: Sum): boolean {
  return (
    one.bytes === other.bytes &&
    one.lines === other.lines &&
    one.lanes.every((lane, i) => lane === other.lanes[i])
  );
}
