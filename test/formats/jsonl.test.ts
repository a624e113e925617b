/** Rows of CSV in other formats, against a plain reading of the CSV and JavaScript's own JSON. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { encoderOf, headerIn, overheadOf } from "../../src/formats/encoding.ts";
import { type BigInts, type EncodedColumn, jsonOf } from "../../src/formats/json.ts";

type Field = { readonly written: string; readonly value: unknown };

const plainField = (written: string, value: unknown): Field => ({ written, value });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const integer = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  .map((n) => plainField(String(n), n));
const decimal = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
    fc.constantFrom(0.5, 1e21, 5e-324, 1e-7, 3),
  )
  .map((n) => plainField(String(n), n));
const boolean = fc.boolean().map((b) => plainField(String(b), b));
const none = fc.constant(plainField("", null));
/** Text as the name of a grid can be: without what needs quotes. */
const label = fc.stringMatching(/^[^\s,"\p{Cc}]{1,12}$/u).map((text) => plainField(text, text));
/** Text as people have it in lists: in quotes where it must be, and sometimes where it need not. */
const carried = fc
  .tuple(
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom("", ",", '"', "\n", "\t", "\\", "\r\n", " "),
    fc.boolean(),
  )
  .map(([text, special, isQuoted]): Field => {
    const whole = `${text}${special}`;
    const mustQuote = /[",\n\r]/.test(whole) || isQuoted;
    return mustQuote
      ? plainField(quoted(whole), whole)
      : plainField(whole, whole === "" ? null : whole);
  });

interface Made {
  readonly columns: readonly EncodedColumn[];
  readonly rows: readonly (readonly Field[])[];
}

function tables(hasText: boolean): fc.Arbitrary<Made> {
  const kinds: readonly (readonly [Omit<EncodedColumn, "name">, fc.Arbitrary<Field>])[] = [
    [{ type: "u64" }, integer],
    [{ type: "i64" }, fc.oneof(integer, none)],
    [{ type: "integer" }, integer],
    [{ type: "decimal" }, fc.oneof(decimal, none)],
    [{ type: "boolean" }, boolean],
    [{ type: "text" }, label],
    ...(hasText
      ? ([
          [{ type: "text", isUserWritten: true }, carried],
          [
            { type: "integer", isUserWritten: true },
            fc
              .tuple(integer, fc.boolean())
              .map(([{ written, value }, isQuoted]) =>
                plainField(isQuoted ? quoted(written) : written, value),
              ),
          ],
          [
            { type: "boolean", isUserWritten: true },
            fc
              .constantFrom<[string, boolean]>(
                ["True", true],
                ["FALSE", false],
                ["1", true],
                ["0", false],
                ["true", true],
              )
              .map(([text, value]) => plainField(text, value)),
          ],
          [
            { type: "integer", isUserWritten: true },
            fc.constantFrom("(3, 3)", "x", "007").map((text) => plainField(quoted(text), text)),
          ],
        ] as const)
      : []),
  ];
  return fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }).chain((chosen) => {
    const columns = chosen.map(
      ([column], i): EncodedColumn => ({ ...column, name: `${i} "é\\${i}` }),
    );
    const row = fc.tuple(...chosen.map(([, field]) => field));
    // Rows that begin like the one before are met in every sweep.
    const rows = fc.array(fc.tuple(row, fc.nat(chosen.length)), { maxLength: 12 }).map((all) => {
      const made: (readonly Field[])[] = [];
      for (const [fields, shared] of all)
        made.push([...(made.at(-1) ?? fields).slice(0, shared), ...fields.slice(shared)]);
      return made;
    });
    return fc.record({ columns: fc.constant(columns), rows });
  });
}

/** CSV bytes that begin at any address, as they do in the kernel's memory. */
function bytesOf({ rows }: Made, offset: number): Uint8Array {
  const text = Buffer.from(
    rows.map((row) => `${row.map(({ written }) => written).join(",")}\n`).join(""),
  );
  const memory = new Uint8Array(new SharedArrayBuffer(text.length + offset));
  memory.set(text, offset);
  return memory.subarray(offset);
}

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
      `are JavaScript's own objects${hasText ? ", with text as people write it" : ""}`,
      (made, bigInts, offset) => {
        const encoding = { format: "jsonl", columns: made.columns, bigInts } as const;
        const csv = bytesOf(made, offset);
        const before = Buffer.from(csv).toString();
        const encode = encoderOf(encoding);
        const encoded = Buffer.from(encode?.(csv) as Uint8Array).toString("utf8");
        expect(encoded).toBe(made.rows.map((row) => jsonRow(made.columns, row, bigInts)).join(""));
        for (const line of encoded.split("\n").slice(0, -1))
          expect(() => JSON.parse(line)).not.toThrow();
        // The CSV is left alone, and the next rows come out right too.
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

  test.prop([fc.uint8Array({ maxLength: 70 }), fc.nat(3)])(
    "differ from CSV without quotes and tabs in the commas alone",
    (bytes, offset) => {
      const plain = Uint8Array.from(bytes, (byte) =>
        byte === 0x22 || byte === 0x09 ? 0x2c : byte,
      );
      const memory = new Uint8Array(plain.length + offset);
      memory.set(plain, offset);
      const encode = encoderOf({ format: "tsv", columns: [], bigInts: "number" });
      expect(encode?.(memory.subarray(offset))).toEqual(
        plain.map((byte) => (byte === 0x2c ? 0x09 : byte)),
      );
    },
  );

  it("quote a field that holds a tab, with the quotes in it doubled", () => {
    const encode = encoderOf({ format: "tsv", columns: [], bigInts: "number" });
    expect(
      Buffer.from(encode?.(Buffer.from('a\tb,c\ta"b,"d,e",f\n')) as Uint8Array).toString(),
    ).toBe('"a\tb"\t"c\ta""b"\t"d,e"\tf\n');
  });
});

describe("a header", () => {
  it("is there in CSV and in tab-separated values", () => {
    expect(headerIn("csv", "a,b\n")).toBe("a,b\n");
    expect(headerIn("tsv", "a,b\n")).toBe("a\tb\n");
    expect(headerIn("jsonl", "a,b\n")).toBe("");
    expect(headerIn("tsv", "")).toBe("");
  });
});

describe("a cell as JSON", () => {
  it.each<[Parameters<typeof jsonOf>, string]>([
    [["u64", "18446744073709551615"], "18446744073709551615"],
    [["u64", "18446744073709551615", "string"], '"18446744073709551615"'],
    [["i64", "-1", "string"], '"-1"'],
    [["integer", "3"], "3"],
    [["integer", "3", "string"], '"3"'],
    [["decimal", "0.1", "string"], "0.1"],
    [["decimal", "1e-7"], "1e-7"],
    [["decimal", ""], "null"],
    [["u64", "", "string"], "null"],
    [["boolean", "true", "string"], "true"],
    [["boolean", "False"], "false"],
    [["boolean", "maybe"], '"maybe"'],
    [["text", 'a"b\\\n'], '"a\\"b\\\\\\n"'],
    [["integer", "(3, 3)"], '"(3, 3)"'],
    [["integer", "007"], '"007"'],
    [["decimal", "NaN"], '"NaN"'],
  ])("%j is %s", (given, json) => expect(jsonOf(...given)).toBe(json));
});
