/** Errors in the values of axes, parameters and settings. */
import { joinNames, literal, quote } from "../format-message.js";
import { PARAMETER_MAX } from "../limits.js";
import type { SourceText, Span } from "../source-text.js";
import { at, atSpan } from "./report.js";

/** `a`, `a or b`, `a, b or c`. */
function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
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

/** A value as it was given: text in quotes, other values as literals of a program. */
function asGiven(got: unknown): string {
  return typeof got === "string" ? quote(got) : literal(got);
}

/** The remedy for a value of a program that is not a whole number. */
function asNumber(value: unknown): string {
  const inside = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  const text =
    typeof inside === "bigint" || typeof inside === "string" || typeof inside === "number"
      ? String(inside).trim()
      : "";
  const isInteger = /^[0-9]{1,15}$/.test(text);
  return isInteger ? `Write the number ${Number(text)}.` : "Write a whole number, for example 16.";
}

/** The remedy for a text that is not a whole number. */
function asDigits(got: string): string {
  const integer = /^([0-9]+)\.0+$/.exec(got)?.[1];
  return integer
    ? `Write ${integer}, without a decimal point.`
    : "Write a whole number in plain decimal digits, for example 16.";
}

/** The origin of a value: text that a person wrote, or a value that a program passed. */
type Origin = "text" | "program";

/** The remedy for sample rates. */
const RATES =
  `Write a number above 0 and up to ${PARAMETER_MAX}, ` +
  "for example 22050, 689.0625 or 22050/32.";

export const VALUE_ERRORS = {
  notInteger: (location: string, name: string, got: unknown, origin: Origin = "text") =>
    origin === "text"
      ? at(location, `${name} cannot be ${quote(String(got))}`, asDigits(String(got)))
      : at(location, `${name} cannot be ${literal(got)}`, asNumber(got)),
  outOfRange: (
    location: string,
    domain: { readonly name: string; readonly min: number; readonly max?: number },
    got: string | number,
  ) =>
    at(
      location,
      `${domain.name} cannot be ${asGiven(got)}`,
      domain.name === "sample_rate" ? RATES : `Write ${rangeOf(domain)}.`,
    ),
  badRate: (location: string, got: unknown) =>
    at(location, `sample_rate cannot be ${asGiven(got)}`, RATES),
  tooPreciseRate: (location: string, got: string | number) =>
    at(
      location,
      `sample_rate ${asGiven(got)} has too many digits to be exact`,
      "Write a fraction of smaller whole numbers, for example 30000/1001, or round it.",
    ),
  incompatibleRates: (location: string) =>
    at(
      location,
      "the sample rates of this axis have no common denominator that keeps them exact",
      "Write them with fewer digits, or put them in separate grids.",
    ),
  fractionAmongExpressions: (location: string, name: string) =>
    at(
      location,
      `${name} mixes a fraction with values that depend on other axes`,
      "Write only numbers, or only whole numbers and expressions.",
    ),
  rateInAxis: (source: SourceText, span: Span) =>
    atSpan(
      source,
      span,
      "sample_rate is a fraction in this grid, so axes cannot use it",
      "Use it only in conditions under 'where:'.",
    ),
  notBoolean: (location: string, name: string, got: unknown, origin: Origin = "text") =>
    at(
      location,
      `${name} cannot be ${origin === "text" ? quote(String(got)) : literal(got)}`,
      "Write true or false.",
    ),
  /** A value in the notation of another tool. */
  foreignValue: (location: string, name: string, got: string, remedy: string) =>
    at(location, `${name} cannot be ${quote(got)}`, remedy),
  /** Padding that differs between the two ends of a one-dimensional layer. */
  unequalPadding: (location: string, got: string, remedy: string) =>
    at(
      location,
      `padding has two values, ${quote(got)}, but PyTorch pads both ends equally`,
      remedy,
    ),
  noOutputSize: (location: string, kind: string) =>
    at(
      location,
      `${kind} does not take an output size`,
      "Only transposed layers do; remove the option.",
    ),
  impossibleOutputSize: (
    location: string,
    name: string,
    got: number,
    min: bigint,
    max: bigint,
    set: string,
  ) =>
    at(
      location,
      `${name} cannot be ${got}`,
      min > max
        ? `No output is possible with ${set}.`
        : `With ${set} it can be ${min === max ? `${min} only` : `from ${min} to ${max}`}.`,
    ),
  badStep: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: its step is not a positive whole number`,
      "Write first..last:step, for example 32..256:32.",
    ),
  backwardsRange: (location: string, name: string, got: string, reversed: string) =>
    at(location, `the range ${quote(got)} of ${name} runs backwards`, `Write ${reversed}.`),
  notPowerOfTwo: (location: string, name: string, got: string, end: number) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: ${end} is not a power of two`,
      "Use powers of two for both ends, for example pow2(32, 512).",
    ),
  openParenthesis: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: its parenthesis is not closed`,
      'Inside [ ], put it in quotes, for example ["pow2(32, 512)", 640].',
    ),
  textList: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: it is one text with several values`,
      "Write a list, for example [1, 2, 4].",
    ),
  emptyAxis: (location: string, name: string) =>
    at(
      location,
      `the axis ${name} has no values`,
      "Give it at least one, or remove it to use PyTorch's default.",
    ),
  duplicateValue: (location: string, name: string, got: string) =>
    at(
      location,
      `the axis ${name} has the value ${got} twice`,
      "Remove one of them: every layer is counted once.",
    ),
  longAxis: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}: it has more than 2^31 values`,
      "Shorten the range or widen its step.",
    ),
  jointList: (location: string, names: readonly string[], got: string) => {
    const row = (base: number) => `[${names.map((_, i) => base ** (i + 1)).join(", ")}]`;
    return at(
      location,
      `the axis ${quote(names.join(", "))} cannot be ${got}`,
      `Write a list of rows with one value per name, for example [${row(2)}, ${row(4)}].`,
    );
  },
  jointRow: (location: string, names: readonly string[], got: number) =>
    at(
      location,
      `the row has ${got} value${got === 1 ? "" : "s"}, but the axis has ${names.length} names`,
      `Write one value for each of ${joinNames(names)}.`,
    ),
  severalInJoint: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${quote(got)}, which is several values`,
      "Write one value per name in each row of a joint axis.",
    ),
  tooManyRanges: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the axes have ${count} separate values and ranges; the limit is ${capacity}`,
      "Write evenly spaced values as ranges, for example 32..256:32.",
    ),
  unknownKind: (location: string, got: string, known: readonly string[]) =>
    at(location, `layer cannot be ${quote(got)}`, `Write one of ${joinNames(known)}.`),
  /** A parameter that only other kinds of layers have. */
  otherKindsParameter: (
    location: string,
    name: string,
    kind: string,
    equivalents: readonly string[],
    kinds: readonly string[],
  ) => {
    const remedy = equivalents.length > 0 ? `Write ${joinNames(equivalents)} instead` : "Remove it";
    return at(
      location,
      `${kind} has no ${name}`,
      `${remedy}, or set the layer to ${alternatives(kinds)}.`,
    );
  },
  otherKindsColumn: (location: string, name: string, kind: string) =>
    at(
      location,
      `${name} is not a column of ${kind}`,
      `Run 'upsweep columns --layer ${kind}' to list its columns.`,
    ),
  noSampleRate: (location: string, name: string) =>
    at(
      location,
      `${name} needs a sample_rate`,
      "Give the layer's output elements per second: --sample-rate 22050, " +
        "sample_rate under 'variables:', or a list column sample_rate.",
    ),
  unratedName: (source: SourceText, span: Span, name: string) =>
    atSpan(
      source,
      span,
      `${name} needs a sample_rate`,
      "Set it under 'variables:', or with --sample-rate.",
    ),
  dimensionCount: (location: string, name: string, got: number, names: readonly string[]) =>
    at(
      location,
      `${name} has ${got} values`,
      `Give one for all dimensions, or one for each of ${joinNames(names)}.`,
    ),
  axisTwice: (location: string, name: string) =>
    at(location, `the axis ${name} is given twice`, "Keep one of them."),
  cycle: (source: SourceText, span: Span, names: readonly string[]) =>
    atSpan(
      source,
      span,
      `the axes depend on each other in a cycle: ${names.join(" → ")}`,
      "Write one of them without using the others.",
    ),
  badVariable: (location: string, name: string, isTaken: boolean) =>
    isTaken
      ? at(
          location,
          `${quote(name)} cannot be a variable: a column already has that name`,
          "Choose another name; parameters go under 'axes:'.",
        )
      : at(
          location,
          `${quote(name)} cannot be the name of a variable`,
          "Use letters, digits and underscores, and avoid words that expressions reserve.",
        ),
};
