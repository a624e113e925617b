/** What a file of columns says about its rows. */

import { describeColumn } from "../../columns/derived.js";
import { column, isResultName } from "../../columns/table.js";
import { kernelHash } from "../../kernel/artefact.js";
import { kindOf } from "../../layers/kinds.js";
import type { ConstantColumn, Plan } from "../../plan/model.js";
import { typedColumns } from "../../plan/value-types.js";
import { type IdentityOptions, identityOf } from "../resume/identity.js";
import { packageVersion } from "../version.js";

export interface ColumnarMetadata {
  /** The version of this program. */
  readonly program: string;
  /** The hash of the kernel. */
  readonly build: string;
  /** The sweep, as its manifest names it. */
  readonly sweep: Readonly<Record<string, string>>;
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
    columns: describedColumns(plan),
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

function describedColumns(plan: Plan): ColumnarMetadata["columns"] {
  const results = typedColumns(plan).flatMap(({ name }) => {
    if (!isResultName(name)) return [];
    const { unit, counts, formula } = describeColumn(kindOf(plan.layer), column(name));
    return [[name, { unit, counts, formula }] as const];
  });
  return Object.fromEntries(results);
}
