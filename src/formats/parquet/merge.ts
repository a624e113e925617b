/** Merges the footers of shards. */
import { errors } from "../../errors.js";
import { quote } from "../../format-message.js";
import type { Footer } from "./footer.js";
import type { Column } from "./schema.js";

/** A shard: a complete file. */
export interface ParquetShard {
  /** Its path, for messages. */
  readonly path: string;
  readonly footer: Footer;
}

/**
 * The footer of the file that has the row groups of all shards, in the order of the shards. The row
 * groups are copied byte for byte: of each shard, the `dataBytesOf` bytes after the magic number.
 *
 * @param shards at least one.
 * @param identityKeys the keys of the metadata that must be the same in all shards. The result has
 * only these.
 * @throws UpsweepError if the columns, the programs that wrote the shards, or the values of these
 * keys differ, or the first shard has no such key.
 */
export function mergeFooters(
  shards: readonly ParquetShard[],
  identityKeys: readonly string[],
): Footer {
  const [first] = shards as readonly [ParquetShard];
  const expected = first.footer;
  const missing = identityKeys.find((key) => !expected.keyValues.has(key));
  if (missing !== undefined) throw errors.badParquet(first.path, `it has no key ${quote(missing)}`);
  for (const { path, footer } of shards) {
    const check = (what: string, is: string | undefined, wanted: string | undefined) => {
      const [shown, shownWanted] = [is, wanted].map((text) => text && quote(text));
      if (is !== wanted) throw errors.shardMismatch(path, first.path, what, shown, shownWanted);
    };
    check("the program", footer.createdBy, expected.createdBy);
    for (const key of identityKeys)
      check(quote(key), footer.keyValues.get(key), expected.keyValues.get(key));
    const count = Math.max(footer.columns.length, expected.columns.length);
    for (let i = 0; i < count; i++)
      check(`column ${i + 1}`, textOf(footer.columns[i]), textOf(expected.columns[i]));
  }
  const { columns, keyValues, createdBy } = expected;
  return {
    columns,
    rowGroups: shards.flatMap(({ footer }) => footer.rowGroups),
    keyValues: new Map([...keyValues].filter(([key]) => identityKeys.includes(key))),
    createdBy,
  };
}

function textOf(column: Column | undefined): string | undefined {
  return column && `${column.type} ${column.name}${column.isOptional ? ", optional" : ""}`;
}
