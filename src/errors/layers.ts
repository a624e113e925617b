/** Errors in single layers, and in layers that a program passes. */
import { instead, joinNames, literal, quote } from "../format-message.js";
import { about, at } from "./report.js";

export const LAYER_ERRORS = {
  notLayer: (location: string, got: unknown) =>
    at(
      location,
      `a layer cannot be ${literal(got)}`,
      "Write an object of its parameters, for example " +
        "{ in_channels: 64, out_channels: 32, kernel_size: 4, l_in: 100 }.",
    ),
  notLayers: (location: string, got: unknown) =>
    at(
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
    at(
      location,
      `${name} has ${length} value${length === 1 ? "" : "s"}, but ${other} has ${otherLength}`,
      "Give every column one value per layer, or a single number for all layers.",
    ),
  notOptions: (got: unknown) =>
    about(
      "options",
      `cannot be ${literal(got)}`,
      'Write an object, for example { columns: ["macs"] }.',
    ),
  badChoice: (location: string, got: unknown, known: readonly (string | boolean)[]) =>
    about(location, `cannot be ${literal(got)}`, `Write one of ${joinNames(known.map(String))}.`),
  unsafeNumber: (location: string, name: string, value: bigint) =>
    at(
      location,
      `${name} is ${value}, which a number cannot hold exactly (the limit is 2^53 - 1)`,
      "Remove bigInts to get a bigint, or remove that column.",
    ),
  missingParameters: (location: string, names: readonly string[]) =>
    at(
      location,
      `${joinNames(names)} ${names.length === 1 ? "is" : "are"} missing`,
      "PyTorch has no default for " +
        `${names.length === 1 ? "it; give it a value" : "them; give each a value"}.`,
    ),
  unknownParameter: (location: string, name: string, known: readonly string[]) =>
    at(location, `unknown parameter ${quote(name)}`, instead(name, known)),
  invalidLayer: (location: string, reason: string, remedy: string) => at(location, reason, remedy),
  overflow: (location: string, name: string, layer: string, limit: string) =>
    at(
      location,
      `${name} of ${layer} exceeds ${limit}`,
      "Choose other columns with --columns (columns in a spec), or shrink the layer.",
    ),
  severalValues: (location: string, name: string, got: string) =>
    at(
      location,
      `${name} has several values: ${quote(got)}`,
      "count takes one layer: give one value, or use 'upsweep sweep' for a grid.",
    ),
};
