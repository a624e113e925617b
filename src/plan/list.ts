/** The plan of a list: which field of a CSV's records is which parameter, and what is written behind them. */
import { column, columnsOf, isResultName, type ResultName } from "../columns.js";
import { errors } from "../errors.js";
import { type Kind, type KindName, kindOf, namesOfParameter, type ParameterName, SETTINGS, type SettingName } from "../parameters.js";

interface Field {
  readonly name: string;
  /** The parameter or setting that it sets; a plain name sets it in every dimension. Without one it is carried through unread. */
  readonly sets?: string;
}

export type Settings = { readonly [N in SettingName]?: number | undefined };

export interface ListPlan {
  /** What messages begin with: the file's name. */
  readonly place: string;
  readonly layer: KindName;
  readonly fields: readonly Field[];
  readonly columns: readonly ResultName[];
  readonly skipInvalid: boolean;
  /** Whether its layers are compared by all conventions instead of written. */
  readonly isComparing: boolean;
  /** Settings that stand for all layers of the list. */
  readonly settings: Settings;
}

/** What is asked of a list, whatever its header says. */
export type ListRequest = Pick<ListPlan, "layer" | "columns" | "skipInvalid" | "isComparing" | "settings">;

/**
 * Plans a list from its header record.
 *
 * @param headerText the record as it stands in the file, without its line end.
 * @param at what messages about the header begin with.
 * @throws UpsweepError when a column is missing, named twice, named like a result, or nearly named like a parameter.
 */
export function planList(headerText: string, place: string, request: ListRequest, at = `${place}:1`): ListPlan {
  const kind = kindOf(request.layer);
  const names = splitRecord(headerText);
  if (names === undefined) throw errors.badQuotes(at);
  if (headerText.trim() === "") throw errors.emptyList(at);
  // A column named like a setting is one only where a result goes by it: a list may have a sample_rate of its own.
  const settingsUsed = SETTINGS.map(({ name }) => name).filter((name) => request.columns.some((c) => column(c).dependsOn.some((base) => base === name)));
  const known = [...kind.parameterNames, ...kind.plainNames, ...settingsUsed];
  const fields = names.map((name, i): Field => {
    if (name === "") throw errors.unnamedField(at, i + 1);
    if (names.indexOf(name) < i) throw errors.duplicateField(at, name);
    if (known.includes(name)) return { name, sets: name };
    if (isResultName(name)) throw errors.resultField(at, name);
    const near = misspelt(name, [...known, ...columnsOf(kind).map((c) => c.name)]);
    if (near) throw errors.nearField(at, name, near);
    return { name };
  });
  const given = fields.flatMap(({ sets }) => (sets === undefined ? [] : namesSet(kind, sets)));
  const twice = given.find((name, i) => given.indexOf(name) < i);
  if (twice !== undefined) throw errors.fieldSetTwice(at, twice);
  const missing = kind.parameters.filter((p) => p.default === undefined && !given.includes(p.name)).map((p) => p.name);
  if (missing.length > 0) throw errors.missingFields(at, missing);
  const { settings, columns } = request;
  const rated = columns.find((name) => column(name).dependsOn.some((base) => base === "sample_rate"));
  if (rated && settings.sample_rate === undefined && !given.includes("sample_rate")) throw errors.noSampleRate(at, rated);
  for (const name of settingsUsed) if (settings[name] !== undefined && given.includes(name)) throw errors.settingTwice(at, name);
  return { place, fields, ...request };
}

/** The parameters or the setting that a field sets. */
export function namesSet(kind: Kind, name: string): readonly string[] {
  const plain = kind.plainNames.find((base) => base === name);
  return plain ? namesOfParameter(kind, plain) : [name];
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
function misspelt(name: string, known: readonly string[]): string | undefined {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const joined = plain.replace(/[._]/g, "");
  const near = known.find((k) => k.replace(/[._]/g, "") === joined);
  const other = OTHER_NAMES[plain];
  return near ?? (other && known.includes(other) ? other : undefined);
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
