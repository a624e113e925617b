/**
 * Bad expressions, conditions, joint axes, unions and samples: each is refused with its location
 * and a caret.
 */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { titled } from "../support/cases.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { printed, text } from "../support/text.ts";

inTemporaryFolder();

const GOOD = "axes:\n  in_channels: 64\n  out_channels: 64\n  kernel_size: 3\n  l_in: 32\n";

/** A valid spec with more keys at its top, more axes, or conditions. */
const top = (more: string) => `${GOOD}${more}\n`;
const axes = (more: string) =>
  `${GOOD}${more
    .split("\n")
    .map((line) => `  ${line}\n`)
    .join("")}`;
const where = (...conditions: readonly string[]) =>
  `${GOOD}  stride: [1, 2]\nwhere:\n${conditions.map((condition) => `  - ${condition}\n`).join("")}`;

const CASES = [
  {
    title: "an unknown name",
    spec: axes("padding: (kernal_size - stride) // 2"),
    message: text`
      grid.yaml:6:13: unknown name 'kernal_size'. Did you mean 'kernel_size'?
      |  (kernal_size - stride) // 2
      |   ^~~~~~~~~~~
    `,
  },
  {
    title: "an unknown name in quotes",
    spec: axes('padding: "(kernel_size - strde) // 2"'),
    message: text`
      grid.yaml:6:28: unknown name 'strde'. Did you mean 'stride'?
      |  (kernel_size - strde) // 2
      |                 ^~~~~
    `,
  },
  {
    title: "an unknown name in a list",
    spec: axes("padding: [0, stride, kernel]"),
    message: text`
      grid.yaml:6:24: unknown name 'kernel'. Did you mean 'kernel_size'?
      |  kernel
      |  ^~~~~~
    `,
  },
  {
    title: "a result in an axis",
    spec: axes("padding: l_out // 2"),
    message: text`
      grid.yaml:6:12: l_out is computed from the layer, so axes cannot use it. Use other axes here,
      and put conditions on l_out under 'where:'.
      |  l_out // 2
      |  ^~~~~
    `,
  },
  {
    title: "an unknown function",
    spec: axes("padding: ceil(kernel_size / 2)"),
    message: text`
      grid.yaml:6:12: unknown function 'ceil'. Did you mean 'ceil_div'?
      |  ceil(kernel_size / 2)
      |  ^~~~
    `,
  },
  {
    title: "a function with too few arguments",
    spec: axes("padding: min(kernel_size)"),
    message: text`
      grid.yaml:6:12: min got 1 argument. It takes at least 2 numbers, separated by commas.
      |  min(kernel_size)
      |  ^~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a function with too many arguments",
    spec: axes("padding: ceil_div(kernel_size, 2, 3)"),
    message: text`
      grid.yaml:6:12: ceil_div got 3 arguments. It takes 2 numbers, separated by commas.
      |  ceil_div(kernel_size, 2, 3)
      |  ^~~~~~~~~~~~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a function without arguments",
    spec: axes("padding: abs()"),
    message: text`
      grid.yaml:6:12: abs got 0 arguments. It takes 1 number.
      |  abs()
      |  ^~~~~
    `,
  },
  {
    title: "a function without parentheses",
    spec: axes("padding: abs + 1"),
    message: text`
      grid.yaml:6:16: expected '(' after abs, found '+'. Fix the expression at the marked position.
      |  abs + 1
      |      ^
    `,
  },
  {
    title: "a list function where a number should be",
    spec: axes("padding: divisors(kernel_size) + 1"),
    message: text`
      grid.yaml:6:12: divisors returns a list, but one number is needed here. Use it as the values
      of an axis, or after 'in'.
      |  divisors(kernel_size) + 1
      |  ^~~~~~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a parenthesis that is not closed",
    spec: axes("padding: (kernel_size - 1 // 2"),
    message: text`
      grid.yaml:6:12: this '(' is not closed. Add the matching ')'.
      |  (kernel_size - 1 // 2
      |  ^
    `,
  },
  {
    title: "an extra closing parenthesis",
    spec: axes("padding: kernel_size) // 2"),
    message: text`
      grid.yaml:6:23: expected an operator or the end, found ')'. Fix the expression at the marked
      position.
      |  kernel_size) // 2
      |             ^
    `,
  },
  {
    title: "a missing operand",
    spec: axes("padding: kernel_size -"),
    message: text`
      grid.yaml:6:25: expected a number or a name, but it ends here. Fix the expression at the
      marked position.
      |  kernel_size -
      |               ^
    `,
  },
  {
    title: "two operands without an operator",
    spec: axes("padding: kernel_size 2"),
    message: text`
      grid.yaml:6:24: expected an operator or the end, found 2. Fix the expression at the marked
      position.
      |  kernel_size 2
      |              ^
    `,
  },
  {
    title: "an operator at the start",
    spec: axes("padding: '* 2'"),
    message: text`
      grid.yaml:6:13: expected a number or a name, found '*'. Fix the expression at the marked
      position.
      |  * 2
      |  ^
    `,
  },
  {
    title: "the power operator of other languages",
    spec: axes("padding: kernel_size ^ 2"),
    message: text`
      grid.yaml:6:24: unknown operator '^'. Write '**'.
      |  kernel_size ^ 2
      |              ^
    `,
  },
  {
    title: "a fraction in an axis",
    spec: axes("padding: kernel_size * 0.5"),
    message: text`
      grid.yaml:6:26: '0.5' is not a whole number. Axes take whole numbers only; conditions also
      take fractions.
      |  kernel_size * 0.5
      |                ^~~
    `,
  },
  {
    title: "a fraction with an exponent in an axis",
    spec: axes("padding: kernel_size + 1e-3"),
    message: text`
      grid.yaml:6:26: '1e-3' is not a whole number. Axes take whole numbers only; conditions also
      take fractions.
      |  kernel_size + 1e-3
      |                ^~~~
    `,
  },
  {
    title: "an unknown suffix",
    spec: axes("padding: 50m + 0"),
    message: text`
      grid.yaml:6:12: '50m' is not a number. Write digits, for example 16, 1e6 or (in conditions)
      0.25. A suffix may follow, as in 50M: k, M, G, T, Ki, Mi, Gi.
      |  50m + 0
      |  ^~~
    `,
  },
  {
    title: "a fraction without a leading zero",
    spec: axes("padding: .5 * kernel_size"),
    message: text`
      grid.yaml:6:12: '.5' is not a number. Write digits, for example 16, 1e6 or (in conditions)
      0.25. A suffix may follow, as in 50M: k, M, G, T, Ki, Mi, Gi.
      |  .5 * kernel_size
      |  ^~
    `,
  },
  {
    title: "a number beyond 64 bits",
    spec: axes("padding: kernel_size - 99999999999999999999"),
    message: text`
      grid.yaml:6:26: 99999999999999999999 exceeds 2^63 - 1 or has too many digits. Write a smaller
      or shorter number: expressions use 64 bits.
      |  kernel_size - 99999999999999999999
      |                ^~~~~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a number that its suffix takes beyond 64 bits",
    spec: axes("padding: kernel_size - 9223372036854775T"),
    message: text`
      grid.yaml:6:26: '9223372036854775T' exceeds 2^63 - 1 or has too many digits. Write a smaller
      or shorter number: expressions use 64 bits.
      |  kernel_size - 9223372036854775T
      |                ^~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a character that is not an operator",
    spec: axes("padding: kernel_size $ 2"),
    message: text`
      grid.yaml:6:24: unknown operator '$'. The operators are + - * / // % ** < <= > >= == != and,
      or, not, in.
      |  kernel_size $ 2
      |              ^
    `,
  },
  {
    title: "a conditional expression",
    spec: axes("padding: 1 if stride > 1 else 0"),
    message: text`
      grid.yaml:6:14: expected an operator or the end, found 'if'. Fix the expression at the marked
      position.
      |  1 if stride > 1 else 0
      |    ^~
    `,
  },
  {
    title: "a Python call",
    spec: axes("padding: __import__('os').system('ls')"),
    message: text`
      grid.yaml:6:23: unknown operator '''. The operators are + - * / // % ** < <= > >= == != and,
      or, not, in.
      |  __import__('os').system('ls')
      |             ^
    `,
  },
  {
    title: "an attribute",
    spec: axes("padding: kernel_size.bit_length()"),
    message: text`
      grid.yaml:6:23: unknown operator '.'. The operators are + - * / // % ** < <= > >= == != and,
      or, not, in.
      |  kernel_size.bit_length()
      |             ^
    `,
  },
  {
    title: "a constant that divides by zero",
    spec: axes("padding: 4 // 0"),
    message: text`
      grid.yaml:6:12: '4 // 0' divides by zero. Divide by a number other than 0.
      |  4 // 0
      |  ^~~~~~
    `,
  },
  {
    title: "a constant that does not divide exactly",
    spec: axes("padding: 7 / 2"),
    message: text`
      grid.yaml:6:12: '7 / 2' does not divide exactly. Write // to round down.
      |  7 / 2
      |  ^~~~~
    `,
  },
  {
    title: "a constant beyond 64 bits",
    spec: axes("padding: 2 ** 64"),
    message: text`
      grid.yaml:6:12: '2 ** 64' exceeds 64 bits. Expressions work with whole numbers from -2^63 to
      2^63 - 1.
      |  2 ** 64
      |  ^~~~~~~
    `,
  },
  {
    title: "a constant with a negative exponent",
    spec: axes("padding: 2 ** -1"),
    message: text`
      grid.yaml:6:12: '2 ** -1' has a negative exponent. Use an exponent of 0 or more, so that the
      value is a whole number.
      |  2 ** -1
      |  ^~~~~~~
    `,
  },
  {
    title: "the divisors of zero",
    spec: axes("groups: divisors(0)"),
    message: text`
      grid.yaml:6:11: 'divisors(0)' is not defined. divisors takes a whole number from 1 to
      2147483647.
      |  divisors(0)
      |  ^~~~~~~~~~~
    `,
  },
  {
    title: "a constant out of range",
    spec: axes("padding: 3 - 4"),
    message: "grid.yaml:6:12: padding cannot be -1. Write a whole number from 0 to 2147483647.",
  },
  {
    title: "a constant list that is empty",
    spec: axes("stride: pow2(5, 7 - 1)"),
    message: text`
      grid.yaml:6:11: the axis stride has no values. Give it at least one, or remove it to use
      PyTorch's default.
    `,
  },
  {
    title: "a range with a step of zero",
    spec: axes("padding: 0..8:1 - 1"),
    message: text`
      grid.yaml:6:17: '1 - 1' is a step below 1. Use a step of 1 or more.
      |  0..8:1 - 1
      |       ^~~~~
    `,
  },
  {
    title: "an axis that depends on itself",
    spec: axes("padding: padding + 1"),
    message: text`
      grid.yaml:6:12: the axes depend on each other in a cycle: padding → padding. Write one of them
      without using the others.
      |  padding + 1
      |  ^~~~~~~
    `,
  },
  {
    title: "axes that depend on each other in a cycle",
    spec: axes("padding: stride // 2\nstride: dilation + 1\ndilation: padding + 1"),
    message: text`
      grid.yaml:8:13: the axes depend on each other in a cycle: padding → stride → dilation →
      padding. Write one of them without using the others.
      |  padding + 1
      |  ^~~~~~~
    `,
  },
  {
    title: "an axis given twice, once in a joint axis",
    spec: axes('stride: 2\n"stride, padding": [[1, 0], [2, 1]]'),
    message: "grid.yaml:7:3: the axis stride is given twice. Keep one of them.",
  },
  {
    title: "a joint axis of unknown names",
    spec: axes('"stride, pad": [[1, 0], [2, 1]]'),
    message: "grid.yaml:6:3: unknown axis 'pad'. Did you mean 'padding'?",
  },
  {
    title: "a joint axis that is not a list of rows",
    spec: axes('"stride, padding": [1, 2]'),
    message: text`
      grid.yaml:6:23: the axis 'stride, padding' cannot be 1. Write a list of rows with one value
      per name, for example [[2, 4], [4, 16]].
    `,
  },
  {
    title: "a joint axis with a short row",
    spec: axes('"stride, padding": [[1, 0], [2]]'),
    message: text`
      grid.yaml:6:31: the row has 1 value, but the axis has 2 names. Write one value for each of
      stride and padding.
    `,
  },
  {
    title: "a joint axis with several values in one position",
    spec: axes('"stride, padding": [[1, 0], [2, 0..3]]'),
    message: text`
      grid.yaml:6:35: padding cannot be '0..3', which is several values. Write one value per name in
      each row of a joint axis.
    `,
  },
  {
    title: "a joint axis with a repeated row",
    spec: axes('"stride, padding": [[1, 0], [2, 1], [1, 0]]'),
    message: text`
      grid.yaml:6:39: the axis stride, padding has the value [1, 0] twice. Remove one of them: every
      layer is counted once.
    `,
  },
  {
    title: "an empty joint axis",
    spec: axes('"stride, padding": []'),
    message: text`
      grid.yaml:6:22: the axis 'stride, padding' cannot be an empty list. Write a list of rows with
      one value per name, for example [[2, 4], [4, 16]].
    `,
  },
  {
    title: "a condition that is a number",
    spec: where("stride % 2"),
    message: text`
      grid.yaml:8:5: this is a number, not a condition. Compare it with a value, for example '… ==
      0'.
      |  stride % 2
      |  ^~~~~~~~~~
    `,
  },
  {
    title: "a condition with a single =",
    spec: where("stride = 2"),
    message: text`
      grid.yaml:8:12: unknown operator '='. Write '=='.
      |  stride = 2
      |         ^
    `,
  },
  {
    title: "a condition with &&",
    spec: where("stride > 1 && stride < 4"),
    message: text`
      grid.yaml:8:16: unknown operator '&&'. Write 'and'.
      |  stride > 1 && stride < 4
      |             ^~
    `,
  },
  {
    title: "a condition with !",
    spec: where("'!(stride > 1)'"),
    message: text`
      grid.yaml:8:6: unknown operator '!'. Write 'not'.
      |  !(stride > 1)
      |  ^
    `,
  },
  {
    title: "an unknown name in a condition",
    spec: where("stride > 1", "kernal_size > 2"),
    message: text`
      grid.yaml:9:5: unknown name 'kernal_size'. Did you mean 'kernel_size'?
      |  kernal_size > 2
      |  ^~~~~~~~~~~
    `,
  },
  {
    title: "a misspelt result in a condition",
    spec: where("mac <= 50M"),
    message: text`
      grid.yaml:8:5: unknown name 'mac'. Did you mean 'macs'?
      |  mac <= 50M
      |  ^~~
    `,
  },
  {
    title: "'in' without a list",
    spec: where("stride in 2"),
    message: text`
      grid.yaml:8:15: expected a list such as [1, 2, 4] or 2..8, found 2. Fix the expression at the
      marked position.
      |  stride in 2
      |            ^
    `,
  },
  {
    title: "'in' with an empty list",
    spec: where("stride in []"),
    message: text`
      grid.yaml:8:15: the list after 'in' is empty. Write its values, for example in [1, 2, 4].
      |  stride in []
      |            ^~
    `,
  },
  {
    title: "'not' without 'in'",
    spec: where("stride not [1, 2]"),
    message: text`
      grid.yaml:8:16: expected 'in' after 'not', found '['. Fix the expression at the marked
      position.
      |  stride not [1, 2]
      |             ^
    `,
  },
  {
    title: "a list that is not closed",
    spec: where("'stride in [1, 2'"),
    message: text`
      grid.yaml:8:16: this '[' is not closed. Add the matching ']'.
      |  stride in [1, 2
      |            ^
    `,
  },
  {
    title: "a comparison without a right side",
    spec: where("l_out =="),
    message: text`
      grid.yaml:8:13: expected a number or a name, but it ends here. Fix the expression at the
      marked position.
      |  l_out ==
      |          ^
    `,
  },
  {
    title: "a condition that is a map",
    spec: where("{a: 1}"),
    message: text`
      grid.yaml:8:5: a condition cannot be a map of names. Write an expression, for example 'l_out
      == stride * l_in'.
    `,
  },
  {
    title: "an empty condition",
    spec: where("''"),
    message: "grid.yaml:8:6: expected a number or a name, but it is empty. Write an expression.",
  },
  {
    title: "a long expression that is wrong near its end",
    spec: where(
      `stride > 0 and ${Array.from({ length: 30 }, (_, i) => `kernel_size != ${i + 10}`).join(" and ")} and strid < 9`,
    ),
    message: text`
      grid.yaml:8:680: unknown name 'strid'. Did you mean 'stride'?
      |  …nd kernel_size != 36 and kernel_size != 37 and kernel_size != 38 and kernel_size != 39 and strid < 9
      |                                                                                              ^~~~~
    `,
  },
  {
    title: "parentheses nested a thousand deep",
    spec: where(`${"(".repeat(1000)}stride${")".repeat(1000)} > 0`),
    message: text`
      grid.yaml:8:205: the expression is nested too deeply. Use at most 200 levels.
      |  …((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
      |                                                     ^
    `,
  },
  {
    title: "a chain of a thousand powers",
    spec: where(`stride${" ** 1".repeat(1000)} > 0`),
    message: text`
      grid.yaml:8:1010: the expression is nested too deeply. Use at most 200 levels.
      |  …1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** 1 ** …
      |                                                     ^
    `,
  },
  {
    title: "a sum of two thousand terms",
    spec: where(`stride${" + 1".repeat(2000)} > 0`),
    message: text`
      grid.yaml:8:5: the expression is nested too deeply. Use at most 1000 levels.
      |  stride + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +…
      |  ^
    `,
  },
  {
    title: "grids that are not a list",
    spec: "grids: 3\n",
    message: "grid.yaml:1:8: grids cannot be 3. Write a list of grids, each with its own axes.",
  },
  {
    title: "an empty list of grids",
    spec: "grids: []\n",
    message: text`
      grid.yaml:1:8: grids cannot be an empty list. Write a list of grids, each with its own axes.
    `,
  },
  {
    title: "grids beside axes",
    spec: top("grids: []"),
    message: text`
      grid.yaml:1:1: axes cannot be next to grids. Move it into each grid that it applies to.
    `,
  },
  {
    title: "a grid without axes",
    spec: "grids:\n  - name: a\n",
    message: text`
      grid.yaml:2:5: the spec has no axes. Write at least in_channels, out_channels, l_in and
      kernel_size under 'axes:'.
    `,
  },
  {
    title: "an unknown key in a grid",
    spec: "grids:\n  - axis: {}\n",
    message: "grid.yaml:2:5: unknown key 'axis'. Did you mean 'axes'?",
  },
  {
    title: "columns inside a grid",
    spec: "grids:\n  - columns: [ops]\n",
    message: text`
      grid.yaml:2:5: unknown key 'columns'. Write one of name, variables, axes and where.
    `,
  },
  {
    title: "a name with a comma",
    spec: top("name: a,b"),
    message: text`
      grid.yaml:6:7: the name of a grid cannot be 'a,b'. Write up to 80 bytes of text without
      commas, quotes or line breaks.
    `,
  },
  {
    title: "a name that is too long",
    spec: top(`name: ${"x".repeat(81)}`),
    message: text`
      grid.yaml:6:7: the name of a grid cannot be
      'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'. Write up to 80 bytes of text
      without commas, quotes or line breaks.
    `,
  },
  {
    title: "the column name without a name",
    spec: top("columns: [name, ops]"),
    message: text`
      grid.yaml:6:11: the column name needs a name for every grid, but the grid at grid.yaml has
      none. Give it one with 'name:'.
    `,
  },
  {
    title: "a variable named like a parameter",
    spec: `variables:\n  stride: 2\n${top("")}`,
    message: text`
      grid.yaml:2:3: 'stride' cannot be a variable: a column already has that name. Choose another
      name; parameters go under 'axes:'.
    `,
  },
  {
    title: "a variable named like a result",
    spec: `variables:\n  macs: 2\n${top("")}`,
    message: text`
      grid.yaml:2:3: 'macs' cannot be a variable: a column already has that name. Choose another
      name; parameters go under 'axes:'.
    `,
  },
  {
    title: "a variable named like a function",
    spec: `variables:\n  gcd: 2\n${top("")}`,
    message: text`
      grid.yaml:2:3: 'gcd' cannot be the name of a variable. Use letters, digits and underscores,
      and avoid words that expressions reserve.
    `,
  },
  {
    title: "a variable with a hyphen in its name",
    spec: `variables:\n  hop-size: 2\n${top("")}`,
    message: text`
      grid.yaml:2:3: 'hop-size' cannot be the name of a variable. Use letters, digits and
      underscores, and avoid words that expressions reserve.
    `,
  },
  {
    title: "a variable column that one grid does not have",
    spec: printed`
      grids:
      |  - variables: {hop: 2}
      |    axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}
      |  - axes: {in_channels: 1, out_channels: 1, kernel_size: 1, l_in: 1}
      |columns: [hop]
    `,
    message: text`
      grid.yaml:5:11: the column hop needs a variable in every grid, but the grid at grid.yaml:4:5
      has none. Define it there, or remove the column.
    `,
  },
  {
    title: "a sample without rows",
    spec: top("sample: { seed: 1 }"),
    message: text`
      grid.yaml:6:9: sample has no number of rows. Write, for example, 'sample: { rows: 100000,
      seed: 7 }'.
    `,
  },
  {
    title: "a sample of 0 rows",
    spec: top("sample: { rows: 0 }"),
    message: "grid.yaml:6:17: rows cannot be 0. Write a whole number from 1 to 100000000.",
  },
  {
    title: "a sample that is a number",
    spec: top("sample: 100"),
    message: text`
      grid.yaml:6:9: sample cannot be 100. Write names with their values, for example 'stride: [1,
      2]'.
    `,
  },
  {
    title: "an unknown key in sample",
    spec: top("sample: { rows: 1, sed: 2 }"),
    message: "grid.yaml:6:20: unknown key 'sed'. Did you mean 'seed'?",
  },
  {
    title: "an overflow in a condition",
    spec: where("stride ** 62 * 4 > 1"),
    message: text`
      grid.yaml:8:5: 'stride ** 62 * 4' exceeds 64 bits where stride is 2. Expressions work with
      whole numbers from -2^63 to 2^63 - 1. To reject such layers instead, add a condition under
      'where:' that is checked earlier.
      |  stride ** 62 * 4 > 1
      |  ^~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a division by zero in a condition",
    spec: where("256 % (stride - 2) == 0"),
    message: text`
      grid.yaml:8:5: '256 % (stride - 2)' divides by zero where stride is 2. Divide by a number
      other than 0. To reject such layers instead, add a condition under 'where:' that is checked
      earlier.
      |  256 % (stride - 2) == 0
      |  ^~~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "an overflow in an axis",
    spec: axes("stride: [1, 5]\npadding: stride ** 40"),
    message: text`
      grid.yaml:7:12: 'stride ** 40' exceeds 64 bits where stride is 5. Expressions work with whole
      numbers from -2^63 to 2^63 - 1. To reject such layers instead, add a condition under 'where:'
      that is checked earlier.
      |  stride ** 40
      |  ^~~~~~~~~~~~
    `,
  },
  {
    title: "divisors of 0 for some layers",
    spec: axes("padding: [0, 1]\ngroups: divisors(padding)"),
    message: text`
      grid.yaml:7:11: 'divisors(padding)' is not defined where padding is 0. divisors takes a whole
      number from 1 to 2147483647. To reject such layers instead, add a condition under 'where:'
      that is checked earlier.
      |  divisors(padding)
      |  ^~~~~~~~~~~~~~~~~
    `,
  },
  {
    title: "a range that is too long",
    spec: axes("stride: [1, 2]\npadding: 0..stride * 3G"),
    message: text`
      grid.yaml:7:12: '0..stride * 3G' is a range of more than 2^31 values where stride is 1.
      Shorten the range or widen its step. To reject such layers instead, add a condition under
      'where:' that is checked earlier.
      |  0..stride * 3G
      |  ^~~~~~~~~~~~~~
    `,
  },
  {
    title: "too many variables",
    spec: `variables:\n${Array.from({ length: 33 }, (_, i) => `  v${i}: 1\n`).join("")}${top("")}`,
    message: "grid.yaml: there are 33 variables. Use at most 32.",
  },
  {
    title: "too many conditions",
    spec: where(...Array.from({ length: 1100 }, (_, i) => `stride != ${i + 10}`)),
    message: text`
      grid.yaml: the conditions, derived axes and columns take 1119 steps; the limit is 1024. Use
      fewer conditions, for example ranges or lists after 'in'.
    `,
  },
];

it.each(titled(CASES))("refuses %s", async (_, { spec, message }) => {
  writeFileSync("grid.yaml", spec);
  expect(await said(["sweep", "grid.yaml", "--quiet", "-o", "out.csv"])).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
});

const GRID = "--in-channels 64 --out-channels 64 --kernel-size 3 --l-in 32";

const COMMANDS = [
  {
    title: "--axis without values",
    options: ["--axis", "stride"],
    message: "--axis cannot be 'stride'. Write name=values, for example 'stride=1..4'.",
  },
  {
    title: "an unknown name in --where",
    options: ["--where", "strde == 1"],
    message: text`
      --where: unknown name 'strde'. Did you mean 'stride'?
      |  strde == 1
      |  ^~~~~
    `,
  },
  {
    title: "an axis given twice",
    options: ["--stride", "2", "--axis", "stride=3"],
    message: text`
      --axis stride was given twice. Give all its values at once, for example --kernel-size 3,5,7.
    `,
  },
  {
    title: "--set of one name of a joint axis",
    options: ["--axis", "stride,padding=[[1,0],[2,1]]", "--set", "stride=3"],
    message: text`
      --set stride: stride is part of the joint axis 'stride,padding'. Set the joint axis instead:
      --set 'stride,padding=[[…], […]]'.
    `,
  },
  {
    title: "--set of an unknown axis",
    options: ["--set", "strde=3"],
    message: "--set strde: unknown axis 'strde'. Did you mean 'stride'?",
  },
  {
    title: "--seed without --sample",
    options: ["--seed", "3"],
    message: "--seed is given without --sample. Add --sample N, or remove --seed.",
  },
  {
    title: "a limit of 0",
    options: ["--limit", "0"],
    message: `--limit cannot be 0. Write a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`,
  },
];

it.each(titled(COMMANDS))("refuses %s on the command line", async (_, { options, message }) => {
  expect(await said(["sweep", ...GRID.split(" "), ...options])).toEqual({
    exitCode: 2,
    stderr: `upsweep: ${message}\n`,
    stdout: "",
  });
});

it("refuses YAML aliases that would expand to millions of values, and says why", async () => {
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
