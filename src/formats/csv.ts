/** Comma-separated values, the rows of the kernel, by RFC 4180 with line ends of one byte. */
import type { Format } from "./format.js";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;

export const CSV = {
  name: "csv",
  extensions: ["csv"],
  header: (csvHeader) => csvHeader,
} as const satisfies Format;

/**
 * The end of the field that begins at byte `from`: the next comma or line end outside quotes, or
 * the end of the bytes.
 */
export function fieldEnd(csv: Uint8Array, from: number): number {
  let at = from;
  if (csv[at] === QUOTE) {
    for (at++; at < csv.length; at++) {
      if (csv[at] !== QUOTE) continue;
      if (csv[at + 1] !== QUOTE) break;
      at++;
    }
  }
  while (at < csv.length && csv[at] !== COMMA && csv[at] !== NEWLINE) at++;
  return at;
}
