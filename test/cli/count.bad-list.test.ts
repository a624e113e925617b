/** Invalid lists: the message for each, with its line. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { titled } from "../support/cases.ts";
import { BINARY, inTemporaryFolder, said } from "../support/cli.ts";
import { printed, text, words } from "../support/text.ts";

inTemporaryFolder();

/** A list with the required columns and more. */
const list = (more: string) => `in_channels,out_channels,kernel_size,l_in,${more}`;

const CASES = [
  {
    title: "an empty file",
    list: "",
    message: text`
      layers.csv:1: the list has no columns. Name them in the first line of a CSV, for example
      in_channels,out_channels,kernel_size,l_in. In JSON, write an object for each layer.
    `,
  },
  {
    title: "a blank first line",
    list: "\nin_channels,out_channels,kernel_size,l_in\n",
    message: text`
      layers.csv:1: the list has no columns. Name them in the first line of a CSV, for example
      in_channels,out_channels,kernel_size,l_in. In JSON, write an object for each layer.
    `,
  },
  {
    title: "missing columns",
    list: "name,in_channels\na,1\n",
    message: text`
      layers.csv:1: the columns out_channels, l_in and kernel_size are missing from the header.
      PyTorch has no default for them; add the columns.
    `,
  },
  {
    title: "one missing column",
    list: "in_channels,out_channels,l_in\n1,1,1\n",
    message: text`
      layers.csv:1: the column kernel_size is missing from the header. PyTorch has no default for
      it; add the column.
    `,
  },
  {
    title: "a column name in capitals",
    list: list("Stride\n"),
    message: text`
      layers.csv:1: the column 'Stride' looks like stride, but is not recognised. Rename it to
      'stride', or keep it as a label with --carry 'Stride'.
    `,
  },
  {
    title: "a space before a column name",
    list: list(" stride\n"),
    message: text`
      layers.csv:1: the column ' stride' looks like stride, but is not recognised. Rename it to
      'stride', or keep it as a label with --carry ' stride'.
    `,
  },
  {
    title: "a hyphen in a column name",
    list: "in_channels,out_channels,kernel-size,l_in\n",
    message: text`
      layers.csv:1: the column 'kernel-size' looks like kernel_size, but is not recognised. Rename
      it to 'kernel_size', or keep it as a label with --carry 'kernel-size'.
    `,
  },
  {
    title: "a column name of another framework",
    list: list("strides\n"),
    message: text`
      layers.csv:1: the column 'strides' looks like stride, but is not recognised. Rename it to
      'stride', or keep it as a label with --carry 'strides'.
    `,
  },
  {
    title: "a letter of another alphabet that looks the same",
    list: list("strіde\n"),
    message: text`
      layers.csv:1: the column 'strіde' looks like stride, but is not recognised. Rename it to
      'stride', or keep it as a label with --carry 'strіde'.
    `,
  },
  {
    title: "an invisible character in a column name",
    list: list("stri\u200bde\n"),
    message: text`
      layers.csv:1: the column 'stri\\u{200b}de' looks like stride, but is not recognised. Rename it
      to 'stride', or keep it as a label with --carry 'stri\\u{200b}de'.
    `,
  },
  {
    title: "full-width letters in a column name",
    list: list("ｐａｄｄｉｎｇ\n"),
    message: text`
      layers.csv:1: the column 'ｐａｄｄｉｎｇ' looks like padding, but is not recognised. Rename it to
      'padding', or keep it as a label with --carry 'ｐａｄｄｉｎｇ'.
    `,
  },
  ...["kind", "type", "module", "transposed", "op_type", "Layer"].map((name) => ({
    title: `a column ${name} that may name the kind`,
    list: list(`${name}\n`),
    message: text`
      layers.csv:1: the column '${name}' looks like the kind of the layer, but is not recognised.
      Rename it to 'layer', or keep it as a label with --carry '${name}'.
    `,
  })),
  ...["padding_mode", "auto_pad"].map((name) => ({
    title: `a column ${name} that no count uses`,
    list: list(`${name}\n`),
    message: text`
      layers.csv:1: the column '${name}' looks like a property of the layer that upsweep does not
      support. Remove it, or keep it as a label with --carry '${name}'.
    `,
  })),
  {
    title: "a parameter of other kinds",
    list: list("h_in\n"),
    message: text`
      layers.csv:1: the column 'h_in' is a parameter of conv_transpose2d, conv_transpose3d, conv2d
      and conv3d, but the list has no such layers. Set the kind with --layer or a column 'layer', or
      keep it as a label with --carry 'h_in'.
    `,
  },
  {
    title: "an unknown kind",
    list: list("layer\n64,64,3,32,conv1d\n64,64,3,32,conv9d\n"),
    message: text`
      layers.csv:3: layer cannot be 'conv9d'. Write one of conv_transpose1d, conv_transpose2d,
      conv_transpose3d, conv1d, conv2d, conv3d and linear, or PyTorch's class name, for
      example ConvTranspose1d.
    `,
  },
  {
    title: "channels of a linear layer",
    list: list("layer,in_features,out_features\n64,64,3,32,conv1d,,\n64,,,,linear,64,10\n"),
    message: text`
      layers.csv:3: in_channels is 64, but a linear layer has no in_channels. Write it as
      in_features, and leave in_channels empty in this row.
    `,
  },
  {
    title: "a linear layer without its parameters in the header",
    list: list("layer\n64,64,3,32,conv1d\n64,64,3,32,linear\n"),
    message: text`
      layers.csv:3: a linear layer needs in_features and out_features, which the header does not have. Add
      the columns; rows of other kinds leave them empty.
    `,
  },
  {
    title: "an empty kind",
    list: list("layer\n64,64,3,32,\n"),
    message: text`
      layers.csv:2: layer is empty. Write one of conv_transpose1d, conv_transpose2d,
      conv_transpose3d, conv1d, conv2d, conv3d and linear.
    `,
  },
  {
    title: "a kind whose columns are not in the header",
    list: list("layer\n64,64,3,32,conv_transpose2d\n"),
    message: text`
      layers.csv:2: a conv_transpose2d layer needs h_in and w_in, which the header does not have. Add the
      columns; rows of other kinds leave them empty.
    `,
  },
  {
    title: "a parameter that the row's kind does not have",
    list: list("layer,output_padding\n64,64,3,32,ConvTranspose1d,0\n64,64,3,32,Conv1d,1\n"),
    message: text`
      layers.csv:3: output_padding is 1, but a conv1d layer has no output_padding. Leave the field empty
      in this row.
    `,
  },
  {
    title: "a tuple for one value",
    list: list('stride\n64,64,3,32,"(1, 2)"\n'),
    message: text`
      layers.csv:2: stride cannot be '(1, 2)'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a shortened parameter name",
    list: list("pad\n"),
    message: text`
      layers.csv:1: the column 'pad' looks like padding, but is not recognised. Rename it to
      'padding', or keep it as a label with --carry 'pad'.
    `,
  },
  {
    title: "a result name in capitals",
    list: list("MACs\n"),
    message: text`
      layers.csv:1: the column 'MACs' looks like macs, but is not recognised. Rename it to 'macs',
      or keep it as a label with --carry 'MACs'.
    `,
  },
  {
    title: "a repeated column",
    list: list("name,name\n"),
    message: "layers.csv:1: the column 'name' is given twice in the header. Keep one of them.",
  },
  {
    title: "an unnamed column",
    list: ",in_channels,out_channels,kernel_size,l_in\n",
    message: text`
      layers.csv:1: column 1 of the header has no name. Name it (in pandas, to_csv(index=False)
      omits the index).
    `,
  },
  {
    title: "an unclosed quote in the header",
    list: '"in_channels,out_channels\n',
    message: text`
      layers.csv:1: a quoted field is not closed, or text follows its closing quote. Double each
      quote inside a quoted field: "".
    `,
  },
  {
    title: "an empty parameter",
    list: list("stride\n64,64,3,32,\n"),
    message: text`
      layers.csv:2: stride is empty. Write its value, or remove the column to use PyTorch's default.
    `,
  },
  {
    title: "a whole number with a decimal point",
    list: list("stride\n64,64,3,32,2.0\n"),
    message: "layers.csv:2: stride cannot be '2.0'. Write 2, without a decimal point.",
  },
  {
    title: "an exponent",
    list: list("stride\n64,64,3,32,1e3\n"),
    message: text`
      layers.csv:2: stride cannot be '1e3'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a word",
    list: list("stride\n64,64,3,32,two\n"),
    message: text`
      layers.csv:2: stride cannot be 'two'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a leading zero",
    list: list("stride\n64,64,3,32,02\n"),
    message: text`
      layers.csv:2: stride cannot be 02. Write a whole number in plain decimal digits, for example
      16.
    `,
  },
  {
    title: "a negative number",
    list: list("padding\n64,64,3,32,-1\n"),
    message: "layers.csv:2: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  },
  {
    title: "0 where the minimum is 1",
    list: list("stride\n64,64,3,32,0\n"),
    message: "layers.csv:2: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  },
  {
    title: "2^31, one above the maximum",
    list: list("stride\n64,64,3,32,2147483648\n"),
    message: text`
      layers.csv:2: stride cannot be 2147483648. Write a whole number from 1 to 2147483647.
    `,
  },
  {
    title: "a number of 23 digits",
    list: list("stride\n64,64,3,32,99999999999999999999999\n"),
    message: text`
      layers.csv:2: stride cannot be 99999999999999999999999. Write a whole number from 1 to
      2147483647.
    `,
  },
  {
    title: "a bad boolean",
    list: list("bias\n64,64,3,32,yes\n"),
    message: "layers.csv:2: bias cannot be 'yes'. Write true or false.",
  },
  {
    title: "an empty boolean",
    list: list("bias\n64,64,3,32,\n"),
    message: text`
      layers.csv:2: bias is empty. Write its value, or remove the column to use PyTorch's default.
    `,
  },
  {
    title: "too few fields",
    list: list("stride\n64,64,3,32,1\n64,64,3\n"),
    message: text`
      layers.csv:3: the row has 3 fields, but the header has 5. Write one field per column, and put
      fields that contain commas in double quotes.
    `,
  },
  {
    title: "too many fields",
    list: list("stride\n64,64,3,32,1,5\n"),
    message: text`
      layers.csv:2: the row has 6 fields, but the header has 5. Write one field per column, and put
      fields that contain commas in double quotes.
    `,
  },
  {
    title: "an unclosed quote",
    list: list('name\n64,64,3,32,"abc\n64,64,3,32,d\n'),
    message: text`
      layers.csv:2: a quoted field is not closed, or text follows its closing quote. Double each
      quote inside a quoted field: "".
    `,
  },
  {
    title: "text after a closing quote",
    list: list('name\n64,64,3,32,"abc"d\n'),
    message: text`
      layers.csv:2: a quoted field is not closed, or text follows its closing quote. Double each
      quote inside a quoted field: "".
    `,
  },
  {
    title: "groups that do not divide in_channels",
    list: list("groups\n64,64,3,32,1\n\n64,64,3,32,3\n"),
    message: text`
      layers.csv:4: in_channels 64 is not divisible by groups 3. Choose groups that divide both
      in_channels and out_channels, as PyTorch requires.
    `,
  },
  {
    title: "groups that do not divide out_channels",
    list: list('groups,name\n64,64,3,32,1,"a\nb"\n64,32,3,32,64,c\n'),
    message: text`
      layers.csv:4: out_channels 32 is not divisible by groups 64. Choose groups that divide both
      in_channels and out_channels, as PyTorch requires.
    `,
  },
  {
    title: "an output_padding that is too large",
    list: list("output_padding\r\n64,64,3,32,0\r\n64,64,3,32,1\r\n"),
    message: text`
      layers.csv:3: output_padding 1 is not smaller than stride 1 or dilation 1. PyTorch requires
      output_padding to be smaller than stride or dilation.
    `,
  },
  {
    title: "padding that leaves no output",
    list: list("padding\n64,64,3,32,17\n"),
    message: text`
      layers.csv:2: the output length would be 0. Lower padding to at most 16, or raise l_in,
      kernel_size, stride or dilation, until l_out is at least 1.
    `,
  },
  {
    title: "a result above 2^64 - 1",
    list: list("batch_size\n2147483647,2147483647,3,32,9\n"),
    message: text`
      layers.csv:2: ops of ConvTranspose1d(2147483647, 2147483647, kernel_size=3, stride=1,
      padding=0, output_padding=0, dilation=1, groups=1, bias=True) on an input of (9, 2147483647,
      32) exceeds 2^64 - 1. Choose other columns with --columns (columns in a spec), or shrink the
      layer.
    `,
  },
  {
    title: "a NUL byte",
    list: list("stride\n64,64,3,32,1\u0000\n"),
    message: text`
      layers.csv:2: stride cannot be '1\\x00'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
];

it.each(titled(CASES))("refuses a list with %s", async (_, { list: csv, message }) => {
  writeFileSync("layers.csv", csv);
  expect(await said(words`count --from layers.csv --quiet -o out.csv`)).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
  expect(existsSync("out.csv") || existsSync("out.csv.partial")).toBe(false);
});

it("names the line of a bad row megabytes into the list, on any number of workers", async () => {
  const good = "64,64,3,32,1\n".repeat(200_000);
  writeFileSync("layers.csv", `${list("stride")}\n${good}64,64,3,32,0\n${good}`);
  for (const workers of ["1", "3"]) {
    const { exitCode, stderr } = await said([
      "count",
      "--from",
      "layers.csv",
      "--quiet",
      "-o",
      "out.csv",
      "--workers",
      workers,
    ]);
    expect([exitCode, stderr]).toEqual([
      2,
      "upsweep: layers.csv:200002: stride cannot be 0. Write a whole number from 1 to 2147483647.\n",
    ]);
  }
});

it("stops reading an endless line at the limit of a row", () => {
  const endless = (command: string) =>
    spawnSync("bash", ["-c", command.replace("upsweep", `"${process.execPath}" "${BINARY}"`)], {
      encoding: "utf8",
    });
  expect(
    endless(
      text`
        (echo in_channels,out_channels,kernel_size,l_in; tr '\\0' 1 < /dev/zero) | upsweep count
        --from - --columns macs
      `,
    ),
  ).toMatchObject({
    status: 2,
    stderr: printed`
      upsweep: standard input:2: the row is longer than 524288 bytes. Shorten it. If it should be
      many rows, look for a quote that is not closed.
    `,
  });
  expect(endless("upsweep count --from /dev/zero").stderr).toMatch(
    /^upsweep: \/dev\/zero:1: the columns .* are missing from the header\. /,
  );
});

it("refuses a row that is longer than a chunk, and names its line", async () => {
  writeFileSync(
    "layers.csv",
    `${list("name")}\n64,64,3,32,a\n64,64,3,32,${"x".repeat(600_000)}\n64,64,3,32,b\n`,
  );
  const { exitCode, stderr } = await said(words`count --from layers.csv --quiet -o out.csv`);
  expect([exitCode, stderr]).toEqual([
    2,
    printed`
      upsweep: layers.csv:3: the row is longer than 524288 bytes. Shorten it. If it should be many
      rows, look for a quote that is not closed.
    `,
  ]);
});

it("refuses a list with more columns than the kernel holds", async () => {
  const more = Array.from({ length: 65_533 }, (_, i) => `c${i}`).join(",");
  writeFileSync("wide.csv", `${list(more)}\n`);
  expect(await said(["count", "--from", "wide.csv", "-o", "counted.csv"])).toMatchObject({
    exitCode: 2,
    stderr: "upsweep: wide.csv:1: the header has 65537 columns. Use at most 65536.\n",
  });
});

describe("a wide list", () => {
  it("is accepted with 65,536 columns, and refused with one more", async () => {
    const columns = [
      "in_channels",
      "out_channels",
      "kernel_size",
      "l_in",
      ...Array.from({ length: 65_532 }, (_, i) => `c${i}`),
    ];
    const row = ["2", "3", "4", "5", ...Array.from({ length: 65_532 }, () => "")].join(",");
    writeFileSync("wide.csv", `${columns.join(",")}\n${row}\n`);
    const { exitCode } = await said(words`count --from wide.csv --columns macs -o counted.csv`);
    expect(exitCode).toBe(0);
    writeFileSync("wider.csv", `${columns.join(",")},one_more\n${row},\n`);
    const wider = await said(["count", "--from", "wider.csv", "--columns", "macs"]);
    expect([wider.exitCode, wider.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^upsweep: wider\.csv:1: the header has 65537 columns\. Use at most 65536/,
      ),
    ]);
  });
});
