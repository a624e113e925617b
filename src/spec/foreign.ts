/** Values in the notation of other tools and languages, and what to write here instead. */

import { joinNames } from "../format-message.js";
import type { Kind, Parameter } from "../layers/kinds.js";
import type { Dimension } from "../layers/parameters.js";
import { inBigInt } from "../layers/rules.js";

const DASHED = /^([0-9]+)(-|\s*(?:–|—|~|to|\.\.\.|…)\s*)([0-9]+)$/;
const TUPLE = /^\(\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*(,?)\s*\)$/;
const PYTHON_RANGE =
  /^(?:list\(\s*)?(?:(?:np|numpy|torch)\.)?a?range\(\s*(-?[0-9]+(?:\s*,\s*-?[0-9]+){0,2})\s*,?\s*\)+$/;
const TIMES = /^[1-9][0-9]*(?:\s*[xX×]\s*[1-9][0-9]*)+$/;
const SEPARATED = /^[0-9]+(?:\s*;\s*[0-9]+|\s+[0-9]+)+;?$/;
const SLICE = /^([0-9]+):([0-9]+)$/;
const GROUPED = /^[0-9]{1,3}(?:_[0-9]{3})+$/;

/**
 * What to write instead of a value in the notation of another tool. Undefined if the text is not
 * one.
 *
 * @param isNatural whether the name cannot be negative.
 */
export function remedyOfForeign(
  name: string,
  text: string,
  isNatural: boolean,
): string | undefined {
  const [, from, dash, to] = DASHED.exec(text) ?? [];
  if (from !== undefined && to !== undefined) {
    // 8-4 and 3 - 4 are subtractions. So is 4-8 for a name that may be negative.
    const [first, last] = [BigInt(from), BigInt(to)];
    if (dash !== "-" || (isNatural && first < last))
      return `Did you mean ${first < last ? `${first}..${last}` : `${last}..${first}`}?`;
  }
  const [, inside, comma] = TUPLE.exec(text) ?? [];
  if (inside !== undefined && (comma === "," || inside.includes(",")))
    return remedyOfTuple(name, inside.split(/\s*,\s*/));
  const [, ends] = PYTHON_RANGE.exec(text) ?? [];
  if (ends !== undefined) return remedyOfRange(ends.split(/\s*,\s*/).map(BigInt));
  if (TIMES.test(text)) return remedyOfTuple(name, text.split(/\s*[xX×]\s*/));
  if (SEPARATED.test(text)) {
    const values = text.split(/[;\s]+/).filter((value) => value !== "");
    return `Separate values with commas: ${values.join(",")} as an option, [${values.join(", ")}] in a spec.`;
  }
  const [, start, end] = SLICE.exec(text) ?? [];
  if (start !== undefined && end !== undefined)
    return `Write ${start}..${end}; both ends are included.`;
  return GROUPED.test(text) ? `Write ${text.replaceAll("_", "")}.` : undefined;
}

/** The remedy for a tuple: one value per dimension, as PyTorch prints kernel sizes and strides. */
function remedyOfTuple(name: string, values: readonly string[]): string {
  const [first] = values as [string];
  const letters = values.length === 2 ? ["h", "w"] : ["d", "h", "w"];
  if (values.length === 1) return `Write ${first}.`;
  if (values.length > letters.length) return "Write one number, or one for each dimension.";
  if (values.every((value) => value === first))
    return `Write ${first}, which sets every dimension.`;
  const base = name.replace(/\.[dhw]$/, "");
  const each = letters.map(
    (letter, i) =>
      `${base === "l_in" || /^[dhw]_in$/.test(base) ? `${letter}_in` : `${base}.${letter}`} = ${values[i]}`,
  );
  return `In 2-d and 3-d layers, set each dimension: ${joinNames(each)}.`;
}

/** The remedy for a Python range, which excludes its end. */
function remedyOfRange(numbers: readonly bigint[]): string {
  const [first, end, step] =
    numbers.length === 1
      ? [0n, numbers[0] as bigint, 1n]
      : [numbers[0] as bigint, numbers[1] as bigint, numbers[2] ?? 1n];
  const note = `Python's range ends before ${end}`;
  if (step < 1n || end <= first) return `Write first..last:step, for example 3..7. ${note}.`;
  const last = first + ((end - 1n - first) / step) * step;
  return `Write ${first === last ? first : `${first}..${last}${step === 1n ? "" : `:${step}`}`}: ${note}.`;
}

/** Whether a text is a padding that other libraries name: `same` or `valid`. */
export function isNamedPadding(text: string): boolean {
  return /^["']?(?:same|valid)["']?$/i.test(text.trim());
}

/** Whether a text is a named padding, or a tuple that begins with one: `same,same`, `(same, 1)`. */
export function startsWithNamedPadding(text: string): boolean {
  return NAMED_PADDING.test(text);
}

/** What to write for a parameter that takes whole numbers and words. Undefined without words. */
export function remedyWithWords({ words }: Pick<Parameter, "words">): string | undefined {
  return words && `Write a whole number, ${Object.keys(words).join(" or ")}.`;
}

const NAMED_PADDING = /^[\s"'([]*(same|valid)(?![a-z0-9_])/i;

/**
 * What to write instead of `same` and `valid`. The remedy includes the number if the other
 * parameters of the dimension are given.
 *
 * @param isAxis whether the text is an expression of an axis, beside other values.
 */
export function remedyOfNamedPadding(
  kind: Kind,
  text: string,
  dimension?: Omit<Dimension, "padding">,
  isAxis = false,
): string {
  const [, word = ""] = NAMED_PADDING.exec(text.toLowerCase()) ?? [];
  if (kind.family.name !== "transposed") {
    return text.trim() === word && isAxis
      ? `An axis with a word takes no expressions, and is for all dimensions. Write padding: ${word}, ` +
          "and put expressions for padding into another grid, under 'grids:'."
      : `Write ${word}${kind.dimensions.length > 1 ? ", once for all dimensions" : ""}.`;
  }
  if (word !== "same")
    return "PyTorch's transposed layers have no named padding; write 0 to crop nothing.";
  const number = dimension === undefined ? "" : samePadding(dimension);
  return (
    "PyTorch's transposed layers have no named padding. For l_out == stride * l_in write " +
    `(dilation * (kernel_size - 1) + output_padding + 1 - stride) / 2${number}.`
  );
}

function samePadding(dimension: Omit<Dimension, "padding">): string {
  const {
    kernel_size: K,
    stride: s,
    output_padding: o,
    dilation: d,
  } = inBigInt({ ...dimension, padding: 0 });
  const doubled = d * (K - 1n) + o + 1n - s;
  if (doubled < 0n) return ", which is negative here";
  if (doubled % 2n === 0n) return `: here ${doubled / 2n}`;
  const canRoundUp = o === 0n && (1n < s || 1n < d);
  return canRoundUp
    ? `: here ${(doubled + 1n) / 2n} with output_padding 1`
    : ", which is not a whole number here";
}

/**
 * What to write for a padding that differs between the two ends, for example 2 and 1. By symmetry
 * the counts are those of the larger padding with the difference as output_padding.
 */
export function remedyOfUnequalPadding(
  kind: Kind,
  values: readonly number[],
  { stride, dilation }: { readonly stride: number; readonly dilation: number },
): string {
  const [max, min] = [Math.max(...values), Math.min(...values)];
  const difference = max - min;
  if (difference === 0) return `Write ${max}.`;
  if (kind.family.name !== "transposed")
    return "Pad the input before the layer and count the longer input with padding 0.";
  if (difference >= stride && difference >= dilation) {
    return (
      `PyTorch has no such layer: the difference ${difference} would be output_padding, ` +
      `which must be smaller than stride ${stride} or dilation ${dilation}.`
    );
  }
  return `Write --padding ${max} --output-padding ${difference}: by symmetry the counts are the same.`;
}
