/**
 * The schema of our Arrow output: column types, and their metadata as key-value pairs.
 * The tables and their field numbers are those of Schema.fbs in the Arrow repository (format/).
 *
 * Text columns are plain Utf8, not dictionaries. A dictionary becomes a Categorical in pandas and
 * polars and a Dictionary in other readers, and joining or concatenating such columns needs their
 * categories to agree. Plain text is read everywhere as what it is, and needs no dictionary batches,
 * which merged files would have to unify.
 */
import { bool, type Field, int16, int32, type Node, string, table, vector } from "./flatbuffer.js";

/** The types of our columns. Booleans are bits, text is UTF-8 with offsets of 32 bits. */
export type ArrowType = "int32" | "int64" | "uint64" | "float64" | "bool" | "utf8";

/** Metadata of a column or schema, in the order in which it is written. */
type KeyValues = Readonly<Record<string, string>>;

export interface ArrowColumn {
  readonly name: string;
  readonly type: ArrowType;
  /** Whether cells may be missing. Other columns never have a validity bitmap. */
  readonly isNullable: boolean;
  /** For example unit, meaning and formula. */
  readonly metadata: KeyValues;
}

export interface ArrowSchema {
  readonly columns: readonly ArrowColumn[];
  readonly metadata: KeyValues;
}

/** MetadataVersion V5, of Arrow 1.0 and later. */
export const METADATA_VERSION = int16(4);

/** The numbers of the union Type, each with the fields of its table. */
const TYPES: Readonly<Record<ArrowType, { readonly number: number; readonly fields: Field[] }>> = {
  int32: { number: 2, fields: [int32(32), bool(true)] },
  int64: { number: 2, fields: [int32(64), bool(true)] },
  uint64: { number: 2, fields: [int32(64), bool(false)] },
  // Precision DOUBLE.
  float64: { number: 3, fields: [int16(2)] },
  utf8: { number: 5, fields: [] },
  bool: { number: 6, fields: [] },
};

/** The table Schema. It is part of the first message, and of the footer of a file. */
export function schemaTable({ columns, metadata }: ArrowSchema): Node {
  const littleEndian = int16(0);
  return table([littleEndian, vector(columns.map(fieldTable)), keyValues(metadata)]);
}

/** The table Field. */
function fieldTable({ name, type, isNullable, metadata }: ArrowColumn): Node {
  const { number, fields } = TYPES[type];
  const [dictionary, children] = [undefined, vector([])];
  return table([
    string(name),
    bool(isNullable),
    { size: 1, value: number },
    table(fields),
    dictionary,
    children,
    keyValues(metadata),
  ]);
}

function keyValues(metadata: KeyValues): Field {
  const pairs = Object.entries(metadata);
  if (pairs.length === 0) return undefined;
  return vector(pairs.map(([key, value]) => table([string(key), string(value)])));
}
