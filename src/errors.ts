/**
 * Every error that a user can meet: its code, its message and its remedy. A message names the place, the thing, the value
 * it got, and what to write instead. Nothing else in src/ makes an `UpsweepError`.
 */
import { type Layer, PARAMETER_MAX, type Parameter } from "./columns.js";
import { explainBrokenRule, type RuleId, remedyOfBrokenRule } from "./rules.js";

export type ErrorCode = keyof typeof errors;

/** An error with a stable `code`. `isInputError` says whether the user's input is at fault (exit code 2) or not (1). */
export class UpsweepError extends Error {
  override readonly name = "UpsweepError";
  readonly code: string;
  readonly isInputError: boolean;

  constructor(code: string, message: string, isInputError = true) {
    super(message);
    this.code = code;
    this.isInputError = isInputError;
  }
}

/** A value as the user wrote it, quoted unless it is a number, short enough to read. */
export function shown(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach the terminal
  const printable = short.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return /^-?[0-9]+$/.test(printable) ? printable : `'${printable}'`;
}

function rangeOf(parameter: Parameter): string {
  return `a whole number from ${parameter.least} to ${PARAMETER_MAX}`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The known name nearest to an unknown one, if it is near enough to be what was meant. */
function nearest(unknown: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(plain(unknown), plain(name));
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}

function instead(unknown: string, known: readonly string[]): string {
  const near = nearest(unknown, known);
  return near ? `Did you mean '${near}'?` : `Known are ${list(known)}.`;
}

/** A layer in one line, as PyTorch would show it. */
export function describeLayer(layer: Layer): string {
  const { batch_size, in_channels, out_channels, l_in, bias, ...rest } = layer;
  const parameters = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return `ConvTranspose1d(${in_channels}, ${out_channels}, ${parameters.join(", ")}, bias=${bias ? "True" : "False"}) on an input of (${batch_size}, ${in_channels}, ${l_in})`;
}

function inputError(code: string, place: string, what: string, remedy: string): UpsweepError {
  return new UpsweepError(code, `${place}: ${what}. ${remedy}`);
}

export const errors = {
  // ── Values of axes and parameters ────────────────────────────────────────────────────────────────────────────────
  notInteger: (place: string, name: string, got: string) => {
    const whole = /^([0-9]+)\.0+$/.exec(got)?.[1];
    const remedy = whole ? `Write ${whole}, without a decimal point.` : "Write a whole number in plain decimal digits, for example 16.";
    return inputError("notInteger", place, `${name} cannot be ${shown(got)}`, remedy);
  },
  outOfRange: (place: string, parameter: Parameter, got: string) =>
    inputError("outOfRange", place, `${parameter.name} cannot be ${shown(got)}`, `Write ${rangeOf(parameter)}.`),
  notBoolean: (place: string, name: string, got: string) => inputError("notBoolean", place, `${name} cannot be ${shown(got)}`, "Write true or false."),
  badStep: (place: string, name: string, got: string) =>
    inputError("badStep", place, `the step of ${name} ${shown(got)} is not a positive whole number`, "Write first..last:step, for example 32..256:32."),
  backwardsRange: (place: string, name: string, got: string, turned: string) =>
    inputError("backwardsRange", place, `the range ${shown(got)} of ${name} runs backwards`, `Write ${turned}.`),
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
    inputError("textList", place, `${name} cannot be ${shown(got)}: several values in one text`, `Write them as a list, for example [1, 2, 4].`),
  emptyAxis: (place: string, name: string) =>
    inputError("emptyAxis", place, `the axis ${name} has no values`, "Give it at least one, or leave it out to take PyTorch's default."),
  duplicateValue: (place: string, name: string, got: string) =>
    inputError("duplicateValue", place, `the axis ${name} has the value ${got} twice`, "Leave one of them out: every layer is counted once."),
  tooManyRuns: (place: string, count: number, capacity: number) =>
    inputError(
      "tooManyRuns",
      place,
      `the axes have ${count} separate values and ranges`,
      `At most ${capacity} are possible; write evenly spaced values as ranges, for example 32..256:32.`,
    ),

  // ── The form of a spec ───────────────────────────────────────────────────────────────────────────────────────────
  syntax: (place: string, what: string) => inputError("syntax", place, what, "Mend the YAML (or JSON) there."),
  notMap: (place: string, what: string, got: string) =>
    inputError("notMap", place, `${what} is ${got}`, "Write names with their values, for example 'stride: [1, 2]'."),
  badAxisValue: (place: string, name: string, got: string) =>
    inputError("badAxisValue", place, `${name} cannot be ${got}`, "Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these."),
  unknownKey: (place: string, key: string, known: readonly string[]) => inputError("unknownKey", place, `unknown key ${shown(key)}`, instead(key, known)),
  axisAtTop: (place: string, name: string) => inputError("axisAtTop", place, `the axis ${name} stands outside of axes`, "Write it, indented, under 'axes:'."),
  tag: (place: string, tag: string) => inputError("tag", place, `the YAML tag ${shown(tag)} is not taken`, "Write the plain value."),
  unknownAxis: (place: string, name: string, known: readonly string[]) => inputError("unknownAxis", place, `unknown axis ${shown(name)}`, instead(name, known)),
  resultAxis: (place: string, name: string) =>
    inputError("resultAxis", place, `${name} is a result, not a parameter`, "It cannot be an axis; name it in columns to have it counted."),
  duplicateKey: (place: string, key: string) => inputError("duplicateKey", place, `the key ${shown(key)} stands twice`, "Keep one of them."),
  missingAxes: (place: string, names: readonly string[]) =>
    inputError(
      "missingAxes",
      place,
      `${list(names)} ${names.length === 1 ? "is" : "are"} missing`,
      "PyTorch has no default for in_channels, out_channels, kernel_size and l_in; give each at least one value.",
    ),
  noAxes: (place: string) =>
    inputError("noAxes", place, "the spec has no axes", "Write at least in_channels, out_channels, kernel_size and l_in under 'axes:'."),
  notColumnList: (place: string, got: string) =>
    inputError("notColumnList", place, `columns cannot be ${got}`, "Write a list of result columns, for example [l_out, ops, macs]."),
  unknownColumn: (place: string, name: string, known: readonly string[]) =>
    inputError("unknownColumn", place, `unknown column ${shown(name)}`, instead(name, known)),
  parameterColumn: (place: string, name: string) =>
    inputError("parameterColumn", place, `${name} is a parameter, not a result`, "All eleven parameters always stand in the row; leave it out of columns."),
  duplicateColumn: (place: string, name: string) => inputError("duplicateColumn", place, `the column ${name} stands twice`, "Keep one of them."),
  emptyColumns: (place: string) =>
    inputError("emptyColumns", place, "columns is empty", "Name at least one result column, or leave columns out to have the usual six."),
  alias: (place: string) => inputError("alias", place, "YAML anchors and aliases are not taken", "Write the values out."),
  tooLarge: (place: string, size: bigint) =>
    inputError("tooLarge", place, `the grid has ${size} layers`, `At most 2^63 - 1 = ${2n ** 63n - 1n} can be swept; shorten an axis.`),

  // ── Single layers ────────────────────────────────────────────────────────────────────────────────────────────────
  missingParameters: (place: string, names: readonly string[]) =>
    inputError(
      "missingParameters",
      place,
      `${list(names)} ${names.length === 1 ? "is" : "are"} missing`,
      "PyTorch has no default for in_channels, out_channels, kernel_size and l_in; give each.",
    ),
  unknownParameter: (place: string, name: string, known: readonly string[]) =>
    inputError("unknownParameter", place, `unknown parameter ${shown(name)}`, instead(name, known)),
  invalidLayer: (place: string, rule: RuleId, layer: Layer) =>
    inputError("invalidLayer", place, `not a legal layer: ${explainBrokenRule(rule, layer)}`, remedyOfBrokenRule(rule)),
  overflow: (place: string, column: string, layer: Layer) =>
    inputError(
      "overflow",
      place,
      `${column} of ${describeLayer(layer)} passes 2^64 - 1`,
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
    inputError("emptyList", place, "there is no header", "The first line names the columns, for example in_channels,out_channels,kernel_size,l_in."),
  duplicateField: (place: string, name: string) =>
    inputError("duplicateField", place, `the column ${shown(name)} stands twice in the header`, "Keep one of them."),
  unnamedField: (place: string, position: number) =>
    inputError("unnamedField", place, `column ${position} of the header has no name`, "Name it (pandas: to_csv(index=False) leaves the index out)."),
  resultField: (place: string, name: string) =>
    inputError("resultField", place, `the column ${shown(name)} is named like a result`, "Rename it: the results are written behind the columns of the list."),
  nearField: (place: string, name: string, near: string) =>
    inputError(
      "nearField",
      place,
      `the column ${shown(name)} is nearly ${near}`,
      `Write '${near}' if it is that, or another name if it is to be carried through.`,
    ),
  missingFields: (place: string, names: readonly string[]) =>
    inputError(
      "missingFields",
      place,
      `the column${names.length === 1 ? "" : "s"} ${list(names)} ${names.length === 1 ? "is" : "are"} missing from the header`,
      "PyTorch has no default for in_channels, out_channels, kernel_size and l_in.",
    ),
  tooManyFields: (place: string, count: number, capacity: number) =>
    inputError("tooManyFields", place, `the header has ${count} columns`, `At most ${capacity} are possible.`),
  emptyField: (place: string, name: string) =>
    inputError("emptyField", place, `${name} is empty`, "Write its value, or leave the whole column out to take PyTorch's default."),
  badQuotes: (place: string) =>
    inputError("badQuotes", place, "a quoted field is not closed, or goes on behind its closing quote", 'Write a quote inside a quoted field twice: "".'),
  fieldCount: (place: string, got: number, expected: number) =>
    inputError(
      "fieldCount",
      place,
      `the row has ${got} field${got === 1 ? "" : "s"}, the header ${expected}`,
      "Give every row a field for each column; fields that hold commas stand in double quotes.",
    ),
  longRecord: (place: string, bytes: number) =>
    inputError("longRecord", place, `the row is longer than ${bytes} bytes`, "Shorten it; if it should be many rows, a quote may be left open."),

  // ── Commands and files ───────────────────────────────────────────────────────────────────────────────────────────
  usage: (what: string, remedy: string) => new UpsweepError("usage", `${what}. ${remedy}`),
  badOption: (flag: string, got: string, remedy: string) => inputError("badOption", flag, `cannot be ${shown(got)}`, remedy),
  repeatedFlag: (flag: string) => inputError("repeatedFlag", flag, "stands twice", "Give all its values at once, for example --kernel-size 3,5,7."),
  cannotRead: (path: string, reason: string) => inputError("cannotRead", path, `cannot be read: ${reason}`, "Check the path."),
  cannotOpen: (path: string, reason: string) => inputError("cannotOpen", path, `cannot be written: ${reason}`, "Choose another place with -o."),
  cannotWrite: (path: string, reason: string) =>
    new UpsweepError("cannotWrite", `${path}: cannot be written: ${reason}. Make room, or choose another place with -o.`, false),
  notBuilt: (path: string) => new UpsweepError("notBuilt", `${path}: the kernel is not there. Run 'npm run build', or install the package again.`, false),
  otherKernel: (path: string, got: number, expected: number) =>
    new UpsweepError(
      "otherKernel",
      `${path}: the kernel has ABI version ${got}, this program needs ${expected}. Run 'npm run build', or install the package again.`,
      false,
    ),
  disagree: (layer: Layer) =>
    new UpsweepError(
      "disagree",
      `closed form and simulation differ on ${describeLayer(layer)}. This is a defect of upsweep: please report it with this line.`,
      false,
    ),
} as const;

/** The reason in a system error, in words. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is not a folder",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EFBIG: "the file would be larger than allowed",
    EMFILE: "too many files are open",
  };
  return words[code ?? ""] ?? message;
}
