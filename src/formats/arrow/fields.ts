/**
 * Reads the schema of Arrow data that others have written: the name and type of each column, by the
 * tables of Schema.fbs in the Arrow repository (format/).
 */
import type { Table } from "./flatbuffer-reader.js";

interface IntegerType {
  readonly kind: "integer";
  readonly bits: number;
  readonly isSigned: boolean;
}

/** The types that can be read, and a name for each other one. */
export type FieldType =
  | IntegerType
  | { readonly kind: "float"; readonly bits: number }
  | { readonly kind: "decimal"; readonly bits: number; readonly scale: number }
  | { readonly kind: "text"; readonly offsetBits: 32 | 64 }
  | { readonly kind: "null" | "bool" | "text view" }
  | { readonly kind: "unsupported"; readonly name: string; readonly isNested: boolean };

export interface ArrowField {
  readonly name: string;
  /** The type of the values, which are in the dictionary if there is one. */
  readonly type: FieldType;
  /** Present if a column has indices into a dictionary, which has its own messages. */
  readonly dictionary?: { readonly id: bigint; readonly indices: IntegerType };
}

/** The members of the union Type, from number 0. */
const TYPE_NAMES = (
  "none null integer float binary text bool decimal date time timestamp interval list struct " +
  "union fixed-size-binary fixed-size-list map duration large-binary text list run-end-encoded " +
  "binary-view text-view list-view list-view"
).split(" ");

const NESTED = new Set(["list", "struct", "union", "fixed-size-list", "map", "list-view"]);

/** Whether the numbers of the data are in little endian. */
export function isLittleEndian(schema: Table): boolean {
  return schema.int16(0, 0) === 0;
}

/**
 * Minimum size of a column in a schema, in bytes, without its name: its offset, and a table of at
 * least three fields.
 */
const MIN_FIELD_BYTES = 16;

/**
 * The columns of the table Schema.
 *
 * @throws RangeError if it is damaged, or has less bytes than its columns and their names. Offsets
 * let many columns share one long name, which would need much more memory than the schema.
 */
export function fieldsOf(schema: Table): ArrowField[] {
  let bytes = 0;
  return schema.tables(1).map((field) => {
    const dictionary = field.table(4);
    const name = field.string(0) ?? "";
    bytes += MIN_FIELD_BYTES + name.length;
    if (bytes > schema.treeBytes) throw new RangeError("columns share their names");
    return {
      name,
      type: typeOf(field.int8(2, 0), field.table(3)),
      ...(dictionary && {
        dictionary: {
          id: dictionary.int64(0),
          indices: integerType(dictionary.table(1)) ?? INT32,
        },
      }),
    };
  });
}

/** The type of indices whose type is absent. */
const INT32: IntegerType = { kind: "integer", bits: 32, isSigned: true };

function integerType(table: Table | undefined): IntegerType | undefined {
  return table && { kind: "integer", bits: table.int32(0, 0), isSigned: table.int8(1, 0) !== 0 };
}

function typeOf(number: number, table: Table | undefined): FieldType {
  const name = TYPE_NAMES[number] ?? `number ${number}`;
  const unsupported = { kind: "unsupported", name, isNested: NESTED.has(name) } as const;
  if (table === undefined) return unsupported;
  switch (name) {
    case "null":
    case "bool":
      return { kind: name };
    case "integer":
      return integerType(table) ?? unsupported;
    case "float": {
      const bits = [16, 32, 64][table.int16(0, 0)] ?? 16;
      return bits === 16 ? { ...unsupported, name: "half-float" } : { kind: "float", bits };
    }
    case "decimal":
      return { kind: "decimal", bits: table.int32(2, 128), scale: scaleOf(table) };
    case "text":
      return { kind: "text", offsetBits: number === LARGE_UTF8 ? 64 : 32 };
    case "text-view":
      return { kind: "text view" };
    default:
      return unsupported;
  }
}

/** Maximum number of digits of a decimal, which has 256 bits. */
const MAX_DIGITS = 76;

function scaleOf(decimal: Table): number {
  const scale = decimal.int32(1, 0);
  if (Math.abs(scale) > MAX_DIGITS) throw new RangeError(`a decimal cannot have scale ${scale}`);
  return scale;
}

/** The number of text with offsets of 64 bits. */
const LARGE_UTF8 = 20;
