import type { Sum } from "../../src/checksum.ts";

/** The checksum of bytes by its definition, with numbers that cannot overflow. */
export function sumByDefinition(bytes: Uint8Array): Sum {
  const lanes = Array.from({ length: 32 }, (_, i) => {
    const own = [...bytes.entries()].filter(([at]) => at % 16 === i % 16);
    return (
      own.reduce((sum, [at, byte]) => sum + (i < 16 ? 1n : BigInt(at >> 4)) * BigInt(byte), 0n) %
      2n ** 32n
    );
  });
  return {
    bytes: bytes.length,
    lines: bytes.filter((byte) => byte === 10).length,
    lanes: Uint32Array.from(lanes, Number),
  };
}
