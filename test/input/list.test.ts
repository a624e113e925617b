/**
 * Lists in every supported form are converted to the same canonical CSV, whatever the sizes of the
 * pieces in which they arrive.
 */
import { gzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { listBytes } from "../../src/input/list.ts";
import { splitRecord } from "../../src/plan/list.ts";
import { readList as read, utf16 } from "../support/read-list.ts";

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

  it("has the delimiter that splits its header into the most known parameters", async () => {
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
    // One column, or only unknown ones, are not evidence for a delimiter.
    for (const header of ["l_in", "a;b;c"])
      expect((await read(Buffer.from(`${header}\n1\n`))).csv).toBe(`${header}\n1\n`);
  });

  it("has the delimiter of its line sep=, or the requested one", async () => {
    for (const first of ["sep=;", '"sep=;"', "SEP=;,,", "\ufeffsep=;"]) {
      expect(await read(Buffer.from(`${first}\r\na;b\r\n1,5;2\r\n`))).toEqual({
        csv: 'a,b\r\n"1,5",2\r\n',
        lines: [2, 3, 4],
      });
    }
    expect((await read(Buffer.from("a#b\n1#2\n"), { delimiter: "#" })).csv).toBe("a,b\n1,2\n");
    expect((await read(Buffer.from("sep=,\na;l_in\n"), { delimiter: ";" })).csv).toBe("a,l_in\n");
  });

  it("keeps bytes that are not valid UTF-8", async () => {
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
  /** Quotes only where necessary, as spreadsheets and csv.writer do. */
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
    "has the same fields in every dialect, encoding and compression",
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
