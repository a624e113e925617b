/** Lists in the forms that people have become the same canonical CSV, whatever the pieces in which they arrive. */
import { gzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { listBytes } from "../../src/input/list.ts";
import { splitRecord } from "../../src/plan/list.ts";

interface Read {
  readonly csv: string;
  /** The user's line of each line of the CSV. */
  readonly lines: readonly number[];
}

async function read(
  bytes: Uint8Array,
  {
    pieceBytes = 1 << 20,
    delimiter,
    isFile = true,
  }: { pieceBytes?: number; delimiter?: string; isFile?: boolean } = {},
): Promise<Read> {
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  const list = listBytes(
    { name: "list", open, isFile, size: bytes.length, isLive: false },
    delimiter,
    () => {},
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of list) {
    pieces.push(piece);
    expect(list.fraction?.()).toBeLessThanOrEqual(1);
  }
  const csv = Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^\ufeff/, "");
  return { csv, lines: csv.split("\n").map((_, i) => list.lines?.of(i + 1) ?? i + 1) };
}

const utf16 = (text: string, isBig: boolean, hasMark: boolean) => {
  const bytes = Buffer.from((hasMark ? "\ufeff" : "") + text, "utf16le");
  return isBig ? bytes.swap16() : bytes;
};

const HEADER = ["name", "in_channels", "out_channels", "kernel_size", "l_in"] as const;
const CSV = "name,in_channels,out_channels,kernel_size,l_in\na,64,32,3,10\n";

describe("a list", () => {
  it.each([
    ["plain CSV", Buffer.from(CSV)],
    ["CSV with a byte order mark", Buffer.from(`\ufeff${CSV}`)],
    ["semicolons", Buffer.from(CSV.replaceAll(",", ";"))],
    [
      "semicolons with a byte order mark and quoted names",
      Buffer.from(`\ufeff"name";"in_channels";"out_channels";"kernel_size";"l_in"\na;64;32;3;10\n`),
    ],
    ["tabs", Buffer.from(CSV.replaceAll(",", "\t"))],
    ["pipes", Buffer.from(CSV.replaceAll(",", "|"))],
    ["carriage returns as line ends", Buffer.from(CSV.replaceAll("\n", "\r"))],
    ["UTF-16, little endian", utf16(CSV, false, true)],
    ["UTF-16, big endian", utf16(CSV, true, true)],
    ["UTF-16, little endian, without a mark", utf16(CSV, false, false)],
    ["UTF-16, big endian, without a mark", utf16(CSV, true, false)],
    ["gzip", gzipSync(CSV)],
    [
      "gzip of several members",
      Buffer.concat([gzipSync(CSV.slice(0, 50)), gzipSync(""), gzipSync(CSV.slice(50))]),
    ],
    ["gzip with zeros at its end", Buffer.concat([gzipSync(CSV), Buffer.alloc(1024)])],
    ["gzip of UTF-16 with tabs", gzipSync(utf16(CSV.replaceAll(",", "\t"), false, true))],
    [
      "JSON lines",
      Buffer.from(
        `{"name": "a", "in_channels": 64, "out_channels": 32, "kernel_size": 3, "l_in": 10}\n`,
      ),
    ],
    [
      "JSON lines in UTF-16",
      utf16(
        `{"name": "a", "in_channels": 64, "out_channels": 32, "kernel_size": 3, "l_in": 10}\n`,
        true,
        true,
      ),
    ],
    [
      "a JSON array",
      Buffer.from(
        `\ufeff [ {"name":"a","in_channels":64,"out_channels":32,"kernel_size":3,"l_in":10} ]`,
      ),
    ],
  ])("may be %s, in pieces of any size", async (_, bytes) => {
    for (const pieceBytes of [1, 2, 3, 7, 1 << 20]) {
      const { csv } = await read(bytes, { pieceBytes });
      expect(csv.replaceAll('"', "")).toBe(CSV);
    }
  });

  it("has the delimiter by which its header names the most parameters", async () => {
    const rest = ",out_channels,kernel_size,l_in";
    for (const header of [
      `in_channels,a;b${rest}`,
      `in_channels,"stride;padding;groups"${rest}`,
      `in_channels,a|b|c|d${rest}`,
    ]) {
      expect((await read(Buffer.from(`${header}\n`))).csv).toBe(`${header}\n`);
    }
    expect((await read(Buffer.from("In_Channels;note, long;Stride\n"))).csv).toBe(
      'In_Channels,"note, long",Stride\n',
    );
    // One column, or none that is known, is no evidence.
    for (const header of ["l_in", "a;b;c"])
      expect((await read(Buffer.from(`${header}\n1\n`))).csv).toBe(`${header}\n1\n`);
  });

  it("has the delimiter of its line sep=, or the one that is given", async () => {
    for (const first of ["sep=;", '"sep=;"', "SEP=;,,", "\ufeffsep=;"]) {
      expect(await read(Buffer.from(`${first}\r\na;b\r\n1,5;2\r\n`))).toEqual({
        csv: 'a,b\r\n"1,5",2\r\n',
        lines: [2, 3, 4],
      });
    }
    expect((await read(Buffer.from("a#b\n1#2\n"), { delimiter: "#" })).csv).toBe("a,b\n1,2\n");
    expect((await read(Buffer.from("sep=,\na;l_in\n"), { delimiter: ";" })).csv).toBe("a,l_in\n");
  });

  it("keeps bytes that are not UTF-8 as they are", async () => {
    const bytes = Buffer.from("l_in;name\n1;caf\xe9,\n", "latin1");
    const open = async function* () {
      yield bytes;
    };
    const pieces: Uint8Array[] = [];
    for await (const piece of listBytes(
      { name: "list", open, isFile: true, isLive: false },
      undefined,
      () => {},
    ))
      pieces.push(piece);
    expect(Buffer.concat(pieces).toString("latin1")).toBe('l_in,name\n1,"caf\xe9,"\n');
  });

  const cell = fc.oneof(
    fc.stringMatching(/^[a-z0-9é,;|\t ]{0,6}$/),
    fc.stringMatching(/^[a-z,;|\t\n\r" ]{0,6}$/),
    fc.constantFrom("\u{1f600}", 'a"b', ",", ""),
  );
  const table = fc.array(fc.tuple(cell, cell, cell, cell, cell), { maxLength: 8 });
  /** As spreadsheets and csv.writer do: quotes only where they are needed. */
  const written = (text: string, delimiter: string) =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  test.prop(
    [
      table,
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.constantFrom("utf8", "le", "be"),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
    ],
    {
      numRuns: 1_500,
    },
  )(
    "has the same fields in every dialect, encoding and packing",
    async (rows, delimiter, lineEnd, encoding, isPacked, pieceBytes) => {
      const text = [HEADER, ...rows]
        .map((cells) => cells.map((value) => written(value, delimiter)).join(delimiter) + lineEnd)
        .join("");
      const bytes = encoding === "utf8" ? Buffer.from(text) : utf16(text, encoding === "be", true);
      const { csv } = await read(isPacked ? gzipSync(bytes) : bytes, { pieceBytes });
      const records = [...csv.matchAll(/((?:"(?:[^"]|"")*"|[^"\n])*)\r?\n/g)].map(([record]) =>
        record.replace(/\r?\n$/, ""),
      );
      expect(records.map((record) => splitRecord(record))).toEqual([[...HEADER], ...rows]);
    },
  );
});

describe("JSON", () => {
  const json = (text: string, options = {}) => read(Buffer.from(text), options);

  it("keeps numbers digit by digit, and makes fields of the other values", async () => {
    const { csv } = await json(
      `{"a":9007199254740993,"b":1.50,"c":-1e+3,"d":null,"e":true,"f":false,"g":[3, 5],"h":[],"i":["x",true],"j":"1,\\u00e9\\n\\"","k":""}`,
    );
    expect(csv).toBe(
      'a,b,c,d,e,f,g,h,i,j,k\n9007199254740993,1.50,-1e+3,,true,false,"(3, 5)",(),"(x, true)","1,é\n""",\n',
    );
  });

  it("has the keys of all objects as columns, in order of first appearance; from a pipe those of the first", async () => {
    const text = '{"b": 1}\n{"a": 2, "b": 3}\n{"c": 4}\n';
    expect((await json(text)).csv).toBe("b,a,c\n1,,\n3,2,\n,,4\n");
    await expect(json(text, { isFile: false })).rejects.toMatchObject({ code: "newKey" });
    expect((await json('{"b": 1, "a": null}\n{"a": 2}\n', { isFile: false })).csv).toBe(
      "b,a\n1,\n,2\n",
    );
  });

  it("knows the line of each object, whatever line breaks are around and within it", async () => {
    const { csv, lines } = await json('\n{"a":\n1}\n\n{"a": "x\\ny"}\n{"a":3} {"a":4}\n{"a":5}');
    expect(csv).toBe('a\n1\n"x\ny"\n3\n4\n5\n');
    expect(lines.slice(0, -1)).toEqual([2, 2, 5, 6, 6, 6, 7]);
  });

  const value = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.string({
      unit: fc.constantFrom("\\", '"', "\n", "\u0001", " ", "{", "}", "[", "]", ",", ":"),
      maxLength: 6,
    }),
  );
  const objects = fc.array(
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "c"), fc.string({ minLength: 1 })), value, {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    }),
    { minLength: 1, maxLength: 8 },
  );
  test.prop(
    [objects, fc.constantFrom("lines", "array", "indented"), fc.integer({ min: 1, max: 40 })],
    { numRuns: 1_500 },
  )(
    "has the values that JSON.parse reads, in pieces of any size",
    async (given, form, pieceBytes) => {
      const texts = given.map((object) =>
        JSON.stringify(object, null, form === "indented" ? 2 : 0),
      );
      const { csv } = await json(
        form === "array" ? `[${texts.join(",\n")}]` : `${texts.join("\n")}\n`,
        { pieceBytes },
      );
      const records = [...csv.matchAll(/((?:"(?:[^"]|"")*"|[^"\n])*)\n/g)].map(
        ([, record]) => splitRecord(record as string) as string[],
      );
      const columns = records[0] as string[];
      expect(records).toHaveLength(given.length + 1);
      for (const [i, object] of given.entries()) {
        const entries = new Map(Object.entries(object));
        for (const [column, key] of columns.entries()) {
          const cell = (records[i + 1] as string[])[column] as string;
          const expected = entries.get(key);
          if (expected === undefined || expected === null) expect(cell).toBe("");
          else if (typeof expected === "number")
            expect(Object.is(Number(cell), expected === 0 ? 0 : expected)).toBe(true);
          else expect(cell).toBe(String(expected));
        }
      }
      expect(new Set(columns)).toEqual(new Set(given.flatMap((object) => Object.keys(object))));
    },
  );
});
