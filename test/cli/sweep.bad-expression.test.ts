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
    "grid.yaml:6:12: l_out is computed from the layer, so axes cannot use it. Use other axes here, and put conditions on l_out under 'where:'.\n  l_out // 2\n  ^~~~~",
  ],
  [
    "an unknown function",
    axes("padding: ceil(kernel_size / 2)"),
    "grid.yaml:6:12: unknown function 'ceil'. Did you mean 'ceil_div'?\n  ceil(kernel_size / 2)\n  ^~~~",
  ],
  [
    "a function with too few arguments",
    axes("padding: min(kernel_size)"),
    "grid.yaml:6:12: min got 1 argument. It takes at least 2 numbers, separated by commas.\n  min(kernel_size)\n  ^~~~~~~~~~~~~~~~",
  ],
  [
    "a function with too many arguments",
    axes("padding: ceil_div(kernel_size, 2, 3)"),
    "grid.yaml:6:12: ceil_div got 3 arguments. It takes 2 numbers, separated by commas.\n  ceil_div(kernel_size, 2, 3)\n  ^~~~~~~~~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "a function without arguments",
    axes("padding: abs()"),
    "grid.yaml:6:12: abs got 0 arguments. It takes 1 number.\n  abs()\n  ^~~~~",
  ],
  [
    "a function without parentheses",
    axes("padding: abs + 1"),
    "grid.yaml:6:16: expected '(' after abs, found '+'. Fix the expression at the marked position.\n  abs + 1\n      ^",
  ],
  [
    "a list function where a number should be",
    axes("padding: divisors(kernel_size) + 1"),
    "grid.yaml:6:12: divisors returns a list, but one number is needed here. Use it as the values of an axis, or after 'in'.\n  divisors(kernel_size) + 1\n  ^~~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "an open parenthesis",
    axes("padding: (kernel_size - 1 // 2"),
    "grid.yaml:6:12: this '(' is not closed. Add the matching ')'.\n  (kernel_size - 1 // 2\n  ^",
  ],
  [
    "a closing parenthesis too many",
    axes("padding: kernel_size) // 2"),
    "grid.yaml:6:23: expected an operator or the end, found ')'. Fix the expression at the marked position.\n  kernel_size) // 2\n             ^",
  ],
  [
    "a missing operand",
    axes("padding: kernel_size -"),
    "grid.yaml:6:25: expected a number or a name, but it ends here. Fix the expression at the marked position.\n  kernel_size -\n               ^",
  ],
  [
    "two operands without an operator",
    axes("padding: kernel_size 2"),
    "grid.yaml:6:24: expected an operator or the end, found 2. Fix the expression at the marked position.\n  kernel_size 2\n              ^",
  ],
  [
    "an operator at the start",
    axes("padding: '* 2'"),
    "grid.yaml:6:13: expected a number or a name, found '*'. Fix the expression at the marked position.\n  * 2\n  ^",
  ],
  [
    "the power of other languages",
    axes("padding: kernel_size ^ 2"),
    "grid.yaml:6:24: unknown operator '^'. Write '**'.\n  kernel_size ^ 2\n              ^",
  ],
  [
    "a fraction in an axis",
    axes("padding: kernel_size * 0.5"),
    "grid.yaml:6:26: '0.5' is not a whole number. Axes take whole numbers only; conditions also take fractions.\n  kernel_size * 0.5\n                ^~~",
  ],
  [
    "a fraction with an exponent in an axis",
    axes("padding: kernel_size + 1e-3"),
    "grid.yaml:6:26: '1e-3' is not a whole number. Axes take whole numbers only; conditions also take fractions.\n  kernel_size + 1e-3\n                ^~~~",
  ],
  [
    "an unknown suffix",
    axes("padding: 50m + 0"),
    "grid.yaml:6:12: '50m' is not a number. Write digits, for example 16, 1e6 or (in conditions) 0.25. A suffix may follow, as in 50M: k, M, G, T, Ki, Mi, Gi.\n  50m + 0\n  ^~~",
  ],
  [
    "a fraction without its zero",
    axes("padding: .5 * kernel_size"),
    "grid.yaml:6:12: '.5' is not a number. Write digits, for example 16, 1e6 or (in conditions) 0.25. A suffix may follow, as in 50M: k, M, G, T, Ki, Mi, Gi.\n  .5 * kernel_size\n  ^~",
  ],
  [
    "a number beyond 64 bits",
    axes("padding: kernel_size - 99999999999999999999"),
    "grid.yaml:6:26: 99999999999999999999 exceeds 2^63 - 1 or has too many digits. Write a smaller or shorter number: expressions use 64 bits.\n  kernel_size - 99999999999999999999\n                ^~~~~~~~~~~~~~~~~~~~",
  ],
  [
    "a suffix that takes a number beyond 64 bits",
    axes("padding: kernel_size - 9223372036854775T"),
    "grid.yaml:6:26: '9223372036854775T' exceeds 2^63 - 1 or has too many digits. Write a smaller or shorter number: expressions use 64 bits.\n  kernel_size - 9223372036854775T\n                ^~~~~~~~~~~~~~~~~",
  ],
  [
    "a character that is no operator",
    axes("padding: kernel_size $ 2"),
    "grid.yaml:6:24: unknown operator '$'. The operators are + - * / // % ** < <= > >= == != and, or, not, in.\n  kernel_size $ 2\n              ^",
  ],
  [
    "a conditional expression",
    axes("padding: 1 if stride > 1 else 0"),
    "grid.yaml:6:14: expected an operator or the end, found 'if'. Fix the expression at the marked position.\n  1 if stride > 1 else 0\n    ^~",
  ],
  [
    "a call of Python",
    axes("padding: __import__('os').system('ls')"),
    "grid.yaml:6:23: unknown operator '''. The operators are + - * / // % ** < <= > >= == != and, or, not, in.\n  __import__('os').system('ls')\n             ^",
  ],
  [
    "an attribute",
    axes("padding: kernel_size.bit_length()"),
    "grid.yaml:6:23: unknown operator '.'. The operators are + - * / // % ** < <= > >= == != and, or, not, in.\n  kernel_size.bit_length()\n             ^",
  ],
  [
    "a constant that divides by zero",
    axes("padding: 4 // 0"),
    "grid.yaml:6:12: '4 // 0' divides by zero. Divide by a number other than 0.\n  4 // 0\n  ^~~~~~",
  ],
  [
    "a constant that does not divide exactly",
    axes("padding: 7 / 2"),
    "grid.yaml:6:12: '7 / 2' does not divide exactly. Write // to round down.\n  7 / 2\n  ^~~~~",
  ],
  [
    "a constant beyond 64 bits",
    axes("padding: 2 ** 64"),
    "grid.yaml:6:12: '2 ** 64' exceeds 64 bits. Expressions work with whole numbers from -2^63 to 2^63 - 1.\n  2 ** 64\n  ^~~~~~~",
  ],
  [
    "a constant with a negative exponent",
    axes("padding: 2 ** -1"),
    "grid.yaml:6:12: '2 ** -1' has a negative exponent. Use an exponent of 0 or more, so that the value is a whole number.\n  2 ** -1\n  ^~~~~~~",
  ],
  [
    "the divisors of zero",
    axes("groups: divisors(0)"),
    "grid.yaml:6:11: 'divisors(0)' is not defined. divisors takes a whole number from 1 to 2147483647.\n  divisors(0)\n  ^~~~~~~~~~~",
  ],
  [
    "a constant out of range",
    axes("padding: 3 - 4"),
    "grid.yaml:6:12: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  ],
  [
    "a constant list that is empty",
    axes("stride: pow2(5, 7 - 1)"),
    "grid.yaml:6:11: the axis stride has no values. Give it at least one, or remove it to use PyTorch's default.",
  ],
  [
    "a range with a step of zero",
    axes("padding: 0..8:1 - 1"),
    "grid.yaml:6:17: '1 - 1' is a step below 1. Use a step of 1 or more.\n  0..8:1 - 1\n       ^~~~~",
  ],
  [
    "an axis that depends on itself",
    axes("padding: padding + 1"),
    "grid.yaml:6:12: the axes depend on each other in a cycle: padding → padding. Write one of them without using the others.\n  padding + 1\n  ^~~~~~~",
  ],
  [
    "axes in a circle",
    axes("padding: stride // 2\nstride: dilation + 1\ndilation: padding + 1"),
    "grid.yaml:8:13: the axes depend on each other in a cycle: padding → stride → dilation → padding. Write one of them without using the others.\n  padding + 1\n  ^~~~~~~",
  ],
  [
    "an axis twice, once jointly",
    axes('stride: 2\n"stride, padding": [[1, 0], [2, 1]]'),
    "grid.yaml:7:3: the axis stride is given twice. Keep one of them.",
  ],
  [
    "a joint axis of unknown names",
    axes('"stride, pad": [[1, 0], [2, 1]]'),
    "grid.yaml:6:3: unknown axis 'pad'. Did you mean 'padding'?",
  ],
  [
    "a joint axis that is no list of rows",
    axes('"stride, padding": [1, 2]'),
    "grid.yaml:6:23: the axis 'stride, padding' cannot be 1. Write a list of rows with one value per name, for example [[2, 4], [4, 16]].",
  ],
  [
    "a joint axis with a short row",
    axes('"stride, padding": [[1, 0], [2]]'),
    "grid.yaml:6:31: the row has 1 value, but the axis has 2 names. Write one value for each of stride and padding.",
  ],
  [
    "a joint axis with several values in a place",
    axes('"stride, padding": [[1, 0], [2, 0..3]]'),
    "grid.yaml:6:35: padding cannot be '0..3', which is several values. Write one value per name in each row of a joint axis.",
  ],
  [
    "a joint axis with a row twice",
    axes('"stride, padding": [[1, 0], [2, 1], [1, 0]]'),
    "grid.yaml:6:39: the axis stride, padding has the value [1, 0] twice. Remove one of them: every layer is counted once.",
  ],
  [
    "an empty joint axis",
    axes('"stride, padding": []'),
    "grid.yaml:6:22: the axis 'stride, padding' cannot be an empty list. Write a list of rows with one value per name, for example [[2, 4], [4, 16]].",
  ],
  [
    "a constraint that is a number",
    where("stride % 2"),
    "grid.yaml:8:5: this is a number, not a condition. Compare it with a value, for example '… == 0'.\n  stride % 2\n  ^~~~~~~~~~",
  ],
  [
    "a constraint with a single =",
    where("stride = 2"),
    "grid.yaml:8:12: unknown operator '='. Write '=='.\n  stride = 2\n         ^",
  ],
  [
    "a constraint with &&",
    where("stride > 1 && stride < 4"),
    "grid.yaml:8:16: unknown operator '&&'. Write 'and'.\n  stride > 1 && stride < 4\n             ^~",
  ],
  [
    "a constraint with !",
    where("'!(stride > 1)'"),
    "grid.yaml:8:6: unknown operator '!'. Write 'not'.\n  !(stride > 1)\n  ^",
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
    "grid.yaml:8:15: expected a list such as [1, 2, 4] or 2..8, found 2. Fix the expression at the marked position.\n  stride in 2\n            ^",
  ],
  [
    "in with an empty list",
    where("stride in []"),
    "grid.yaml:8:15: the list after 'in' is empty. Write its values, for example in [1, 2, 4].\n  stride in []\n            ^~",
  ],
  [
    "not without in",
    where("stride not [1, 2]"),
    "grid.yaml:8:16: expected 'in' after 'not', found '['. Fix the expression at the marked position.\n  stride not [1, 2]\n             ^",
  ],
  [
    "an open list",
    where("'stride in [1, 2'"),
    "grid.yaml:8:16: this '[' is not closed. Add the matching ']'.\n  stride in [1, 2\n            ^",
  ],
  [
    "an open comparison",
    where("l_out =="),
    "grid.yaml:8:13: expected a number or a name, but it ends here. Fix the expression at the marked position.\n  l_out ==\n          ^",
  ],
  [
    "a constraint that is a map",
    where("{a: 1}"),
    "grid.yaml:8:5: a condition cannot be a map of names. Write an expression, for example 'l_out == stride * l_in'.",
  ],
  [
    "an empty constraint",
    where("''"),
    "grid.yaml:8:6: expected a number or a name, but it is empty. Write an expression.",
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
    "grid.yaml:8:205: the expression is nested too deeply. Use at most 200 levels.\n  …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…\n                                                     ^",
  ],
  [
    "a thousand powers",
    where(`stride${" ** 1".repeat(1000)} > 0`),
    "grid.yaml:8:1010: the expression is nested too deeply. Use at most 200 levels.\n  …1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** …\n                                                     ^",
  ],
  [
    "a sum of two thousand",
    where(`stride${" + 1".repeat(2000)} > 0`),
    "grid.yaml:8:5: the expression is nested too deeply. Use at most 1000 levels.\n  stride + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +…\n  ^",
  ],
  [
    "grids that are no list",
    "grids: 3\n",
    "grid.yaml:1:8: grids cannot be 3. Write a list of grids, each with its own axes.",
  ],
  [
    "an empty list of grids",
    "grids: []\n",
    "grid.yaml:1:8: grids cannot be an empty list. Write a list of grids, each with its own axes.",
  ],
  [
    "grids beside axes",
    top("grids: []"),
    "grid.yaml:1:1: axes cannot be next to grids. Move it into each grid that it applies to.",
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
    "grid.yaml:2:5: unknown key 'columns'. Write one of name, variables, axes and where.",
  ],
  [
    "a name with a comma",
    top("name: a,b"),
    "grid.yaml:6:7: the name of a grid cannot be 'a,b'. Write up to 80 bytes of text without commas, quotes or line breaks.",
  ],
  [
    "a name that is too long",
    top(`name: ${"x".repeat(81)}`),
    "grid.yaml:6:7: the name of a grid cannot be 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'. Write up to 80 bytes of text without commas, quotes or line breaks.",
  ],
  [
    "the column name without a name",
    top("columns: [name, ops]"),
    "grid.yaml:6:11: the column name needs a name for every grid, but the grid at grid.yaml has none. Give it one with 'name:'.",
  ],
  [
    "a variable that is a parameter",
    `variables:\n  stride: 2\n${top("")}`,
    "grid.yaml:2:3: 'stride' cannot be a variable: a column already has that name. Choose another name; parameters go under 'axes:'.",
  ],
  [
    "a variable that is a result",
    `variables:\n  macs: 2\n${top("")}`,
    "grid.yaml:2:3: 'macs' cannot be a variable: a column already has that name. Choose another name; parameters go under 'axes:'.",
  ],
  [
    "a variable named like a function",
    `variables:\n  gcd: 2\n${top("")}`,
    "grid.yaml:2:3: 'gcd' cannot be the name of a variable. Use letters, digits and underscores, and avoid words that expressions reserve.",
  ],
  [
    "a variable with a dash",
    `variables:\n  hop-size: 2\n${top("")}`,
    "grid.yaml:2:3: 'hop-size' cannot be the name of a variable. Use letters, digits and underscores, and avoid words that expressions reserve.",
  ],
  [
    "a variable as a column of one grid only",
    "grids:\n  - variables: {hop: 2}\n    axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}\n  - axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}\ncolumns: [hop]\n",
    "grid.yaml:5:11: the column hop needs a variable in every grid, but the grid at grid.yaml:4:5 has none. Define it there, or remove the column.",
  ],
  [
    "a sample without rows",
    top("sample: { seed: 1 }"),
    "grid.yaml:6:9: sample has no number of rows. Write, for example, 'sample: { rows: 100000, seed: 7 }'.",
  ],
  [
    "a sample of nothing",
    top("sample: { rows: 0 }"),
    "grid.yaml:6:17: rows cannot be 0. Write a whole number from 1 to 100000000.",
  ],
  [
    "a sample that is a number",
    top("sample: 100"),
    "grid.yaml:6:9: sample cannot be 100. Write names with their values, for example 'stride: [1, 2]'.",
  ],
  [
    "an unknown key in sample",
    top("sample: { rows: 1, sed: 2 }"),
    "grid.yaml:6:20: unknown key 'sed'. Did you mean 'seed'?",
  ],
  [
    "an overflow in a constraint",
    where("stride ** 62 * 4 > 1"),
    "grid.yaml:8:5: 'stride ** 62 * 4' exceeds 64 bits where stride is 2. Expressions work with whole numbers from -2^63 to 2^63 - 1. To reject such layers instead, add a condition under 'where:' that is checked earlier.\n  stride ** 62 * 4 > 1\n  ^~~~~~~~~~~~~~~~",
  ],
  [
    "a division by zero in a constraint",
    where("256 % (stride - 2) == 0"),
    "grid.yaml:8:5: '256 % (stride - 2)' divides by zero where stride is 2. Divide by a number other than 0. To reject such layers instead, add a condition under 'where:' that is checked earlier.\n  256 % (stride - 2) == 0\n  ^~~~~~~~~~~~~~~~~~",
  ],
  [
    "an overflow in an axis",
    axes("stride: [1, 5]\npadding: stride ** 40"),
    "grid.yaml:7:12: 'stride ** 40' exceeds 64 bits where stride is 5. Expressions work with whole numbers from -2^63 to 2^63 - 1. To reject such layers instead, add a condition under 'where:' that is checked earlier.\n  stride ** 40\n  ^~~~~~~~~~~~",
  ],
  [
    "divisors of a number that has none",
    axes("padding: [0, 1]\ngroups: divisors(padding)"),
    "grid.yaml:7:11: 'divisors(padding)' is not defined where padding is 0. divisors takes a whole number from 1 to 2147483647. To reject such layers instead, add a condition under 'where:' that is checked earlier.\n  divisors(padding)\n  ^~~~~~~~~~~~~~~~~",
  ],
  [
    "a range that is too long",
    axes("stride: [1, 2]\npadding: 0..stride * 3G"),
    "grid.yaml:7:12: '0..stride * 3G' is a range of more than 2^31 values where stride is 1. Shorten the range or widen its step. To reject such layers instead, add a condition under 'where:' that is checked earlier.\n  0..stride * 3G\n  ^~~~~~~~~~~~~~",
  ],
  [
    "too many variables",
    `variables:\n${Array.from({ length: 33 }, (_, i) => `  v${i}: 1\n`).join("")}${top("")}`,
    "grid.yaml: there are 33 variables. Use at most 32.",
  ],
  [
    "too many constraints",
    where(...Array.from({ length: 1100 }, (_, i) => `stride != ${i + 10}`)),
    "grid.yaml: the conditions, derived axes and columns take 1119 steps; the limit is 1024. Use fewer conditions, for example ranges or lists after 'in'.",
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
    "--axis cannot be 'stride'. Write name=values, for example 'stride=1..4'.",
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
    "--set stride: stride is part of the joint axis 'stride,padding'. Set the joint axis instead: --set 'stride,padding=[[…], […]]'.",
  ],
  [
    "--set of an unknown axis",
    ["--set", "strde=3"],
    "--set strde: unknown axis 'strde'. Did you mean 'stride'?",
  ],
  [
    "--seed without --sample",
    ["--seed", "3"],
    "--seed is given without --sample. Add --sample N, or remove --seed.",
  ],
  [
    "a limit of nothing",
    ["--limit", "0"],
    `--limit cannot be 0. Write a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`,
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
    "upsweep: grid.yaml:1:9: YAML anchors and aliases are not supported. Write the values out.\n",
  ]);
});

it("refuses YAML that is nested a thousand deep", async () => {
  writeFileSync("grid.yaml", `axes:\n  stride: ${"[".repeat(1000)}1${"]".repeat(1000)}\n`);
  const { exitCode, stderr } = await said(["sweep", "grid.yaml"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^upsweep: grid\.yaml:2:\d+: /);
});
