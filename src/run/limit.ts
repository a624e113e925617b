/** Rows up to a limit. */

const NEWLINE = 0x0a;

/** The first `count` rows of some CSV; there are as many. Rows hold no line ends but their own. */
export function cutRows(csv: readonly Uint8Array<ArrayBuffer>[], count: number): Uint8Array<ArrayBuffer>[] {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for (const bytes of csv) {
    let end = 0;
    for (; count > 0 && end < bytes.length; count--) end = bytes.indexOf(NEWLINE, end) + 1;
    if (end > 0) kept.push(bytes.subarray(0, end));
    if (count === 0) break;
  }
  return kept;
}
