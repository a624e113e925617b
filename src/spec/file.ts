/** Specs in files. */
import { closeSync, openSync, readSync } from "node:fs";
import { errors } from "../errors.js";
import type { Overrides } from "./overrides.js";
import { type SpecInput, specFrom } from "./read.js";
import type { Spec } from "./spec.js";
import { specFromText } from "./text.js";

const STANDARD_INPUT = 0;

/**
 * Maximum size of a spec file. It has room for more values than the kernel can hold, and is parsed
 * in seconds.
 */
const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/**
 * Reads a spec in any form.
 *
 * @param input an object, or the path of a YAML or JSON file; `-` is standard input.
 * @throws UpsweepError for the first error in the spec, with its location. Also if the file cannot
 * be read.
 */
export function specFromInput(input: SpecInput | string, overrides: Overrides = {}): Spec {
  if (typeof input !== "string") return specFrom(input, overrides);
  const location = input === "-" ? "standard input" : input;
  return specFromText(readText(input, location), location, overrides);
}

function readText(path: string, location: string): string {
  const bytes = Buffer.alloc(MAX_TEXT_BYTES + 1);
  let filled = 0;
  try {
    const fd = path === "-" ? STANDARD_INPUT : openSync(path, "r");
    try {
      // This also bounds files without an end, such as devices.
      for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
        read = readSync(fd, bytes, filled, bytes.length - filled, null);
    } finally {
      if (fd !== STANDARD_INPUT) closeSync(fd);
    }
  } catch (error) {
    throw errors.cannotRead(location, error);
  }
  if (filled > MAX_TEXT_BYTES) throw errors.longSpec(location, MAX_TEXT_BYTES);
  return bytes.toString("utf8", 0, filled);
}
