/**
 * The columns of a Parquet file, and how their values become cells. Types are those of the Parquet
 * format (LogicalTypes.md): a physical type, and an annotation that says what it stands for.
 */
import type { FileMetaData, SchemaElement } from "hyparquet";
import { errors } from "../errors.js";
import {
  booleans,
  type CellStore,
  decimals,
  nothing,
  numbers,
  texts,
  wideIntegers,
} from "./cell-stores.js";

/** Maximum scale of a decimal. Those of 256 bits have at most 76 digits. */
const MAX_SCALE = 76;

export interface ParquetColumn {
  readonly name: string;
  /** Its element of the schema, without an annotation. */
  readonly element: SchemaElement;
  /** Creates a store for a number of values, as hyparquet decodes the physical type. */
  readonly store: (rows: number) => CellStore;
}

/**
 * The columns of a file. Their annotations are removed from `metadata`, so that hyparquet decodes
 * values of the physical types: it would round decimals to doubles.
 *
 * @throws UpsweepError for a nested column, or one that is not a number, text or boolean. Error if
 * a type is impossible.
 */
export function parquetColumnsOf({ schema }: FileMetaData, location: string): ParquetColumn[] {
  return schema.slice(1).map((element) => {
    const { name, num_children, repetition_type } = element;
    if (num_children !== undefined || repetition_type === "REPEATED")
      throw errors.nestedColumn(location, name);
    const store = storeOf(element);
    if (store === undefined)
      throw errors.columnType(location, name, annotationOf(element) ?? String(element.type));
    delete element.converted_type;
    delete element.logical_type;
    return { name, element, store };
  });
}

/**
 * The annotation of a column, if it has one. Files may have the older form, the newer one, or both.
 */
function annotationOf({ logical_type, converted_type }: SchemaElement): string | undefined {
  return logical_type ? (logical_type.type ?? "unknown") : converted_type;
}

const SIGNED = ["INT_8", "INT_16", "INT_32", "INT_64"];
const UNSIGNED = ["UINT_8", "UINT_16", "UINT_32", "UINT_64"];
const TEXTS = ["UTF8", "STRING", "ENUM", "JSON"];

function storeOf(element: SchemaElement): ParquetColumn["store"] | undefined {
  const { type, logical_type } = element;
  const annotation = annotationOf(element);
  // A column whose values are all missing.
  if (annotation === "NULL") return nothing;
  if (annotation === "DECIMAL") {
    const scale = (logical_type?.type === "DECIMAL" ? logical_type.scale : element.scale) ?? 0;
    if (!(scale >= 0 && scale <= MAX_SCALE))
      throw new Error("the scale of a decimal is impossible");
    return (rows) => decimals(rows, scale);
  }
  if (annotation === undefined) {
    if (type === "BOOLEAN") return booleans;
    if (type === "FLOAT" || type === "DOUBLE") return (rows) => numbers(rows, type === "FLOAT");
  }
  if (type === "INT32" || type === "INT64") {
    const isUnsigned = signOf(logical_type, annotation);
    if (isUnsigned === undefined) return undefined;
    if (type === "INT64") return (rows) => wideIntegers(rows, isUnsigned);
    return (rows) => numbers(rows, false, isUnsigned);
  }
  if (type === "BYTE_ARRAY" && TEXTS.includes(annotation ?? "")) return texts;
  return undefined;
}

/** Whether an integer is unsigned, or undefined if it stands for something else. */
function signOf(
  logical_type: SchemaElement["logical_type"],
  annotation: string | undefined,
): boolean | undefined {
  if (logical_type?.type === "INTEGER") return !logical_type.isSigned;
  if (annotation === undefined || SIGNED.includes(annotation)) return false;
  return UNSIGNED.includes(annotation) ? true : undefined;
}
