/** Errors in the form of a spec. */
import { instead, joinNames, quote, suggestion } from "../format-message.js";
import { about, at } from "./report.js";

export const SPEC_ERRORS = {
  syntax: (location: string, what: string) =>
    at(location, what, "Fix the YAML or JSON syntax there."),
  notMap: (location: string, what: string, got: string) =>
    at(
      location,
      `${what} cannot be ${got}`,
      "Write names with their values, for example 'stride: [1, 2]'.",
    ),
  badAxisValue: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} cannot be ${got}`,
      "Write a number, a range such as 32..256:32, pow2(32, 512), or a list of these.",
    ),
  unknownKey: (location: string, key: string, known: readonly string[]) =>
    at(location, `unknown key ${quote(key)}`, instead(key, known)),
  axisAtTop: (location: string, name: string) =>
    at(location, `the axis ${name} is outside of 'axes:'`, "Indent it under 'axes:'."),
  tag: (location: string, tag: string) =>
    at(location, `the YAML tag ${quote(tag)} is not supported`, "Write the value without it."),
  unknownAxis: (location: string, name: string, known: readonly string[]) =>
    at(location, `unknown axis ${quote(name)}`, instead(name, known)),
  resultAxis: (location: string, name: string) =>
    at(
      location,
      `${name} is a result, not a parameter, so it cannot be an axis`,
      "List it under 'columns:' to count it.",
    ),
  duplicateKey: (location: string, key: string) =>
    at(location, `the key ${quote(key)} is given twice`, "Keep one of them."),
  missingAxes: (location: string, names: readonly string[]) =>
    names.length === 1
      ? at(
          location,
          `${joinNames(names)} is missing`,
          "PyTorch has no default for it; give it at least one value.",
        )
      : at(
          location,
          `${joinNames(names)} are missing`,
          "PyTorch has no default for them; give each at least one value.",
        ),
  noAxes: (location: string, needed: readonly string[]) =>
    at(location, "the spec has no axes", `Write at least ${joinNames(needed)} under 'axes:'.`),
  notColumnList: (location: string, got: string) =>
    at(
      location,
      `columns cannot be ${got}`,
      "Write a list of result columns, for example [l_out, ops, macs].",
    ),
  unknownColumn: (location: string, name: string, known: readonly string[]) =>
    at(
      location,
      `unknown column ${quote(name)}`,
      suggestion(name, known) ?? "Run 'upsweep columns' to list all columns.",
    ),
  parameterColumn: (location: string, name: string, count: number) =>
    at(
      location,
      `${name} is a parameter, not a result`,
      `Remove it from columns: every row has all ${count === 11 ? "eleven" : count} parameters.`,
    ),
  duplicateColumn: (location: string, name: string) =>
    at(location, `the column ${name} is given twice`, "Keep one of them."),
  emptyColumns: (location: string) =>
    at(
      location,
      "columns is empty",
      "Name at least one result column, or remove columns to get the six defaults.",
    ),
  alias: (location: string) =>
    at(location, "YAML anchors and aliases are not supported", "Write the values out."),
  outsideGrids: (location: string, key: string) =>
    at(location, `${key} cannot be next to grids`, "Move it into each grid that it applies to."),
  notGridList: (location: string, got: string) =>
    at(location, `grids cannot be ${got}`, "Write a list of grids, each with its own axes."),
  badName: (location: string, got: string, bytes: number) =>
    at(
      location,
      `the name of a grid cannot be ${got}`,
      `Write up to ${bytes} bytes of text without commas, quotes or line breaks.`,
    ),
  unnamedGrid: (location: string, gridLocation: string) =>
    at(
      location,
      `the column name needs a name for every grid, but the grid at ${gridLocation} has none`,
      "Give it one with 'name:'.",
    ),
  missingVariable: (location: string, name: string, gridLocation: string) =>
    at(
      location,
      `the column ${name} needs a variable in every grid, but the grid at ${gridLocation} has none`,
      "Define it there, or remove the column.",
    ),
  badCondition: (location: string, got: string) =>
    at(
      location,
      `a condition cannot be ${got}`,
      "Write an expression, for example 'l_out == stride * l_in'.",
    ),
  noSampleRows: (location: string) =>
    at(
      location,
      "sample has no number of rows",
      "Write, for example, 'sample: { rows: 100000, seed: 7 }'.",
    ),
  setJoint: (location: string, names: string, joint: string) =>
    at(
      location,
      `${names} is part of the joint axis '${joint}'`,
      `Set the joint axis instead: --set '${joint}=[[…], […]]'.`,
    ),
  longSpec: (location: string, max: number) =>
    about(
      location,
      `is longer than ${max} bytes`,
      "Use ranges and expressions instead of single values, " +
        "or count a list with 'upsweep count --from'.",
    ),
  tooManyVariables: (location: string, count: number, capacity: number) =>
    at(location, `there are ${count} variables`, `Use at most ${capacity}.`),
  tooManySteps: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the conditions, derived axes and columns take ${count} steps; the limit is ${capacity}`,
      "Use fewer conditions, for example ranges or lists after 'in'.",
    ),
  tooMuchCode: (location: string, count: number, capacity: number) =>
    at(
      location,
      `the expressions take ${count} operations; the limit is ${capacity}`,
      "Shorten them or use fewer.",
    ),
  undecidable: (location: string, isOwn: boolean, grid: string, axis: string, reason: string) =>
    at(
      location,
      `distinct cannot tell whether a layer ${isOwn ? "occurs twice" : "is"} in ` +
        `${grid}${axis === "" ? "" : ` because of the axis ${axis}`}: ${reason}`,
      "Write that grid with parameters only, or drop distinct and remove duplicates afterwards.",
    ),
  distinctTooLarge: (location: string, grid: string, max: number) =>
    at(
      location,
      `distinct needs more than ${max} operations to tell whether a layer is in ${grid}`,
      "Write the values of that grid as ranges, or sweep the grids one by one.",
    ),
  tooLarge: (location: string, size: bigint) =>
    at(
      location,
      `the grid has ${size} layers; the limit is 2^63 - 1 = ${2n ** 63n - 1n}`,
      "Shorten an axis.",
    ),
};
