/** What the command line says to lists of other forms than plain CSV. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const HEADER = "in_channels,out_channels,kernel_size,l_in";
const ROW = "64,64,3,32";
const CSV = `${HEADER}\n${ROW}\n`;
const json = (more: string) =>
  `{"in_channels":64,"out_channels":64,"kernel_size":3,"l_in":32${more}}\n`;
const semicolons = (text: string) => text.replaceAll(",", ";");
/** Data that gzip does not make smaller, so that damage of any byte is damage of the list. */
const packed = gzipSync(
  `${HEADER}\n${Array.from({ length: 5_000 }, (_, i) => `${(i * 7919) % 512},64,3,${1 + ((i * 104729) % 9973)}`).join("\n")}\n`,
);
const damagedAt = (at: number) =>
  Buffer.concat([
    packed.subarray(0, at),
    Buffer.from([(packed[at] as number) ^ 0x40]),
    packed.subarray(at + 1),
  ]);

const REFUSED: readonly (readonly [string, string | Uint8Array, string])[] = [
  [
    "a line of semicolons with a bad value",
    semicolons(`${CSV}64,64,3,x\n`),
    "layers:3: l_in cannot be 'x'. ",
  ],
  [
    "a bad value after a line sep=",
    `sep=;\n${semicolons(HEADER)}\n64;64;3;-1\n`,
    "layers:3: l_in cannot be -1. Write a whole number from 1 to 2147483647.",
  ],
  [
    "a header at fault after a line sep=",
    `sep=;\nin_channels;l_in\n`,
    "layers:2: the columns out_channels and kernel_size are missing from the header. ",
  ],
  [
    "a decimal comma in a parameter",
    `${semicolons(HEADER)}\n64;64;3;2,5\n`,
    "layers:2: l_in cannot be '2,5'. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    "too few fields between tabs",
    `${HEADER.replaceAll(",", "\t")}\n64\t64\n`,
    "layers:2: the row has 2 fields, but the header has 4. ",
  ],
  [
    "a bad value after old line ends",
    `${HEADER}\r${ROW}\r64,64,0,1\r`,
    "layers:3: kernel_size cannot be 0. Write a whole number from 1 to 2147483647.",
  ],
  [
    "a header that is not UTF-8",
    Buffer.from(`name\xe9,${HEADER}\n`, "latin1"),
    "layers:1: the header is not valid UTF-8. Save the list as UTF-8 (Excel: 'CSV UTF-8').",
  ],
  [
    "half a surrogate pair in UTF-16",
    Buffer.from(`\ufeff${HEADER},name\n${ROW},a\n${ROW},\ud800\n`, "utf16le"),
    "layers:3: the text is not valid UTF-16: half of a surrogate pair is missing. Save the list as UTF-8 (Excel: 'CSV UTF-8').",
  ],
  [
    "UTF-16 that ends within a character",
    Buffer.concat([Buffer.from(`\ufeff${CSV}`, "utf16le"), Buffer.from("6")]),
    "layers:3: the text is not valid UTF-16: it ends inside a character. ",
  ],
  [
    "a delimiter at the end of every line",
    `${semicolons(CSV).replaceAll("\n", ";\n")}`,
    "layers:1: column 5 of the header has no name. Name it, or remove the delimiter at the end of every line.",
  ],
  [
    "UTF-32",
    Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]),
    "layers is UTF-32 text, which upsweep cannot read. Save it as UTF-8.",
  ],
  [
    "gzip that is cut off",
    packed.subarray(0, packed.length - 9),
    "layers: the gzip data is damaged or truncated: unexpected end of file. Copy or compress the file again.",
  ],
  [
    "gzip of which only the beginning is there",
    packed.subarray(0, 12),
    "layers: the gzip data is damaged or truncated: unexpected end of file. ",
  ],
  [
    "gzip with a wrong checksum",
    damagedAt(packed.length - 7),
    "layers: the gzip data is damaged or truncated: incorrect data check. ",
  ],
  [
    "gzip with something after it",
    Buffer.concat([gzipSync(CSV), Buffer.from("64,64,3,32\n")]),
    "layers: the gzip data is damaged or truncated: incorrect header check. ",
  ],
  [
    "gzip with a member after zeros",
    Buffer.concat([gzipSync(CSV), Buffer.alloc(3), gzipSync(CSV)]),
    "layers: the gzip data is damaged or truncated: other data follows its end. ",
  ],
  [
    "gzip of gzip",
    gzipSync(gzipSync(CSV)),
    "layers is compressed twice with gzip, which upsweep cannot read. Unpack it once: ",
  ],
  [
    "an Excel workbook",
    Buffer.from("PK\x03\x04workbook"),
    "layers is a ZIP archive or an Excel workbook, which upsweep cannot read. Save the sheet as CSV, or unpack the archive.",
  ],
  ["Parquet", Buffer.from("PAR1rows"), "layers is a Parquet file, which upsweep cannot read. "],
  [
    "a nested object",
    `${json("")}${json(',"shape":{"l":1}')}`,
    "layers:2: the value of 'shape' is nested. Write a number, text, true, false, null, or a list of these, such as [3, 5].",
  ],
  ["a nested array", json(',"shape":[[1]]'), "layers:1: the value of 'shape' is nested. "],
  ["a key twice", json(',"l_in":3'), "layers:1: the key 'l_in' is given twice. Keep one of them."],
  [
    "a value that is no JSON",
    json(',"x":NaN'),
    "layers:1: x has the value NaN, which is not JSON. Write a number, a text in double quotes, true, false or null.",
  ],
  [
    "a number with a leading zero",
    json(',"stride":02'),
    "layers:1: stride has the value 02, which is not JSON. ",
  ],
  [
    "a key without quotes",
    "{in_channels: 1}\n",
    "layers:1: expected a key in double quotes, found 'in_channels:'. Write one flat JSON object per line.",
  ],
  [
    "a comma after the last key",
    json(",").replace(",}", ",}"),
    "layers:1: expected a key in double quotes, found '}\\x0a'. ",
  ],
  ["a missing comma", '{"in_channels":1 "l_in":2}\n', "layers:1: expected a comma or }, found "],
  ["a missing colon", '{"in_channels" 1}\n', "layers:1: expected a colon, found "],
  ["a missing comma in a list", json(',"k":[1 2]'), "layers:1: expected a comma or ], found "],
  ["a missing value", json(',"k":'), "layers:1: expected a value, found "],
  [
    "commas between lines",
    `${json("").trim()},\n${json("")}`,
    "layers:1: expected an object, found ',\\x0a{\"in_chann'. Write each object on its own line, without commas between lines.",
  ],
  [
    "a text after the objects",
    `${json("")}end\n`,
    "layers:2: expected an object, found 'end\\x0a'. Write one object per line, ",
  ],
  ["a text after the array", `[${json("")}] 1`, "layers:2: expected the end, found 1. "],
  [
    "a missing comma in the array",
    `[${json("")}${json("")}]`,
    "layers:2: expected a comma or ], found ",
  ],
  [
    "an array that is not closed",
    `[${json("")}`,
    "layers:2: the array is not closed. The list may be truncated; write it again.",
  ],
  [
    "an object that is not closed",
    `${json("")}{"l_in":1`,
    "layers:2: the object is not closed. The list may be truncated; write it again.",
  ],
  [
    "a text that is not closed",
    json(',"name":"a').replace("}", ""),
    "layers:1: a text is not closed on its line, or contains a control character. ",
  ],
  [
    "an unknown escape",
    json(',"name":"\\x"'),
    "layers:1: a text has an escape that JSON does not have. ",
  ],
  [
    "half a surrogate pair in JSON",
    json(',"name":"\\ud800"'),
    "layers:1: a text has an escape that JSON does not have. ",
  ],
  [
    "JSON that is not UTF-8",
    Buffer.from(`${json("")}${json(',"name":"caf\xe9"')}`, "latin1"),
    "layers:2: the text is not valid UTF-8. ",
  ],
  [
    "a JSON object that is too long",
    json(`,"name":"${"x".repeat(600_000)}"`),
    "layers:1: the row is longer than 524288 bytes. ",
  ],
  [
    "a number in JSON that is no whole number",
    json(',"stride":2.0'),
    "layers:1: stride cannot be '2.0'. Write 2, without a decimal point.",
  ],
  [
    "a bad value in a list of JSON over several lines",
    `${json("")}\n{"in_channels":64,\n"out_channels":64,"kernel_size":3,"l_in":0}`,
    "layers:3: l_in cannot be 0. ",
  ],
  ["no object", "[]", "layers:1: there is no header. "],
];

it.each(REFUSED)("refuses %s, and leaves no file", async (_, bytes, message) => {
  writeFileSync("layers", bytes);
  const { exitCode, stderr, stdout } = await said([
    "count",
    "--from",
    "layers",
    "--quiet",
    "-o",
    "out.csv",
    "--columns",
    "macs",
  ]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.slice(0, "upsweep: ".length + message.length)).toBe(`upsweep: ${message}`);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync("out.csv") || existsSync("out.csv.partial")).toBe(false);
});

it("finds damage of any byte of gzip, or counts the same rows", async () => {
  const args = [
    "count",
    "--from",
    "layers",
    "--quiet",
    "-o",
    "out.csv",
    "--force",
    "--columns",
    "macs",
    "--skip-invalid",
  ];
  writeFileSync("layers", packed);
  expect((await said(args)).exitCode).toBe(0);
  const whole = readFileSync("out.csv", "utf8");
  for (let at = 0; at < packed.length; at += 397) {
    writeFileSync("layers", damagedAt(at));
    const { exitCode } = await said(args);
    // Some bits of the header, such as its time, mean nothing.
    if (exitCode === 0) expect(readFileSync("out.csv", "utf8"), `byte ${at}`).toBe(whole);
    else expect(existsSync("out.csv.partial")).toBe(false);
  }
});

it("compares lists of any form too", async () => {
  writeFileSync("plain.csv", CSV);
  const { stdout } = await said(["compare", "--from", "plain.csv", "--quiet"]);
  writeFileSync("plain.csv", gzipSync(semicolons(CSV)));
  expect(await said(["compare", "--from", "plain.csv", "--quiet"])).toEqual({
    exitCode: 0,
    stderr: "",
    stdout,
  });
  writeFileSync("plain.csv", CSV.replaceAll(",", "#"));
  expect(await said(["compare", "--from", "plain.csv", "--quiet", "--delimiter", "#"])).toEqual({
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
])("takes the delimiter %s", async (name, character) => {
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

it("refuses what is for lists without a list", async () => {
  const one = ["--in-channels", "1", "--out-channels", "1", "--kernel-size", "3", "--l-in", "2"];
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

it("answers rows at fault with a row when it is asked to", async () => {
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
  const args = [
    "count",
    "--from",
    "some.csv",
    "-o",
    "some-out.csv",
    "--force",
    "--columns",
    "macs,l_out",
    "--errors",
    "row",
  ];
  const { exitCode, stderr } = await said(args);
  expect([exitCode, stderr.split("\n").slice(0, 2)]).toEqual([
    0,
    ["3 layers: 3 rows written, 0 rejected", "5 more rows written with an error"],
  ]);
  const lines = readFileSync("some-out.csv", "utf8").split("\n");
  // The layer of a result that is too large is named whole.
  expect(lines.splice(8, 1)[0]).toMatch(
    /^2147483647,2147483647,3,2147483647,c,,,"some\.csv:9: macs of ConvTranspose1d\(.*\) .* exceeds 2\^64 - 1\. .*"$/,
  );
  expect(lines).toEqual([
    `${HEADER},name,macs,l_out,error`,
    "1,1,3,2,a,6,4,",
    '0,1,3,2,"b,",,,"some.csv:3: in_channels cannot be 0. Write a whole number from 1 to 2147483647."',
    ',,,,,,,"some.csv:4: the row has 3 fields, but the header has 5. Write one field per column, and put fields that contain commas in double quotes."',
    '1,1,3,2,"x',
    'y",6,4,',
    '1,1,x,2,"""",,,"some.csv:7: kernel_size cannot be \'x\'. Write a whole number in plain decimal digits, for example 16."',
    ',,,,,,,"some.csv:8: a quoted field is not closed, or text follows its closing quote. Double each quote inside a quoted field: """"."',
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

it("passes over blank lines at the end, and says which line comes after them", async () => {
  for (const text of [`${CSV}\n\n`, `${semicolons(CSV)}\r\n\n`, `${json("")}\n \n`]) {
    writeFileSync("blank.csv", text);
    expect(
      await said(["count", "--from", "blank.csv", "-o", "blank-out.csv", "--force", "--quiet"]),
    ).toMatchObject({ exitCode: 0 });
    writeFileSync(
      "blank.csv",
      `${text}${text.startsWith("{") ? json("").replace("32", "0") : text.includes(";") ? "64;64;3;0" : "64,64,3,0"}`,
    );
    expect(
      (await said(["count", "--from", "blank.csv", "-o", "blank-out.csv", "--force", "--quiet"]))
        .stderr,
    ).toMatch(new RegExp(`^upsweep: blank\\.csv:${text.split("\n").length}: l_in cannot be 0\\.`));
  }
});
