/**
 * Every error that a user can meet: its code, its message and its remedy. A message names the place, the thing, the value
 * it got, and what to write instead. Nothing else in src/ makes an `UpsweepError`.
 */
import {
  instead,
  list,
  literal,
  printable,
  reasonOf,
  sanitised,
  shown,
  suggestion,
} from "./format-message.js";
import { PARAMETER_MAX } from "./limits.js";
import { placeIn, pointed, type Span, type Written } from "./source-text.js";

export type ErrorCode = keyof typeof errors;

/** An error with a stable `code`. Its message has no control characters but line ends. `isInputError` says whether the user's input is at fault (exit code 2) or not (1). */
export class UpsweepError extends Error {
  override readonly name = "UpsweepError";
  readonly code: string;
  readonly isInputError: boolean;

  constructor(code: string, message: string, isInputError = true) {
    super(sanitised(message));
    this.code = code;
    this.isInputError = isInputError;
  }
}

function rangeOf({
  least,
  most = PARAMETER_MAX,
}: {
  readonly least: number;
  readonly most?: number;
}): string {
  return `a whole number from ${least} to ${most}`;
}

/** A value as it was given: a text as a person writes it, or what a program passes. */
function asGiven(got: unknown): string {
  return typeof got === "string" ? shown(got) : literal(got);
}

/** What to write for a sample rate. */
const RATES = `Write a number above 0 and up to ${PARAMETER_MAX}, for example 22050, 689.0625 or 22050/32.`;

function inputError(code: string, place: string, what: string, remedy: string): UpsweepError {
  return new UpsweepError(code, `${printable(place)}: ${what}. ${remedy}`);
}

/** Why an expression can have no value: what is said of it, what a number would have to be, and whether a layer can be spared it. */
const TROUBLE = {
  inexact: { what: "does not divide exactly", remedy: "Write // to round down." },
  overflow: {
    what: "passes 64 bits",
    remedy: "Expressions work with whole numbers from -2^63 to 2^63 - 1.",
  },
  zeroDivisor: { what: "divides by zero", remedy: "Divide by another number." },
  negativeExponent: {
    what: "has a negative exponent",
    remedy: "Its value would be no whole number.",
  },
  divisorsOf: {
    what: "has no list of divisors",
    remedy: `divisors takes a whole number from 1 to ${PARAMETER_MAX}.`,
  },
  notWhole: {
    what: "needs whole numbers",
    remedy: "gcd, lcm, divisors and exponents take no fractions.",
  },
  stepBelowOne: {
    what: "is a step below 1",
    remedy: "The step of a range is a whole number from 1.",
  },
  longRange: {
    what: "is a range of more than 2^31 values",
    remedy: "Shorten it, or widen its step.",
  },
} as const;

/** `inexact` leaves the layer out; the others stop the sweep. */
export type TroubleKind = keyof typeof TROUBLE;

/** How a program writes the whole number that a value of another type stands for. */
function asNumber(value: unknown): string {
  const inside = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  const text =
    typeof inside === "bigint" || typeof inside === "string" || typeof inside === "number"
      ? String(inside).trim()
      : "";
  const isWhole = /^[0-9]{1,15}$/.test(text);
  return isWhole ? `Write the number ${Number(text)}.` : "Write a whole number, for example 16.";
}

function expressionError(
  code: string,
  written: Written,
  span: Span,
  what: string,
  remedy: string,
): UpsweepError {
  const below = written.text.trim() === "" ? "" : `\n${pointed(written, span)}`;
  return new UpsweepError(
    code,
    `${printable(placeIn(written, span.start))}: ${what}. ${remedy}${below}`,
  );
}

/** A part of an expression as it is written. */
function part({ text }: Written, { start, end }: Span): string {
  return shown(text.slice(start, end));
}

export const errors = {
  // ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────────
  foreignSymbol: (written: Written, span: Span, ours: string | undefined) =>
    expressionError(
      "foreignSymbol",
      written,
      span,
      `${part(written, span)} is no operator of expressions`,
      ours ? `Write '${ours}'.` : "Known are + - * / // % ** < <= > >= == != and, or, not, in.",
    ),
  badNumber: (written: Written, span: Span, suffixes: readonly string[]) =>
    expressionError(
      "badNumber",
      written,
      span,
      `${part(written, span)} is not a number`,
      `Write decimal digits, for example 16, 1e6 or (in conditions) 0.25, and after them one of ${list(suffixes)} if you like, for example 50M.`,
    ),
  largeNumber: (written: Written, span: Span) =>
    expressionError(
      "largeNumber",
      written,
      span,
      `${part(written, span)} passes 2^63 - 1, or has too many digits`,
      "Expressions work with numbers of 64 bits.",
    ),
  fractionInAxis: (written: Written, span: Span) =>
    expressionError(
      "fractionInAxis",
      written,
      span,
      `${part(written, span)} is not a whole number`,
      "Axes have whole numbers only; fractions can be written in conditions.",
    ),
  unexpected: (written: Written, token: Span, wanted: string) => {
    const got =
      token.start === token.end
        ? written.text.trim() === ""
          ? "it is empty"
          : "it ends"
        : `${part(written, token)} stands`;
    return expressionError(
      "unexpected",
      written,
      token,
      `${got} where ${wanted} should be`,
      "Mend the expression there.",
    );
  },
  notClosed: (written: Written, opened: Span, closing: string) =>
    expressionError(
      "notClosed",
      written,
      opened,
      `this ${part(written, opened)} is not closed`,
      `Write a '${closing}' where it ends.`,
    ),
  tooDeep: (written: Written, span: Span, most: number) =>
    expressionError(
      "tooDeep",
      written,
      { start: span.start, end: span.start + 1 },
      "the expression is nested too deep",
      `At most ${most} levels are possible.`,
    ),
  emptySet: (written: Written, span: Span) =>
    expressionError(
      "emptySet",
      written,
      span,
      "the list is empty, so nothing is in it",
      "Write its values, for example in [1, 2, 4].",
    ),
  listAsNumber: (written: Written, span: Span, name: string) =>
    expressionError(
      "listAsNumber",
      written,
      span,
      `${name} gives a list, where one number should be`,
      `Write it as an axis' values, or behind 'in'.`,
    ),
  unknownFunction: (written: Written, span: Span, name: string, known: readonly string[]) =>
    expressionError(
      "unknownFunction",
      written,
      span,
      `unknown function ${shown(name)}`,
      instead(name, known),
    ),
  wrongArguments: (
    written: Written,
    span: Span,
    name: string,
    got: number,
    least: number,
    most: number,
  ) => {
    const wanted = least === most ? `${least}` : `at least ${least}`;
    const remedy = `It takes ${wanted} number${wanted === "1" ? "" : "s, separated by commas"}.`;
    return expressionError(
      "wrongArguments",
      written,
      span,
      `${name} has ${got} argument${got === 1 ? "" : "s"}`,
      remedy,
    );
  },
  unknownName: (written: Written, span: Span, name: string, known: readonly string[]) =>
    expressionError(
      "unknownName",
      written,
      span,
      `unknown name ${shown(name)}`,
      instead(name, known),
    ),
  resultInAxis: (written: Written, span: Span, name: string) =>
    expressionError(
      "resultInAxis",
      written,
      span,
      `${name} is a result, and known only once the layer is`,
      "Axes can be written with other axes; put what the result must be under 'where:'.",
    ),
  notCondition: (written: Written, span: Span) =>
    expressionError(
      "notCondition",
      written,
      span,
      "this is a number, not a condition",
      "Compare it with something, for example '… == 0'.",
    ),
  constantTrouble: (written: Written, span: Span, kind: TroubleKind) =>
    expressionError(
      "constantTrouble",
      written,
      span,
      `${part(written, span)} ${TROUBLE[kind].what}`,
      TROUBLE[kind].remedy,
    ),
  trouble: (written: Written, span: Span, kind: TroubleKind, names: string, layer: string) =>
    expressionError(
      "trouble",
      written,
      span,
      `${part(written, span)} ${TROUBLE[kind].what}${names === "" ? "" : ` where ${names}`}${layer === "" ? "" : `, in the layer with ${layer}`}`,
      `${TROUBLE[kind].remedy} A condition under 'where:' that can be checked before leaves such layers out.`,
    ),

  // ── Values of axes and parameters ────────────────────────────────────────────────────────────────────────────────
  notInteger: (place: string, name: string, got: string) => {
    const whole = /^([0-9]+)\.0+$/.exec(got)?.[1];
    const remedy = whole
      ? `Write ${whole}, without a decimal point.`
      : "Write a whole number in plain decimal digits, for example 16.";
    return inputError("notInteger", place, `${name} cannot be ${shown(got)}`, remedy);
  },
  /** A value of a program, of whatever type. */
  notIntegerValue: (place: string, name: string, got: unknown) =>
    inputError("notInteger", place, `${name} cannot be ${literal(got)}`, asNumber(got)),
  outOfRange: (
    place: string,
    domain: { readonly name: string; readonly least: number; readonly most?: number },
    got: string | number,
  ) =>
    inputError(
      "outOfRange",
      place,
      `${domain.name} cannot be ${asGiven(got)}`,
      `Write ${rangeOf(domain)}.`,
    ),
  notBooleanValue: (place: string, name: string, got: unknown) =>
    inputError("notBoolean", place, `${name} cannot be ${literal(got)}`, "Write true or false."),
  badRate: (place: string, got: unknown) =>
    inputError("badRate", place, `sample_rate cannot be ${asGiven(got)}`, RATES),
  rateOutOfRange: (place: string, got: string | number) =>
    inputError("outOfRange", place, `sample_rate cannot be ${asGiven(got)}`, RATES),
  fineRate: (place: string, got: string | number) =>
    inputError(
      "fineRate",
      place,
      `sample_rate ${asGiven(got)} has too many digits to be exact`,
      "Write a fraction of smaller whole numbers, for example 30000/1001, or round it.",
    ),
  farRates: (place: string) =>
    inputError(
      "farRates",
      place,
      "the sample rates of this axis have no common denominator that keeps them exact",
      "Write them with fewer digits, or in grids of their own.",
    ),
  fractionAmongExpressions: (place: string, name: string) =>
    inputError(
      "fractionAmongExpressions",
      place,
      `${name} has a fraction beside values that depend on other axes`,
      "Write all of its values as numbers, or all as whole numbers and expressions.",
    ),
  rateInAxis: (written: Written, span: Span) =>
    expressionError(
      "rateInAxis",
      written,
      span,
      "sample_rate is a fraction in this grid, and axes are whole numbers",
      "Write this axis without it; conditions under 'where:' may use it.",
    ),
  notBoolean: (place: string, name: string, got: string) =>
    inputError("notBoolean", place, `${name} cannot be ${shown(got)}`, "Write true or false."),
  /** A value as other tools write it. */
  foreignValue: (place: string, name: string, got: string, remedy: string) =>
    inputError("foreignValue", place, `${name} cannot be ${shown(got)}`, remedy),
  /** Padding that differs between the two ends of a one-dimensional layer. */
  unequalPadding: (place: string, got: string, remedy: string) =>
    inputError(
      "unequalPadding",
      place,
      `padding has two values, ${shown(got)}, but PyTorch pads both ends of a layer alike`,
      remedy,
    ),
  noOutputSize: (place: string, kind: string) =>
    inputError(
      "noOutputSize",
      place,
      `${kind} has no output size to choose`,
      "Only transposed layers have one; leave it out.",
    ),
  impossibleOutputSize: (
    place: string,
    name: string,
    got: number,
    least: bigint,
    most: bigint,
    set: string,
  ) =>
    inputError(
      "impossibleOutputSize",
      place,
      `${name} cannot be ${got}`,
      least > most
        ? `The layer has no output: ${set}.`
        : `With ${set} it can be ${least === most ? `${least} only` : `from ${least} to ${most}`}.`,
    ),
  badStep: (place: string, name: string, got: string) =>
    inputError(
      "badStep",
      place,
      `the step of ${name} ${shown(got)} is not a positive whole number`,
      "Write first..last:step, for example 32..256:32.",
    ),
  backwardsRange: (place: string, name: string, got: string, turned: string) =>
    inputError(
      "backwardsRange",
      place,
      `the range ${shown(got)} of ${name} runs backwards`,
      `Write ${turned}.`,
    ),
  notPowerOfTwo: (place: string, name: string, got: string, end: number) =>
    inputError(
      "notPowerOfTwo",
      place,
      `${end} in ${shown(got)} of ${name} is not a power of two`,
      "Write powers of two as both ends, for example pow2(32, 512).",
    ),
  openParenthesis: (place: string, name: string, got: string) =>
    inputError(
      "openParenthesis",
      place,
      `${name} cannot be ${shown(got)}: its parenthesis is not closed`,
      `Inside [ ] write it in quotes, for example ["pow2(32, 512)", 640].`,
    ),
  textList: (place: string, name: string, got: string) =>
    inputError(
      "textList",
      place,
      `${name} cannot be ${shown(got)}: several values in one text`,
      `Write them as a list, for example [1, 2, 4].`,
    ),
  emptyAxis: (place: string, name: string) =>
    inputError(
      "emptyAxis",
      place,
      `the axis ${name} has no values`,
      "Give it at least one, or leave it out to take PyTorch's default.",
    ),
  duplicateValue: (place: string, name: string, got: string) =>
    inputError(
      "duplicateValue",
      place,
      `the axis ${name} has the value ${got} twice`,
      "Leave one of them out: every layer is counted once.",
    ),
  longAxis: (place: string, name: string, got: string) =>
    inputError(
      "longAxis",
      place,
      `${shown(got)} of ${name} has more than 2^31 values`,
      "Shorten it, or widen its step.",
    ),
  jointList: (place: string, names: readonly string[], got: string) =>
    inputError(
      "jointList",
      place,
      `the axis ${shown(names.join(", "))} cannot be ${got}`,
      `Write a list of rows with a value for each name, for example [[${names.map((_, i) => 2 ** (i + 1)).join(", ")}], [${names.map((_, i) => 4 ** (i + 1)).join(", ")}]].`,
    ),
  jointRow: (place: string, names: readonly string[], got: number) =>
    inputError(
      "jointRow",
      place,
      `the row has ${got} value${got === 1 ? "" : "s"}, the axis ${names.length} names`,
      `Write a value for each of ${list(names)}.`,
    ),
  severalInJoint: (place: string, name: string, got: string) =>
    inputError(
      "severalInJoint",
      place,
      `${shown(got)} of ${name} stands for several values`,
      "In the row of a joint axis each name has one value.",
    ),
  tooManyRuns: (place: string, count: number, capacity: number) =>
    inputError(
      "tooManyRuns",
      place,
      `the axes have ${count} separate values and ranges`,
      `At most ${capacity} are possible; write evenly spaced values as ranges, for example 32..256:32.`,
    ),

  unknownKind: (place: string, got: string, known: readonly string[]) =>
    inputError(
      "unknownKind",
      place,
      `layer cannot be ${shown(got)}`,
      `Write one of ${list(known)}.`,
    ),
  /** A parameter that other kinds of layers have. */
  otherKindsParameter: (
    place: string,
    name: string,
    kind: string,
    instead: readonly string[],
    kinds: readonly string[],
  ) => {
    const remedy = instead.length > 0 ? `Write ${list(instead)} instead` : "Leave it out";
    return inputError(
      "otherKindsParameter",
      place,
      `${kind} has no ${name}`,
      `${remedy}, or set the layer to ${kinds.join(" or ")}.`,
    );
  },
  otherKindsColumn: (place: string, name: string, kind: string) =>
    inputError(
      "otherKindsColumn",
      place,
      `${name} is no column of ${kind}`,
      `See 'upsweep columns --layer ${kind}'.`,
    ),
  noSampleRate: (place: string, name: string) =>
    inputError(
      "noSampleRate",
      place,
      `${name} needs a sample_rate`,
      "Give the output elements of the layer per second: --sample-rate 22050, or sample_rate under 'variables:' (in a list, as a column).",
    ),
  unratedName: (written: Written, span: Span, name: string) =>
    expressionError(
      "unratedName",
      written,
      span,
      `${name} needs a sample_rate`,
      "Give it under 'variables:', or with --sample-rate.",
    ),
  dimensionCount: (place: string, name: string, got: number, names: readonly string[]) =>
    inputError(
      "dimensionCount",
      place,
      `${name} has ${got} values`,
      `Give one for all dimensions, or one for each of ${list(names)}.`,
    ),

  axisTwice: (place: string, name: string) =>
    inputError("axisTwice", place, `the axis ${name} stands twice`, "Keep one of them."),
  circle: (written: Written, span: Span, names: readonly string[]) =>
    expressionError(
      "circle",
      written,
      span,
      `the axes depend on each other in a circle: ${names.join(" → ")}`,
      "Give one of them values of its own.",
    ),
  badVariable: (place: string, name: string, isTaken: boolean) =>
    inputError(
      "badVariable",
      place,
      isTaken
        ? `${shown(name)} cannot be a variable: it is a column already`
        : `${shown(name)} cannot be the name of a variable`,
      isTaken
        ? "Choose another name; parameters stand under 'axes:'."
        : "Write a word of letters, digits and underscores that means nothing else in expressions.",
    ),

  // ── The form of a spec ───────────────────────────────────────────────────────────────────────────────────────────
  syntax: (place: string, what: string) =>
    inputError("syntax", place, what, "Mend the YAML (or JSON) there."),
  notMap: (place: string, what: string, got: string) =>
    inputError(
      "notMap",
      place,
      `${what} is ${got}`,
      "Write names with their values, for example 'stride: [1, 2]'.",
    ),
  badAxisValue: (place: string, name: string, got: string) =>
    inputError(
      "badAxisValue",
      place,
      `${name} cannot be ${got}`,
      "Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
    ),
  unknownKey: (place: string, key: string, known: readonly string[]) =>
    inputError("unknownKey", place, `unknown key ${shown(key)}`, instead(key, known)),
  axisAtTop: (place: string, name: string) =>
    inputError(
      "axisAtTop",
      place,
      `the axis ${name} stands outside of axes`,
      "Write it, indented, under 'axes:'.",
    ),
  tag: (place: string, tag: string) =>
    inputError("tag", place, `the YAML tag ${shown(tag)} is not taken`, "Write the plain value."),
  unknownAxis: (place: string, name: string, known: readonly string[]) =>
    inputError("unknownAxis", place, `unknown axis ${shown(name)}`, instead(name, known)),
  resultAxis: (place: string, name: string) =>
    inputError(
      "resultAxis",
      place,
      `${name} is a result, not a parameter`,
      "It cannot be an axis; name it in columns to have it counted.",
    ),
  duplicateKey: (place: string, key: string) =>
    inputError("duplicateKey", place, `the key ${shown(key)} stands twice`, "Keep one of them."),
  missingAxes: (place: string, names: readonly string[]) =>
    inputError(
      "missingAxes",
      place,
      `${list(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it at least one value" : "them; give each at least one value"}.`,
    ),
  noAxes: (place: string, needed: readonly string[]) =>
    inputError(
      "noAxes",
      place,
      "the spec has no axes",
      `Write at least ${list(needed)} under 'axes:'.`,
    ),
  notColumnList: (place: string, got: string) =>
    inputError(
      "notColumnList",
      place,
      `columns cannot be ${got}`,
      "Write a list of result columns, for example [l_out, ops, macs].",
    ),
  unknownColumn: (place: string, name: string, known: readonly string[]) => {
    return inputError(
      "unknownColumn",
      place,
      `unknown column ${shown(name)}`,
      suggestion(name, known) ?? "'upsweep columns' lists all.",
    );
  },
  parameterColumn: (place: string, name: string, count: number) =>
    inputError(
      "parameterColumn",
      place,
      `${name} is a parameter, not a result`,
      `All ${count === 11 ? "eleven" : count} parameters always stand in the row; leave it out of columns.`,
    ),
  duplicateColumn: (place: string, name: string) =>
    inputError("duplicateColumn", place, `the column ${name} stands twice`, "Keep one of them."),
  emptyColumns: (place: string) =>
    inputError(
      "emptyColumns",
      place,
      "columns is empty",
      "Name at least one result column, or leave columns out to have the usual six.",
    ),
  alias: (place: string) =>
    inputError("alias", place, "YAML anchors and aliases are not taken", "Write the values out."),
  besideGrids: (place: string, key: string) =>
    inputError(
      "besideGrids",
      place,
      `${key} stands beside grids`,
      "Write it inside the grids that it is for.",
    ),
  notGridList: (place: string, got: string) =>
    inputError(
      "notGridList",
      place,
      `grids cannot be ${got}`,
      "Write a list of blocks, each with its own axes.",
    ),
  badName: (place: string, got: string, bytes: number) =>
    inputError(
      "badName",
      place,
      `the name of a grid cannot be ${got}`,
      `Write up to ${bytes} bytes of text without commas, quotes and line ends.`,
    ),
  unnamedGrid: (place: string, gridPlace: string) =>
    inputError(
      "unnamedGrid",
      place,
      `the column name is asked for, but the grid at ${gridPlace} has none`,
      "Give it one with 'name:'.",
    ),
  missingVariable: (place: string, name: string, gridPlace: string) =>
    inputError(
      "missingVariable",
      place,
      `the variable ${name} is no column of every grid: the one at ${gridPlace} has none`,
      "Give it one there, or leave the column out.",
    ),
  badCondition: (place: string, got: string) =>
    inputError(
      "badCondition",
      place,
      `a condition cannot be ${got}`,
      "Write an expression, for example 'l_out == stride * l_in'.",
    ),
  noSampleRows: (place: string) =>
    inputError(
      "noSampleRows",
      place,
      "sample does not say how many",
      "Write for example 'sample: { rows: 100000, seed: 7 }'.",
    ),
  setJoint: (place: string, names: string, joint: string) =>
    inputError(
      "setJoint",
      place,
      `${names} is part of the joint axis '${joint}'`,
      `Set the whole of it: --set '${joint}=[[…], […]]'.`,
    ),
  longSpec: (place: string, most: number) =>
    inputError(
      "longSpec",
      place,
      `is longer than ${most} bytes`,
      "Write ranges and expressions for single values, or count a list of layers: count --from.",
    ),
  tooManyVariables: (place: string, count: number, capacity: number) =>
    inputError(
      "tooManyVariables",
      place,
      `there are ${count} variables`,
      `At most ${capacity} are possible.`,
    ),
  tooManySteps: (place: string, count: number, capacity: number) =>
    inputError(
      "tooManySteps",
      place,
      `the constraints, derived axes and columns come to ${count} steps`,
      `At most ${capacity} are possible; write fewer conditions, for example ranges or lists after 'in'.`,
    ),
  tooMuchCode: (place: string, count: number, capacity: number) =>
    inputError(
      "tooMuchCode",
      place,
      `the expressions come to ${count} operations`,
      `At most ${capacity} are possible.`,
    ),
  undecidable: (place: string, isOwn: boolean, grid: string, axis: string, reason: string) =>
    inputError(
      "undecidable",
      place,
      `distinct cannot tell whether ${isOwn ? `a layer occurs twice in ${grid}` : `a layer is in ${grid}`}${axis === "" ? "" : ` by the axis ${axis}`}: ${reason}`,
      "Write that grid with its parameters alone, or leave distinct out and remove duplicates afterwards.",
    ),
  distinctTooLarge: (place: string, grid: string, most: number) =>
    inputError(
      "distinctTooLarge",
      place,
      `to tell whether a layer is in ${grid} takes more than ${most} operations`,
      "Write the values of that grid as ranges, or sweep the grids one by one.",
    ),
  tooLarge: (place: string, size: bigint) =>
    inputError(
      "tooLarge",
      place,
      `the grid has ${size} layers`,
      `At most 2^63 - 1 = ${2n ** 63n - 1n} can be swept; shorten an axis.`,
    ),

  // ── Layers of a program ──────────────────────────────────────────────────────────────────────────────────────────
  notLayer: (place: string, got: unknown) =>
    inputError(
      "notLayer",
      place,
      `a layer cannot be ${literal(got)}`,
      "Write an object of its parameters, for example { in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.",
    ),
  notLayers: (place: string, got: unknown) =>
    inputError(
      "notLayers",
      place,
      `layers cannot be ${literal(got)}`,
      "Pass an array of layers, or an object with a column for each parameter.",
    ),
  columnLengths: (
    place: string,
    name: string,
    length: number,
    other: string,
    otherLength: number,
  ) =>
    inputError(
      "columnLengths",
      place,
      `${name} has ${length} value${length === 1 ? "" : "s"}, but ${other} has ${otherLength}`,
      "Give every column one value for each layer, or a single number for all of them.",
    ),
  notOptions: (got: unknown) =>
    inputError(
      "notOptions",
      "options",
      `cannot be ${literal(got)}`,
      'Write an object, for example { columns: ["macs"] }.',
    ),
  badChoice: (place: string, got: unknown, known: readonly (string | boolean)[]) =>
    inputError(
      "badChoice",
      place,
      `cannot be ${literal(got)}`,
      `Write one of ${list(known.map(String))}.`,
    ),
  unsafeNumber: (place: string, name: string, value: bigint) =>
    inputError(
      "unsafeNumber",
      place,
      `${name} is ${value}, which a number cannot hold exactly (the limit is 2^53 - 1)`,
      "Leave bigInts out to get a bigint, or leave that column out.",
    ),

  // ── Single layers ────────────────────────────────────────────────────────────────────────────────────────────────
  missingParameters: (place: string, names: readonly string[]) =>
    inputError(
      "missingParameters",
      place,
      `${list(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it a value" : "them; give each a value"}.`,
    ),
  unknownParameter: (place: string, name: string, known: readonly string[]) =>
    inputError("unknownParameter", place, `unknown parameter ${shown(name)}`, instead(name, known)),
  invalidLayer: (place: string, reason: string, remedy: string) =>
    inputError("invalidLayer", place, `not a legal layer: ${reason}`, remedy),
  overflow: (place: string, name: string, layer: string, limit: string) =>
    inputError(
      "overflow",
      place,
      `${name} of ${layer} passes ${limit}`,
      "Leave that column out with --columns (columns in a spec), or shrink the layer.",
    ),
  severalValues: (place: string, name: string, got: string) =>
    inputError(
      "severalValues",
      place,
      `${name} has several values: ${shown(got)}`,
      "count takes one layer; give one value, or use 'upsweep sweep' for a grid.",
    ),

  // ── Lists of layers ──────────────────────────────────────────────────────────────────────────────────────────────
  emptyList: (place: string) =>
    inputError(
      "emptyList",
      place,
      "there is no header",
      "The first line names the columns, for example in_channels,out_channels,kernel_size,l_in.",
    ),
  duplicateField: (place: string, name: string) =>
    inputError(
      "duplicateField",
      place,
      `the column ${shown(name)} stands twice in the header`,
      "Keep one of them.",
    ),
  unnamedField: (place: string, position: number) =>
    inputError(
      "unnamedField",
      place,
      `column ${position} of the header has no name`,
      position === 1
        ? "Name it (pandas: to_csv(index=False) leaves the index out)."
        : "Name it, or remove the delimiter at the end of every line.",
    ),
  resultField: (place: string, name: string) =>
    inputError(
      "resultField",
      place,
      `the column ${shown(name)} cannot be carried: a result of that name is written`,
      "Rename it, or choose other results with --columns.",
    ),
  nearField: (place: string, name: string, near: string) =>
    inputError(
      "nearField",
      place,
      `the column ${shown(name)} looks like ${near}, but is not read`,
      `Rename it to '${near}' if it is that, or declare it a label with --carry ${shown(name)}.`,
    ),
  otherKindsField: (place: string, name: string, kinds: readonly string[]) =>
    inputError(
      "otherKindsField",
      place,
      `the column ${shown(name)} is a parameter of ${list(kinds)}, which this list does not hold`,
      `Choose the kind with --layer or a column 'layer', or declare it a label with --carry ${shown(name)}.`,
    ),
  kindField: (place: string, name: string, column: string) =>
    inputError(
      "kindField",
      place,
      `the column ${shown(name)} looks like the kind of the layer, but is not read`,
      `Rename it to '${column}' if it names the kind of each row, or declare it a label with --carry ${shown(name)}.`,
    ),
  unreadField: (place: string, name: string) =>
    inputError(
      "unreadField",
      place,
      `the column ${shown(name)} says something about the layer that is not counted`,
      `Remove it, or declare it a label with --carry ${shown(name)}.`,
    ),
  carriedParameter: (place: string, name: string) =>
    inputError(
      "carriedParameter",
      place,
      `--carry names ${shown(name)}, which is a parameter of the layers`,
      "Leave it out of --carry, or rename the column.",
    ),
  unknownCarried: (name: string, known: readonly string[]) =>
    inputError(
      "unknownCarried",
      "--carry",
      `the header has no column ${shown(name)}`,
      suggestion(name, known) ?? "Name columns of the list.",
    ),
  kindTwice: (place: string) =>
    inputError(
      "kindTwice",
      place,
      "the list has a column 'layer', and --layer is given too",
      "Leave --layer out, or declare the column a label with --carry layer.",
    ),
  unknownRowKind: (place: string, got: string, known: readonly string[]) =>
    got === ""
      ? inputError("unknownRowKind", place, "layer is empty", `Write one of ${list(known)}.`)
      : inputError(
          "unknownRowKind",
          place,
          `layer cannot be ${shown(got)}`,
          `Write one of ${list(known)}, or PyTorch's class name, for example ConvTranspose1d.`,
        ),
  kindLacksFields: (place: string, kind: string, names: readonly string[]) =>
    inputError(
      "kindLacksFields",
      place,
      `a ${kind} needs ${list(names)}, which the header does not have`,
      `Add the column${names.length === 1 ? "" : "s"}; rows of other kinds leave ${names.length === 1 ? "it" : "them"} empty.`,
    ),
  noConventions: (place: string, kind: string) =>
    inputError(
      "noConventions",
      place,
      `other counters' answers are known for transposed convolutions only, not for ${kind}`,
      "Leave such rows out of the comparison.",
    ),
  notEmptyField: (place: string, name: string, got: string, kind: string) =>
    inputError(
      "notEmptyField",
      place,
      `${name} is ${shown(got)}, but a ${kind} has no ${name}`,
      "Leave the field empty in this row.",
    ),
  tupleField: (place: string, name: string, got: string, names: readonly string[]) =>
    inputError(
      "tupleField",
      place,
      `${name} cannot be ${shown(got)}`,
      `Write one whole number for all dimensions, or one for each of ${list(names)}, for example "(${names.map((_, i) => i + 3).join(", ")})".`,
    ),
  missingFields: (place: string, names: readonly string[]) =>
    inputError(
      "missingFields",
      place,
      `the column${names.length === 1 ? "" : "s"} ${list(names)} ${names.length === 1 ? "is" : "are"} missing from the header`,
      `PyTorch has no default for ${names.length === 1 ? "it; add the column" : "them; add the columns"}.`,
    ),
  fieldSetTwice: (place: string, name: string) =>
    inputError(
      "fieldSetTwice",
      place,
      `two columns of the header set ${name}`,
      "Keep one of them: a plain name stands for all dimensions.",
    ),
  settingTwice: (place: string, name: string) =>
    inputError(
      "settingTwice",
      place,
      `${name} stands in the header and is given as a flag`,
      "Keep one of them.",
    ),
  tooManyFields: (place: string, count: number, capacity: number) =>
    inputError(
      "tooManyFields",
      place,
      `the header has ${count} columns`,
      `At most ${capacity} are possible.`,
    ),
  resultDiffers: (place: string, name: string, given: string, counted: string) =>
    inputError(
      "resultDiffers",
      place,
      `${name} is ${given === "" ? "empty" : shown(given)} in the list, but ${counted === "" ? "the layer has none" : `is counted as ${counted}`}`,
      "Check which parameters the list was counted with; without --verify-results the column is replaced.",
    ),
  emptyField: (place: string, name: string) =>
    inputError(
      "emptyField",
      place,
      `${name} is empty`,
      "Write its value, or leave the whole column out to take PyTorch's default.",
    ),
  badQuotes: (place: string) =>
    inputError(
      "badQuotes",
      place,
      "a quoted field is not closed, or goes on behind its closing quote",
      'Write a quote inside a quoted field twice: "".',
    ),
  fieldCount: (place: string, got: number, expected: number) =>
    inputError(
      "fieldCount",
      place,
      `the row has ${got} field${got === 1 ? "" : "s"}, the header ${expected}`,
      "Give every row a field for each column; fields that hold commas stand in double quotes.",
    ),
  foreignFormat: (place: string, what: string, remedy: string) =>
    inputError("foreignFormat", place, `is ${what}, which is not read`, remedy),
  damagedGzip: (place: string, reason: string) =>
    inputError(
      "damagedGzip",
      place,
      `the gzip data is damaged or cut off: ${reason}`,
      "Copy or compress the file again.",
    ),
  badEncoding: (place: string, what: string) =>
    inputError("badEncoding", place, what, "Save the list as UTF-8 (Excel: 'CSV UTF-8')."),
  badJson: (place: string, what: string, remedy: string) =>
    inputError("badJson", place, what, remedy),
  nestedJson: (place: string, key: string) =>
    inputError(
      "nestedJson",
      place,
      `the value of ${shown(key)} is nested`,
      "Write a number, text, true, false, null, or a list of these, such as [3, 5].",
    ),
  newKey: (place: string, key: string) =>
    inputError(
      "newKey",
      place,
      `the key ${shown(key)} is not in the first object`,
      "From a pipe, the first object has all columns: write the key there too, with null, or read the list from a file.",
    ),
  errorColumn: (place: string, name: string) =>
    inputError(
      "errorColumn",
      place,
      `the list has a column ${name} already`,
      "Rename it, or leave --errors row out.",
    ),
  longRecord: (place: string, bytes: number) =>
    inputError(
      "longRecord",
      place,
      `the row is longer than ${bytes} bytes`,
      "Shorten it; if it should be many rows, a quote may be left open.",
    ),

  // ── Commands and files ───────────────────────────────────────────────────────────────────────────────────────────
  usage: (what: string, remedy: string) => new UpsweepError("usage", `${what}. ${remedy}`),
  emptyArgument: (what: string) =>
    new UpsweepError("emptyArgument", `${what} is empty. Give it a value, or leave it out.`),
  badOption: (flag: string, got: string, remedy: string) =>
    inputError("badOption", flag, `cannot be ${shown(got)}`, remedy),
  repeatedFlag: (flag: string, takesSeveral = false) =>
    new UpsweepError(
      "repeatedFlag",
      `${printable(flag)} was given twice. ${takesSeveral ? "Give all its values at once, for example --kernel-size 3,5,7." : "Keep one of them."}`,
    ),
  cannotRead: (path: string, cause: unknown) =>
    inputError("cannotRead", path, `cannot be read: ${reasonOf(cause)}`, "Check the path."),
  cannotOpen: (path: string, cause: unknown) =>
    inputError(
      "cannotOpen",
      path,
      `cannot be written: ${reasonOf(cause)}`,
      "Choose another place with -o.",
    ),
  unknownFormat: (
    path: string,
    extension: string,
    supported: readonly string[],
    formats: readonly string[],
  ) =>
    inputError(
      "unknownFormat",
      path,
      `the extension ${shown(extension)} names no format`,
      `Supported are ${list(supported)}. For another name, choose the format with --format ${formats.join("|")}.`,
    ),
  unsupportedFormat: (path: string, extension: string, supported: readonly string[]) =>
    inputError(
      "unsupportedFormat",
      path,
      `files that end in ${shown(extension)} cannot be written`,
      `Supported are ${list(supported)}.`,
    ),
  otherFormat: (path: string, extension: string, promised: string, asked: string) =>
    inputError(
      "otherFormat",
      path,
      `the extension ${shown(extension)} means ${promised}, but the rows are ${asked}`,
      `Name a file that ends in .${asked}.`,
    ),
  layerFile: (path: string, extension: string, isJson: boolean) =>
    inputError(
      "layerFile",
      path,
      `one layer is written as ${isJson ? "JSON" : "text"}, but the extension ${shown(extension)} means something else`,
      `Name a file that ends in ${isJson ? ".json" : ".txt, or in .json and add --json"}. Rows come from 'upsweep count --from' and 'upsweep sweep'.`,
    ),
  fileExists: (path: string) =>
    inputError(
      "fileExists",
      path,
      "is there already",
      "Choose another name with -o, or replace it with --force.",
    ),
  beingWritten: (path: string, pid: number, lock: string) =>
    inputError(
      "beingWritten",
      path,
      `process ${pid} is writing it`,
      `Wait for it, or choose another name with -o. If that is no upsweep, remove ${printable(lock)}.`,
    ),
  takenOver: (path: string, by: string) =>
    new UpsweepError(
      "takenOver",
      `${printable(path)}: another run has begun to write it: ${by}. This one stops, and leaves it alone. Give each a name of its own with -o.`,
      false,
    ),
  lockGone: (path: string, lock: string) =>
    new UpsweepError(
      "lockGone",
      `${printable(path)}: ${printable(lock)} is gone, removed by somebody or with its file system. This run stops, and leaves everything as it is. Check the folder; --resume then goes on with a sweep.`,
      false,
    ),
  foreignFile: (path: string, what: string) =>
    inputError(
      "foreignFile",
      path,
      `is ${what}, which upsweep neither follows nor writes`,
      "Remove it, or choose another name with -o.",
    ),
  foreignPartial: (path: string) =>
    inputError(
      "foreignPartial",
      path,
      "is there, but no run of upsweep is known to have left it",
      "Move it away, or give it up with --force.",
    ),
  appeared: (path: string, partial: string) =>
    new UpsweepError(
      "appeared",
      `${path}: appeared while this run was writing, and is left as it is. Move it away and repeat the command with --resume, which finds all rows in ${partial}; a list or a merge is repeated as it was.`,
      false,
    ),
  unfinished: (path: string) =>
    inputError(
      "unfinished",
      path,
      "a sweep into it was stopped before its end",
      "Go on with it with --resume, or begin anew with --force.",
    ),
  otherSweep: (path: string, what: string, was: string | undefined, is: string | undefined) =>
    inputError(
      "otherSweep",
      path,
      `another sweep was stopped there: ${what} was ${was || "nothing"}, is now ${is || "nothing"}`,
      "Sweep what was swept then, or begin anew with --force.",
    ),
  shortPartial: (path: string, size: number, expected: number) =>
    inputError(
      "shortPartial",
      path,
      `has ${size} bytes, but ${expected} were written`,
      "Somebody has changed it: begin anew with --force.",
    ),
  damaged: (path: string, manifest: string) =>
    inputError(
      "damaged",
      path,
      `does not agree with ${manifest}: the checksum or the number of lines is another`,
      "The file or its manifest has been changed or damaged. Sweep it again with --force.",
    ),
  badManifest: (path: string, cause: unknown) =>
    inputError(
      "badManifest",
      path,
      `does not say how far the sweep has come: ${reasonOf(cause)}`,
      "Begin anew with --force.",
    ),
  noArray: (option: string, variables: readonly string[]) =>
    inputError(
      "noArray",
      `--shard ${option}`,
      `this is no task of an array job: none of ${list(variables)} is set`,
      "Name the part yourself, for example --shard 3/16.",
    ),
  twoArrays: (option: string, one: string, other: string) =>
    inputError(
      "twoArrays",
      `--shard ${option}`,
      `${one} and ${other} are both set`,
      "Name the part yourself, for example --shard $PARALLEL_SEQ/16, or unset one of them.",
    ),
  notTaskNumber: (option: string, variable: string, got: string) =>
    inputError(
      "notTaskNumber",
      `--shard ${option}`,
      `${variable} is ${shown(got)}, not a whole number`,
      "Name the part yourself, for example --shard 3/16.",
    ),
  outsideArray: (variable: string, task: number, from: number, of: number) =>
    inputError(
      "outsideArray",
      `--shard auto/${of}`,
      `${variable} is ${task}, but the ${of} parts are the tasks ${from} to ${of - 1 + from}`,
      "Submit tasks in that range, or give the number of all parts.",
    ),
  unknownArray: (option: string, scheduler: string, variable: string | undefined, task: string) =>
    inputError(
      "unknownArray",
      `--shard ${option}`,
      `${scheduler} says which task this is (${task}), but not of how many${variable === undefined ? "" : `: ${variable} is not set`}`,
      "Give the number of all parts, for example --shard auto/16.",
    ),
  raggedArray: (option: string, said: readonly string[], from: number, array: string) =>
    inputError(
      "raggedArray",
      `--shard ${option}`,
      `the array does not run from ${from} without gaps: ${said.join(", ")}`,
      `Submit a whole one (${array}). To run some tasks of a larger array, give the number of all parts, for example --shard auto/16.`,
    ),
  noParts: (path: string, example: string) =>
    inputError(
      "noParts",
      path,
      `no part of it is there, such as ${printable(example)}`,
      "Sweep them with --shard, or name them behind the file.",
    ),
  mixedParts: (path: string, counts: readonly number[]) =>
    inputError(
      "mixedParts",
      path,
      `parts of several divisions are there: of ${list(counts.map(String))}`,
      "Name those that belong together behind the file.",
    ),
  missingParts: (path: string, missing: readonly number[], of: number) => {
    const named =
      missing.length > 10 ? [...missing.slice(0, 9), `${missing.length - 9} more`] : missing;
    const what = missing.length === 1 ? "part" : "parts";
    return inputError(
      "missingParts",
      path,
      `${what} ${list(named.map(String))} of ${of} ${missing.length === 1 ? "is" : "are"} missing`,
      "Sweep what is missing with --shard.",
    );
  },
  mergeIntoPart: (path: string) =>
    inputError(
      "mergeIntoPart",
      path,
      "is one of the parts itself",
      "Name another file for what they make up, before the parts.",
    ),
  partTwice: (path: string, other: string) =>
    inputError(
      "partTwice",
      path,
      `is the same part as ${printable(other)}`,
      "Name each part once.",
    ),
  unfinishedPart: (path: string, reason: string, isDamaged = false) =>
    inputError(
      "unfinishedPart",
      path,
      `is not a complete part of a sweep: ${reason}`,
      `Sweep it again, with --shard and --${isDamaged ? "force" : "resume"}.`,
    ),
  otherPart: (
    path: string,
    other: string,
    what: string,
    is: string | undefined,
    theirs: string | undefined,
  ) =>
    inputError(
      "otherPart",
      path,
      `is a part of another sweep than ${printable(other)}: ${what} is ${is || "nothing"} here and ${theirs || "nothing"} there`,
      "Sweep all parts with the same spec, options and version.",
    ),
  cannotPrint: (cause: unknown) =>
    new UpsweepError(
      "cannotPrint",
      `standard output: cannot be written: ${reasonOf(cause)}. Make room, or write to another place.`,
      false,
    ),
  cannotWrite: (path: string, cause: unknown) =>
    new UpsweepError(
      "cannotWrite",
      `${printable(path)}: cannot be written: ${reasonOf(cause)}. Make room, or choose another place with -o.`,
      false,
    ),
  notBuilt: (path: string) =>
    new UpsweepError(
      "notBuilt",
      `${printable(path)}: the kernel is not there. Run 'npm run build', or install the package again.`,
      false,
    ),
  otherKernel: (path: string, got: number, expected: number) =>
    new UpsweepError(
      "otherKernel",
      `${printable(path)}: the kernel has ABI version ${got}, this program needs ${expected}. Run 'npm run build', or install the package again.`,
      false,
    ),
  doesNotAddUp: (indices: bigint, rows: number) =>
    new UpsweepError(
      "doesNotAddUp",
      `${indices} raw indices do not add up to ${rows} rows and what is left out. This is a defect of upsweep: please report it with the command that you gave.`,
      false,
    ),
  linesDoNotMatch: (lines: number, rows: bigint) =>
    new UpsweepError(
      "linesDoNotMatch",
      `${lines} lines were written for ${rows} rows, so the file does not get its name; what is written stays in its .partial file. This is a defect of upsweep: please report it with the command that you gave.`,
      false,
    ),
  noMemory: (reason: string) =>
    new UpsweepError(
      "noMemory",
      `the kernel has no memory to run in: ${reason}. Raise the limit (ulimit -v, or the container's): it takes 34 MiB a worker.`,
      false,
    ),
  noWorker: (reason: string) =>
    new UpsweepError(
      "noWorker",
      /EMFILE|too many (open )?files/.test(reason)
        ? "no worker could be started: too many files are open. Raise the limit (ulimit -n), or ask for fewer with --workers."
        : `no worker could be started: ${reason.replace(/\.$/, "")}. Where memory or threads are short, ask for fewer with --workers. Else install the package again.`,
      false,
    ),
  workersFailed: (task: string, attempts: number, reason: string) =>
    new UpsweepError(
      "workersFailed",
      `${attempts} workers in turn failed on ${task}: ${reason.replace(/\.$/, "")}. Where memory is short, ask for fewer with --workers. Else this is a defect of upsweep: please report it with the command that you gave.`,
      false,
    ),
  disagree: (layer: string) =>
    new UpsweepError(
      "disagree",
      `closed form and simulation differ on ${layer}. This is a defect of upsweep: please report it with this line.`,
      false,
    ),
} as const;
