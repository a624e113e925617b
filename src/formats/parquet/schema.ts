/** The columns of a Parquet file, and the schema elements that describe them in its footer. */
import { quote } from "../../format-message.js";
import { CONVERTED_TYPE, FIELD_REPETITION_TYPE, TYPE } from "./enums.js";
import { BOOL, I8, I32, optional, type Read, required, STRING, struct } from "./thrift.js";
import type { Refuse } from "./thrift-bytes.js";

const STRING_TYPE = struct("StringType", {});

const INT_TYPE = struct("IntType", {
  bitWidth: required(1, I8),
  isSigned: required(2, BOOL),
});

/** A union. Not written: 2 to 9 and 11 to 19, the other logical types. */
const LOGICAL_TYPE = struct("LogicalType", {
  string: optional(1, STRING_TYPE), // STRING
  integer: optional(10, INT_TYPE), // INTEGER
});

/**
 * A node of the schema. The first one is the root, and the others are columns. Not written: 2
 * type_length, 7 scale, 8 precision, 9 field_id.
 */
export const SCHEMA_ELEMENT = struct("SchemaElement", {
  type: optional(1, TYPE),
  repetitionType: optional(3, FIELD_REPETITION_TYPE),
  name: required(4, STRING),
  numChildren: optional(5, I32),
  convertedType: optional(6, CONVERTED_TYPE),
  logicalType: optional(10, LOGICAL_TYPE),
});

type SchemaElement = Read<typeof SCHEMA_ELEMENT>;

/**
 * The types of columns. A type is a physical type, which says how values are stored, and an
 * optional annotation, which says what they mean. New readers read `logicalType`, and old ones
 * `convertedType` (LogicalTypes.md).
 */
const COLUMN_TYPES = {
  BOOLEAN: { type: "BOOLEAN" },
  INT32: { type: "INT32" },
  INT64: { type: "INT64" },
  UINT_64: {
    type: "INT64",
    convertedType: "UINT_64",
    logicalType: { integer: { bitWidth: 64, isSigned: false } },
  },
  DOUBLE: { type: "DOUBLE" },
  BYTE_ARRAY: { type: "BYTE_ARRAY" },
  STRING: { type: "BYTE_ARRAY", convertedType: "UTF8", logicalType: { string: {} } },
} as const satisfies Readonly<Record<string, Omit<SchemaElement, "name">>>;

export type ColumnType = keyof typeof COLUMN_TYPES;

/** A column of a file. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether values can be null. Pages of such a column begin with definition levels. */
  readonly isOptional: boolean;
}

/** The physical type of a column: how its values are stored. */
export function physicalType({ type }: Column): Read<typeof TYPE> {
  return COLUMN_TYPES[type].type;
}

/** The name of the root. It has no meaning, and this is the usual one. */
const ROOT = "schema";

/** The schema of a file: the root, and one element per column. */
export function schemaElements(columns: readonly Column[]): SchemaElement[] {
  const leaves = columns.map(
    ({ name, type, isOptional }): SchemaElement => ({
      ...COLUMN_TYPES[type],
      repetitionType: isOptional ? "OPTIONAL" : "REQUIRED",
      name,
    }),
  );
  return [{ name: ROOT, numChildren: columns.length }, ...leaves];
}

/**
 * The columns that a schema describes.
 *
 * @throws the error of `refuse` if the schema has groups, or types that upsweep does not write.
 */
export function columnsOf(elements: readonly SchemaElement[], refuse: Refuse): Column[] {
  const [root, ...leaves] = elements;
  if (root === undefined) throw refuse("its schema is empty");
  if (root.numChildren !== leaves.length)
    throw refuse(`its schema has ${leaves.length} columns, but says ${root.numChildren ?? 0}`);
  return leaves.map((leaf) => {
    const { name, numChildren, repetitionType } = leaf;
    const type = (Object.keys(COLUMN_TYPES) as ColumnType[]).find((type) =>
      isOfType(leaf, COLUMN_TYPES[type]),
    );
    if (type === undefined || repetitionType === undefined || numChildren !== undefined)
      throw refuse(`upsweep does not write columns of the type of ${quote(name)}`);
    return { name, type, isOptional: repetitionType === "OPTIONAL" };
  });
}

function isOfType(leaf: SchemaElement, wanted: Omit<SchemaElement, "name">): boolean {
  const { integer, string } = leaf.logicalType ?? {};
  const { integer: wantedInteger, string: wantedString } = wanted.logicalType ?? {};
  return (
    leaf.type === wanted.type &&
    leaf.convertedType === wanted.convertedType &&
    (leaf.logicalType === undefined) === (wanted.logicalType === undefined) &&
    (string === undefined) === (wantedString === undefined) &&
    integer?.bitWidth === wantedInteger?.bitWidth &&
    integer?.isSigned === wantedInteger?.isSigned
  );
}
