/** Invalid command lines: the message for each. */
import { writeFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { text, words } from "../support/text.ts";

inTemporaryFolder();
beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 64, out_channels: 64, kernel_size: 3, l_in: 32 }\n",
  );
  writeFileSync("layers.csv", "in_channels,out_channels,kernel_size,l_in\n64,64,3,32\n");
});

const LAYER = "--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32";

const CASES = [
  {
    command: "foo",
    message: text`
      upsweep: unknown command 'foo'
      |See 'upsweep --help'.
    `,
  },
  {
    command: "sweep",
    message: text`
      upsweep: no grid is given. Name a spec file, or give axes as options, for example --stride
      1..4.
    `,
  },
  {
    command: "sweep nope.yaml",
    message: "upsweep: nope.yaml cannot be read: no such file or folder. Check the path.",
  },
  { command: "sweep .", message: "upsweep: . cannot be read: it is a folder. Check the path." },
  {
    command: "sweep layers.csv/x.yaml",
    message: text`
      upsweep: layers.csv/x.yaml cannot be read: a part of the path is not a folder. Check the path.
    `,
  },
  {
    command: "sweep grid.yaml --stride 3",
    message: text`
      upsweep: both grid.yaml and --stride are given. To change an axis of the file, use --set
      'stride=3'.
    `,
  },
  {
    command: "sweep --stride",
    message: text`
      upsweep: option '--stride <values>' argument missing
      |See 'upsweep sweep --help'.
    `,
  },
  {
    command: "sweep --strid 3",
    message: text`
      upsweep: unknown option '--strid'
      |(Did you mean --stride?)
      |See 'upsweep sweep --help'.
    `,
  },
  {
    command: "sweep --stride 3",
    message: text`
      upsweep: flags: in_channels, out_channels, l_in and kernel_size are missing. PyTorch has no
      default for them; give each at least one value.
    `,
  },
  {
    command: `sweep ${LAYER} --stride 1 --stride 2`,
    message: text`
      upsweep: --stride was given twice. Give all its values at once, for example --kernel-size
      3,5,7.
    `,
  },
  {
    command: `sweep ${LAYER} --workers 0`,
    message: "upsweep: --workers cannot be 0. Write a whole number from 1 to 1024.",
  },
  {
    command: `sweep ${LAYER} --workers two`,
    message: "upsweep: --workers cannot be 'two'. Write a whole number from 1 to 1024.",
  },
  {
    command: `sweep ${LAYER} --method fast`,
    message: text`
      upsweep: option '--method <name>' argument 'fast' is invalid. Allowed choices are closed,
      simulate.
      |See 'upsweep sweep --help'.
    `,
  },
  {
    command: `sweep ${LAYER} --columns ops,foo`,
    message: text`
      upsweep: --columns: unknown column 'foo'. Run 'upsweep columns' to list all columns.
    `,
  },
  {
    command: `sweep ${LAYER} --columns ,`,
    message: "upsweep: --columns: unknown column ''. Run 'upsweep columns' to list all columns.",
  },
  {
    command: `sweep ${LAYER} --stride 1,,2`,
    message: text`
      upsweep: --stride: stride cannot be ''. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    command: `sweep ${LAYER} --bias maybe`,
    message: text`
      upsweep: --bias: unknown name 'maybe'. Write one of batch_size, in_channels, out_channels,
      l_in, kernel_size, stride, padding, output_padding, dilation, groups and bias.
      |  maybe
      |  ^~~~~
    `,
  },
  {
    command: `sweep ${LAYER} -o nodir/x.csv`,
    message: text`
      upsweep: nodir/x.csv cannot be written: no such file or folder. Write elsewhere with -o.
    `,
  },
  {
    command: `sweep ${LAYER} -o .`,
    message: "upsweep: . cannot be written: it is a folder. Write elsewhere with -o.",
  },
  {
    command: `sweep ${LAYER} -o layers.csv/x`,
    message: text`
      upsweep: layers.csv/x cannot be written: a part of the path is not a folder. Write elsewhere
      with -o.
    `,
  },
  {
    command: `verify ${LAYER} --sample 0`,
    message: "upsweep: --sample cannot be 0. Write a whole number from 1 to 100000000.",
  },
  {
    command: `verify ${LAYER} --seed -1`,
    message: "upsweep: --seed cannot be -1. Write a whole number from 0 to 9007199254740991.",
  },
  {
    command: "count",
    message: text`
      upsweep: count: --in-channels, --out-channels, --l-in and --kernel-size are missing. PyTorch
      has no default for them; give each a value.
    `,
  },
  {
    command: "count --in-channels 3",
    message: text`
      upsweep: count: --out-channels, --l-in and --kernel-size are missing. PyTorch has no default
      for them; give each a value.
    `,
  },
  {
    command: `count ${LAYER} --stride 1,2`,
    message: text`
      upsweep: --stride: stride has several values: '1,2'. count takes one layer: give one value, or
      use 'upsweep sweep' for a grid.
    `,
  },
  {
    command: `count ${LAYER} --stride 1..2`,
    message: text`
      upsweep: --stride: stride has several values: '1..2'. count takes one layer: give one value,
      or use 'upsweep sweep' for a grid.
    `,
  },
  {
    command: `count ${LAYER} --stride 0`,
    message: "upsweep: --stride: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  },
  {
    command: `count ${LAYER} --stride x`,
    message: text`
      upsweep: --stride: stride cannot be 'x'. Write a whole number in plain decimal digits, for
      example 16.
    `,
  },
  {
    command: `count ${LAYER} --bias 1`,
    message: "upsweep: --bias: bias cannot be 1. Write true or false.",
  },
  {
    command: `count ${LAYER} --bias true --no-bias`,
    message: "upsweep: --bias was given twice. Keep one of them.",
  },
  {
    command: `count ${LAYER} --groups 3`,
    message: text`
      upsweep: layer: in_channels 64 is not divisible by groups 3. Choose groups that divide both
      in_channels and out_channels, as PyTorch requires.
    `,
  },
  {
    command: "count --in-channels 6 --out-channels 64 --kernel-size 3 --l-in 32 --groups 3",
    message: text`
      upsweep: layer: out_channels 64 is not divisible by groups 3. Choose groups that divide both
      in_channels and out_channels, as PyTorch requires.
    `,
  },
  {
    command: `count ${LAYER} --padding 17`,
    message: text`
      upsweep: layer: the output length would be 0. Lower padding to at most 16, or raise l_in,
      kernel_size, stride or dilation, until l_out is at least 1.
    `,
  },
  {
    command: `count ${LAYER} --output-padding 1`,
    message: text`
      upsweep: layer: output_padding 1 is not smaller than stride 1 or dilation 1. PyTorch requires
      output_padding to be smaller than stride or dilation.
    `,
  },
  {
    command: `count ${LAYER} --batch-size 0 --output-padding 1`,
    message: text`
      upsweep: layer: output_padding 1 is not smaller than stride 1 or dilation 1. PyTorch requires
      output_padding to be smaller than stride or dilation. PyTorch accepts this layer only because
      batch_size is 0; upsweep applies the rule to every batch size.
    `,
  },
  {
    command:
      "count --in-channels 1 --out-channels 1 --l-in 1 --kernel-size 4 --padding 2 --batch-size 0",
    message: text`
      upsweep: layer: the output length would be 0. Lower padding to at most 1, or raise l_in,
      kernel_size, stride or dilation, until l_out is at least 1. PyTorch accepts this layer only
      because batch_size is 0; upsweep applies the rule to every batch size.
    `,
  },
  {
    command:
      "count --in-channels 1 --out-channels 1 --l-in 1 --kernel-size 3 --padding 2 --batch-size 0",
    message: text`
      upsweep: layer: the output length would be -1. Lower padding to at most 1, or raise l_in,
      kernel_size, stride or dilation, until l_out is at least 1.
    `,
  },
  {
    command: `count ${LAYER} --skip-invalid`,
    message: "upsweep: --skip-invalid is for lists. Leave it out, or name a list with --from.",
  },
  {
    command: `count ${LAYER} --check all`,
    message: "upsweep: --check is for lists. Leave it out, or name a list with --from.",
  },
  {
    command: `count ${LAYER} --columns ops,ops`,
    message: "upsweep: --columns: the column ops is given twice. Keep one of them.",
  },
  {
    command: "count --in-channels 2147483647 --out-channels 2147483647 --kernel-size 9 --l-in 9",
    message: text`
      upsweep: layer: weight_elements of ConvTranspose1d(2147483647, 2147483647, kernel_size=9,
      stride=1, padding=0, output_padding=0, dilation=1, groups=1, bias=True) on an input of (1,
      2147483647, 9) exceeds 2^64 - 1. Choose other columns with --columns (columns in a spec), or
      shrink the layer.
    `,
  },
  {
    command: "count --from nope.csv",
    message: "upsweep: nope.csv cannot be read: no such file or folder. Check the path.",
  },
  {
    command: "count --from .",
    message: "upsweep: . cannot be read: it is a folder. Check the path.",
  },
  {
    command: "count --in-channels 1 --out-channels 1 --kernel-size 1 --l-in 1 --big-ints string",
    message: "upsweep: --big-ints needs --json. Add --json, or remove --big-ints.",
  },
  {
    command: "compare --from layers.csv --big-ints string",
    message: "upsweep: --big-ints needs --json. Add --json, or remove --big-ints.",
  },
  {
    command: "compare --json --big-ints text",
    message: text`
      upsweep: option '--big-ints <type>' argument 'text' is invalid. Allowed choices are number,
      string.
      |See 'upsweep compare --help'.
    `,
  },
  {
    command: "count --from layers.csv --json",
    message: text`
      upsweep: both --from and --json are given. Use --format jsonl to write one JSON object per
      line.
    `,
  },
  {
    command: "count --from layers.csv --stride 2",
    message: text`
      upsweep: both --from and --stride are given. Add the parameter to the list as a column, or
      remove --from.
    `,
  },
  {
    command: "count --from",
    message: text`
      upsweep: option '--from <file>' argument missing
      |See 'upsweep count --help'.
    `,
  },
  {
    command: "columns --json --markdown",
    message: text`
      upsweep: option '--json' cannot be used with option '--markdown'
      |See 'upsweep columns --help'.
    `,
  },
  {
    command: "sweep grid.yaml extra",
    message: text`
      upsweep: too many arguments for 'sweep'. Expected 1 argument but got 2.
      |See 'upsweep sweep --help'.
    `,
  },
  {
    command: "plan",
    message: text`
      upsweep: no grid is given. Name a spec file, or give axes as options, for example --stride
      1..4.
    `,
  },
];

it.each(CASES.map(({ command, message }) => [command, message]))(
  "refuses `upsweep %s`",
  async (command, message) => {
    expect(await said(command.split(" "))).toEqual({
      exitCode: 2,
      stderr: `${message}\n`,
      stdout: "",
    });
  },
);

it("reports a full disk with exit code 1", async () => {
  const { exitCode, stderr } = await said(words`sweep ${LAYER} -o /dev/full`);
  expect([exitCode, stderr]).toEqual([
    1,
    "upsweep: /dev/full cannot be written: the disk is full. Free some space or write elsewhere with -o.\n",
  ]);
});
