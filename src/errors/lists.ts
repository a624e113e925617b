/** Errors in lists of layers. */
import { joinNames, quote, suggestion } from "../format-message.js";
import { about, at } from "./report.js";

export const LIST_ERRORS = {
  emptyList: (location: string) =>
    at(
      location,
      "the list has no columns",
      "Name them in the first line of a CSV, for example in_channels,out_channels,kernel_size,l_in. " +
        "In JSON, write an object for each layer.",
    ),
  duplicateField: (location: string, name: string) =>
    at(location, `the column ${quote(name)} is given twice in the header`, "Keep one of them."),
  unnamedField: (location: string, position: number) =>
    at(
      location,
      `column ${position} of the header has no name`,
      position === 1
        ? "Name it (in pandas, to_csv(index=False) omits the index)."
        : "Name it, or remove the delimiter at the end of every line.",
    ),
  resultField: (location: string, name: string) =>
    at(
      location,
      `the column ${quote(name)} cannot be copied: a result column has the same name`,
      "Rename it, or choose other results with --columns.",
    ),
  similarField: (location: string, name: string, near: string) =>
    at(
      location,
      `the column ${quote(name)} looks like ${near}, but is not recognised`,
      `Rename it to '${near}', or keep it as a label with --carry ${quote(name)}.`,
    ),
  otherKindsField: (location: string, name: string, kinds: readonly string[]) =>
    at(
      location,
      `the column ${quote(name)} is a parameter of ${joinNames(kinds)}, ` +
        "but the list has no such layers",
      "Set the kind with --layer or a column 'layer', " +
        `or keep it as a label with --carry ${quote(name)}.`,
    ),
  kindField: (location: string, name: string, column: string) =>
    at(
      location,
      `the column ${quote(name)} looks like the kind of the layer, but is not recognised`,
      `Rename it to '${column}', or keep it as a label with --carry ${quote(name)}.`,
    ),
  unreadField: (location: string, name: string) =>
    at(
      location,
      `the column ${quote(name)} looks like a property of the layer that upsweep does not support`,
      `Remove it, or keep it as a label with --carry ${quote(name)}.`,
    ),
  carriedParameter: (location: string, name: string) =>
    at(
      location,
      `--carry names ${quote(name)}, which is a parameter of the layers`,
      "Remove it from --carry, or rename the column.",
    ),
  unknownCarried: (name: string, known: readonly string[]) =>
    at(
      "--carry",
      `the header has no column ${quote(name)}`,
      suggestion(name, known) ?? "Name a column of the list.",
    ),
  kindTwice: (location: string) =>
    at(
      location,
      "the list has a column 'layer', but --layer is given too",
      "Remove --layer, or keep the column as a label with --carry layer.",
    ),
  unknownRowKind: (location: string, got: string, known: readonly string[]) =>
    got === ""
      ? at(location, "layer is empty", `Write one of ${joinNames(known)}.`)
      : at(
          location,
          `layer cannot be ${quote(got)}`,
          `Write one of ${joinNames(known)}, or PyTorch's class name, for example ConvTranspose1d.`,
        ),
  kindLacksFields: (location: string, kind: string, names: readonly string[]) =>
    at(
      location,
      `a ${kind} layer needs ${joinNames(names)}, which the header does not have`,
      `Add the column${names.length === 1 ? "" : "s"}; ` +
        `rows of other kinds leave ${names.length === 1 ? "it" : "them"} empty.`,
    ),
  notEmptyField: (
    location: string,
    name: string,
    got: string,
    kind: string,
    equivalents: readonly string[],
  ) =>
    at(
      location,
      `${name} is ${quote(got)}, but a ${kind} layer has no ${name}`,
      equivalents.length > 0
        ? `Write it as ${joinNames(equivalents)}, and leave ${name} empty in this row.`
        : "Leave the field empty in this row.",
    ),
  tupleField: (location: string, name: string, got: string, names: readonly string[]) =>
    at(
      location,
      `${name} cannot be ${quote(got)}`,
      `Write one whole number for all dimensions, or one for each of ${joinNames(names)}, ` +
        `for example "(${names.map((_, i) => i + 3).join(", ")})".`,
    ),
  missingFields: (location: string, names: readonly string[]) =>
    at(
      location,
      `the column${names.length === 1 ? "" : "s"} ${joinNames(names)} ` +
        `${names.length === 1 ? "is" : "are"} missing from the header`,
      "PyTorch has no default for " +
        `${names.length === 1 ? "it; add the column" : "them; add the columns"}.`,
    ),
  fieldSetTwice: (location: string, name: string) =>
    at(
      location,
      `two columns of the header set ${name}`,
      "Keep one of them: a plain name sets all dimensions.",
    ),
  settingTwice: (location: string, name: string) =>
    at(location, `${name} is given both as a column and as an option`, "Keep one of them."),
  tooManyFields: (location: string, count: number, capacity: number) =>
    at(location, `the header has ${count} columns`, `Use at most ${capacity}.`),
  resultDiffers: (location: string, name: string, given: string, counted: string) =>
    at(
      location,
      `${name} is ${given === "" ? "empty" : quote(given)} in the list, ` +
        `but ${counted === "" ? "the layer has none" : `the count is ${counted}`}`,
      "Check the parameters of the row, or remove --verify-results to replace the column.",
    ),
  countAboveSigned: (location: string, name: string, value: string) =>
    at(
      location,
      `${name} is ${value}, which exceeds 2^63 - 1`,
      "Write all counts as unsigned integers with --unsigned, or write Arrow.",
    ),
  textNotUtf8: (location: string, name: string, value: string) =>
    at(
      location,
      `${name} is ${quote(value)}, which is not UTF-8`,
      "Save the list as UTF-8, or write CSV, which copies the bytes.",
    ),
  emptyField: (location: string, name: string) =>
    at(
      location,
      `${name} is empty`,
      "Write its value, or remove the column to use PyTorch's default.",
    ),
  badQuotes: (location: string) =>
    at(
      location,
      "a quoted field is not closed, or text follows its closing quote",
      'Double each quote inside a quoted field: "".',
    ),
  fieldCount: (location: string, got: number, expected: number) =>
    at(
      location,
      `the row has ${got} field${got === 1 ? "" : "s"}, but the header has ${expected}`,
      "Write one field per column, and put fields that contain commas in double quotes.",
    ),
  unsupportedInput: (location: string, what: string, remedy: string) =>
    about(location, `is ${what}, which upsweep cannot read`, remedy),
  damagedGzip: (location: string, reason: string) =>
    at(
      location,
      `the gzip data is damaged or truncated: ${reason}`,
      "Copy or compress the file again.",
    ),
  badEncoding: (location: string, what: string) =>
    at(location, what, "Save the list as UTF-8 (Excel: 'CSV UTF-8')."),
  badJson: (location: string, what: string, remedy: string) => at(location, what, remedy),
  nestedJson: (location: string, key: string) =>
    at(
      location,
      `the value of ${quote(key)} is nested`,
      "Write a number, text, true, false, null, or a list of these, such as [3, 5].",
    ),
  newKey: (location: string, key: string) =>
    at(
      location,
      `the key ${quote(key)} is not in the first object`,
      "From a pipe, the first object must have every key: add it there with null, " +
        "or read the list from a file.",
    ),
  errorColumn: (location: string, name: string) =>
    at(location, `the list already has a column ${name}`, "Rename it, or remove --errors row."),
  longRecord: (location: string, bytes: number) =>
    at(
      location,
      `the row is longer than ${bytes} bytes`,
      "Shorten it. If it should be many rows, look for a quote that is not closed.",
    ),
};
