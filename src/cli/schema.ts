/** `upsweep schema`: the JSON Schema of a spec. */
import { specSchema } from "../spec/schema.js";
import { printData } from "./terminal.js";

export function schema(): void {
  printData(JSON.stringify(specSchema(), null, 2));
}
