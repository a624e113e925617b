/**
 * Every error that a user can meet: its code, its message and its remedy. A message names the place, the thing, the value
 * it got, and what to write instead. Nothing else in src/ makes an `UpsweepError`.
 */
import {
  instead,
  joinNames,
  literal,
  printable,
  quote,
  reasonOf,
  sanitised,
  suggestion,
} from "./format-message.js";
import { PARAMETER_MAX } from "./limits.js";
import { locationIn, pointed, type SourceText, type Span } from "./source-text.js";

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
  min,
  max = PARAMETER_MAX,
}: {
  readonly min: number;
  readonly max?: number;
}): string {
  return `a whole number from ${min} to ${max}`;
}

/** A value as it was given: a text as a person writes it, or what a program passes. */
function asGiven(got: unknown): string {
  return typeof got === "string" ? quote(got) : literal(got);
}

/** What to write for a sample rate. */
const RATES = `Write a number above 0 and up to ${PARAMETER_MAX}, for example 22050, 689.0625 or 22050/32.`;

function inputError(code: string, location: string, what: string, remedy: string): UpsweepError {
  return new UpsweepError(code, `${printable(location)}: ${what}. ${remedy}`);
}

/** Why an expression can have no value: what is said of it, what a number would have to be, and whether a layer can be spared it. */
const EVALUATION_ERRORS = {
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
export type EvaluationErrorKind = keyof typeof EVALUATION_ERRORS;

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
  source: SourceText,
  span: Span,
  what: string,
  remedy: string,
): UpsweepError {
  const below = source.text.trim() === "" ? "" : `\n${pointed(source, span)}`;
  return new UpsweepError(
    code,
    `${printable(locationIn(source, span.start))}: ${what}. ${remedy}${below}`,
  );
}

/** A part of an expression as it is written. */
function part({ text }: SourceText, { start, end }: Span): string {
  return quote(text.slice(start, end));
}

export const errors = {
  // ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────────
  foreignSymbol: (source: SourceText, span: Span, ours: string | undefined) =>
    expressionError(
      "foreignSymbol",
      source,
      span,
      `${part(source, span)} is no operator of expressions`,
      ours ? `Write '${ours}'.` : "Known are + - * / // % ** < <= > >= == != and, or, not, in.",
    ),
  badNumber: (source: SourceText, span: Span, suffixes: readonly string[]) =>
    expressionError(
      "badNumber",
      source,
      span,
      `${part(source, span)} is not a number`,
      `Write decimal digits, for example 16, 1e6 or (in conditions) 0.25, and after them one of ${joinNames(suffixes)} if you like, for example 50M.`,
    ),
  largeNumber: (source: SourceText, span: Span) =>
    expressionError(
      "largeNumber",
      source,
      span,
      `${part(source, span)} passes 2^63 - 1, or has too many digits`,
      "Expressions work with numbers of 64 bits.",
    ),
  fractionInAxis: (source: SourceText, span: Span) =>
    expressionError(
      "fractionInAxis",
      source,
      span,
      `${part(source, span)} is not a whole number`,
      "Axes have whole numbers only; fractions can be written in conditions.",
    ),
  unexpected: (source: SourceText, token: Span, wanted: string) => {
    const got =
      token.start === token.end
        ? source.text.trim() === ""
          ? "it is empty"
          : "it ends"
        : `${part(source, token)} stands`;
    return expressionError(
      "unexpected",
      source,
      token,
      `${got} where ${wanted} should be`,
      "Mend the expression there.",
    );
  },
  notClosed: (source: SourceText, opened: Span, closing: string) =>
    expressionError(
      "notClosed",
      source,
      opened,
      `this ${part(source, opened)} is not closed`,
      `Write a '${closing}' where it ends.`,
    ),
  tooDeep: (source: SourceText, span: Span, max: number) =>
    expressionError(
      "tooDeep",
      source,
      { start: span.start, end: span.start + 1 },
      "the expression is nested too deep",
      `At most ${max} levels are possible.`,
    ),
  emptySet: (source: SourceText, span: Span) =>
    expressionError(
      "emptySet",
      source,
      span,
      "the list is empty, so nothing is in it",
      "Write its values, for example in [1, 2, 4].",
    ),
  listAsNumber: (source: SourceText, span: Span, name: string) =>
    expressionError(
      "listAsNumber",
      source,
      span,
      `${name} gives a list, where one number should be`,
      `Write it as an axis' values, or behind 'in'.`,
    ),
  unknownFunction: (source: SourceText, span: Span, name: string, known: readonly string[]) =>
    expressionError(
      "unknownFunction",
      source,
      span,
      `unknown function ${quote(name)}`,
      instead(name, known),
    ),
  wrongArguments: (
    source: SourceText,
    span: Span,
    name: string,
    got: number,
    min: number,
    max: number,
  ) => {
    const wanted = min === max ? `${min}` : `at least ${min}`;
    const remedy = `It takes ${wanted} number${wanted === "1" ? "" : "s, separated by commas"}.`;
    return expressionError(
      "wrongArguments",
      source,
      span,
      `${name} has ${got} argument${got === 1 ? "" : "s"}`,
      remedy,
    );
  },
  unknownName: (source: SourceText, span: Span, name: string, known: readonly string[]) =>
    expressionError(
      "unknownName",
      source,
      span,
      `unknown name ${quote(name)}`,
      instead(name, known),
    ),
  resultInAxis: (source: SourceText, span: Span, name: string) =>
    expressionError(
      "resultInAxis",
      source,
      span,
      `${name} is a result, and known only once the layer is`,
      "Axes can be written with other axes; put what the result must be under 'where:'.",
    ),
  notCondition: (source: SourceText, span: Span) =>
    expressionError(
      "notCondition",
      source,
      span,
      "this is a number, not a condition",
      "Compare it with something, for example '… == 0'.",
    ),
  constantEvaluationError: (source: SourceText, span: Span, kind: EvaluationErrorKind) =>
    expressionError(
      "constantEvaluationError",
      source,
      span,
      `${part(source, span)} ${EVALUATION_ERRORS[kind].what}`,
      EVALUATION_ERRORS[kind].remedy,
    ),
  evaluationError: (
    source: SourceText,
    span: Span,
    kind: EvaluationErrorKind,
    names: string,
    layer: string,
  ) =>
    expressionError(
      "evaluationError",
      source,
      span,
      `${part(source, span)} ${EVALUATION_ERRORS[kind].what}${names === "" ? "" : ` where ${names}`}${layer === "" ? "" : `, in the layer with ${layer}`}`,
      `${EVALUATION_ERRORS[kind].remedy} A condition under 'where:' that can be checked before leaves such layers out.`,
    ),

  // ── Values of axes and parameters ────────────────────────────────────────────────────────────────────────────────
  notInteger: (location: string, name: string, got: string) => {
    const whole = /^([0-9]+)\.0+$/.exec(got)?.[1];
    const remedy = whole
      ? `Write ${whole}, without a decimal point.`
      : "Write a whole number in plain decimal digits, for example 16.";
    return inputError("notInteger", location, `${name} cannot be ${quote(got)}`, remedy);
  },
  /** A value of a program, of whatever type. */
  notIntegerValue: (location: string, name: string, got: unknown) =>
    inputError("notInteger", location, `${name} cannot be ${literal(got)}`, asNumber(got)),
  outOfRange: (
    location: string,
    domain: { readonly name: string; readonly min: number; readonly max?: number },
    got: string | number,
  ) =>
    inputError(
      "outOfRange",
      location,
      `${domain.name} cannot be ${asGiven(got)}`,
      `Write ${rangeOf(domain)}.`,
    ),
  notBooleanValue: (location: string, name: string, got: unknown) =>
    inputError("notBoolean", location, `${name} cannot be ${literal(got)}`, "Write true or false."),
  badRate: (location: string, got: unknown) =>
    inputError("badRate", location, `sample_rate cannot be ${asGiven(got)}`, RATES),
  rateOutOfRange: (location: string, got: string | number) =>
    inputError("outOfRange", location, `sample_rate cannot be ${asGiven(got)}`, RATES),
  fineRate: (location: string, got: string | number) =>
    inputError(
      "fineRate",
      location,
      `sample_rate ${asGiven(got)} has too many digits to be exact`,
      "Write a fraction of smaller whole numbers, for example 30000/1001, or round it.",
    ),
  farRates: (location: string) =>
    inputError(
      "farRates",
      location,
      "the sample rates of this axis have no common denominator that keeps them exact",
      "Write them with fewer digits, or in grids of their own.",
    ),
  fractionAmongExpressions: (location: string, name: string) =>
    inputError(
      "fractionAmongExpressions",
      location,
      `${name} has a fraction beside values that depend on other axes`,
      "Write all of its values as numbers, or all as whole numbers and expressions.",
    ),
  rateInAxis: (source: SourceText, span: Span) =>
    expressionError(
      "rateInAxis",
      source,
      span,
      "sample_rate is a fraction in this grid, and axes are whole numbers",
      "Write this axis without it; conditions under 'where:' may use it.",
    ),
  notBoolean: (location: string, name: string, got: string) =>
    inputError("notBoolean", location, `${name} cannot be ${quote(got)}`, "Write true or false."),
  /** A value as other tools write it. */
  foreignValue: (location: string, name: string, got: string, remedy: string) =>
    inputError("foreignValue", location, `${name} cannot be ${quote(got)}`, remedy),
  /** Padding that differs between the two ends of a one-dimensional layer. */
  unequalPadding: (location: string, got: string, remedy: string) =>
    inputError(
      "unequalPadding",
      location,
      `padding has two values, ${quote(got)}, but PyTorch pads both ends of a layer alike`,
      remedy,
    ),
  noOutputSize: (location: string, kind: string) =>
    inputError(
      "noOutputSize",
      location,
      `${kind} has no output size to choose`,
      "Only transposed layers have one; leave it out.",
    ),
  impossibleOutputSize: (
    location: string,
    name: string,
    got: number,
    min: bigint,
    max: bigint,
    set: string,
  ) =>
    inputError(
      "impossibleOutputSize",
      location,
      `${name} cannot be ${got}`,
      min > max
        ? `The layer has no output: ${set}.`
        : `With ${set} it can be ${min === max ? `${min} only` : `from ${min} to ${max}`}.`,
    ),
  badStep: (location: string, name: string, got: string) =>
    inputError(
      "badStep",
      location,
      `the step of ${name} ${quote(got)} is not a positive whole number`,
      "Write first..last:step, for example 32..256:32.",
    ),
  backwardsRange: (location: string, name: string, got: string, turned: string) =>
    inputError(
      "backwardsRange",
      location,
      `the range ${quote(got)} of ${name} runs backwards`,
      `Write ${turned}.`,
    ),
  notPowerOfTwo: (location: string, name: string, got: string, end: number) =>
    inputError(
      "notPowerOfTwo",
      location,
      `${end} in ${quote(got)} of ${name} is not a power of two`,
      "Write powers of two as both ends, for example pow2(32, 512).",
    ),
  openParenthesis: (location: string, name: string, got: string) =>
    inputError(
      "openParenthesis",
      location,
      `${name} cannot be ${quote(got)}: its parenthesis is not closed`,
      `Inside [ ] write it in quotes, for example ["pow2(32, 512)", 640].`,
    ),
  textList: (location: string, name: string, got: string) =>
    inputError(
      "textList",
      location,
      `${name} cannot be ${quote(got)}: several values in one text`,
      `Write them as a list, for example [1, 2, 4].`,
    ),
  emptyAxis: (location: string, name: string) =>
    inputError(
      "emptyAxis",
      location,
      `the axis ${name} has no values`,
      "Give it at least one, or leave it out to take PyTorch's default.",
    ),
  duplicateValue: (location: string, name: string, got: string) =>
    inputError(
      "duplicateValue",
      location,
      `the axis ${name} has the value ${got} twice`,
      "Leave one of them out: every layer is counted once.",
    ),
  longAxis: (location: string, name: string, got: string) =>
    inputError(
      "longAxis",
      location,
      `${quote(got)} of ${name} has more than 2^31 values`,
      "Shorten it, or widen its step.",
    ),
  jointList: (location: string, names: readonly string[], got: string) =>
    inputError(
      "jointList",
      location,
      `the axis ${quote(names.join(", "))} cannot be ${got}`,
      `Write a list of rows with a value for each name, for example [[${names.map((_, i) => 2 ** (i + 1)).join(", ")}], [${names.map((_, i) => 4 ** (i + 1)).join(", ")}]].`,
    ),
  jointRow: (location: string, names: readonly string[], got: number) =>
    inputError(
      "jointRow",
      location,
      `the row has ${got} value${got === 1 ? "" : "s"}, the axis ${names.length} names`,
      `Write a value for each of ${joinNames(names)}.`,
    ),
  severalInJoint: (location: string, name: string, got: string) =>
    inputError(
      "severalInJoint",
      location,
      `${quote(got)} of ${name} stands for several values`,
      "In the row of a joint axis each name has one value.",
    ),
  tooManyRuns: (location: string, count: number, capacity: number) =>
    inputError(
      "tooManyRuns",
      location,
      `the axes have ${count} separate values and ranges`,
      `At most ${capacity} are possible; write evenly spaced values as ranges, for example 32..256:32.`,
    ),

  unknownKind: (location: string, got: string, known: readonly string[]) =>
    inputError(
      "unknownKind",
      location,
      `layer cannot be ${quote(got)}`,
      `Write one of ${joinNames(known)}.`,
    ),
  /** A parameter that other kinds of layers have. */
  otherKindsParameter: (
    location: string,
    name: string,
    kind: string,
    instead: readonly string[],
    kinds: readonly string[],
  ) => {
    const remedy = instead.length > 0 ? `Write ${joinNames(instead)} instead` : "Leave it out";
    return inputError(
      "otherKindsParameter",
      location,
      `${kind} has no ${name}`,
      `${remedy}, or set the layer to ${kinds.join(" or ")}.`,
    );
  },
  otherKindsColumn: (location: string, name: string, kind: string) =>
    inputError(
      "otherKindsColumn",
      location,
      `${name} is no column of ${kind}`,
      `See 'upsweep columns --layer ${kind}'.`,
    ),
  noSampleRate: (location: string, name: string) =>
    inputError(
      "noSampleRate",
      location,
      `${name} needs a sample_rate`,
      "Give the output elements of the layer per second: --sample-rate 22050, or sample_rate under 'variables:' (in a list, as a column).",
    ),
  unratedName: (source: SourceText, span: Span, name: string) =>
    expressionError(
      "unratedName",
      source,
      span,
      `${name} needs a sample_rate`,
      "Give it under 'variables:', or with --sample-rate.",
    ),
  dimensionCount: (location: string, name: string, got: number, names: readonly string[]) =>
    inputError(
      "dimensionCount",
      location,
      `${name} has ${got} values`,
      `Give one for all dimensions, or one for each of ${joinNames(names)}.`,
    ),

  axisTwice: (location: string, name: string) =>
    inputError("axisTwice", location, `the axis ${name} stands twice`, "Keep one of them."),
  circle: (source: SourceText, span: Span, names: readonly string[]) =>
    expressionError(
      "circle",
      source,
      span,
      `the axes depend on each other in a circle: ${names.join(" → ")}`,
      "Give one of them values of its own.",
    ),
  badVariable: (location: string, name: string, isTaken: boolean) =>
    inputError(
      "badVariable",
      location,
      isTaken
        ? `${quote(name)} cannot be a variable: it is a column already`
        : `${quote(name)} cannot be the name of a variable`,
      isTaken
        ? "Choose another name; parameters stand under 'axes:'."
        : "Write a word of letters, digits and underscores that means nothing else in expressions.",
    ),

  // ── The form of a spec ───────────────────────────────────────────────────────────────────────────────────────────
  syntax: (location: string, what: string) =>
    inputError("syntax", location, what, "Mend the YAML (or JSON) there."),
  notMap: (location: string, what: string, got: string) =>
    inputError(
      "notMap",
      location,
      `${what} is ${got}`,
      "Write names with their values, for example 'stride: [1, 2]'.",
    ),
  badAxisValue: (location: string, name: string, got: string) =>
    inputError(
      "badAxisValue",
      location,
      `${name} cannot be ${got}`,
      "Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
    ),
  unknownKey: (location: string, key: string, known: readonly string[]) =>
    inputError("unknownKey", location, `unknown key ${quote(key)}`, instead(key, known)),
  axisAtTop: (location: string, name: string) =>
    inputError(
      "axisAtTop",
      location,
      `the axis ${name} stands outside of axes`,
      "Write it, indented, under 'axes:'.",
    ),
  tag: (location: string, tag: string) =>
    inputError(
      "tag",
      location,
      `the YAML tag ${quote(tag)} is not taken`,
      "Write the plain value.",
    ),
  unknownAxis: (location: string, name: string, known: readonly string[]) =>
    inputError("unknownAxis", location, `unknown axis ${quote(name)}`, instead(name, known)),
  resultAxis: (location: string, name: string) =>
    inputError(
      "resultAxis",
      location,
      `${name} is a result, not a parameter`,
      "It cannot be an axis; name it in columns to have it counted.",
    ),
  duplicateKey: (location: string, key: string) =>
    inputError("duplicateKey", location, `the key ${quote(key)} stands twice`, "Keep one of them."),
  missingAxes: (location: string, names: readonly string[]) =>
    inputError(
      "missingAxes",
      location,
      `${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it at least one value" : "them; give each at least one value"}.`,
    ),
  noAxes: (location: string, needed: readonly string[]) =>
    inputError(
      "noAxes",
      location,
      "the spec has no axes",
      `Write at least ${joinNames(needed)} under 'axes:'.`,
    ),
  notColumnList: (location: string, got: string) =>
    inputError(
      "notColumnList",
      location,
      `columns cannot be ${got}`,
      "Write a list of result columns, for example [l_out, ops, macs].",
    ),
  unknownColumn: (location: string, name: string, known: readonly string[]) => {
    return inputError(
      "unknownColumn",
      location,
      `unknown column ${quote(name)}`,
      suggestion(name, known) ?? "'upsweep columns' lists all.",
    );
  },
  parameterColumn: (location: string, name: string, count: number) =>
    inputError(
      "parameterColumn",
      location,
      `${name} is a parameter, not a result`,
      `All ${count === 11 ? "eleven" : count} parameters always stand in the row; leave it out of columns.`,
    ),
  duplicateColumn: (location: string, name: string) =>
    inputError("duplicateColumn", location, `the column ${name} stands twice`, "Keep one of them."),
  emptyColumns: (location: string) =>
    inputError(
      "emptyColumns",
      location,
      "columns is empty",
      "Name at least one result column, or leave columns out to have the usual six.",
    ),
  alias: (location: string) =>
    inputError(
      "alias",
      location,
      "YAML anchors and aliases are not taken",
      "Write the values out.",
    ),
  besideGrids: (location: string, key: string) =>
    inputError(
      "besideGrids",
      location,
      `${key} stands beside grids`,
      "Write it inside the grids that it is for.",
    ),
  notGridList: (location: string, got: string) =>
    inputError(
      "notGridList",
      location,
      `grids cannot be ${got}`,
      "Write a list of blocks, each with its own axes.",
    ),
  badName: (location: string, got: string, bytes: number) =>
    inputError(
      "badName",
      location,
      `the name of a grid cannot be ${got}`,
      `Write up to ${bytes} bytes of text without commas, quotes and line ends.`,
    ),
  unnamedGrid: (location: string, gridLocation: string) =>
    inputError(
      "unnamedGrid",
      location,
      `the column name is asked for, but the grid at ${gridLocation} has none`,
      "Give it one with 'name:'.",
    ),
  missingVariable: (location: string, name: string, gridLocation: string) =>
    inputError(
      "missingVariable",
      location,
      `the variable ${name} is no column of every grid: the one at ${gridLocation} has none`,
      "Give it one there, or leave the column out.",
    ),
  badCondition: (location: string, got: string) =>
    inputError(
      "badCondition",
      location,
      `a condition cannot be ${got}`,
      "Write an expression, for example 'l_out == stride * l_in'.",
    ),
  noSampleRows: (location: string) =>
    inputError(
      "noSampleRows",
      location,
      "sample does not say how many",
      "Write for example 'sample: { rows: 100000, seed: 7 }'.",
    ),
  setJoint: (location: string, names: string, joint: string) =>
    inputError(
      "setJoint",
      location,
      `${names} is part of the joint axis '${joint}'`,
      `Set the whole of it: --set '${joint}=[[…], […]]'.`,
    ),
  longSpec: (location: string, max: number) =>
    inputError(
      "longSpec",
      location,
      `is longer than ${max} bytes`,
      "Write ranges and expressions for single values, or count a list of layers: count --from.",
    ),
  tooManyVariables: (location: string, count: number, capacity: number) =>
    inputError(
      "tooManyVariables",
      location,
      `there are ${count} variables`,
      `At most ${capacity} are possible.`,
    ),
  tooManySteps: (location: string, count: number, capacity: number) =>
    inputError(
      "tooManySteps",
      location,
      `the constraints, derived axes and columns come to ${count} steps`,
      `At most ${capacity} are possible; write fewer conditions, for example ranges or lists after 'in'.`,
    ),
  tooMuchCode: (location: string, count: number, capacity: number) =>
    inputError(
      "tooMuchCode",
      location,
      `the expressions come to ${count} operations`,
      `At most ${capacity} are possible.`,
    ),
  undecidable: (location: string, isOwn: boolean, grid: string, axis: string, reason: string) =>
    inputError(
      "undecidable",
      location,
      `distinct cannot tell whether ${isOwn ? `a layer occurs twice in ${grid}` : `a layer is in ${grid}`}${axis === "" ? "" : ` by the axis ${axis}`}: ${reason}`,
      "Write that grid with its parameters alone, or leave distinct out and remove duplicates afterwards.",
    ),
  distinctTooLarge: (location: string, grid: string, max: number) =>
    inputError(
      "distinctTooLarge",
      location,
      `to tell whether a layer is in ${grid} takes more than ${max} operations`,
      "Write the values of that grid as ranges, or sweep the grids one by one.",
    ),
  tooLarge: (location: string, size: bigint) =>
    inputError(
      "tooLarge",
      location,
      `the grid has ${size} layers`,
      `At most 2^63 - 1 = ${2n ** 63n - 1n} can be swept; shorten an axis.`,
    ),

  // ── Layers of a program ──────────────────────────────────────────────────────────────────────────────────────────
  notLayer: (location: string, got: unknown) =>
    inputError(
      "notLayer",
      location,
      `a layer cannot be ${literal(got)}`,
      "Write an object of its parameters, for example { in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.",
    ),
  notLayers: (location: string, got: unknown) =>
    inputError(
      "notLayers",
      location,
      `layers cannot be ${literal(got)}`,
      "Pass an array of layers, or an object with a column for each parameter.",
    ),
  columnLengths: (
    location: string,
    name: string,
    length: number,
    other: string,
    otherLength: number,
  ) =>
    inputError(
      "columnLengths",
      location,
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
  badChoice: (location: string, got: unknown, known: readonly (string | boolean)[]) =>
    inputError(
      "badChoice",
      location,
      `cannot be ${literal(got)}`,
      `Write one of ${joinNames(known.map(String))}.`,
    ),
  unsafeNumber: (location: string, name: string, value: bigint) =>
    inputError(
      "unsafeNumber",
      location,
      `${name} is ${value}, which a number cannot hold exactly (the limit is 2^53 - 1)`,
      "Leave bigInts out to get a bigint, or leave that column out.",
    ),

  // ── Single layers ────────────────────────────────────────────────────────────────────────────────────────────────
  missingParameters: (location: string, names: readonly string[]) =>
    inputError(
      "missingParameters",
      location,
      `${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing`,
      `PyTorch has no default for ${names.length === 1 ? "it; give it a value" : "them; give each a value"}.`,
    ),
  unknownParameter: (location: string, name: string, known: readonly string[]) =>
    inputError(
      "unknownParameter",
      location,
      `unknown parameter ${quote(name)}`,
      instead(name, known),
    ),
  invalidLayer: (location: string, reason: string, remedy: string) =>
    inputError("invalidLayer", location, `not a legal layer: ${reason}`, remedy),
  overflow: (location: string, name: string, layer: string, limit: string) =>
    inputError(
      "overflow",
      location,
      `${name} of ${layer} passes ${limit}`,
      "Leave that column out with --columns (columns in a spec), or shrink the layer.",
    ),
  severalValues: (location: string, name: string, got: string) =>
    inputError(
      "severalValues",
      location,
      `${name} has several values: ${quote(got)}`,
      "count takes one layer; give one value, or use 'upsweep sweep' for a grid.",
    ),

  // ── Lists of layers ──────────────────────────────────────────────────────────────────────────────────────────────
  emptyList: (location: string) =>
    inputError(
      "emptyList",
      location,
      "there is no header",
      "The first line names the columns, for example in_channels,out_channels,kernel_size,l_in.",
    ),
  duplicateField: (location: string, name: string) =>
    inputError(
      "duplicateField",
      location,
      `the column ${quote(name)} stands twice in the header`,
      "Keep one of them.",
    ),
  unnamedField: (location: string, position: number) =>
    inputError(
      "unnamedField",
      location,
      `column ${position} of the header has no name`,
      position === 1
        ? "Name it (pandas: to_csv(index=False) leaves the index out)."
        : "Name it, or remove the delimiter at the end of every line.",
    ),
  resultField: (location: string, name: string) =>
    inputError(
      "resultField",
      location,
      `the column ${quote(name)} cannot be carried: a result of that name is written`,
      "Rename it, or choose other results with --columns.",
    ),
  nearField: (location: string, name: string, near: string) =>
    inputError(
      "nearField",
      location,
      `the column ${quote(name)} looks like ${near}, but is not read`,
      `Rename it to '${near}' if it is that, or declare it a label with --carry ${quote(name)}.`,
    ),
  otherKindsField: (location: string, name: string, kinds: readonly string[]) =>
    inputError(
      "otherKindsField",
      location,
      `the column ${quote(name)} is a parameter of ${joinNames(kinds)}, which this list does not hold`,
      `Choose the kind with --layer or a column 'layer', or declare it a label with --carry ${quote(name)}.`,
    ),
  kindField: (location: string, name: string, column: string) =>
    inputError(
      "kindField",
      location,
      `the column ${quote(name)} looks like the kind of the layer, but is not read`,
      `Rename it to '${column}' if it names the kind of each row, or declare it a label with --carry ${quote(name)}.`,
    ),
  unreadField: (location: string, name: string) =>
    inputError(
      "unreadField",
      location,
      `the column ${quote(name)} says something about the layer that is not counted`,
      `Remove it, or declare it a label with --carry ${quote(name)}.`,
    ),
  carriedParameter: (location: string, name: string) =>
    inputError(
      "carriedParameter",
      location,
      `--carry names ${quote(name)}, which is a parameter of the layers`,
      "Leave it out of --carry, or rename the column.",
    ),
  unknownCarried: (name: string, known: readonly string[]) =>
    inputError(
      "unknownCarried",
      "--carry",
      `the header has no column ${quote(name)}`,
      suggestion(name, known) ?? "Name columns of the list.",
    ),
  kindTwice: (location: string) =>
    inputError(
      "kindTwice",
      location,
      "the list has a column 'layer', and --layer is given too",
      "Leave --layer out, or declare the column a label with --carry layer.",
    ),
  unknownRowKind: (location: string, got: string, known: readonly string[]) =>
    got === ""
      ? inputError(
          "unknownRowKind",
          location,
          "layer is empty",
          `Write one of ${joinNames(known)}.`,
        )
      : inputError(
          "unknownRowKind",
          location,
          `layer cannot be ${quote(got)}`,
          `Write one of ${joinNames(known)}, or PyTorch's class name, for example ConvTranspose1d.`,
        ),
  kindLacksFields: (location: string, kind: string, names: readonly string[]) =>
    inputError(
      "kindLacksFields",
      location,
      `a ${kind} needs ${joinNames(names)}, which the header does not have`,
      `Add the column${names.length === 1 ? "" : "s"}; rows of other kinds leave ${names.length === 1 ? "it" : "them"} empty.`,
    ),
  notEmptyField: (location: string, name: string, got: string, kind: string) =>
    inputError(
      "notEmptyField",
      location,
      `${name} is ${quote(got)}, but a ${kind} has no ${name}`,
      "Leave the field empty in this row.",
    ),
  tupleField: (location: string, name: string, got: string, names: readonly string[]) =>
    inputError(
      "tupleField",
      location,
      `${name} cannot be ${quote(got)}`,
      `Write one whole number for all dimensions, or one for each of ${joinNames(names)}, for example "(${names.map((_, i) => i + 3).join(", ")})".`,
    ),
  missingFields: (location: string, names: readonly string[]) =>
    inputError(
      "missingFields",
      location,
      `the column${names.length === 1 ? "" : "s"} ${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing from the header`,
      `PyTorch has no default for ${names.length === 1 ? "it; add the column" : "them; add the columns"}.`,
    ),
  fieldSetTwice: (location: string, name: string) =>
    inputError(
      "fieldSetTwice",
      location,
      `two columns of the header set ${name}`,
      "Keep one of them: a plain name stands for all dimensions.",
    ),
  settingTwice: (location: string, name: string) =>
    inputError(
      "settingTwice",
      location,
      `${name} stands in the header and is given as a flag`,
      "Keep one of them.",
    ),
  tooManyFields: (location: string, count: number, capacity: number) =>
    inputError(
      "tooManyFields",
      location,
      `the header has ${count} columns`,
      `At most ${capacity} are possible.`,
    ),
  resultDiffers: (location: string, name: string, given: string, counted: string) =>
    inputError(
      "resultDiffers",
      location,
      `${name} is ${given === "" ? "empty" : quote(given)} in the list, but ${counted === "" ? "the layer has none" : `is counted as ${counted}`}`,
      "Check which parameters the list was counted with; without --verify-results the column is replaced.",
    ),
  emptyField: (location: string, name: string) =>
    inputError(
      "emptyField",
      location,
      `${name} is empty`,
      "Write its value, or leave the whole column out to take PyTorch's default.",
    ),
  badQuotes: (location: string) =>
    inputError(
      "badQuotes",
      location,
      "a quoted field is not closed, or goes on behind its closing quote",
      'Write a quote inside a quoted field twice: "".',
    ),
  fieldCount: (location: string, got: number, expected: number) =>
    inputError(
      "fieldCount",
      location,
      `the row has ${got} field${got === 1 ? "" : "s"}, the header ${expected}`,
      "Give every row a field for each column; fields that hold commas stand in double quotes.",
    ),
  foreignFormat: (location: string, what: string, remedy: string) =>
    inputError("foreignFormat", location, `is ${what}, which is not read`, remedy),
  damagedGzip: (location: string, reason: string) =>
    inputError(
      "damagedGzip",
      location,
      `the gzip data is damaged or cut off: ${reason}`,
      "Copy or compress the file again.",
    ),
  badEncoding: (location: string, what: string) =>
    inputError("badEncoding", location, what, "Save the list as UTF-8 (Excel: 'CSV UTF-8')."),
  badJson: (location: string, what: string, remedy: string) =>
    inputError("badJson", location, what, remedy),
  nestedJson: (location: string, key: string) =>
    inputError(
      "nestedJson",
      location,
      `the value of ${quote(key)} is nested`,
      "Write a number, text, true, false, null, or a list of these, such as [3, 5].",
    ),
  newKey: (location: string, key: string) =>
    inputError(
      "newKey",
      location,
      `the key ${quote(key)} is not in the first object`,
      "From a pipe, the first object has all columns: write the key there too, with null, or read the list from a file.",
    ),
  errorColumn: (location: string, name: string) =>
    inputError(
      "errorColumn",
      location,
      `the list has a column ${name} already`,
      "Rename it, or leave --errors row out.",
    ),
  longRecord: (location: string, bytes: number) =>
    inputError(
      "longRecord",
      location,
      `the row is longer than ${bytes} bytes`,
      "Shorten it; if it should be many rows, a quote may be left open.",
    ),

  // ── Commands and files ───────────────────────────────────────────────────────────────────────────────────────────
  usage: (what: string, remedy: string) => new UpsweepError("usage", `${what}. ${remedy}`),
  emptyArgument: (what: string) =>
    new UpsweepError("emptyArgument", `${what} is empty. Give it a value, or leave it out.`),
  badOption: (flag: string, got: string, remedy: string) =>
    inputError("badOption", flag, `cannot be ${quote(got)}`, remedy),
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
      `the extension ${quote(extension)} names no format`,
      `Supported are ${joinNames(supported)}. For another name, choose the format with --format ${formats.join("|")}.`,
    ),
  unsupportedFormat: (path: string, extension: string, supported: readonly string[]) =>
    inputError(
      "unsupportedFormat",
      path,
      `files that end in ${quote(extension)} cannot be written`,
      `Supported are ${joinNames(supported)}.`,
    ),
  otherFormat: (path: string, extension: string, promised: string, asked: string) =>
    inputError(
      "otherFormat",
      path,
      `the extension ${quote(extension)} means ${promised}, but the rows are ${asked}`,
      `Name a file that ends in .${asked}.`,
    ),
  layerFile: (path: string, extension: string, isJson: boolean) =>
    inputError(
      "layerFile",
      path,
      `one layer is written as ${isJson ? "JSON" : "text"}, but the extension ${quote(extension)} means something else`,
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
      `another sweep was stopped there: ${what} was ${was || "empty"}, is now ${is || "empty"}`,
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
      `this is no task of an array job: none of ${joinNames(variables)} is set`,
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
      `${variable} is ${quote(got)}, not a whole number`,
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
  noShards: (path: string, example: string) =>
    inputError(
      "noShards",
      path,
      `no part of it is there, such as ${printable(example)}`,
      "Sweep them with --shard, or name them behind the file.",
    ),
  mixedShards: (path: string, counts: readonly number[]) =>
    inputError(
      "mixedShards",
      path,
      `parts of several divisions are there: of ${joinNames(counts.map(String))}`,
      "Name those that belong together behind the file.",
    ),
  missingShards: (path: string, missing: readonly number[], of: number) => {
    const named =
      missing.length > 10 ? [...missing.slice(0, 9), `${missing.length - 9} more`] : missing;
    const what = missing.length === 1 ? "part" : "parts";
    return inputError(
      "missingShards",
      path,
      `${what} ${joinNames(named.map(String))} of ${of} ${missing.length === 1 ? "is" : "are"} missing`,
      "Sweep what is missing with --shard.",
    );
  },
  mergeIntoShard: (path: string) =>
    inputError(
      "mergeIntoShard",
      path,
      "is one of the parts itself",
      "Name another file for what they make up, before the parts.",
    ),
  shardTwice: (path: string, other: string) =>
    inputError(
      "shardTwice",
      path,
      `is the same part as ${printable(other)}`,
      "Name each part once.",
    ),
  unfinishedShard: (path: string, reason: string, isDamaged = false) =>
    inputError(
      "unfinishedShard",
      path,
      `is not a complete part of a sweep: ${reason}`,
      `Sweep it again, with --shard and --${isDamaged ? "force" : "resume"}.`,
    ),
  otherShard: (
    path: string,
    other: string,
    what: string,
    is: string | undefined,
    theirs: string | undefined,
  ) =>
    inputError(
      "otherShard",
      path,
      `is a part of another sweep than ${printable(other)}: ${what} is ${is || "empty"} here and ${theirs || "empty"} there`,
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
