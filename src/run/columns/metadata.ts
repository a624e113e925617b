/** What a file of columns says about its rows. */

import { describeColumn } from "../../columns/derived.js";
import { column, isResultName } from "../../columns/table.js";
import { kernelHash } from "../../kernel/artefact.js";
import { kindOf } from "../../layers/kinds.js";
import type { Plan } from "../../plan/model.js";
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
  };
}

function describedColumns(plan: Plan): ColumnarMetadata["columns"] {
  const results = typedColumns(plan).flatMap(({ name }) => {
    if (!isResultName(name)) return [];
    const { unit, counts, formula } = describeColumn(kindOf(plan.layer), column(name));
    return [[name, { unit, counts, formula }] as const];
  });
  return Object.fromEntries(results);
}
