/** Tables of docs/columns.md that no command prints. `npm run generate` writes them. */
import { markdown } from "../src/cli/columns.ts";
import { AUXILIARIES } from "../src/columns/auxiliary.ts";
import type { Quantity } from "../src/columns/column.ts";
import { formulaIn } from "../src/columns/derived.ts";
import { FAMILIES } from "../src/layers/kinds.ts";
import { SETTINGS } from "../src/layers/parameters.ts";

/** The settings, with their ranges and defaults. */
export function settingsMarkdown(): string {
  const rows = SETTINGS.map((setting) => [
    `\`${setting.name}\``,
    `${setting.min}..${setting.max}`,
    "default" in setting ? String(setting.default) : "(none)",
    setting.meaning,
  ]);
  return markdown(["setting", "range", "default", "meaning"], rows);
}

/** The quantities that formulas use and that are not columns. */
export function auxiliariesMarkdown(): string {
  const rows = AUXILIARIES.map((quantity: Quantity) => [
    `\`${quantity.name}\``,
    ...FAMILIES.map(
      ({ name }) =>
        formulaIn(name, quantity.formula) ?? (quantity.formula ? "" : quantity.definition) ?? "",
    ),
  ]);
  return markdown(["quantity", ...FAMILIES.map(({ name }) => name)], rows);
}
