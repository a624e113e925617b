/** The plan of a list: which field of a CSV's records is which parameter, and what is written behind them. */
import { isParameterName, isResultName, PARAMETER_NAMES, PARAMETERS, type ParameterName, RESULT_NAMES, type ResultName } from "../columns.js";
import { errors } from "../errors.js";

interface Field {
  readonly name: string;
  /** The parameter it sets; without one it is carried through unread. */
  readonly parameter?: ParameterName;
}

export interface ListPlan {
  /** What messages begin with: the file's name. */
  readonly place: string;
  readonly fields: readonly Field[];
  readonly columns: readonly ResultName[];
  readonly skipInvalid: boolean;
}

/**
 * Plans a list from its header record.
 *
 * @param headerText the record as it stands in the file, without its line end.
 * @throws UpsweepError when a column is missing, named twice, named like a result, or nearly named like a parameter.
 */
export function planList(headerText: string, place: string, columns: readonly ResultName[], skipInvalid: boolean): ListPlan {
  const at = `${place}:1`;
  const names = splitRecord(headerText);
  if (names === undefined) throw errors.badQuotes(at);
  if (headerText.trim() === "") throw errors.emptyList(at);
  const fields = names.map((name, i): Field => {
    if (name === "") throw errors.unnamedField(at, i + 1);
    if (names.indexOf(name) < i) throw errors.duplicateField(at, name);
    if (isParameterName(name)) return { name, parameter: name };
    if (isResultName(name)) throw errors.resultField(at, name);
    const near = misspelt(name);
    if (near) throw errors.nearField(at, name, near);
    return { name };
  });
  const missing = PARAMETERS.filter((p) => !("default" in p) && !names.includes(p.name)).map((p) => p.name);
  if (missing.length > 0) throw errors.missingFields(at, missing);
  return { place, fields, columns, skipInvalid };
}

/** Other names that people and frameworks give to parameters with a default. */
const OTHER_NAMES: Readonly<Record<string, ParameterName>> = {
  batch: "batch_size",
  strides: "stride",
  pad: "padding",
  pads: "padding",
  out_padding: "output_padding",
  dilation_rate: "dilation",
  dilations: "dilation",
  group: "groups",
  use_bias: "bias",
  has_bias: "bias",
};

/**
 * The parameter or result that a header's name was probably meant to be. Carried through by mistake, a `Stride` would
 * leave every layer at stride 1: wrong numbers without a word.
 */
function misspelt(name: string): string | undefined {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const joined = plain.replaceAll("_", "");
  const known = [...PARAMETER_NAMES, ...RESULT_NAMES].find((k) => k.replaceAll("_", "") === joined);
  return known ?? OTHER_NAMES[plain];
}

/** The fields of one CSV record, or undefined when its quotes are not in order. */
export function splitRecord(text: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y;
      quoted.lastIndex = at;
      const match = quoted.exec(text);
      if (!match) return undefined;
      fields.push((match[1] as string).replaceAll('""', '"'));
      at = quoted.lastIndex;
      if (at < text.length && text[at] !== ",") return undefined;
    } else {
      const comma = text.indexOf(",", at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
  }
}
