/** `upsweep schema`: the JSON Schema of a spec. */
import { specSchema } from "../spec/schema.js";
import { print } from "./report.js";

export function schema(): void {
  print(JSON.stringify(specSchema(), null, 2));
}
