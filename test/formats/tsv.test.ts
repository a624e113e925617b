/** Rows of CSV as tab-separated values, against a simple reader of each. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { encoderOf } from "../../src/formats/encoding.ts";
import type { EncodedColumn } from "../../src/formats/json.ts";
import { bytesOf, type Field, tables } from "../support/csv-tables.ts";

/** The fields of tab-separated text, read character by character. */
function fieldsOfTsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, field, isQuoted, isStart]: [string[], string, boolean, boolean] = [[], "", false, true];
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[i++];
      else isQuoted = false;
    } else if (character === '"' && isStart) {
      isQuoted = true;
      isStart = false;
    } else if (character === "\t" || character === "\n") {
      row.push(field);
      [field, isStart] = ["", true];
      if (character === "\n") {
        rows.push(row);
        row = [];
      }
    } else {
      field += character;
      isStart = false;
    }
  }
  return rows;
}

describe("rows as tab-separated values", () => {
  test.prop([tables(true), fc.nat(5)], { numRuns: 400 })(
    "have the fields of the CSV",
    (made, offset) => {
      const csv = bytesOf(made, offset);
      const encode = encoderOf({ format: "tsv", columns: made.columns, bigInts: "number" });
      const encoded = Buffer.from(encode?.(csv) as Uint8Array).toString("utf8");
      const textOf = ({ written }: Field) =>
        written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
      expect(fieldsOfTsv(encoded)).toEqual(made.rows.map((row) => row.map(textOf)));
    },
  );

  /** A column of the user's list, which can have quotes and tabs. */
  const own: EncodedColumn = { name: "own", type: "text", isUserWritten: true };

  test.prop([fc.uint8Array({ maxLength: 70 }), fc.nat(3), fc.constantFrom([], [own])])(
    "differ only in the delimiter from CSV without quotes and tabs",
    (bytes, offset, columns) => {
      const plain = Uint8Array.from(bytes, (byte) =>
        byte === 0x22 || byte === 0x09 ? 0x2c : byte,
      );
      const memory = new Uint8Array(plain.length + offset);
      memory.set(plain, offset);
      const encode = encoderOf({ format: "tsv", columns, bigInts: "number" });
      expect(encode?.(memory.subarray(offset))).toEqual(
        plain.map((byte) => (byte === 0x2c ? 0x09 : byte)),
      );
    },
  );

  it("quote a field that contains a tab, with its quotes doubled", () => {
    const encode = encoderOf({ format: "tsv", columns: [own], bigInts: "number" });
    expect(
      Buffer.from(encode?.(Buffer.from('a\tb,c\ta"b,"d,e",f\n')) as Uint8Array).toString(),
    ).toBe('"a\tb"\t"c\ta""b"\t"d,e"\tf\n');
  });
});
