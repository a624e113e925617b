/** `upsweep columns`: the column table for people, programs and READMEs. */
import { COLUMNS, type Column, DEFAULT_COLUMNS, PARAMETER_MAX, PARAMETERS, type Parameter } from "../columns.js";
import { print } from "./report.js";
import { table } from "./text.js";

export function columns(options: { readonly json?: boolean; readonly markdown?: boolean }): void {
  const text = options.json ? JSON.stringify({ parameters: PARAMETERS, results: COLUMNS }, null, 2) : options.markdown ? columnsMarkdown() : columnsText();
  print(text);
}

function columnsText(): string {
  const parameters = PARAMETERS.map((p: Parameter) => ["", p.name, rangeText(p), defaultText(p), p.meaning]);
  const results = COLUMNS.map((c: Column) => [isDefault(c) ? "*" : "", c.name, c.group, c.formula, c.counts]);
  return [
    "Parameters: every row has all of them, in this order",
    table([["", "name", "range", "default", "meaning"], ...parameters]),
    "",
    "Results: exact integers, in the order of --columns; those with a star when none are chosen",
    table([["", "name", "group", "formula", "what it counts"], ...results]),
  ].join("\n");
}

/** The tables of the README. */
export function columnsMarkdown(): string {
  const parameters = PARAMETERS.map((p: Parameter) => [`\`${p.name}\``, rangeText(p), defaultText(p), p.meaning]);
  const results = COLUMNS.map((c: Column) => [`\`${c.name}\`${isDefault(c) ? " \\*" : ""}`, c.group, c.unit, c.formula, c.counts]);
  return [markdown(["parameter", "range", "default", "meaning"], parameters), markdown(["result", "group", "unit", "formula", "what it counts"], results)].join(
    "\n\n",
  );
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function isDefault(column: Column): boolean {
  return DEFAULT_COLUMNS.includes(column.name);
}

function rangeText(parameter: Parameter): string {
  return parameter.type === "boolean" ? "true, false" : `${parameter.least}..${PARAMETER_MAX}`;
}

function defaultText(parameter: Parameter): string {
  if (parameter.default === undefined) return "(must be given)";
  return parameter.type === "boolean" ? String(parameter.default === 1) : String(parameter.default);
}
