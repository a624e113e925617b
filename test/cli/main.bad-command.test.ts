import { writeFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();
beforeAll(() => {
  writeFileSync(
    "grid.yaml",
    "axes: { in_channels: 64, out_channels: 64, kernel_size: 3, l_in: 32 }\n",
  );
  writeFileSync("layers.csv", "in_channels,out_channels,kernel_size,l_in\n64,64,3,32\n");
});

const LAYER = "--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32";

const CASES: readonly (readonly [string, string])[] = [
  ["foo", "upsweep: unknown command 'foo'\nSee 'upsweep --help'."],
  [
    "sweep",
    "upsweep: no grid is given. Name a spec file, or give axes as options, for example --stride 1..4.",
  ],
  ["sweep nope.yaml", "upsweep: nope.yaml cannot be read: no such file or folder. Check the path."],
  ["sweep .", "upsweep: . cannot be read: it is a folder. Check the path."],
  [
    "sweep layers.csv/x.yaml",
    "upsweep: layers.csv/x.yaml cannot be read: a part of the path is not a folder. Check the path.",
  ],
  [
    "sweep grid.yaml --stride 3",
    "upsweep: both grid.yaml and --stride are given. To change an axis of the file, use --set 'stride=3'.",
  ],
  [
    "sweep --stride",
    "upsweep: option '--stride <values>' argument missing\nSee 'upsweep sweep --help'.",
  ],
  [
    "sweep --strid 3",
    "upsweep: unknown option '--strid'\n(Did you mean --stride?)\nSee 'upsweep sweep --help'.",
  ],
  [
    "sweep --stride 3",
    "upsweep: flags: in_channels, out_channels, l_in and kernel_size are missing. PyTorch has no default for them; give each at least one value.",
  ],
  [
    `sweep ${LAYER} --stride 1 --stride 2`,
    "upsweep: --stride was given twice. Give all its values at once, for example --kernel-size 3,5,7.",
  ],
  [
    `sweep ${LAYER} --workers 0`,
    "upsweep: --workers cannot be 0. Write a whole number from 1 to 1024.",
  ],
  [
    `sweep ${LAYER} --workers two`,
    "upsweep: --workers cannot be 'two'. Write a whole number from 1 to 1024.",
  ],
  [
    `sweep ${LAYER} --method fast`,
    "upsweep: option '--method <name>' argument 'fast' is invalid. Allowed choices are closed, simulate.\nSee 'upsweep sweep --help'.",
  ],
  [
    `sweep ${LAYER} --columns ops,foo`,
    "upsweep: --columns: unknown column 'foo'. Run 'upsweep columns' to list all columns.",
  ],
  [
    `sweep ${LAYER} --columns ,`,
    "upsweep: --columns: unknown column ''. Run 'upsweep columns' to list all columns.",
  ],
  [
    `sweep ${LAYER} --stride 1,,2`,
    "upsweep: --stride: stride cannot be ''. Write a whole number in plain decimal digits, for example 16.",
  ],
  [
    `sweep ${LAYER} --bias maybe`,
    "upsweep: --bias: unknown name 'maybe'. Write one of batch_size, in_channels, out_channels, l_in, kernel_size, stride, padding, output_padding, dilation, groups and bias.\n  maybe\n  ^~~~~",
  ],
  [
    `sweep ${LAYER} -o nodir/x.csv`,
    "upsweep: nodir/x.csv cannot be written: no such file or folder. Write elsewhere with -o.",
  ],
  [`sweep ${LAYER} -o .`, "upsweep: . cannot be written: it is a folder. Write elsewhere with -o."],
  [
    `sweep ${LAYER} -o layers.csv/x`,
    "upsweep: layers.csv/x cannot be written: a part of the path is not a folder. Write elsewhere with -o.",
  ],
  [
    `verify ${LAYER} --sample 0`,
    "upsweep: --sample cannot be 0. Write a whole number from 1 to 100000000.",
  ],
  [
    `verify ${LAYER} --seed -1`,
    "upsweep: --seed cannot be -1. Write a whole number from 0 to 9007199254740991.",
  ],
  [
    "count",
    "upsweep: count: --in-channels, --out-channels, --l-in and --kernel-size are missing. PyTorch has no default for them; give each a value.",
  ],
  [
    "count --in-channels 3",
    "upsweep: count: --out-channels, --l-in and --kernel-size are missing. PyTorch has no default for them; give each a value.",
  ],
  [
    `count ${LAYER} --stride 1,2`,
    "upsweep: --stride: stride has several values: '1,2'. count takes one layer: give one value, or use 'upsweep sweep' for a grid.",
  ],
  [
    `count ${LAYER} --stride 1..2`,
    "upsweep: --stride: stride has several values: '1..2'. count takes one layer: give one value, or use 'upsweep sweep' for a grid.",
  ],
  [
    `count ${LAYER} --stride 0`,
    "upsweep: --stride: stride cannot be 0. Write a whole number from 1 to 2147483647.",
  ],
  [
    `count ${LAYER} --stride x`,
    "upsweep: --stride: stride cannot be 'x'. Write a whole number in plain decimal digits, for example 16.",
  ],
  [`count ${LAYER} --bias 1`, "upsweep: --bias: bias cannot be 1. Write true or false."],
  [`count ${LAYER} --bias true --no-bias`, "upsweep: --bias was given twice. Keep one of them."],
  [
    `count ${LAYER} --groups 3`,
    "upsweep: layer: in_channels 64 is not divisible by groups 3. Choose groups that divide both in_channels and out_channels, as PyTorch requires.",
  ],
  [
    "count --in-channels 6 --out-channels 64 --kernel-size 3 --l-in 32 --groups 3",
    "upsweep: layer: out_channels 64 is not divisible by groups 3. Choose groups that divide both in_channels and out_channels, as PyTorch requires.",
  ],
  [
    `count ${LAYER} --padding 17`,
    "upsweep: layer: the output length would be 0. Lower padding to at most 16, or raise l_in, kernel_size, stride or dilation, until l_out is at least 1.",
  ],
  [
    `count ${LAYER} --output-padding 1`,
    "upsweep: layer: output_padding 1 is not smaller than stride 1 or dilation 1. PyTorch requires output_padding to be smaller than stride or dilation.",
  ],
  [
    `count ${LAYER} --batch-size 0 --output-padding 1`,
    "upsweep: layer: output_padding 1 is not smaller than stride 1 or dilation 1. PyTorch requires output_padding to be smaller than stride or dilation. PyTorch accepts this layer only because batch_size is 0; upsweep applies the rule to every batch size.",
  ],
  [
    "count --in-channels 1 --out-channels 1 --l-in 1 --kernel-size 4 --padding 2 --batch-size 0",
    "upsweep: layer: the output length would be 0. Lower padding to at most 1, or raise l_in, kernel_size, stride or dilation, until l_out is at least 1. PyTorch accepts this layer only because batch_size is 0; upsweep applies the rule to every batch size.",
  ],
  [
    "count --in-channels 1 --out-channels 1 --l-in 1 --kernel-size 3 --padding 2 --batch-size 0",
    "upsweep: layer: the output length would be -1. Lower padding to at most 1, or raise l_in, kernel_size, stride or dilation, until l_out is at least 1.",
  ],
  [
    `count ${LAYER} --skip-invalid`,
    "upsweep: --skip-invalid is for lists. Leave it out, or name a list with --from.",
  ],
  [
    `count ${LAYER} --check all`,
    "upsweep: --check is for lists. Leave it out, or name a list with --from.",
  ],
  [
    `count ${LAYER} --columns ops,ops`,
    "upsweep: --columns: the column ops is given twice. Keep one of them.",
  ],
  [
    "count --in-channels 2147483647 --out-channels 2147483647 --kernel-size 9 --l-in 9",
    "upsweep: layer: weight_elements of ConvTranspose1d(2147483647, 2147483647, kernel_size=9, stride=1, padding=0, output_padding=0, dilation=1, groups=1, bias=True) on an input of (1, 2147483647, 9) exceeds 2^64 - 1. Choose other columns with --columns (columns in a spec), or shrink the layer.",
  ],
  [
    "count --from nope.csv",
    "upsweep: nope.csv cannot be read: no such file or folder. Check the path.",
  ],
  ["count --from .", "upsweep: . cannot be read: it is a folder. Check the path."],
  [
    "count --in-channels 1 --out-channels 1 --kernel-size 1 --l-in 1 --big-ints string",
    "upsweep: --big-ints needs --json. Add --json, or remove --big-ints.",
  ],
  [
    "compare --from layers.csv --big-ints string",
    "upsweep: --big-ints needs --json. Add --json, or remove --big-ints.",
  ],
  [
    "compare --json --big-ints text",
    "upsweep: option '--big-ints <type>' argument 'text' is invalid. Allowed choices are number, string.\nSee 'upsweep compare --help'.",
  ],
  [
    "count --from layers.csv --json",
    "upsweep: both --from and --json are given. Use --format jsonl to write one JSON object per line.",
  ],
  [
    "count --from layers.csv --stride 2",
    "upsweep: both --from and --stride are given. Add the parameter to the list as a column, or remove --from.",
  ],
  ["count --from", "upsweep: option '--from <file>' argument missing\nSee 'upsweep count --help'."],
  [
    "columns --json --markdown",
    "upsweep: option '--json' cannot be used with option '--markdown'\nSee 'upsweep columns --help'.",
  ],
  [
    "sweep grid.yaml extra",
    "upsweep: too many arguments for 'sweep'. Expected 1 argument but got 2.\nSee 'upsweep sweep --help'.",
  ],
  [
    "plan",
    "upsweep: no grid is given. Name a spec file, or give axes as options, for example --stride 1..4.",
  ],
];

it.each(CASES)("refuses `upsweep %s`", async (command, message) => {
  expect(await said(command.split(" "))).toEqual({
    exitCode: 2,
    stderr: `${message}\n`,
    stdout: "",
  });
});

it("says that the disk is full, with exit code 1", async () => {
  const { exitCode, stderr } = await said(`sweep ${LAYER} -o /dev/full`.split(" "));
  expect([exitCode, stderr]).toEqual([
    1,
    "upsweep: /dev/full cannot be written: the disk is full. Free some space or write elsewhere with -o.\n",
  ]);
});
