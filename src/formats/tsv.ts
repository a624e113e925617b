/**
 * Tab-separated values: the rules of CSV with tabs instead of commas. A field that contains a tab,
 * a quote or a line end is in double quotes. pandas, polars and DuckDB read this with the separator
 * "\t".
 */
import { fieldEnd } from "./csv.js";
import type { Format } from "./format.js";

const TAB = 0x09;
const QUOTE = 0x22;
const COMMA = 0x2c;

export const TSV = {
  name: "tsv",
  extensions: ["tsv", "tab"],
  header: (csvHeader) => toTsv(csvHeader),
  encoder: () => toTsv,
} as const satisfies Format;

/**
 * Replaces the commas of complete CSV rows with tabs. Rows without quotes and tabs, the usual case,
 * are changed in place.
 */
function toTsv(csv: Uint8Array): Uint8Array {
  const bytes = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength);
  if (bytes.includes(QUOTE) || bytes.includes(TAB)) return withQuotes(csv);
  replaceCommas(csv);
  return csv;
}

const EVERY_COMMA = 0x2c2c2c2c;
const LOW_BITS = 0x7f7f7f7f;

/**
 * Replaces commas four bytes at a time. This is 2.5 times as fast as byte by byte (measured
 * 2026-11-26, vocoder.yaml).
 */
function replaceCommas(csv: Uint8Array): void {
  const replaceBytes = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (csv[i] === COMMA) csv[i] = TAB;
  };
  const head = -csv.byteOffset & 3;
  const count = Math.max(0, (csv.length - head) >> 2);
  if (count === 0) {
    replaceBytes(0, csv.length);
    return;
  }
  const words = new Int32Array(csv.buffer, csv.byteOffset + head, count);
  replaceBytes(0, head);
  for (let i = 0; i < count; i++) {
    const word = words[i] as number;
    const difference = word ^ EVERY_COMMA;
    // The high bit of a byte is set if that byte is not a comma.
    const notCommas = ((difference & LOW_BITS) + LOW_BITS) | 0 | difference;
    const commas = (~notCommas >>> 7) & 0x01010101;
    if (commas !== 0) words[i] = word ^ Math.imul(commas, COMMA ^ TAB);
  }
  replaceBytes(head + 4 * count, csv.length);
}

/** Replaces the separators field by field, and quotes each field that contains a tab. */
function withQuotes(csv: Uint8Array): Uint8Array {
  // A field of one tab and many quotes becomes up to twice as long, plus its two outer quotes.
  const out = new Uint8Array(2 * csv.length + 2);
  let length = 0;
  for (let at = 0; at < csv.length; ) {
    const end = fieldEnd(csv, at);
    const field = csv.subarray(at, end);
    if (csv[at] !== QUOTE && field.includes(TAB)) {
      out[length++] = QUOTE;
      for (const byte of field) {
        if (byte === QUOTE) out[length++] = QUOTE;
        out[length++] = byte;
      }
      out[length++] = QUOTE;
    } else {
      out.set(field, length);
      length += field.length;
    }
    if (end < csv.length) out[length++] = csv[end] === COMMA ? TAB : (csv[end] as number);
    at = end + 1;
  }
  return out.subarray(0, length);
}
