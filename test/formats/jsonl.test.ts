/** Rows of CSV as JSON Lines, against JavaScript's own JSON. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { encoderOf, overheadOf } from "../../src/formats/encoding.ts";
import type { BigInts, EncodedColumn } from "../../src/formats/json.ts";
import { bytesOf, type Field, tables } from "../support/csv-tables.ts";

/** JavaScript's own JSON, with the exact digits of integers. */
function jsonRow(
  columns: readonly EncodedColumn[],
  row: readonly Field[],
  bigInts: BigInts,
): string {
  const entries = columns.map(({ name }, i) => {
    const { value, written } = row[i] as Field;
    const isInteger = typeof value === "bigint";
    const text = isInteger
      ? bigInts === "string"
        ? `"${value}"`
        : String(value)
      : typeof value === "number"
        ? written
        : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${entries.join(",")}}\n`;
}

describe("rows as JSON Lines", () => {
  for (const hasText of [false, true]) {
    test.prop([tables(hasText), fc.constantFrom<BigInts>("number", "string"), fc.nat(5)], {
      numRuns: 400,
    })(
      `are the objects that JavaScript writes${hasText ? ", with text as people write it" : ""}`,
      (made, bigInts, offset) => {
        const encoding = { format: "jsonl", columns: made.columns, bigInts } as const;
        const csv = bytesOf(made, offset);
        const before = Buffer.from(csv).toString();
        const encode = encoderOf(encoding);
        const encoded = Buffer.from(encode?.(csv) as Uint8Array).toString("utf8");
        expect(encoded).toBe(made.rows.map((row) => jsonRow(made.columns, row, bigInts)).join(""));
        for (const line of encoded.split("\n").slice(0, -1))
          expect(() => JSON.parse(line)).not.toThrow();
        // The CSV is not modified, and encoding it again gives the same result.
        expect(Buffer.from(csv).toString()).toBe(before);
        expect(Buffer.from(encode?.(csv) as Uint8Array).toString("utf8")).toBe(encoded);
        if (!hasText)
          expect(encoded.length).toBeLessThanOrEqual(
            csv.length + made.rows.length * overheadOf(encoding),
          );
      },
    );
  }

  it("are valid UTF-8 even where the list is not", () => {
    const encode = encoderOf({
      format: "jsonl",
      columns: [{ name: "a", type: "text", isUserWritten: true }],
      bigInts: "number",
    });
    expect(
      Buffer.from(encode?.(Uint8Array.of(0x61, 0xff, 0x0a)) as Uint8Array).toString("utf8"),
    ).toBe('{"a":"a\ufffd"}\n');
  });
});
