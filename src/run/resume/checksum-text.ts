/** The text of a checksum in a manifest. */
import { NO_BYTES, type Sum } from "../../checksum.js";

/** The lanes as little-endian 32-bit words in base64. */
export function textOfSum({ lanes }: Sum): string {
  const bytes = Buffer.alloc(4 * lanes.length);
  for (const [i, lane] of lanes.entries()) bytes.writeUInt32LE(lane, 4 * i);
  return bytes.toString("base64");
}

/** Decodes the lanes stored in a manifest. Returns undefined when the text is not a checksum. */
export function lanesFrom(text: string): Uint32Array | undefined {
  const { length } = NO_BYTES.lanes;
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 4 * length || bytes.toString("base64") !== text) return undefined;
  return Uint32Array.from({ length }, (_, i) => bytes.readUInt32LE(4 * i));
}
