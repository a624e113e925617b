/** `upsweep schema`: the JSON Schema of a spec. */
import { specSchema } from "../spec/schema.js";
import { printJson } from "./terminal.js";

export function schema(): void {
  printJson(JSON.stringify(specSchema(), null, 2));
}
