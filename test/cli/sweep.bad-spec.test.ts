import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const GOOD = "axes:\n  in_channels: 64\n  out_channels: 64\n  kernel_size: 3\n  l_in: 32\n";

/** A good spec with something more at its top, or among its axes. */
const top = (more: string) => GOOD + more;
const axes = (more: string) => `${GOOD}  ${more}`;

const CASES: readonly (readonly [string, string, string])[] = [
  [
    "an empty file",
    "",
    "grid.yaml:1:1: the spec cannot be empty. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "a list instead of a map",
    "- 1\n- 2\n",
    "grid.yaml:1:1: the spec cannot be a list. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "a text instead of a map",
    "hello\n",
    "grid.yaml:1:1: the spec cannot be 'hello'. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "no axes",
    "columns: [ops]\n",
    "grid.yaml:1:1: the spec has no axes. Write at least in_channels, out_channels, l_in and kernel_size under 'axes:'.",
  ],
  [
    "empty axes",
    "axes:\ncolumns: [ops]\n",
    "grid.yaml:1:1: the spec has no axes. Write at least in_channels, out_channels, l_in and kernel_size under 'axes:'.",
  ],
  [
    "axes as a list",
    "axes: [1, 2]\n",
    "grid.yaml:1:7: axes cannot be a list. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "an unknown key",
    top("columns_: [ops]\n"),
    "grid.yaml:6:1: unknown key 'columns_'. Did you mean 'columns'?",
  ],
  [
    "a key nearly right",
    top("colums: [ops]\n"),
    "grid.yaml:6:1: unknown key 'colums'. Did you mean 'columns'?",
  ],
  [
    "an axis at the top",
    top("stride: 2\n"),
    "grid.yaml:6:1: the axis stride is outside of 'axes:'. Indent it under 'axes:'.",
  ],
  [
    "a key twice",
    top("columns: [ops]\ncolumns: [macs]\n"),
    "grid.yaml:7:1: the key 'columns' is given twice. Keep one of them.",
  ],
  [
    "an axis twice",
    axes("stride: 1\n  stride: 2\n"),
    "grid.yaml:7:3: the key 'stride' is given twice. Keep one of them.",
  ],
  [
    "an unknown axis",
    axes("channels: 3\n"),
    "grid.yaml:6:3: unknown axis 'channels'. Did you mean 'in_channels'?",
  ],
  [
    "a misspelt axis",
    axes("kernel-size: 3\n"),
    "grid.yaml:6:3: unknown axis 'kernel-size'. Did you mean 'kernel_size'?",
  ],
  [
    "a result as an axis",
    axes("l_out: 3\n"),
    "grid.yaml:6:3: l_out is a result, not a parameter, so it cannot be an axis. List it under 'columns:' to count it.",
  ],
  [
    "missing axes",
    "axes:\n  stride: 2\n",
    "grid.yaml:2:3: in_channels, out_channels, l_in and kernel_size are missing. PyTorch has no default for them; give each at least one value.",
  ],
  [
    "one missing axis",
    "axes:\n  in_channels: 1\n  out_channels: 1\n  l_in: 4\n",
    "grid.yaml:2:3: kernel_size is missing. PyTorch has no default for it; give it at least one value.",
  ],
  [
    "an axis without values",
    axes("stride:\n"),
    "grid.yaml:6:10: the axis stride has no values. Give it at least one, or remove it to use PyTorch's default.",
  ],
  [
    "an empty list",
    axes("stride: []\n"),
    "grid.yaml:6:11: the axis stride has no values. Give it at least one, or remove it to use PyTorch's default.",
  ],
  [
    "a value twice",
    axes("stride: [1, 2, 1]\n"),
    "grid.yaml:6:11: the axis stride has the value 1 twice. Remove one of them: every layer is counted once.",
  ],
  [
    "a value twice by a range",
    axes("stride: [1..10:3, 4]\n"),
    "grid.yaml:6:11: the axis stride has the value 4 twice. Remove one of them: every layer is counted once.",
  ],
  [
    "ranges that meet",
    axes('stride: ["1..10", 3..9:2]\n'),
    "grid.yaml:6:11: the axis stride has the value 3 twice. Remove one of them: every layer is counted once.",
  ],
  [
    "ranges that meet far out",
    axes("stride: [1..2147483647:7, 3..2147483647:11]\n"),
    "grid.yaml:6:11: the axis stride has the value 36 twice. Remove one of them: every layer is counted once.",
  ],
  [
    "a boolean twice",
    axes("bias: [true, true]\n"),
    "grid.yaml:6:9: the axis bias has the value true twice. Remove one of them: every layer is counted once.",
  ],
  [
    "a map as a value",
    axes("stride: {a: 1}\n"),
    "grid.yaml:6:11: stride cannot be a map of names. Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
  ],
  [
    "a list in a list",
    axes("stride: [[1, 2], 3]\n"),
    "grid.yaml:6:12: stride cannot be a list. Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
  ],
  [
    "a word",
    axes("stride: two\n"),
    "grid.yaml:6:11: unknown name 'two'. Write one of batch_size, in_channels, out_channels, l_in, kernel_size, stride, padding, output_padding, dilation, groups and bias.\n  two\n  ^~~",
  ],
  [
    "a fraction",
    axes("stride: 1.5\n"),
    "grid.yaml:6:11: stride cannot be '1.5'. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    "a fraction that is whole",
    axes("stride: 2.0\n"),
    "grid.yaml:6:11: stride cannot be '2.0'. Write 2, without a decimal point.",
  ],
  [
    "an exponent",
    axes("stride: 1e3\n"),
    "grid.yaml:6:11: stride cannot be '1e3'. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    "a hexadecimal number",
    axes("stride: 0x10\n"),
    "grid.yaml:6:11: stride cannot be '0x10'. Write a whole number in plain decimal digits, for example 16.",
  ],
  ["underscores", axes("stride: 1_000\n"), "grid.yaml:6:11: stride cannot be '1_000'. Write 1000."],
  [
    "a leading zero",
    axes("stride: 007\n"),
    "grid.yaml:6:11: stride cannot be 007. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    "a negative number",
    axes("padding: -1\n"),
    "grid.yaml:6:12: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  ],
  [
    "zero where one is least",
    axes("stride: 0\n"),
    "grid.yaml:6:11: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  ],
  [
    "one too many for 31 bits",
    axes("stride: 2147483648\n"),
    "grid.yaml:6:11: stride cannot be 2147483648. Write a whole number from 1 to 2147483647.",
  ],
  [
    "far too large",
    axes("stride: [1, 99999999999999999999]\n"),
    "grid.yaml:6:15: stride cannot be 99999999999999999999. Write a whole number from 1 to 2147483647.",
  ],
  [
    "true for a number",
    axes("stride: true\n"),
    "grid.yaml:6:11: stride cannot be 'true'. Write a whole number in plain decimal digits, for example 16.",
  ],
  ["one for a boolean", axes("bias: 1\n"), "grid.yaml:6:9: bias cannot be 1. Write true or false."],
  [
    "a range that runs backwards",
    axes("stride: 9..3\n"),
    "grid.yaml:6:11: the range '9..3' of stride runs backwards. Write 3..9.",
  ],
  [
    "a step of zero",
    axes("stride: 1..9:0\n"),
    "grid.yaml:6:11: stride cannot be '1..9:0': its step is not a positive whole number. Write first..last:step, for example 32..256:32.",
  ],
  [
    "a negative step",
    axes("stride: 9..1:-2\n"),
    "grid.yaml:6:11: stride cannot be '9..1:-2': its step is not a positive whole number. Write first..last:step, for example 32..256:32.",
  ],
  [
    "a range from zero where one is least",
    axes("stride: 0..4\n"),
    "grid.yaml:6:11: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  ],
  [
    "an open range",
    axes("stride: 3..\n"),
    "grid.yaml:6:14: expected a number or a name, but it ends here. Fix the expression at the marked position.\n  3..\n     ^",
  ],
  [
    "a range of three dots",
    axes("stride: 1...3\n"),
    "grid.yaml:6:11: stride cannot be '1...3'. Did you mean 1..3?",
  ],
  [
    "powers of no power",
    axes("stride: pow2(3, 16)\n"),
    "grid.yaml:6:11: stride cannot be 'pow2(3, 16)': 3 is not a power of two. Use powers of two for both ends, for example pow2(32, 512).",
  ],
  [
    "powers that run backwards",
    axes("stride: pow2(64, 16)\n"),
    "grid.yaml:6:11: the range 'pow2(64, 16)' of stride runs backwards. Write pow2(16, 64).",
  ],
  [
    "powers unquoted in a list",
    axes("stride: [pow2(2, 16), 3]\n"),
    "grid.yaml:6:12: stride cannot be 'pow2(2': its parenthesis is not closed. Inside [ ], put it in quotes, for example [\"pow2(32, 512)\", 640].",
  ],
  [
    "powers of one number",
    axes("stride: pow2(16)\n"),
    "grid.yaml:6:11: pow2 got 1 argument. It takes 2 numbers, separated by commas.\n  pow2(16)\n  ^~~~~~~~",
  ],
  [
    "several values in a text",
    axes("stride: 1,2,3\n"),
    "grid.yaml:6:11: stride cannot be '1,2,3': it is one text with several values. Write a list, for example [1, 2, 4].",
  ],
  [
    "YAML that does not parse",
    "axes: [1, 2\n",
    "grid.yaml:2:1: flow sequence in block collection must be sufficiently indented and end with a ]. Fix the YAML or JSON syntax there.",
  ],
  [
    "a tab for a space",
    "axes:\n\tstride: 1\n",
    "grid.yaml:2:1: tabs are not allowed as indentation. Fix the YAML or JSON syntax there.",
  ],
  [
    "an anchor",
    axes("stride: &a [1, 2]\n"),
    "grid.yaml:6:14: YAML anchors and aliases are not supported. Write the values out.",
  ],
  [
    "an alias",
    axes("stride: [1, 2]\n  padding: *a\n"),
    "grid.yaml:7:12: YAML anchors and aliases are not supported. Write the values out.",
  ],
  [
    "two documents",
    top("---\naxes: {}\n"),
    "grid.yaml:6:1: a spec is one document, but a second one begins here. Fix the YAML or JSON syntax there.",
  ],
  [
    "a tag",
    axes("stride: !!python/object:os.system 1\n"),
    "grid.yaml:6:37: the YAML tag 'tag:yaml.org,2002:python/object:os.system' is not supported. Write the value without it.",
  ],
  [
    "an unknown column",
    top("columns: [ops, mac]\n"),
    "grid.yaml:6:16: unknown column 'mac'. Did you mean 'macs'?",
  ],
  [
    "a parameter as a column",
    top("columns: [ops, stride]\n"),
    "grid.yaml:6:16: stride is a parameter, not a result. Remove it from columns: every row has all eleven parameters.",
  ],
  [
    "a column twice",
    top("columns: [ops, macs, ops]\n"),
    "grid.yaml:6:22: the column ops is given twice. Keep one of them.",
  ],
  [
    "no columns",
    top("columns: []\n"),
    "grid.yaml:6:10: columns is empty. Name at least one result column, or remove columns to get the six defaults.",
  ],
  [
    "columns as a text",
    top("columns: ops,macs\n"),
    "grid.yaml:6:10: columns cannot be 'ops,macs'. Write a list of result columns, for example [l_out, ops, macs].",
  ],
  [
    "columns as nothing",
    top("columns:\n"),
    "grid.yaml:6:9: columns cannot be empty. Write a list of result columns, for example [l_out, ops, macs].",
  ],
  [
    "a map in columns",
    top("columns: [{ops: 1}]\n"),
    "grid.yaml:6:11: columns cannot be a map of names. Write a list of result columns, for example [l_out, ops, macs].",
  ],
  [
    "a key that is a list",
    top("[1, 2]: 3\n"),
    "grid.yaml:6:1: a key must be a plain name. Fix the YAML or JSON syntax there.",
  ],
  [
    "a grid above 2^63 - 1",
    axes("stride: 1..2147483647\n  padding: 0..2147483646\n  dilation: 1..3\n"),
    "grid.yaml: the grid has 13835058042397261827 layers; the limit is 2^63 - 1 = 9223372036854775807. Shorten an axis.",
  ],
  [
    "a result above 2^64 - 1",
    axes("batch_size: [1, 2147483647]\n  stride: 2147483647\n  dilation: 2147483647\n"),
    "grid.yaml: ops of ConvTranspose1d(64, 64, kernel_size=3, stride=2147483647, padding=0, output_padding=0, dilation=2147483647, groups=1, bias=True) on an input of (2147483647, 64, 32) exceeds 2^64 - 1. Choose other columns with --columns (columns in a spec), or shrink the layer.",
  ],
];

it.each(CASES)("refuses a spec with %s", async (_, spec, message) => {
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

it("refuses a spec that is longer than any can be, and reads what has no end no further", async () => {
  const tooLong = (location: string) =>
    `upsweep: ${location} is longer than 2097152 bytes. Use ranges and expressions instead of single values, or count a list with 'upsweep count --from'.\n`;
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
