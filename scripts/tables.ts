/** Tables of docs/columns.md that no command prints. `npm run generate` writes them. */
import { markdown } from "../src/cli/columns.ts";
import { AUXILIARIES } from "../src/columns/auxiliary.ts";
import type { Quantity } from "../src/columns/column.ts";
import { columnsOf, formulaIn, formulaOf } from "../src/columns/derived.ts";
import { COLUMNS, type Column } from "../src/columns/table.ts";
import { namesOfFormula } from "../src/layers/evaluated.ts";
import type { FamilyName } from "../src/layers/family.ts";
import { FAMILIES, type KindName, kindOf, oneDimensional } from "../src/layers/kinds.ts";
import { SETTINGS } from "../src/layers/parameters.ts";

const code = (name: string) => `\`${name}\``;

/** The settings, with their ranges and defaults. */
export function settingsMarkdown(): string {
  const rows = SETTINGS.map((setting) => [
    code(setting.name),
    `${setting.min}..${setting.max}`,
    "default" in setting ? String(setting.default) : "(none)",
    setting.meaning,
  ]);
  return markdown(["setting", "range", "default", "meaning"], rows);
}

/** Whether the formula of some column of a family uses a quantity. */
function isUsed(family: FamilyName, quantity: Quantity): boolean {
  return COLUMNS.some(({ formula }: Column) =>
    namesOfFormula(formulaIn(family, formula) ?? "").includes(quantity.name),
  );
}

/** The quantities that formulas use and that are not columns. */
export function auxiliariesMarkdown(): string {
  const families = FAMILIES.filter(({ spatial }) => spatial !== undefined);
  const rows = AUXILIARIES.map((quantity: Quantity) => [
    code(quantity.name),
    ...families.map(({ name }) =>
      isUsed(name, quantity)
        ? (formulaIn(name, quantity.formula) ?? quantity.definition ?? "")
        : "",
    ),
  ]);
  return markdown(["quantity", ...families.map(({ name }) => name)], rows);
}

const KINDS_OF_SEVERAL: readonly KindName[] = [
  "conv_transpose2d",
  "conv_transpose3d",
  "conv2d",
  "conv3d",
];

/** The parameters and results of kinds with several dimensions that their one-dimensional kind lacks. */
export function severalDimensionsMarkdown(): string {
  const kinds = KINDS_OF_SEVERAL.map(kindOf);
  const parameters = kinds.map((kind) => {
    const common = oneDimensional(kind).parameterNames;
    const own = kind.parameterNames.filter((name) => !common.includes(name));
    return [code(kind.name), own.map(code).join(", ")];
  });
  const formulas = new Map<string, { readonly name: string; readonly kinds: string[] }>();
  for (const kind of kinds) {
    const common = columnsOf(oneDimensional(kind));
    for (const own of columnsOf(kind).filter((column) => !common.includes(column))) {
      const formula = formulaOf(kind, own.name);
      const row = formulas.get(formula) ?? { name: own.name, kinds: [] };
      formulas.set(formula, row);
      row.kinds.push(code(kind.name));
    }
  }
  const results = [...formulas].map(([formula, { name, kinds: having }]) => [
    code(name),
    having.join(", "),
    formula,
  ]);
  return [
    markdown(["kind", "parameters"], parameters),
    markdown(["result", "kinds", "formula"], results),
  ].join("\n\n");
}
