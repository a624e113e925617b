/** `upsweep columns`: the column table as text, JSON or Markdown. */

import { type ColumnOfKind, columnsOf, describeColumn } from "../columns/derived.js";
import { type Column, DEFAULT_COLUMNS } from "../columns/table.js";
import type { Kind, Parameter } from "../layers/kinds.js";
import { SETTINGS } from "../layers/parameters.js";
import { PARAMETER_MAX } from "../limits.js";
import { kindFrom, type LayerOptions } from "./options.js";
import { print, printJson, terminalWidth } from "./terminal.js";
import { fittedTable } from "./text.js";

interface ColumnsOptions extends LayerOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function columns(options: ColumnsOptions): void {
  const kind = kindFrom(options);
  if (options.json) {
    printJson(
      JSON.stringify(
        {
          layer: kind.name,
          parameters: kind.parameters,
          settings: SETTINGS,
          results: columnsOf(kind).map((c) => describeColumn(kind, c)),
        },
        null,
        2,
      ),
    );
  } else {
    // Lines in bold: titles, which start in the first column and contain a colon, and the heads of
    // tables.
    if (options.markdown) print(columnsMarkdown(kind));
    else
      print(columnsText(kind, terminalWidth()), (line) =>
        /^\S.*:|^ +name /.test(line) ? "bold" : undefined,
      );
  }
}

function columnsText(kind: Kind, width: number | undefined): string {
  const own = columnsOf(kind).map((c) => describeColumn(kind, c));
  const parameters = kind.parameters.map((p) => [
    "",
    p.name,
    rangeText(p),
    defaultText(p),
    p.meaning,
  ]);
  const settings = SETTINGS.map((s) => [
    "",
    s.name,
    s.name === "sample_rate" ? `above 0, to ${s.max}` : `${s.min}..${s.max}`,
    "default" in s ? String(s.default) : "(must be given)",
    s.meaning,
  ]);
  const results = own
    .filter((c) => c.tool === undefined)
    .map((c) => [isDefault(c) ? "*" : "", c.name, c.group, c.formula, c.counts]);
  const conventions = own.flatMap((c) =>
    c.tool ? [["", c.name, c.unit, c.formula, `${toolText(c.tool)}: ${c.counts}`]] : [],
  );
  return [
    `Parameters of ${kind.name}: every row has all of them, in this order`,
    fittedTable([["", "name", "range", "default", "meaning"], ...parameters], width),
    "",
    "Settings: variables that some results depend on",
    fittedTable([["", "name", "range", "default", "meaning"], ...settings], width),
    "",
    "Results: columns to choose with --columns, by name or by group; 'all' selects every column. " +
      "The default columns have a star",
    fittedTable([["", "name", "group", "formula", "what it counts"], ...results], width),
    ...(conventions.length > 0
      ? [
          "",
          "Results of the group conventions: what other counters answer",
          fittedTable(
            [["", "name", "unit", "formula", "tool, and what it counts"], ...conventions],
            width,
          ),
        ]
      : []),
  ].join("\n");
}

/** The tables of parameters and results in docs/columns.md. */
export function columnsMarkdown(kind: Kind): string {
  const parameters = kind.parameters.map((p) => [
    `\`${p.name}\``,
    rangeText(p),
    defaultText(p),
    p.meaning,
  ]);
  const results = columnsOf(kind)
    .map((c) => describeColumn(kind, c))
    .filter((c) => c.tool === undefined)
    .map((c) => [
      `\`${c.name}\`${isDefault(c) ? " \\*" : ""}`,
      c.group,
      c.unit,
      c.formula,
      c.counts,
    ]);
  return [
    markdown(["parameter", "range", "default", "meaning"], parameters),
    markdown(["result", "group", "unit", "formula", "what it counts"], results),
  ].join("\n\n");
}

/** A tool with its version, and the commit at which its source was read. */
function toolText({ name, version, commit }: NonNullable<ColumnOfKind["tool"]>): string {
  return `${name} ${version}${commit === "" ? "" : `, ${commit}`}`;
}

/** The table of the conventions of other counters in docs/conventions.md. */
export function conventionsMarkdown(kind: Kind): string {
  const rows = columnsOf(kind)
    .map((c) => describeColumn(kind, c))
    .flatMap((c) =>
      c.tool
        ? [
            [
              `\`${c.name}\``,
              toolText(c.tool),
              `\`${c.tool.function}\``,
              c.formula,
              c.unit,
              c.counts,
            ],
          ]
        : [],
    );
  return markdown(
    ["column", "tool, version, commit", "function", "formula", "unit", "what it counts"],
    rows,
  );
}

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function isDefault(column: Pick<Column, "name">): boolean {
  return DEFAULT_COLUMNS.includes(column.name);
}

function rangeText(parameter: Parameter): string {
  return parameter.type === "boolean" ? "true, false" : `${parameter.min}..${PARAMETER_MAX}`;
}

function defaultText(parameter: Parameter): string {
  if (parameter.default === undefined) return "(must be given)";
  return parameter.type === "boolean" ? String(parameter.default === 1) : String(parameter.default);
}
