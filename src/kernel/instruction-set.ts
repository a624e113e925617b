/**
 * The vocabulary that the image and the kernel share, in addition to layers and columns. The
 * kernel's numbers are generated from these tables (see scripts/shared-numbers.ts): the number of
 * an entry is its position.
 */

/** An entry's name, and its meaning in the kernel. */
type Entry<N extends string = string> = readonly [name: N, meaning?: string];

const table = <const T extends readonly Entry[]>(entries: T): T => entries;

/**
 * The bytecode of the stack machine that evaluates expressions (assembly/expression/program.ts and
 * condition.ts).
 */
export const OPERATIONS = table([
  ["END", "The value on top is the value of the program."],
  ["NUMBER", "Push the number of the instruction."],
  ["FIELD", "Push the field with the column number `operand`."],
  ["RESULT", "Push the result with the column number `operand`."],
  ["NEGATE"],
  ["NOT"],
  ["ABS"],
  ["ADD", "This and the following operations replace two values by one."],
  ["SUBTRACT"],
  ["MULTIPLY"],
  ["DIVIDE"],
  ["FLOOR_DIVIDE"],
  ["MODULO"],
  ["POWER"],
  ["CEIL_DIVIDE"],
  ["MIN"],
  ["MAX"],
  ["GCD"],
  ["LCM"],
  ["LESS"],
  ["LESS_OR_EQUAL"],
  ["GREATER"],
  ["GREATER_OR_EQUAL"],
  ["EQUAL"],
  ["NOT_EQUAL"],
  ["AND", "Jump to `operand` with the value on top if it is false; otherwise drop it."],
  ["OR", "Jump to `operand` with the value on top if it is true; otherwise drop it."],
  ["KEEP", "In a < b < c: (a, b) becomes (b, a, b), so that b remains for the next comparison."],
  [
    "CHAIN",
    "(b, holds): jump to `operand` with 0 if the comparison does not hold; otherwise leave b.",
  ],
  ["IN_VALUE", "(x, value): jump to `operand` with 1 if x is the value; otherwise leave x."],
  ["IN_RANGE", "(x, first, last, step), in the same way."],
  ["IN_POW2", "(x, first, last), in the same way."],
  ["IN_DIVISORS", "(x, n), in the same way."],
  ["IN_NONE", "x was in none of the items: replace it by 0. The operand is 1 if OP_NOT follows."],
  [
    "IS_MISSING",
    "Only in conditions over rationals: 1 if the value on top is missing, otherwise 0.",
  ],
  ["BOTH", "Only over vectors: replace two values by 1 if both are true, otherwise by 0."],
  ["EITHER", "Only over vectors: replace two values by 1 if at least one is true, otherwise by 0."],
]);

export type Operation = (typeof OPERATIONS)[number][0];

/**
 * Steps of a schedule (assembly/sweep/sweep.ts). A step is its kind, its level and up to three operands.
 */
export const STEPS = table([
  [
    "RULE",
    "(predicate, rule, dimension): check a rule. A failure rejects everything below its level.",
  ],
  [
    "WHERE",
    "(predicate, program, vectorProgram): check a condition, in the same way. vectorProgram is " +
      "1 + a program for vectors without jumps, or 0.",
  ],
  ["DERIVE", "(predicate, program, field): evaluate the one value of a field."],
  ["EXPAND", "(axis): evaluate the values of an axis that depends on others."],
  [
    "SELECT",
    "(predicate, axis): select its values at the position of the loop, if it has any there.",
  ],
  ["OVERLAP", "(dimension): count the taps and covered elements of a dimension."],
  ["CELL", "(slot, column): write the value of a column into a cell slot."],
  ["JOIN", "(segment, slot): join the texts of a segment again from that slot on."],
  [
    "WHERE_EXACT",
    "(predicate, program): a condition over rationals. The next predicate counts layers " +
      "rejected because a value is missing.",
  ],
  [
    "DROP",
    "(step): a vector step. Reject the rows that this step rejected when the block was filled.",
  ],
]);

/**
 * Items of an axis that depends on others (assembly/sweep/dependent.ts). An item is its kind and up to
 * three programs.
 */
export const ITEMS = table([
  ["VALUE", "(value)"],
  ["RANGE", "(first, last, step)"],
  ["POW2", "(first, last)"],
  ["DIVISORS", "(n)"],
]);

/** Why a batch stopped early. */
export const FAULTS = table([
  ["NONE"],
  ["OVERFLOW", "A cell does not fit in 64 bits."],
  ["DISAGREE", "The closed form and the simulation differ."],
  ["RULE", "A listed layer breaks a rule."],
  ["FIELD", "A field of a list does not hold what its column needs."],
  ["FIELD_COUNT", "A record has more or fewer fields than the header."],
  [
    "EXPRESSION",
    "An expression has no value: it does not fit in 64 bits, divides by zero, and so on.",
  ],
  ["KIND", "A record names a kind that is unknown or that the list cannot hold."],
]);

/** How the evaluation of an expression ended. */
export const EVALUATION_STATUS = table([
  ["OK"],
  ["INEXACT", "A `/` does not divide exactly: the layer is rejected."],
  ["FATAL", "Any other failure: the sweep stops, and the host finds the cause."],
]);
