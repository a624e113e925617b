/** `upsweep schema`: the JSON Schema of specs. */
import { Command } from "commander";
import { examples } from "./shared-options.js";

export function schemaCommand(): Command {
  return new Command("schema")
    .description("Print the JSON Schema of a spec, for editors")
    .addHelpText(
      "before",
      examples([
        [
          "upsweep schema > upsweep.schema.json",
          "Then begin specs with: # yaml-language-server: $schema=upsweep.schema.json",
        ],
      ]),
    )
    .action(async () => (await import("./schema.js")).schema());
}
