/**
 * Lists in other forms than plain CSV: what is refused, with which message, and what is accepted.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { titled } from "../support/cases.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { text, words } from "../support/text.ts";

inTemporaryFolder();

const HEADER = "in_channels,out_channels,kernel_size,l_in";
const ROW = "64,64,3,32";
const CSV = `${HEADER}\n${ROW}\n`;
const json = (more: string) =>
  `{"in_channels":64,"out_channels":64,"kernel_size":3,"l_in":32${more}}\n`;
const semicolons = (text: string) => text.replaceAll(",", ";");
/** Data that gzip does not make smaller, so that damage to any byte damages the list. */
const unpacked = Array.from(
  { length: 5_000 },
  (_, i) => `${(i * 7919) % 512},64,3,${1 + ((i * 104729) % 9973)}`,
);
const packed = gzipSync(`${HEADER}\n${unpacked.join("\n")}\n`);
const damagedAt = (at: number) =>
  Buffer.concat([
    packed.subarray(0, at),
    Buffer.from([(packed[at] as number) ^ 0x40]),
    packed.subarray(at + 1),
  ]);

const REFUSED = [
  {
    title: "a bad value between semicolons",
    bytes: semicolons(`${CSV}64,64,3,x\n`),
    message: "layers:3: l_in cannot be 'x'. ",
  },
  {
    title: "a bad value after a line sep=",
    bytes: `sep=;\n${semicolons(HEADER)}\n64;64;3;-1\n`,
    message: "layers:3: l_in cannot be -1. Write a whole number from 1 to 2147483647.",
  },
  {
    title: "a bad header after a line sep=",
    bytes: `sep=;\nin_channels;l_in\n`,
    message: "layers:2: the columns out_channels and kernel_size are missing from the header. ",
  },
  {
    title: "a decimal comma in a parameter",
    bytes: `${semicolons(HEADER)}\n64;64;3;2,5\n`,
    message: text`
      layers:2: l_in cannot be '2,5'. Write a whole number in plain decimal digits, for example 16.
    `,
  },
  {
    title: "too few fields between tabs",
    bytes: `${HEADER.replaceAll(",", "\t")}\n64\t64\n`,
    message: "layers:2: the row has 2 fields, but the header has 4. ",
  },
  {
    title: "a bad value after carriage returns as line ends",
    bytes: `${HEADER}\r${ROW}\r64,64,0,1\r`,
    message: "layers:3: kernel_size cannot be 0. Write a whole number from 1 to 2147483647.",
  },
  {
    title: "a header that is not UTF-8",
    bytes: Buffer.from(`name\xe9,${HEADER}\n`, "latin1"),
    message: text`
      layers:1: the header is not valid UTF-8. Save the list as UTF-8 (Excel: 'CSV UTF-8').
    `,
  },
  {
    title: "half of a surrogate pair in UTF-16",
    bytes: Buffer.from(`\ufeff${HEADER},name\n${ROW},a\n${ROW},\ud800\n`, "utf16le"),
    message: text`
      layers:3: the text is not valid UTF-16: half of a surrogate pair is missing. Save the list as
      UTF-8 (Excel: 'CSV UTF-8').
    `,
  },
  {
    title: "UTF-16 that ends inside a character",
    bytes: Buffer.concat([Buffer.from(`\ufeff${CSV}`, "utf16le"), Buffer.from("6")]),
    message: "layers:3: the text is not valid UTF-16: it ends inside a character. ",
  },
  {
    title: "a delimiter at the end of every line",
    bytes: `${semicolons(CSV).replaceAll("\n", ";\n")}`,
    message: text`
      layers:1: column 5 of the header has no name. Name it, or remove the delimiter at the end of
      every line.
    `,
  },
  {
    title: "UTF-32",
    bytes: Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]),
    message: "layers is UTF-32 text, which upsweep cannot read. Save it as UTF-8.",
  },
  {
    title: "truncated gzip",
    bytes: packed.subarray(0, packed.length - 9),
    message: text`
      layers: the gzip data is damaged or truncated: unexpected end of file. Copy or compress the
      file again.
    `,
  },
  {
    title: "gzip that ends within its header",
    bytes: packed.subarray(0, 12),
    message: "layers: the gzip data is damaged or truncated: unexpected end of file. ",
  },
  {
    title: "gzip with a wrong checksum",
    bytes: damagedAt(packed.length - 7),
    message: "layers: the gzip data is damaged or truncated: incorrect data check. ",
  },
  {
    title: "gzip with data after its end",
    bytes: Buffer.concat([gzipSync(CSV), Buffer.from("64,64,3,32\n")]),
    message: "layers: the gzip data is damaged or truncated: incorrect header check. ",
  },
  {
    title: "gzip with a member after zeros",
    bytes: Buffer.concat([gzipSync(CSV), Buffer.alloc(3), gzipSync(CSV)]),
    message: "layers: the gzip data is damaged or truncated: other data follows its end. ",
  },
  {
    title: "gzip of gzip",
    bytes: gzipSync(gzipSync(CSV)),
    message: "layers is compressed twice with gzip, which upsweep cannot read. Unpack it once: ",
  },
  {
    title: "an Excel workbook",
    bytes: Buffer.from("PK\x03\x04workbook"),
    message: text`
      layers is a ZIP archive or an Excel workbook, which upsweep cannot read. Save the sheet as
      CSV, or unpack the archive.
    `,
  },
  {
    title: "a Parquet file without its end",
    bytes: Buffer.from("PAR1 and some rows"),
    message: "layers is a damaged or incomplete Parquet file: it does not end with PAR1. Write it ",
  },
  {
    title: "an Arrow file without its end",
    bytes: Buffer.from("ARROW1\0\0 and some rows"),
    message: "layers is damaged or incomplete Arrow data: it does not end with ARROW1. Write it ",
  },
  {
    title: "an old Feather file",
    bytes: Buffer.from("FEA1rows"),
    message: text`
      layers is a Feather file of version 1, which upsweep cannot read. Write it as Feather of
      version 2, Parquet or CSV.
    `,
  },
  {
    title: "a nested object",
    bytes: `${json("")}${json(',"shape":{"l":1}')}`,
    message: text`
      layers:2: the value of 'shape' is nested. Write a number, text, true, false, null, or a list
      of these, such as [3, 5].
    `,
  },
  {
    title: "a nested array",
    bytes: json(',"shape":[[1]]'),
    message: "layers:1: the value of 'shape' is nested. ",
  },
  {
    title: "a repeated key",
    bytes: json(',"l_in":3'),
    message: "layers:1: the key 'l_in' is given twice. Keep one of them.",
  },
  {
    title: "a value that is not JSON",
    bytes: json(',"x":NaN'),
    message: text`
      layers:1: x has the value NaN, which is not JSON. Write a number, a text in double quotes,
      true, false or null.
    `,
  },
  {
    title: "a number with a leading zero",
    bytes: json(',"stride":02'),
    message: "layers:1: stride has the value 02, which is not JSON. ",
  },
  {
    title: "a key without quotes",
    bytes: "{in_channels: 1}\n",
    message: text`
      layers:1: expected a key in double quotes, found 'in_channels:'. Write one flat JSON object
      per line.
    `,
  },
  {
    title: "a comma after the last key",
    bytes: json(",").replace(",}", ",}"),
    message: "layers:1: expected a key in double quotes, found '}\\x0a'. ",
  },
  {
    title: "a missing comma in an object",
    bytes: '{"in_channels":1 "l_in":2}\n',
    message: "layers:1: expected a comma or }, found ",
  },
  {
    title: "a missing colon",
    bytes: '{"in_channels" 1}\n',
    message: "layers:1: expected a colon, found ",
  },
  {
    title: "a missing comma in a list",
    bytes: json(',"k":[1 2]'),
    message: "layers:1: expected a comma or ], found ",
  },
  { title: "a missing value", bytes: json(',"k":'), message: "layers:1: expected a value, found " },
  {
    title: "commas between lines",
    bytes: `${json("").trim()},\n${json("")}`,
    message: text`
      layers:1: expected an object, found ',\\x0a{"in_chann'. Write each object on its own line,
      without commas between lines.
    `,
  },
  {
    title: "a text after the objects",
    bytes: `${json("")}end\n`,
    message: "layers:2: expected an object, found 'end\\x0a'. Write one object per line, ",
  },
  {
    title: "a text after the array",
    bytes: `[${json("")}] 1`,
    message: "layers:2: expected the end, found 1. ",
  },
  {
    title: "a missing comma in the array",
    bytes: `[${json("")}${json("")}]`,
    message: "layers:2: expected a comma or ], found ",
  },
  {
    title: "an array that is not closed",
    bytes: `[${json("")}`,
    message: "layers:2: the array is not closed. The list may be truncated; write it again.",
  },
  {
    title: "an object that is not closed",
    bytes: `${json("")}{"l_in":1`,
    message: "layers:2: the object is not closed. The list may be truncated; write it again.",
  },
  {
    title: "a text that is not closed",
    bytes: json(',"name":"a').replace("}", ""),
    message: "layers:1: a text is not closed on its line, or contains a control character. ",
  },
  {
    title: "an unknown escape",
    bytes: json(',"name":"\\x"'),
    message: "layers:1: a text has an escape that JSON does not have. ",
  },
  {
    title: "half of a surrogate pair in JSON",
    bytes: json(',"name":"\\ud800"'),
    message: "layers:1: a text has an escape that JSON does not have. ",
  },
  {
    title: "JSON that is not UTF-8",
    bytes: Buffer.from(`${json("")}${json(',"name":"caf\xe9"')}`, "latin1"),
    message: "layers:2: the text is not valid UTF-8. ",
  },
  {
    title: "a JSON object that is too long",
    bytes: json(`,"name":"${"x".repeat(600_000)}"`),
    message: "layers:1: the row is longer than 524288 bytes. ",
  },
  {
    title: "a JSON number that is not a whole number",
    bytes: json(',"stride":2.0'),
    message: "layers:1: stride cannot be '2.0'. Write 2, without a decimal point.",
  },
  {
    title: "a bad value in JSON objects over several lines",
    bytes: `${json("")}\n{"in_channels":64,\n"out_channels":64,"kernel_size":3,"l_in":0}`,
    message: "layers:3: l_in cannot be 0. ",
  },
  {
    title: "an array without objects",
    bytes: "[]",
    message: "layers:1: the list has no columns. ",
  },
];

it.each(titled(REFUSED))("refuses %s, and leaves no file", async (_, { bytes, message }) => {
  writeFileSync("layers", bytes);
  const { exitCode, stderr, stdout } = await said(words`
    count --from layers --quiet -o out.csv --columns macs
  `);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.slice(0, "upsweep: ".length + message.length)).toBe(`upsweep: ${message}`);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync("out.csv") || existsSync("out.csv.partial")).toBe(false);
});

it("detects damage to any byte of gzip, or counts the same rows", async () => {
  const args = words`count --from layers --quiet -o out.csv --force --columns macs --skip-invalid`;
  writeFileSync("layers", packed);
  expect((await said(args)).exitCode).toBe(0);
  const undamaged = readFileSync("out.csv", "utf8");
  for (let at = 0; at < packed.length; at += 397) {
    writeFileSync("layers", damagedAt(at));
    const { exitCode } = await said(args);
    // Some bits of the header have no effect, such as its time.
    if (exitCode === 0) expect(readFileSync("out.csv", "utf8"), `byte ${at}`).toBe(undamaged);
    else expect(existsSync("out.csv.partial")).toBe(false);
  }
});

it("compares lists in every form", async () => {
  writeFileSync("plain.csv", CSV);
  const { stdout } = await said(["compare", "--from", "plain.csv", "--quiet"]);
  writeFileSync("plain.csv", gzipSync(semicolons(CSV)));
  expect(await said(["compare", "--from", "plain.csv", "--quiet"])).toEqual({
    exitCode: 0,
    stderr: "",
    stdout,
  });
  writeFileSync("plain.csv", CSV.replaceAll(",", "#"));
  expect(await said(words`compare --from plain.csv --quiet --delimiter #`)).toEqual({
    exitCode: 0,
    stderr: "",
    stdout,
  });
});

it.each([
  ["semicolon", ";"],
  ["tab", "\t"],
  ["\\t", "\t"],
  ["pipe", "|"],
  ["comma", ","],
  ["#", "#"],
])("accepts the delimiter %s", async (name, character) => {
  writeFileSync("given.csv", CSV.replaceAll(",", character));
  expect(
    await said([
      "count",
      "--from",
      "given.csv",
      "--quiet",
      "--delimiter",
      name,
      "-o",
      "given-out.csv",
      "--force",
      "--columns",
      "macs",
    ]),
  ).toMatchObject({
    exitCode: 0,
  });
  expect(readFileSync("given-out.csv", "utf8")).toBe(`${HEADER},macs\n${ROW},393216\n`);
});

it.each(["", ";;", '"', "x", "5", "é", "\n"])("refuses the delimiter '%s'", async (delimiter) => {
  const { exitCode, stderr } = await said([
    "count",
    "--from",
    "given.csv",
    "--delimiter",
    delimiter,
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^upsweep: --delimiter cannot be .*\. Write one character such as ';', or comma, semicolon, tab or pipe\.\n$/,
  );
});

it("refuses options for lists where there is no list", async () => {
  const one = words`--in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2`;
  for (const [command, flag, value] of [
    ["count", "--delimiter", ";"],
    ["count", "--errors", "row"],
    ["compare", "--delimiter", ";"],
  ] as const) {
    expect(await said([command, ...one, flag, value])).toEqual({
      exitCode: 2,
      stderr: `upsweep: ${flag} is for lists. Leave it out, or name a list with --from.\n`,
      stdout: "",
    });
  }
});

it("writes a row with an error for each bad row with --errors row", async () => {
  const rows = [
    "1,1,3,2,a",
    '0,1,3,2,"b,"',
    "1,1,3",
    '1,1,3,2,"x\ny"',
    '1,1,x,2,""""',
    '1,1,3,2,"a"b',
    "2147483647,2147483647,3,2147483647,c",
    "2,1,3,2,d",
  ];
  writeFileSync("some.csv", `${HEADER},name\n${rows.join("\r\n")}`);
  const args = words`
    count --from some.csv -o some-out.csv --force --columns macs,l_out --errors row
  `;
  const { exitCode, stderr } = await said(args);
  expect([exitCode, stderr.split("\n").slice(0, 2)]).toEqual([
    0,
    ["3 layers: 3 rows written, 0 rejected", "5 more rows written with an error"],
  ]);
  const lines = readFileSync("some-out.csv", "utf8").split("\n");
  // The message of an overflow names the complete layer.
  expect(lines.splice(8, 1)[0]).toMatch(
    /^2147483647,2147483647,3,2147483647,c,,,"some\.csv:9: macs of ConvTranspose1d\(.*\) .* exceeds 2\^64 - 1\. .*"$/,
  );
  expect(lines).toEqual([
    `${HEADER},name,macs,l_out,error`,
    "1,1,3,2,a,6,4,",
    '0,1,3,2,"b,",,,"some.csv:3: in_channels cannot be 0. Write a whole number from 1 to 2147483647."',
    text`
      ,,,,,,,"some.csv:4: the row has 3 fields, but the header has 5. Write one field per column,
      and put fields that contain commas in double quotes."
    `,
    '1,1,3,2,"x',
    'y",6,4,',
    text`
      1,1,x,2,"""",,,"some.csv:7: kernel_size cannot be 'x'. Write a whole number in plain decimal
      digits, for example 16."
    `,
    text`
      ,,,,,,,"some.csv:8: a quoted field is not closed, or text follows its closing quote. Double
      each quote inside a quoted field: """"."
    `,
    "2,1,3,2,d,12,4,",
    "",
  ]);
  expect(await said([...args, "--skip-invalid"])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^upsweep: both --skip-invalid and --errors row are given\. /),
  });
  writeFileSync("some.csv", `${HEADER},error\n${ROW},a\n`);
  expect(await said(args)).toMatchObject({
    exitCode: 2,
    stderr:
      "upsweep: some.csv:1: the list already has a column error. Rename it, or remove --errors row.\n",
  });
});

it("skips blank lines at the end, and counts them in line numbers", async () => {
  for (const text of [`${CSV}\n\n`, `${semicolons(CSV)}\r\n\n`, `${json("")}\n \n`]) {
    writeFileSync("blank.csv", text);
    expect(
      await said(words`count --from blank.csv -o blank-out.csv --force --quiet`),
    ).toMatchObject({ exitCode: 0 });
    writeFileSync(
      "blank.csv",
      `${text}${text.startsWith("{") ? json("").replace("32", "0") : text.includes(";") ? "64;64;3;0" : "64,64,3,0"}`,
    );
    expect(
      (await said(words`count --from blank.csv -o blank-out.csv --force --quiet`)).stderr,
    ).toMatch(new RegExp(`^upsweep: blank\\.csv:${text.split("\n").length}: l_in cannot be 0\\.`));
  }
});
