/** Invalid specs: the message for each, with its location. */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { titled } from "../support/cases.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { printed, text } from "../support/text.ts";

inTemporaryFolder();

const GOOD = "axes:\n  in_channels: 64\n  out_channels: 64\n  kernel_size: 3\n  l_in: 32\n";

/** A valid spec with more keys at its top, or with one more axis. */
const top = (more: string) => GOOD + more;
const axes = (more: string) => `${GOOD}  ${more}`;

const CASES = [
  {
    title: "an empty file",
    spec: "",
    message: text`
      grid.yaml:1:1: the spec cannot be empty. Write names with their values, for example 'stride:
      [1, 2]'.
    `,
  },
  {
    title: "a list instead of a map",
    spec: "- 1\n- 2\n",
    message: text`
      grid.yaml:1:1: the spec cannot be a list. Write names with their values, for example 'stride:
      [1, 2]'.
    `,
  },
  {
    title: "a text instead of a map",
    spec: "hello\n",
    message: text`
      grid.yaml:1:1: the spec cannot be 'hello'. Write names with their values, for example 'stride:
      [1, 2]'.
    `,
  },
  {
    title: "no axes",
    spec: "columns: [ops]\n",
    message: text`
      grid.yaml:1:1: the spec has no axes. Write at least in_channels, out_channels, l_in and
      kernel_size under 'axes:'.
    `,
  },
  {
    title: "empty axes",
    spec: "axes:\ncolumns: [ops]\n",
    message: text`
      grid.yaml:1:1: the spec has no axes. Write at least in_channels, out_channels, l_in and
      kernel_size under 'axes:'.
    `,
  },
  {
    title: "axes as a list",
    spec: "axes: [1, 2]\n",
    message: text`
      grid.yaml:1:7: axes cannot be a list. Write names with their values, for example 'stride: [1,
      2]'.
    `,
  },
  {
    title: "an unknown key",
    spec: top("columns_: [ops]\n"),
    message: "grid.yaml:6:1: unknown key 'columns_'. Did you mean 'columns'?",
  },
  {
    title: "a misspelt key",
    spec: top("colums: [ops]\n"),
    message: "grid.yaml:6:1: unknown key 'colums'. Did you mean 'columns'?",
  },
  {
    title: "an axis outside of 'axes:'",
    spec: top("stride: 2\n"),
    message: "grid.yaml:6:1: the axis stride is outside of 'axes:'. Indent it under 'axes:'.",
  },
  {
    title: "a repeated key",
    spec: top("columns: [ops]\ncolumns: [macs]\n"),
    message: "grid.yaml:7:1: the key 'columns' is given twice. Keep one of them.",
  },
  {
    title: "a repeated axis",
    spec: axes("stride: 1\n  stride: 2\n"),
    message: "grid.yaml:7:3: the key 'stride' is given twice. Keep one of them.",
  },
  {
    title: "an unknown axis",
    spec: axes("channels: 3\n"),
    message: "grid.yaml:6:3: unknown axis 'channels'. Did you mean 'in_channels'?",
  },
  {
    title: "a misspelt axis",
    spec: axes("kernel-size: 3\n"),
    message: "grid.yaml:6:3: unknown axis 'kernel-size'. Did you mean 'kernel_size'?",
  },
  {
    title: "a result as an axis",
    spec: axes("l_out: 3\n"),
    message: text`
      grid.yaml:6:3: l_out is a result, not a parameter, so it cannot be an axis. List it under
      'columns:' to count it.
    `,
  },
  {
    title: "missing axes",
    spec: "axes:\n  stride: 2\n",
    message: text`
      grid.yaml:2:3: in_channels, out_channels, l_in and kernel_size are missing. PyTorch has no
      default for them; give each at least one value.
    `,
  },
  {
    title: "one missing axis",
    spec: "axes:\n  in_channels: 1\n  out_channels: 1\n  l_in: 4\n",
    message: text`
      grid.yaml:2:3: kernel_size is missing. PyTorch has no default for it; give it at least one
      value.
    `,
  },
  {
    title: "an axis without values",
    spec: axes("stride:\n"),
    message: text`
      grid.yaml:6:10: the axis stride has no values. Give it at least one, or remove it to use
      PyTorch's default.
    `,
  },
  {
    title: "an empty list",
    spec: axes("stride: []\n"),
    message: text`
      grid.yaml:6:11: the axis stride has no values. Give it at least one, or remove it to use
      PyTorch's default.
    `,
  },
  {
    title: "a repeated value",
    spec: axes("stride: [1, 2, 1]\n"),
    message: text`
      grid.yaml:6:11: the axis stride has the value 1 twice. Remove one of them: every layer is
      counted once.
    `,
  },
  {
    title: "a value that a range repeats",
    spec: axes("stride: [1..10:3, 4]\n"),
    message: text`
      grid.yaml:6:11: the axis stride has the value 4 twice. Remove one of them: every layer is
      counted once.
    `,
  },
  {
    title: "ranges that share a value",
    spec: axes('stride: ["1..10", 3..9:2]\n'),
    message: text`
      grid.yaml:6:11: the axis stride has the value 3 twice. Remove one of them: every layer is
      counted once.
    `,
  },
  {
    title: "ranges that share a value far out",
    spec: axes("stride: [1..2147483647:7, 3..2147483647:11]\n"),
    message: text`
      grid.yaml:6:11: the axis stride has the value 36 twice. Remove one of them: every layer is
      counted once.
    `,
  },
  {
    title: "a repeated boolean",
    spec: axes("bias: [true, true]\n"),
    message: text`
      grid.yaml:6:9: the axis bias has the value true twice. Remove one of them: every layer is
      counted once.
    `,
  },
  {
    title: "a map as a value",
    spec: axes("stride: {a: 1}\n"),
    message: text`
      grid.yaml:6:11: stride cannot be a map of names. Write a number, a range such as 32..256:32,
      pow2(32, 512), or a list of these.
    `,
  },
  {
    title: "a list in a list",
    spec: axes("stride: [[1, 2], 3]\n"),
    message: text`
      grid.yaml:6:12: stride cannot be a list. Write a number, a range such as 32..256:32, pow2(32,
      512), or a list of these.
    `,
  },
  {
    title: "a word",
    spec: axes("stride: two\n"),
    message: text`
      grid.yaml:6:11: unknown name 'two'. Write one of batch_size, in_channels, out_channels, l_in,
      kernel_size, stride, padding, output_padding, dilation, groups and bias.
      |  two
      |  ^~~
    `,
  },
  {
    title: "a fraction",
    spec: axes("stride: 1.5\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '1.5'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a whole number with a decimal point",
    spec: axes("stride: 2.0\n"),
    message: "grid.yaml:6:11: stride cannot be '2.0'. Write 2, without a decimal point.",
  },
  {
    title: "an exponent",
    spec: axes("stride: 1e3\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '1e3'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a hexadecimal number",
    spec: axes("stride: 0x10\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '0x10'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a number with underscores",
    spec: axes("stride: 1_000\n"),
    message: "grid.yaml:6:11: stride cannot be '1_000'. Write 1000.",
  },
  {
    title: "a leading zero",
    spec: axes("stride: 007\n"),
    message: text`
      grid.yaml:6:11: stride cannot be 007. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "a negative number",
    spec: axes("padding: -1\n"),
    message: "grid.yaml:6:12: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  },
  {
    title: "0 where the minimum is 1",
    spec: axes("stride: 0\n"),
    message: "grid.yaml:6:11: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  },
  {
    title: "2^31, one above the maximum",
    spec: axes("stride: 2147483648\n"),
    message: text`
      grid.yaml:6:11: stride cannot be 2147483648. Write a whole number from 1 to 2147483647.
    `,
  },
  {
    title: "a number of twenty digits",
    spec: axes("stride: [1, 99999999999999999999]\n"),
    message: text`
      grid.yaml:6:15: stride cannot be 99999999999999999999. Write a whole number from 1 to
      2147483647.
    `,
  },
  {
    title: "true instead of a number",
    spec: axes("stride: true\n"),
    message: text`
      grid.yaml:6:11: stride cannot be 'true'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    title: "1 instead of a boolean",
    spec: axes("bias: 1\n"),
    message: "grid.yaml:6:9: bias cannot be 1. Write true or false.",
  },
  {
    title: "a range that runs backwards",
    spec: axes("stride: 9..3\n"),
    message: "grid.yaml:6:11: the range '9..3' of stride runs backwards. Write 3..9.",
  },
  {
    title: "a step of zero",
    spec: axes("stride: 1..9:0\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '1..9:0': its step is not a positive whole number. Write
      first..last:step, for example 32..256:32.
    `,
  },
  {
    title: "a negative step",
    spec: axes("stride: 9..1:-2\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '9..1:-2': its step is not a positive whole number. Write
      first..last:step, for example 32..256:32.
    `,
  },
  {
    title: "a range from 0 where the minimum is 1",
    spec: axes("stride: 0..4\n"),
    message: "grid.yaml:6:11: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  },
  {
    title: "a range without an end",
    spec: axes("stride: 3..\n"),
    message: text`
      grid.yaml:6:14: expected a number or a name, but it ends here. Fix the expression at the
      marked position.
      |  3..
      |     ^
    `,
  },
  {
    title: "a range with three dots",
    spec: axes("stride: 1...3\n"),
    message: "grid.yaml:6:11: stride cannot be '1...3'. Did you mean 1..3?",
  },
  {
    title: "powers of two whose start is not a power of two",
    spec: axes("stride: pow2(3, 16)\n"),
    message: text`
      grid.yaml:6:11: stride cannot be 'pow2(3, 16)': 3 is not a power of two. Use powers of two for
      both ends, for example pow2(32, 512).
    `,
  },
  {
    title: "powers of two that run backwards",
    spec: axes("stride: pow2(64, 16)\n"),
    message: text`
      grid.yaml:6:11: the range 'pow2(64, 16)' of stride runs backwards. Write pow2(16, 64).
    `,
  },
  {
    title: "unquoted powers of two in a list",
    spec: axes("stride: [pow2(2, 16), 3]\n"),
    message: text`
      grid.yaml:6:12: stride cannot be 'pow2(2': its parenthesis is not closed. Inside [ ], put it
      in quotes, for example ["pow2(32, 512)", 640].
    `,
  },
  {
    title: "powers of two with one bound",
    spec: axes("stride: pow2(16)\n"),
    message: text`
      grid.yaml:6:11: pow2 got 1 argument. It takes 2 numbers, separated by commas.
      |  pow2(16)
      |  ^~~~~~~~
    `,
  },
  {
    title: "several values in one text",
    spec: axes("stride: 1,2,3\n"),
    message: text`
      grid.yaml:6:11: stride cannot be '1,2,3': it is one text with several values. Write a list,
      for example [1, 2, 4].
    `,
  },
  {
    title: "YAML that does not parse",
    spec: "axes: [1, 2\n",
    message: text`
      grid.yaml:2:1: flow sequence in block collection must be sufficiently indented and end with a
      ]. Fix the YAML or JSON syntax there.
    `,
  },
  {
    title: "a tab as indentation",
    spec: "axes:\n\tstride: 1\n",
    message: text`
      grid.yaml:2:1: tabs are not allowed as indentation. Fix the YAML or JSON syntax there.
    `,
  },
  {
    title: "an anchor",
    spec: axes("stride: &a [1, 2]\n"),
    message: "grid.yaml:6:14: YAML anchors and aliases are not supported. Write the values out.",
  },
  {
    title: "an alias",
    spec: axes("stride: [1, 2]\n  padding: *a\n"),
    message: "grid.yaml:7:12: YAML anchors and aliases are not supported. Write the values out.",
  },
  {
    title: "two documents",
    spec: top("---\naxes: {}\n"),
    message: text`
      grid.yaml:6:1: a spec is one document, but a second one begins here. Fix the YAML or JSON
      syntax there.
    `,
  },
  {
    title: "a tag",
    spec: axes("stride: !!python/object:os.system 1\n"),
    message: text`
      grid.yaml:6:37: the YAML tag 'tag:yaml.org,2002:python/object:os.system' is not supported.
      Write the value without it.
    `,
  },
  {
    title: "an unknown column",
    spec: top("columns: [ops, mac]\n"),
    message: "grid.yaml:6:16: unknown column 'mac'. Did you mean 'macs'?",
  },
  {
    title: "a parameter as a column",
    spec: top("columns: [ops, stride]\n"),
    message: text`
      grid.yaml:6:16: stride is a parameter, not a result. Remove it from columns: every row has all
      eleven parameters.
    `,
  },
  {
    title: "a repeated column",
    spec: top("columns: [ops, macs, ops]\n"),
    message: "grid.yaml:6:22: the column ops is given twice. Keep one of them.",
  },
  {
    title: "no columns",
    spec: top("columns: []\n"),
    message: text`
      grid.yaml:6:10: columns is empty. Name at least one result column, or remove columns to get
      the six defaults.
    `,
  },
  {
    title: "columns as a text",
    spec: top("columns: ops,macs\n"),
    message: text`
      grid.yaml:6:10: columns cannot be 'ops,macs'. Write a list of result columns, for example
      [l_out, ops, macs].
    `,
  },
  {
    title: "columns without a value",
    spec: top("columns:\n"),
    message: text`
      grid.yaml:6:9: columns cannot be empty. Write a list of result columns, for example [l_out,
      ops, macs].
    `,
  },
  {
    title: "a map in columns",
    spec: top("columns: [{ops: 1}]\n"),
    message: text`
      grid.yaml:6:11: columns cannot be a map of names. Write a list of result columns, for example
      [l_out, ops, macs].
    `,
  },
  {
    title: "a key that is a list",
    spec: top("[1, 2]: 3\n"),
    message: "grid.yaml:6:1: a key must be a plain name. Fix the YAML or JSON syntax there.",
  },
  {
    title: "a grid above 2^63 - 1",
    spec: axes("stride: 1..2147483647\n  padding: 0..2147483646\n  dilation: 1..3\n"),
    message: text`
      grid.yaml: the grid has 13835058042397261827 layers; the limit is 2^63 - 1 =
      9223372036854775807. Shorten an axis.
    `,
  },
  {
    title: "a result above 2^64 - 1",
    spec: axes("batch_size: [1, 2147483647]\n  stride: 2147483647\n  dilation: 2147483647\n"),
    message: text`
      grid.yaml: ops of ConvTranspose1d(64, 64, kernel_size=3, stride=2147483647, padding=0,
      output_padding=0, dilation=2147483647, groups=1, bias=True) on an input of (2147483647, 64,
      32) exceeds 2^64 - 1. Choose other columns with --columns (columns in a spec), or shrink the
      layer.
    `,
  },
];

it.each(titled(CASES))("refuses a spec with %s", async (_, { spec, message }) => {
  writeFileSync("grid.yaml", spec);
  expect(await said(["sweep", "grid.yaml", "--quiet", "-o", "out.csv"])).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
});

it.each([
  ["lists", "axes: { l_in: ", "[", "]", "}"],
  ["maps", "", '{"a":', "}", ""],
])("refuses a spec of %s nested 100,000 deep", async (_, before, open, close, after) => {
  writeFileSync("deep.yaml", `${before}${open.repeat(100_000)}1${close.repeat(100_000)}${after}`);
  const { exitCode, stderr } = await said(["sweep", "deep.yaml"]);
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^upsweep: deep\.yaml:1:[0-9]+: the spec is nested too deeply\. Fix the YAML or JSON syntax there\.\n$/,
    ),
  ]);
});

it("refuses a spec of more than 2 MiB, and stops reading an endless one there", async () => {
  const tooLong = (location: string) =>
    printed`
      upsweep: ${location} is longer than 2097152 bytes. Use ranges and expressions instead of
      single values, or count a list with 'upsweep count --from'.
    `;
  writeFileSync("long.yaml", `# ${"x".repeat(2 ** 21)}`);
  expect(await said(["sweep", "long.yaml"])).toEqual({
    exitCode: 2,
    stderr: tooLong("long.yaml"),
    stdout: "",
  });
  expect(await said(["sweep", "/dev/zero"])).toEqual({
    exitCode: 2,
    stderr: tooLong("/dev/zero"),
    stdout: "",
  });
});
