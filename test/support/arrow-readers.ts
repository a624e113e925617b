/** Two independent readers of Arrow data, with their results in one form. */
import * as flechette from "@uwdata/flechette";
import * as arrow from "apache-arrow";
import type { Cell } from "./arrow.ts";

interface ReadColumn {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly cells: readonly Cell[];
}

interface ReadTable {
  readonly metadata: Readonly<Record<string, string>>;
  /** The number of rows of each batch that has any. Readers treat the others differently. */
  readonly batches: readonly number[];
  readonly columns: readonly ReadColumn[];
}

/** The reader of the Arrow project. */
function readWithArrow(bytes: Uint8Array): ReadTable {
  const table = arrow.tableFromIPC(bytes);
  return {
    metadata: Object.fromEntries(table.schema.metadata),
    batches: table.batches.map(({ numRows }) => numRows).filter((rows) => rows > 0),
    columns: table.schema.fields.map(({ name, type, nullable, metadata }, i) => ({
      name,
      type: String(type).toLowerCase(),
      isNullable: nullable,
      metadata: Object.fromEntries(metadata),
      cells: [...(table.getChildAt(i) as arrow.Vector)] as Cell[],
    })),
  };
}

function readWithFlechette(bytes: Uint8Array): ReadTable {
  const table = flechette.tableFromIPC(bytes, { useBigInt: true });
  return {
    metadata: Object.fromEntries(table.schema.metadata ?? []),
    batches: (table.children[0]?.data ?? []).map(({ length }) => length).filter((n) => n > 0),
    columns: table.schema.fields.map(({ name, type, nullable, metadata }, i) => ({
      name,
      type: flechetteType(type),
      isNullable: nullable,
      metadata: Object.fromEntries(metadata ?? []),
      cells: [...table.getChildAt(i)] as Cell[],
    })),
  };
}

function flechetteType(type: flechette.DataType): string {
  switch (type.typeId) {
    case flechette.Type.Int:
      return `${type.signed ? "int" : "uint"}${type.bitWidth}`;
    case flechette.Type.Float:
      return `float${[16, 32, 64][type.precision]}`;
    case flechette.Type.Bool:
      return "bool";
    case flechette.Type.Utf8:
      return "utf8";
    default:
      return `type ${type.typeId}`;
  }
}

export const READERS = [
  ["apache-arrow", readWithArrow],
  ["flechette", readWithFlechette],
] as const;
