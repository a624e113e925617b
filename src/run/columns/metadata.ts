/** What a file of columns says about its rows. */

import { basename } from "node:path";
import { describeColumn, hasColumn } from "../../columns/derived.js";
import { column, isResultName, type ResultName } from "../../columns/table.js";
import type { ParquetOptions } from "../../formats/columnar.js";
import type { FormatName } from "../../formats/registry.js";
import { textOfFraction } from "../../fraction.js";
import { kernelHash } from "../../kernel/artefact.js";
import { type Kind, kindOf } from "../../layers/kinds.js";
import type { ListPlan } from "../../plan/list.js";
import { KIND_COLUMN } from "../../plan/list-header.js";
import { kindsOf } from "../../plan/list-types.js";
import type { ConstantColumn, Plan } from "../../plan/model.js";
import { typedColumns } from "../../plan/value-types.js";
import { FORMAT_FIELD, type IdentityOptions, identityOf } from "../resume/identity.js";
import { packageVersion } from "../version.js";

export interface ColumnarMetadata {
  /** The version of this program. */
  readonly program: string;
  /** The hash of the kernel. */
  readonly build: string;
  /** The sweep, as its manifest names it. */
  readonly sweep?: Readonly<Record<string, string>>;
  /** The list, and the options with which it was counted. */
  readonly list?: Readonly<Record<string, string>>;
  /** The unit, meaning and formula of each result column. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The columns that were left out. Undefined if there are none. */
  readonly constants?: readonly ConstantColumn[];
}

/**
 * The metadata of a sweep. It does not have the shard: `merge` requires that the metadata of all
 * shards are equal, and copies them.
 */
export function sweepMetadata(plan: Plan, options: IdentityOptions): ColumnarMetadata {
  return {
    program: packageVersion(),
    build: kernelHash(),
    sweep: identityOf(plan, { ...options, shard: undefined }),
    columns: describedResults(
      [kindOf(plan.layer)],
      typedColumns(plan)
        .map(({ name }) => name)
        .filter(isResultName),
    ),
    ...(plan.constants && { constants: plan.constants }),
  };
}

/**
 * The value of the key `upsweep` of a file: the version, the sweep, and what else is given, as
 * JSON. The values of constant columns are those of JSON Lines: integers have all of their digits.
 */
export function metadataText({
  program,
  build: _,
  constants,
  ...described
}: Omit<ColumnarMetadata, "columns"> & Partial<ColumnarMetadata>): string {
  const text = JSON.stringify({ version: program, ...described });
  return constants ? `${text.slice(0, -1)},"constants":${constantsText(constants)}}` : text;
}

function constantsText(constants: readonly ConstantColumn[]): string {
  const entries = constants.map(({ name, value }) => {
    const text = typeof value === "bigint" ? String(value) : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${entries.join(",")}}`;
}

/** The options of a list that its rows depend on, and its name. */
export interface ListSource extends ParquetOptions {
  /** The list, as messages name it. */
  readonly location: string;
  readonly format: FormatName;
}

/** The metadata of a counted list. They have its file name, but not its folder. */
export function listMetadata(list: ListPlan, source: ListSource): ColumnarMetadata {
  const { format, pageCompression = "snappy", isUnsigned = false } = source;
  const { bits, sample_rate: rate } = list.settings;
  return {
    program: packageVersion(),
    build: kernelHash(),
    list: {
      "the kernel": kernelHash(),
      "the list": basename(source.location),
      "the layer": list.kindField === undefined ? list.layer : `in the column ${KIND_COLUMN}`,
      "the columns": list.columns.slice(0, list.verified?.written).join(","),
      ...(bits !== undefined && { bits: String(bits) }),
      ...(rate !== undefined && { sample_rate: textOfFraction(rate) }),
      [FORMAT_FIELD]: format,
      ...(format === "parquet" && {
        "the compression of pages": pageCompression,
        "the type of counts": isUnsigned ? "unsigned" : "signed",
      }),
    },
    columns: describedResults(kindsOf(list), list.columns.slice(0, list.verified?.written)),
  };
}

/** Describes result columns. Kinds that differ in a text are named in it. */
function describedResults(
  kinds: readonly Kind[],
  names: readonly ResultName[],
): ColumnarMetadata["columns"] {
  return Object.fromEntries(
    names.map((name) => {
      const described = kinds
        .filter((kind) => hasColumn(kind, name))
        .map((kind) => ({ kind: kind.name, ...describeColumn(kind, column(name)) }));
      const textOf = (of: "unit" | "counts" | "formula"): string => {
        const texts = [...new Set(described.map((own) => own[of]))];
        if (texts.length <= 1) return texts[0] ?? "";
        const kindsOfText = (text: string) =>
          described.filter((own) => own[of] === text).map(({ kind }) => kind);
        return texts.map((text) => `${kindsOfText(text).join(", ")}: ${text}`).join("; ");
      };
      return [
        name,
        { unit: textOf("unit"), counts: textOf("counts"), formula: textOf("formula") },
      ] as const;
    }),
  );
}
