/** Expressions, constraints, joint axes, unions and samples that are wrong: the message, with place and caret. */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";

inTemporaryFolder();

const GOOD = "axes:\n  in_channels: 64\n  out_channels: 64\n  kernel_size: 3\n  l_in: 32\n";

/** A good spec with something more at its top, among its axes, or with conditions. */
const top = (more: string) => `${GOOD}${more}\n`;
const axes = (more: string) =>
  `${GOOD}${more
    .split("\n")
    .map((line) => `  ${line}\n`)
    .join("")}`;
const where = (...conditions: readonly string[]) =>
  `${GOOD}  stride: [1, 2]\nwhere:\n${conditions.map((condition) => `  - ${condition}\n`).join("")}`;

const CASES: readonly (readonly [string, string, string])[] = [
  [
    "an unknown name",
    axes("padding: (kernal_size - stride) // 2"),
    "grid.yaml:6:13: unknown name 'kernal_size'. Did you mean 'kernel_size'?\n  (kernal_size - stride) // 2\n   ^~~~~~~~~~~",
  ],
  [
    "an unknown name in quotes",
    axes('padding: "(kernel_size - strde) // 2"'),
    "grid.yaml:6:28: unknown name 'strde'. Did you mean 'stride'?\n  (kernel_size - strde) // 2\n                 ^~~~~",
  ],
  [
    "an unknown name in a list",
    axes("padding: [0, stride, kernel]"),
    "grid.yaml:6:24: unknown name 'kernel'. Did you mean 'kernel_size'?\n  kernel\n  ^~~~~~",
  ],
  [
    "a result in an axis",
    axes("padding: l_out // 2"),
    "grid.yaml:6:12: l_out is a result, and known only once the layer is. Axes can be written with other axes; put what the result must be under 'where:'.\n  l_out // 2\n  ^~~~~",
  ],
  [
    "an unknown function",
    axes("padding: ceil(kernel_size / 2)"),
    "grid.yaml:6:12: unknown function 'ceil'. Did you mean 'ceil_div'?\n  ceil(kernel_size / 2)\n  ^~~~",
  ],
  [
    "a function with too few arguments",
    axes("padding: min(kernel_size)"),
    "grid.yaml:6:12: min has 1 argument. It takes at least 2 numbers, separated by commas.\n  min(kernel_size)\n  ^~~~~~~~~~~~~~~~",
  ],
  [
    "a function with too many arguments",
    axes("padding: ceil_div(kernel_size, 2, 3)"),
    "grid.yaml:6:12: ceil_div has 3 arguments. It takes 2 numbers, separated by commas.\n  ceil_div(kernel_size, 2, 3)\n  ^~~~~~~~~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "a function without arguments",
    axes("padding: abs()"),
    "grid.yaml:6:12: abs has 0 arguments. It takes 1 number.\n  abs()\n  ^~~~~",
  ],
  [
    "a function without parentheses",
    axes("padding: abs + 1"),
    "grid.yaml:6:16: '+' stands where '(' behind abs should be. Mend the expression there.\n  abs + 1\n      ^",
  ],
  [
    "a list function where a number should be",
    axes("padding: divisors(kernel_size) + 1"),
    "grid.yaml:6:12: divisors gives a list, where one number should be. Write it as an axis' values, or behind 'in'.\n  divisors(kernel_size) + 1\n  ^~~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "an open parenthesis",
    axes("padding: (kernel_size - 1 // 2"),
    "grid.yaml:6:12: this '(' is not closed. Write a ')' where it ends.\n  (kernel_size - 1 // 2\n  ^",
  ],
  [
    "a closing parenthesis too many",
    axes("padding: kernel_size) // 2"),
    "grid.yaml:6:23: ')' stands where the end, or an operator should be. Mend the expression there.\n  kernel_size) // 2\n             ^",
  ],
  [
    "a missing operand",
    axes("padding: kernel_size -"),
    "grid.yaml:6:25: it ends where a number or a name should be. Mend the expression there.\n  kernel_size -\n               ^",
  ],
  [
    "two operands without an operator",
    axes("padding: kernel_size 2"),
    "grid.yaml:6:24: 2 stands where the end, or an operator should be. Mend the expression there.\n  kernel_size 2\n              ^",
  ],
  [
    "an operator at the start",
    axes("padding: '* 2'"),
    "grid.yaml:6:13: '*' stands where a number or a name should be. Mend the expression there.\n  * 2\n  ^",
  ],
  [
    "the power of other languages",
    axes("padding: kernel_size ^ 2"),
    "grid.yaml:6:24: '^' is no operator of expressions. Write '**'.\n  kernel_size ^ 2\n              ^",
  ],
  [
    "a fraction in an axis",
    axes("padding: kernel_size * 0.5"),
    "grid.yaml:6:26: '0.5' is not a whole number. Axes have whole numbers only; fractions can be written in conditions.\n  kernel_size * 0.5\n                ^~~",
  ],
  [
    "a fraction with an exponent in an axis",
    axes("padding: kernel_size + 1e-3"),
    "grid.yaml:6:26: '1e-3' is not a whole number. Axes have whole numbers only; fractions can be written in conditions.\n  kernel_size + 1e-3\n                ^~~~",
  ],
  [
    "an unknown suffix",
    axes("padding: 50m + 0"),
    "grid.yaml:6:12: '50m' is not a number. Write decimal digits, for example 16, 1e6 or (in conditions) 0.25, and after them one of k, M, G, T, Ki, Mi and Gi if you like, for example 50M.\n  50m + 0\n  ^~~",
  ],
  [
    "a fraction without its zero",
    axes("padding: .5 * kernel_size"),
    "grid.yaml:6:12: '.5' is not a number. Write decimal digits, for example 16, 1e6 or (in conditions) 0.25, and after them one of k, M, G, T, Ki, Mi and Gi if you like, for example 50M.\n  .5 * kernel_size\n  ^~",
  ],
  [
    "a number beyond 64 bits",
    axes("padding: kernel_size - 99999999999999999999"),
    "grid.yaml:6:26: 99999999999999999999 passes 2^63 - 1, or has too many digits. Expressions work with numbers of 64 bits.\n  kernel_size - 99999999999999999999\n                ^~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "a suffix that takes a number beyond 64 bits",
    axes("padding: kernel_size - 9223372036854775T"),
    "grid.yaml:6:26: '9223372036854775T' passes 2^63 - 1, or has too many digits. Expressions work with numbers of 64 bits.\n  kernel_size - 9223372036854775T\n                ^~~~~~~~~~~~~~~~~",
  ],
  [
    "a character that is no operator",
    axes("padding: kernel_size $ 2"),
    "grid.yaml:6:24: '$' is no operator of expressions. Known are + - * / // % ** < <= > >= == != and, or, not, in.\n  kernel_size $ 2\n              ^",
  ],
  [
    "a conditional expression",
    axes("padding: 1 if stride > 1 else 0"),
    "grid.yaml:6:14: 'if' stands where the end, or an operator should be. Mend the expression there.\n  1 if stride > 1 else 0\n    ^~",
  ],
  [
    "a call of Python",
    axes("padding: __import__('os').system('ls')"),
    "grid.yaml:6:23: ''' is no operator of expressions. Known are + - * / // % ** < <= > >= == != and, or, not, in.\n  __import__('os').system('ls')\n             ^",
  ],
  [
    "an attribute",
    axes("padding: kernel_size.bit_length()"),
    "grid.yaml:6:23: '.' is no operator of expressions. Known are + - * / // % ** < <= > >= == != and, or, not, in.\n  kernel_size.bit_length()\n             ^",
  ],
  [
    "a constant that divides by zero",
    axes("padding: 4 // 0"),
    "grid.yaml:6:12: '4 // 0' divides by zero. Divide by another number.\n  4 // 0\n  ^~~~~~",
  ],
  [
    "a constant that does not divide exactly",
    axes("padding: 7 / 2"),
    "grid.yaml:6:12: '7 / 2' does not divide exactly. Write // to round down.\n  7 / 2\n  ^~~~~",
  ],
  [
    "a constant beyond 64 bits",
    axes("padding: 2 ** 64"),
    "grid.yaml:6:12: '2 ** 64' passes 64 bits. Expressions work with whole numbers from -2^63 to 2^63 - 1.\n  2 ** 64\n  ^~~~~~~",
  ],
  [
    "a constant with a negative exponent",
    axes("padding: 2 ** -1"),
    "grid.yaml:6:12: '2 ** -1' has a negative exponent. Its value would be no whole number.\n  2 ** -1\n  ^~~~~~~",
  ],
  [
    "the divisors of zero",
    axes("groups: divisors(0)"),
    "grid.yaml:6:11: 'divisors(0)' has no list of divisors. divisors takes a whole number from 1 to 2147483647.\n  divisors(0)\n  ^~~~~~~~~~~",
  ],
  [
    "a constant out of range",
    axes("padding: 3 - 4"),
    "grid.yaml:6:12: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  ],
  [
    "a constant list that is empty",
    axes("stride: pow2(5, 7 - 1)"),
    "grid.yaml:6:11: the axis stride has no values. Give it at least one, or leave it out to take PyTorch's default.",
  ],
  [
    "a range with a step of zero",
    axes("padding: 0..8:1 - 1"),
    "grid.yaml:6:17: '1 - 1' is a step below 1. The step of a range is a whole number from 1.\n  0..8:1 - 1\n       ^~~~~",
  ],
  [
    "an axis that depends on itself",
    axes("padding: padding + 1"),
    "grid.yaml:6:12: the axes depend on each other in a circle: padding → padding. Give one of them values of its own.\n  padding + 1\n  ^~~~~~~",
  ],
  [
    "axes in a circle",
    axes("padding: stride // 2\nstride: dilation + 1\ndilation: padding + 1"),
    "grid.yaml:8:13: the axes depend on each other in a circle: padding → stride → dilation → padding. Give one of them values of its own.\n  padding + 1\n  ^~~~~~~",
  ],
  [
    "an axis twice, once jointly",
    axes('stride: 2\n"stride, padding": [[1, 0], [2, 1]]'),
    "grid.yaml:7:3: the axis stride stands twice. Keep one of them.",
  ],
  [
    "a joint axis of unknown names",
    axes('"stride, pad": [[1, 0], [2, 1]]'),
    "grid.yaml:6:3: unknown axis 'pad'. Did you mean 'padding'?",
  ],
  [
    "a joint axis that is no list of rows",
    axes('"stride, padding": [1, 2]'),
    "grid.yaml:6:23: the axis 'stride, padding' cannot be 1. Write a list of rows with a value for each name, for example [[2, 4], [4, 16]].",
  ],
  [
    "a joint axis with a short row",
    axes('"stride, padding": [[1, 0], [2]]'),
    "grid.yaml:6:31: the row has 1 value, the axis 2 names. Write a value for each of stride and padding.",
  ],
  [
    "a joint axis with several values in a place",
    axes('"stride, padding": [[1, 0], [2, 0..3]]'),
    "grid.yaml:6:35: '0..3' of padding stands for several values. In the row of a joint axis each name has one value.",
  ],
  [
    "a joint axis with a row twice",
    axes('"stride, padding": [[1, 0], [2, 1], [1, 0]]'),
    "grid.yaml:6:39: the axis stride, padding has the value [1, 0] twice. Leave one of them out: every layer is counted once.",
  ],
  [
    "an empty joint axis",
    axes('"stride, padding": []'),
    "grid.yaml:6:22: the axis 'stride, padding' cannot be an empty list. Write a list of rows with a value for each name, for example [[2, 4], [4, 16]].",
  ],
  [
    "a constraint that is a number",
    where("stride % 2"),
    "grid.yaml:8:5: this is a number, not a condition. Compare it with something, for example '… == 0'.\n  stride % 2\n  ^~~~~~~~~~",
  ],
  [
    "a constraint with a single =",
    where("stride = 2"),
    "grid.yaml:8:12: '=' is no operator of expressions. Write '=='.\n  stride = 2\n         ^",
  ],
  [
    "a constraint with &&",
    where("stride > 1 && stride < 4"),
    "grid.yaml:8:16: '&&' is no operator of expressions. Write 'and'.\n  stride > 1 && stride < 4\n             ^~",
  ],
  [
    "a constraint with !",
    where("'!(stride > 1)'"),
    "grid.yaml:8:6: '!' is no operator of expressions. Write 'not'.\n  !(stride > 1)\n  ^",
  ],
  [
    "an unknown name in a constraint",
    where("stride > 1", "kernal_size > 2"),
    "grid.yaml:9:5: unknown name 'kernal_size'. Did you mean 'kernel_size'?\n  kernal_size > 2\n  ^~~~~~~~~~~",
  ],
  [
    "a misspelt result in a constraint",
    where("mac <= 50M"),
    "grid.yaml:8:5: unknown name 'mac'. Did you mean 'macs'?\n  mac <= 50M\n  ^~~",
  ],
  [
    "in without a list",
    where("stride in 2"),
    "grid.yaml:8:15: 2 stands where a list, for example [1, 2, 4] or 2..8, should be. Mend the expression there.\n  stride in 2\n            ^",
  ],
  [
    "in with an empty list",
    where("stride in []"),
    "grid.yaml:8:15: the list is empty, so nothing is in it. Write its values, for example in [1, 2, 4].\n  stride in []\n            ^~",
  ],
  [
    "not without in",
    where("stride not [1, 2]"),
    "grid.yaml:8:16: '[' stands where 'in' behind 'not' should be. Mend the expression there.\n  stride not [1, 2]\n             ^",
  ],
  [
    "an open list",
    where("'stride in [1, 2'"),
    "grid.yaml:8:16: this '[' is not closed. Write a ']' where it ends.\n  stride in [1, 2\n            ^",
  ],
  [
    "an open comparison",
    where("l_out =="),
    "grid.yaml:8:13: it ends where a number or a name should be. Mend the expression there.\n  l_out ==\n          ^",
  ],
  [
    "a constraint that is a map",
    where("{a: 1}"),
    "grid.yaml:8:5: a condition cannot be a map of names. Write an expression, for example 'l_out == stride * l_in'.",
  ],
  [
    "an empty constraint",
    where("''"),
    "grid.yaml:8:6: it is empty where a number or a name should be. Mend the expression there.",
  ],
  [
    "a long expression that is wrong near its end",
    where(
      `stride > 0 and ${Array.from({ length: 30 }, (_, i) => `kernel_size != ${i + 10}`).join(" and ")} and strid < 9`,
    ),
    "grid.yaml:8:680: unknown name 'strid'. Did you mean 'stride'?\n  …nd kernel_size != 36 and kernel_size != 37 and kernel_size != 38 and kernel_size != 39 and strid < 9\n                                                                                              ^~~~~",
  ],
  [
    "parentheses nested a thousand deep",
    where(`${"(".repeat(1000)}stride${")".repeat(1000)} > 0`),
    "grid.yaml:8:205: the expression is nested too deep. At most 200 levels are possible.\n  …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…\n                                                     ^",
  ],
  [
    "a thousand powers",
    where(`stride${" ** 1".repeat(1000)} > 0`),
    "grid.yaml:8:1010: the expression is nested too deep. At most 200 levels are possible.\n  …1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** …\n                                                     ^",
  ],
  [
    "a sum of two thousand",
    where(`stride${" + 1".repeat(2000)} > 0`),
    "grid.yaml:8:5: the expression is nested too deep. At most 1000 levels are possible.\n  stride + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +…\n  ^",
  ],
  [
    "grids that are no list",
    "grids: 3\n",
    "grid.yaml:1:8: grids cannot be 3. Write a list of blocks, each with its own axes.",
  ],
  [
    "an empty list of grids",
    "grids: []\n",
    "grid.yaml:1:8: grids cannot be an empty list. Write a list of blocks, each with its own axes.",
  ],
  [
    "grids beside axes",
    top("grids: []"),
    "grid.yaml:1:1: axes stands beside grids. Write it inside the grids that it is for.",
  ],
  [
    "a grid without axes",
    "grids:\n  - name: a\n",
    "grid.yaml:2:5: the spec has no axes. Write at least in_channels, out_channels, l_in and kernel_size under 'axes:'.",
  ],
  [
    "an unknown key in a grid",
    "grids:\n  - axis: {}\n",
    "grid.yaml:2:5: unknown key 'axis'. Did you mean 'axes'?",
  ],
  [
    "columns inside a grid",
    "grids:\n  - columns: [ops]\n",
    "grid.yaml:2:5: unknown key 'columns'. Known are name, variables, axes and where.",
  ],
  [
    "a name with a comma",
    top("name: a,b"),
    "grid.yaml:6:7: the name of a grid cannot be 'a,b'. Write up to 80 bytes of text without commas, quotes and line ends.",
  ],
  [
    "a name that is too long",
    top(`name: ${"x".repeat(81)}`),
    "grid.yaml:6:7: the name of a grid cannot be 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'. Write up to 80 bytes of text without commas, quotes and line ends.",
  ],
  [
    "the column name without a name",
    top("columns: [name, ops]"),
    "grid.yaml:6:11: the column name is asked for, but the grid at grid.yaml has none. Give it one with 'name:'.",
  ],
  [
    "a variable that is a parameter",
    `variables:\n  stride: 2\n${top("")}`,
    "grid.yaml:2:3: 'stride' cannot be a variable: it is a column already. Choose another name; parameters stand under 'axes:'.",
  ],
  [
    "a variable that is a result",
    `variables:\n  macs: 2\n${top("")}`,
    "grid.yaml:2:3: 'macs' cannot be a variable: it is a column already. Choose another name; parameters stand under 'axes:'.",
  ],
  [
    "a variable named like a function",
    `variables:\n  gcd: 2\n${top("")}`,
    "grid.yaml:2:3: 'gcd' cannot be the name of a variable. Write a word of letters, digits and underscores that means nothing else in expressions.",
  ],
  [
    "a variable with a dash",
    `variables:\n  hop-size: 2\n${top("")}`,
    "grid.yaml:2:3: 'hop-size' cannot be the name of a variable. Write a word of letters, digits and underscores that means nothing else in expressions.",
  ],
  [
    "a variable as a column of one grid only",
    "grids:\n  - variables: {hop: 2}\n    axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}\n  - axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}\ncolumns: [hop]\n",
    "grid.yaml:5:11: the variable hop is no column of every grid: the one at grid.yaml:4:5 has none. Give it one there, or leave the column out.",
  ],
  [
    "a sample without rows",
    top("sample: { seed: 1 }"),
    "grid.yaml:6:9: sample does not say how many. Write for example 'sample: { rows: 100000, seed: 7 }'.",
  ],
  [
    "a sample of nothing",
    top("sample: { rows: 0 }"),
    "grid.yaml:6:17: rows cannot be 0. Write a whole number from 1 to 100000000.",
  ],
  [
    "a sample that is a number",
    top("sample: 100"),
    "grid.yaml:6:9: sample is 100. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "an unknown key in sample",
    top("sample: { rows: 1, sed: 2 }"),
    "grid.yaml:6:20: unknown key 'sed'. Did you mean 'seed'?",
  ],
  [
    "an overflow in a constraint",
    where("stride ** 62 * 4 > 1"),
    "grid.yaml:8:5: 'stride ** 62 * 4' passes 64 bits where stride is 2. Expressions work with whole numbers from -2^63 to 2^63 - 1. A condition under 'where:' that can be checked before leaves such layers out.\n  stride ** 62 * 4 > 1\n  ^~~~~~~~~~~~~~~~",
  ],
  [
    "a division by zero in a constraint",
    where("256 % (stride - 2) == 0"),
    "grid.yaml:8:5: '256 % (stride - 2)' divides by zero where stride is 2. Divide by another number. A condition under 'where:' that can be checked before leaves such layers out.\n  256 % (stride - 2) == 0\n  ^~~~~~~~~~~~~~~~~~",
  ],
  [
    "an overflow in an axis",
    axes("stride: [1, 5]\npadding: stride ** 40"),
    "grid.yaml:7:12: 'stride ** 40' passes 64 bits where stride is 5. Expressions work with whole numbers from -2^63 to 2^63 - 1. A condition under 'where:' that can be checked before leaves such layers out.\n  stride ** 40\n  ^~~~~~~~~~~~",
  ],
  [
    "divisors of a number that has none",
    axes("padding: [0, 1]\ngroups: divisors(padding)"),
    "grid.yaml:7:11: 'divisors(padding)' has no list of divisors where padding is 0. divisors takes a whole number from 1 to 2147483647. A condition under 'where:' that can be checked before leaves such layers out.\n  divisors(padding)\n  ^~~~~~~~~~~~~~~~~",
  ],
  [
    "a range that is too long",
    axes("stride: [1, 2]\npadding: 0..stride * 3G"),
    "grid.yaml:7:12: '0..stride * 3G' is a range of more than 2^31 values where stride is 1. Shorten it, or widen its step. A condition under 'where:' that can be checked before leaves such layers out.\n  0..stride * 3G\n  ^~~~~~~~~~~~~~",
  ],
  [
    "too many variables",
    `variables:\n${Array.from({ length: 33 }, (_, i) => `  v${i}: 1\n`).join("")}${top("")}`,
    "grid.yaml: there are 33 variables. At most 32 are possible.",
  ],
  [
    "too many constraints",
    where(...Array.from({ length: 1100 }, (_, i) => `stride != ${i + 10}`)),
    "grid.yaml: the constraints, derived axes and columns come to 1119 steps. At most 1024 are possible; write fewer conditions, for example ranges or lists after 'in'.",
  ],
];

it.each(CASES)("refuses %s", async (_, spec, message) => {
  writeFileSync("grid.yaml", spec);
  expect(await said(["sweep", "grid.yaml", "--quiet", "-o", "out.csv"])).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
});

const GRID = "--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32";

const COMMANDS: readonly (readonly [string, readonly string[], string])[] = [
  [
    "--axis without values",
    ["--axis", "stride"],
    "--axis: cannot be 'stride'. Write the name of an axis, = and its values, for example 'stride=1..4'.",
  ],
  [
    "an unknown name in --where",
    ["--where", "strde == 1"],
    "--where: unknown name 'strde'. Did you mean 'stride'?\n  strde == 1\n  ^~~~~",
  ],
  [
    "an axis twice",
    ["--stride", "2", "--axis", "stride=3"],
    "--axis stride was given twice. Give all its values at once, for example --kernel-size 3,5,7.",
  ],
  [
    "--set of a part of a joint axis",
    ["--axis", "stride,padding=[[1,0],[2,1]]", "--set", "stride=3"],
    "--set stride: stride is part of the joint axis 'stride,padding'. Set the whole of it: --set 'stride,padding=[[…], […]]'.",
  ],
  [
    "--set of an unknown axis",
    ["--set", "strde=3"],
    "--set strde: unknown axis 'strde'. Did you mean 'stride'?",
  ],
  [
    "--seed without --sample",
    ["--seed", "3"],
    "--seed is given without --sample. Say with --sample how many to draw.",
  ],
  [
    "a limit of nothing",
    ["--limit", "0"],
    `--limit: cannot be 0. Write a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`,
  ],
];

it.each(COMMANDS)("refuses %s on the command line", async (_, args, message) => {
  expect(await said(["sweep", ...GRID.split(" "), ...args])).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
});

it("says why a map with keys that are aliases is refused", async () => {
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? "1"
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(", ")
      }]\n`,
  ).join("");
  writeFileSync("grid.yaml", bomb);
  const { exitCode, stderr } = await said(["sweep", "grid.yaml"]);
  expect([exitCode, stderr]).toEqual([
    2,
    "upsweep: grid.yaml:1:9: YAML anchors and aliases are not taken. Write the values out.\n",
  ]);
});

it("refuses YAML that is nested a thousand deep", async () => {
  writeFileSync("grid.yaml", `axes:\n  stride: ${"[".repeat(1000)}1${"]".repeat(1000)}\n`);
  const { exitCode, stderr } = await said(["sweep", "grid.yaml"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^upsweep: grid\.yaml:2:\d+: /);
});
