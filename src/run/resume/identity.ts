/**
 * The identity of a sweep: everything that its bytes depend on. A sweep can be resumed or merged
 * with another only if their identities are equal.
 */

import { createHash } from "node:crypto";
import type { ParquetOptions } from "../../formats/columnar.js";
import { formatFor } from "../../formats/registry.js";
import { textOfFraction } from "../../fraction.js";
import { kernelHash } from "../../kernel/artefact.js";
import { RATE_DENOMINATOR } from "../../layers/parameters.js";
import type { GridPlan, Plan } from "../../plan/model.js";
import { textOf } from "../../plan/schedule.js";
import type { Progression } from "../../spec/values.js";
import { textOfShard } from "../sweep/shard.js";
import { indicesOf, type RunOptions } from "../sweep/sweep.js";

/** Named fields that describe a sweep. The names appear in manifests and in error messages. */
export type Identity = Readonly<Record<string, string>>;

/** The field with the shard of a sweep. */
export const SHARD_FIELD = "the shard";

/** The field with the format of the rows. */
export const FORMAT_FIELD = "the format";

/** The field with the number of raw indices, of all shards together. */
export const SIZE_FIELD = "the number of raw indices";

/** The field with the columns of the rows. */
const COLUMNS_FIELD = "the columns";

/** The field with the columns that were left out. A sweep with all columns does not have it. */
export const CONSTANTS_FIELD = "the columns left out";

/**
 * A field that is longer than this is stored as its hash. Only the columns left out are always
 * stored, because they are the reason that the option --drop-constant is refused or missed.
 */
const MAX_FIELD_LENGTH = 120;

/** The options of a run that its bytes depend on. */
export type IdentityOptions = Pick<RunOptions, "limit" | "shard" | "format" | "bigInts"> &
  ParquetOptions;

/** The identity of a sweep. The number of workers and the method are not part of it. */
export function identityOf(plan: Plan, options: IdentityOptions = {}): Identity {
  const { limit, shard, format = "csv", bigInts = "number" } = options;
  const { pageCompression = "snappy", isUnsigned = false } = options;
  const fields: [string, string][] = [
    ["the kernel", kernelHash()],
    ["the layer", plan.layer],
    ...(plan.constants
      ? [[CONSTANTS_FIELD, plan.constants.map(({ name }) => name).join(", ")] as [string, string]]
      : []),
    [COLUMNS_FIELD, plan.cells.join(",")],
    ["the sample", plan.sample ? `${plan.sample.rows} with seed ${plan.sample.seed}` : "none"],
    [FORMAT_FIELD, format],
    ...(formatFor(format).hasBigInts
      ? [["the type of integers", bigInts] as [string, string]]
      : []),
    ...(format === "parquet"
      ? [
          ["the compression of pages", pageCompression] as [string, string],
          ["the type of counts", isUnsigned ? "unsigned" : "signed"] as [string, string],
        ]
      : []),
    ["the limit", limit === undefined ? "none" : String(limit)],
    [SHARD_FIELD, shard ? textOfShard(shard) : "none"],
    ["the number of grids", String(plan.grids.length)],
  ];
  for (const [i, grid] of plan.grids.entries()) {
    const suffix = plan.grids.length === 1 ? "" : ` of grid ${i + 1}`;
    for (const [name, text] of gridFields(grid)) fields.push([`${name}${suffix}`, text]);
  }
  // Last, because it follows from the other fields. A difference in them is more informative.
  fields.push([SIZE_FIELD, String(indicesOf(plan))]);
  return Object.fromEntries(
    fields.map(([name, text]) => [
      name,
      text.length > MAX_FIELD_LENGTH && name !== CONSTANTS_FIELD ? `sha256 ${sha256(text)}` : text,
    ]),
  );
}

function gridFields(grid: GridPlan): [string, string][] {
  const rateDenominator = grid.fixed.find(({ name }) => name === RATE_DENOMINATOR)?.value ?? 1;
  const valueText = (name: string, value: number) =>
    name === "sample_rate"
      ? textOfFraction({ numerator: BigInt(value), denominator: BigInt(rateDenominator) })
      : String(value);
  const order = grid.loops.map(({ names }) => names.join(" and ")).join(", ");
  const loops = grid.loops.map(({ names, progressions, dependent }): [string, string] => {
    const axis = dependent === undefined ? undefined : grid.dependents[dependent];
    const items =
      axis?.kind === "list" ? axis.items.map(textOf) : axis?.rows.map((row) => row.map(textOf));
    return [
      `axis ${names.join(", ")}`,
      progressions
        ? progressions
            .map((values, i) =>
              values
                .map((progression) =>
                  progressionText(progression, (value) => valueText(names[i] as string, value)),
                )
                .join(", "),
            )
            .join(" with ")
        : JSON.stringify(items),
    ];
  });
  return [
    ["the name", grid.name ?? ""],
    ["the order of the axes", order],
    ...loops,
    ...grid.fixed
      .filter(({ name }) => name !== RATE_DENOMINATOR)
      .map(({ name, value }): [string, string] => [`axis ${name}`, valueText(name, value)]),
    ...grid.derived.map(({ name, expression }): [string, string] => [
      `axis ${name}`,
      textOf(expression),
    ]),
    ["where", grid.where.map(textOf).join(" and ")],
  ];
}

function progressionText(
  { first, step, count }: Progression,
  textOf: (value: number) => string,
): string {
  return count === 1
    ? textOf(first)
    : `${textOf(first)}..${textOf(first + step * (count - 1))}${step === 1 ? "" : `:${textOf(step)}`}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The names of the grids of a sweep. A grid without a name yields an empty object. */
export function gridNamesOf(identity: Identity): { readonly name?: string }[] {
  const count = Number(identity["the number of grids"] ?? 1);
  return Array.from({ length: count }, (_, i) => {
    const name = identity[count === 1 ? "the name" : `the name of grid ${i + 1}`];
    return name ? { name } : {};
  });
}

/** An identity without the fields that depend on the columns that are left out. */
export function withoutColumns(identity: Identity): Identity {
  const { [CONSTANTS_FIELD]: _, [COLUMNS_FIELD]: __, ...others } = identity;
  return others;
}

/**
 * The name of the first field that differs. Returns undefined if the identities are equal. The
 * columns that were left out come first, because they explain a difference in the other columns.
 */
export function firstDifference(one: Identity, other: Identity): string | undefined {
  return [...new Set([CONSTANTS_FIELD, ...Object.keys(one), ...Object.keys(other)])].find(
    (name) => one[name] !== other[name],
  );
}
