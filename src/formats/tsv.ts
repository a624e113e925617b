/**
 * Tab-separated values: CSV's rules with a tab for the comma. A field that holds a tab, a quote or a line end is in double quotes, as pandas,
 * polars and DuckDB read it with the separator "\t".
 */

const TAB = 0x09;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** Whole rows of CSV with tabs for commas. Without quotes and tabs in them, which is the rule, they are changed in place. */
export function toTsv(csv: Uint8Array): Uint8Array {
  const bytes = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength);
  if (bytes.includes(QUOTE) || bytes.includes(TAB)) return withQuotes(csv);
  replaceCommas(csv);
  return csv;
}

const EVERY_COMMA = 0x2c2c2c2c;
const LOW_BITS = 0x7f7f7f7f;

/** Four bytes at a time: 2.5 times as fast as one by one (2026-11-26, vocoder.yaml). */
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
    // The high bit of each byte that is not a comma is set in here.
    const notCommas = ((difference & LOW_BITS) + LOW_BITS) | 0 | difference;
    const commas = (~notCommas >>> 7) & 0x01010101;
    if (commas !== 0) words[i] = word ^ Math.imul(commas, COMMA ^ TAB);
  }
  replaceBytes(head + 4 * count, csv.length);
}

/** Field by field: a field that holds a tab gets quotes. */
function withQuotes(csv: Uint8Array): Uint8Array {
  // A field of quotes and a tab alone may become twice as long, and two quotes more.
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

/** Where the field that begins at a byte ends: at a comma or line end outside of quotes, or at the end of all. */
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
